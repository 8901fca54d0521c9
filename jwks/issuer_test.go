package jwks

import (
	"fmt"
	"strings"
	"testing"
)

func TestKeySignsForItsIssuerAlone(t *testing.T) {
	const (
		any      = "https://login.microsoftonline.com/{tenantid}/v2.0"
		personal = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"
		one      = "https://login.microsoftonline.com/" + contoso + "/v2.0"
		foreign  = "https://issuer.example"
		v1       = `"https://sts.windows.net/` + contoso + `/"`
		v2       = `"https://login.microsoftonline.com/` + contoso + `/v2.0"`
		tid      = `"` + contoso + `"`
		other    = `"https://sts.windows.net/` + fabrikam + `/"`
	)
	cases := []struct {
		issuer, iss, tid string // of the key; of the token, as JSON, empty if absent
		words            string // of the refusal; empty: believed
	}{
		{"", v1, tid, ""},
		{"", `"anything"`, "", ""},
		{any, v1, tid, ""},
		{any, v2, tid, ""},
		{any, v2, strings.ToUpper(tid), ""},
		{any, `"https://other.example/x"`, "", ""},
		{any, other, tid, "for the tenant that iss names"},
		{any, "", tid, "for the tenant that iss names"},
		{any, `"https://evil.example/?` + contoso + `"`, tid, "for the tenant that iss names"},
		{any, `"http://sts.windows.net/` + contoso + `/"`, tid, "for the tenant that iss names"},
		{any, `"https://sts.windows.net/contoso.example/"`, `"contoso.example"`, "for the tenant that iss names"},
		{any, v1, `["` + contoso + `"]`, "for the tenant that iss names"},
		{any, v1, "null", "for the tenant that iss names"},
		{one, v1, tid, ""},
		{one, v2, strings.ToUpper(tid), ""},
		{strings.ToUpper(one[:8]) + one[8:], v1, tid, "for the issuer"}, // HTTPS:// is no spelling of Entra's
		{one, other, `"` + fabrikam + `"`, "for the tenant " + contoso + " alone"},
		{one, v1, `"` + fabrikam + `"`, "for the tenant " + contoso + " alone"},
		{one, other, tid, "for the tenant " + contoso + " alone"},
		{one, v1, "", "tid is absent"},
		{one, "", tid, `iss is ""`},
		{personal, v1, tid, "for the tenant 9188040d-6c67-4c5b-b112-36a304b66dad alone"},
		{foreign, `"` + foreign + `"`, "", ""},
		{foreign, `"` + foreign + `/"`, "", "for the issuer"},
		{foreign, v1, tid, "for the issuer"},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.issuer, " ", c.iss, " ", c.tid), func(t *testing.T) {
			more, claims := "", ""
			if c.issuer != "" {
				more = fmt.Sprintf(`,"issuer":%q`, c.issuer)
			}
			if c.iss != "" {
				claims += `"iss":` + c.iss + ","
			}
			if c.tid != "" {
				claims += `"tid":` + c.tid + ","
			}
			v := open(t, document(jwk(trusted(), "A", more)))
			token, err := v.Verify(sign(trusted(), header, "{"+claims+dates+"}"), now)
			if c.words == "" {
				wantToken(t, token, err)
				return
			}
			wantFailure(t, token, err, Key, c.words, `key "A" of source s0`)
		})
	}
}

// The key of another tenant must not hide that a second source's key is right, nor the reverse.
func TestIssuerIsJudgedSourceBySource(t *testing.T) {
	theirs := document(jwk(trusted(), "A", `,"issuer":"https://login.microsoftonline.com/`+fabrikam+`/v2.0"`))
	plain := document(jwk(trusted(), "A", ""))
	text := sign(trusted(), header, payload(""))
	token, err := open(t, theirs, plain).Verify(text, now)
	wantToken(t, token, err)
	if token.Source != "s1" {
		t.Errorf("source is %s", token.Source)
	}
	token, err = open(t, theirs, document(jwk(stranger(), "A", ""))).Verify(text, now)
	wantFailure(t, token, err, Key, "for the tenant "+fabrikam+" alone")
	// Of a token that nobody signed it is not said whose key was used.
	token, err = open(t, theirs).Verify(sign(stranger(), header, payload("")), now)
	wantFailure(t, token, err, Signature)
}
