package policy

import "testing"

func BenchmarkAuthorize(b *testing.B) {
	set := NewSet(
		Policy{"v1", AAD, []Claim{{"iss", goodIssuer}, {"aud", "https://management.azure.com/"}, {"appid", "x"}}},
		Policy{"v2", AAD, []Claim{{"iss", "https://login.microsoftonline.com/x/v2.0"}, {"aud", "y"}, {"azp", "x"}}},
	)
	claims := Claims{"iss": goodIssuer, "aud": "https://management.azure.com/", "appid": "x"}
	b.ReportAllocs()
	for b.Loop() {
		if !set.Authorize(claims).Admitted {
			b.Fatal("refused")
		}
	}
}
