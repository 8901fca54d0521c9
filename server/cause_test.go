package server

import (
	"strings"
	"testing"

	"flowgate/journal"
	"flowgate/jwks"
	"flowgate/policy"
)

// A fix never shows what the journal would not keep, and the cause is the token's all
// the same.
func TestExplainShowsNoSecret(t *testing.T) {
	const issuer = "https://sts.windows.net/" + contoso + "/"
	for name, tc := range map[string]struct {
		wanted policy.Claim
		got    string
		cause  policy.Cause
	}{
		"shown without its secret":       {policy.Claim{Name: "aud", Value: "api://x"}, "https://example.com/?sig=open-sesame", policy.OtherAudience},
		"known as a secret by its name":  {policy.Claim{Name: "extn.api_key", Value: "another"}, "open-sesame", policy.NearestPolicy},
		"and what it is about":           {policy.Claim{Name: "extn.api_key", Value: "OPEN-SESAME"}, "open-sesame", policy.LetterCase},
		"the secret is what it is about": {policy.Claim{Name: "department", Value: "PASSWORD=OPEN-SESAME"}, "password=open-sesame", policy.LetterCase},
	} {
		set := policy.NewSet(policy.Policy{Name: "p", Type: policy.AAD, Claims: []policy.Claim{{Name: "iss", Value: issuer}, tc.wanted}})
		claims := policy.Claims{"iss": issuer, tc.wanted.Name: tc.got}
		d := set.Authorize(claims)
		x := explain(d, claims, kept(d), journal.Claims(claims), policy.Known{})
		if x.Cause != tc.cause || x.Policy != "p" || x.Fix == "" || strings.Contains(x.Fix, "open-sesame") {
			t.Errorf("%s: %+v", name, x)
		}
	}
}

func TestEachTokenReasonHasAFix(t *testing.T) {
	for _, reason := range []jwks.Reason{jwks.Malformed, jwks.Algorithm, jwks.Key, jwks.Signature, jwks.NoExpiry, jwks.Expired, jwks.NotYetValid} {
		if tokenFixes[reason] == "" {
			t.Errorf("%s has none", reason)
		}
	}
}
