package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const goodIssuer = "https://sts.windows.net/11111111-1111-1111-1111-111111111111/"

func TestViolations(t *testing.T) {
	iss := Claim{"iss", goodIssuer}
	many := func(n int) []Claim {
		claims := []Claim{iss}
		for i := 1; i < n; i++ {
			claims = append(claims, Claim{fmt.Sprintf("c%d", i), "x"})
		}
		return claims
	}
	for name, tc := range map[string]struct {
		policy Policy
		want   []string // code and message, in order
	}{
		"good":                   {Policy{"p", AAD, many(10)}, nil},
		"150 characters":         {Policy{"p", AAD, []Claim{iss, {"oid", strings.Repeat("x", 150)}}}, nil},
		"150 of two bytes each":  {Policy{"p", AADPOP, []Claim{iss, {"oid", strings.Repeat("ä", 150)}}}, nil},
		"issuer without version": {Policy{"p", AAD, []Claim{{"iss", "https://login.microsoftonline.com/x/"}}}, nil},
		"type": {Policy{"p", "aad", []Claim{iss}}, []string{
			"OnlyAADOAuthTypeSupported: OAuth authentication policy 'p' in access control configuration of workflow is not valid. The 'type' property of authentication policy should be set to AAD."}},
		// 151 characters, and the service prints 9: the length of the claim's name.
		"151 characters": {Policy{"p", AAD, []Claim{iss, {"xms_mirid", strings.Repeat("x", 151)}}}, []string{
			"InvalidOAuthClaimValue: OAuth authentication policy 'p' in access control configuration of workflow is not valid. The provided claims value 'xms_mirid' have a length of '9' respectively which exceeds the maximum limit of '150'."}},
		"eleven claims": {Policy{"p", AAD, many(11)}, []string{
			": OAuth authentication policy 'p' in access control configuration of workflow is not valid. The number of claims '11' exceeds the maximum limit of '10'."}},
		"no issuer": {Policy{"p", AAD, []Claim{{"aud", "x"}}}, []string{
			"MissingOAuthRequiredClaimValue: OAuth authentication policy 'p' in access control configuration of workflow is not valid. The required claim 'iss' is missing."}},
		"foreign issuer": {Policy{"p", AAD, []Claim{{"iss", "https://issuer.example.com/"}}}, []string{
			": OAuth authentication policy 'p' in access control configuration of workflow is not valid. The value of the claim 'iss' should start with 'https://sts.windows.net/' or 'https://login.microsoftonline.com/'."}},
	} {
		var got []string
		for _, v := range NewSet(tc.policy).Violations() {
			if v.Grade == "" {
				t.Errorf("%s: no grade of evidence: %+v", name, v)
			}
			got = append(got, v.Code+": "+v.Message)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, tc.want)
		}
	}
}

func TestSixPoliciesAreTooMany(t *testing.T) {
	var all []Policy
	for i := range 6 {
		all = append(all, Policy{fmt.Sprint("p", i), AAD, []Claim{{"iss", goodIssuer}}})
	}
	if v := NewSet(all[:5]...).Violations(); len(v) != 0 {
		t.Errorf("five policies: %+v", v)
	}
	if v := NewSet(all...).Violations(); len(v) != 1 || v[0].Grade != Presumed || v[0].Code != "" {
		t.Errorf("six policies: %+v", v)
	}
}
