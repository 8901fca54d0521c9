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

// A far policy and a near one, and the last cause of all: the most that is tried.
func BenchmarkExplain(b *testing.B) {
	set := NewSet(
		Policy{"v1", AAD, []Claim{{"iss", v1Contoso}, {"aud", management}, {"appid", unknownID}}},
		Policy{"v2", AAD, []Claim{{"iss", v2Contoso}, {"aud", ordersClient}, {"azp", unknownID}}},
	)
	claims := appToken()
	d := set.Authorize(claims)
	b.ReportAllocs()
	for b.Loop() {
		if Explain(d, claims, house).Cause != NearestPolicy {
			b.Fatal("explained otherwise")
		}
	}
}

func BenchmarkAdmits(b *testing.B) {
	set, claims := asks("iss", v1Contoso, "aud", management, "appid", callerClient), appToken()
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := set.Admits(claims); !ok {
			b.Fatal("refused")
		}
	}
}
