package policy

import (
	"strings"
	"testing"
)

// deadCases are policies of which no token of Entra meets the claim that the fix tells, or
// of which the service saves no corrected one.
var deadCases = []explainCase{
	{"other tenant in capitals", asks("iss", "https://sts.windows.net/"+strings.ToUpper(fabrikam)+"/", "aud", management), appToken(), house, NearestPolicy, []string{"write " + v1Fabrikam}},
	{"tid of the other tenant in capitals", asks("iss", v1Fabrikam, "tid", strings.ToUpper(fabrikam)), appToken(), house, NearestPolicy, []string{`write "` + fabrikam + `"`}},
	{"other cloud, tenant in capitals", asks("iss", "https://login.microsoftonline.com/"+strings.ToUpper(contoso)+"/v2.0", "aud", ordersClient), appToken("iss", "https://login.microsoftonline.us/"+contoso+"/v2.0", "aud", ordersClient), Known{}, NearestPolicy, []string{"write " + v2Contoso}},
	{"other cloud, tenant by domain", asks("iss", "https://login.microsoftonline.com/contoso.example/v2.0", "aud", ordersClient), appToken("iss", "https://login.microsoftonline.us/"+contoso+"/v2.0", "aud", ordersClient), Known{}, NearestPolicy, []string{"tokens name the tenant by its id"}},
	{"other cloud, tid in capitals", asks("iss", v1Contoso, "aud", management, "tid", strings.ToUpper(contoso)), appToken("iss", "https://sts.chinacloudapi.cn/"+unknownID+"/", "tid", unknownID), Known{}, NearestPolicy, []string{`write "` + contoso + `"`}},
	{"unknown identifier under a v2.0 issuer", asks("iss", v2Contoso, "aud", "api://unknown"), appToken("iss", v2Contoso, "aud", ordersClient), Known{}, NearestPolicy, []string{"write the API's client id"}},
	{"client id in capitals under a v2.0 issuer", asks("iss", v2Contoso, "aud", strings.ToUpper(fabrikam)), appToken("iss", v2Contoso, "aud", ordersClient), Known{}, NearestPolicy, []string{`write "` + fabrikam + `"`}},
	{"host in capitals under a v2.0 issuer", asks("iss", v2Contoso, "aud", "https://MANAGEMENT.azure.com/"), appToken("iss", v2Contoso, "aud", ordersClient), Known{}, NearestPolicy, []string{"write the API's client id"}},
	{"role with a blank at its end", asks("iss", v1Contoso, "roles", "Payroll.Run "), appToken(), house, NearestPolicy, []string{`write "Payroll.Run"`}},
	{"role with a blank beside others", asks("iss", v1Contoso, "roles", "Payroll.Run "), appToken("roles", []any{"A"}), house, NearestPolicy, []string{`write "Payroll.Run"`}},
	{"empty role", asks("iss", v1Contoso, "roles", ""), appToken(), house, NearestPolicy, []string{"write the value, or drop the claim"}},
	{"group in capitals", asks("iss", v1Contoso, "groups", strings.ToUpper(fabrikam)), userToken(), Known{}, NearestPolicy, []string{`write "` + fabrikam + `"`}},
	{"group in capitals among others", asks("iss", v1Contoso, "groups", strings.ToUpper(fabrikam)), userToken("groups", []any{contoso}), Known{}, NearestPolicy, []string{`write "` + fabrikam + `"`}},
	{"empty email", asks("iss", v1Contoso, "email", ""), userToken("aud", "api://orders"), Known{}, NearestPolicy, []string{"write the value, or drop the claim"}},
	{"user's name with blanks around it", asks("iss", v1Contoso, "upn", " ana@contoso.example"), appToken(), house, NearestPolicy, []string{`write "ana@contoso.example"`}},
	{"portal's name of aud", asks("iss", v1Contoso, "audience", management), appToken(), house, NearestPolicy, []string{`rename "audience" to "aud"`}},
	{"portal's name of iss", asks("issuer", v1Contoso), appToken(), house, NearestPolicy, []string{`rename "issuer" to "iss"`}},
	{"portal's name of sub", asks("iss", v1Contoso, "subject", callerObject), appToken(), house, NearestPolicy, []string{`rename "subject" to "sub"`}},
	{"name of a list in capitals", asks("iss", v1Contoso, "Groups", "g"), userToken("groups", []any{"h"}), Known{}, NearestPolicy, []string{`rename "Groups" to "groups"`}},
	{"name in capitals, value of another", asks("iss", v1Contoso, "Oid", unknownID), appToken(), house, NearestPolicy, []string{`rename "Oid" to "oid"`}},
	{"token's issuer in capitals", asks("iss", v1Contoso), appToken("iss", "https://STS.windows.net/"+contoso+"/"), Known{}, NearestPolicy, nil},
	{"token's issuer with a slash too many, not saved", asks("iss", "https://issuer.example"), appToken("iss", "https://issuer.example/"), Known{}, NearestPolicy, nil},
	{"two audiences, the later another's", asks("iss", v1Contoso, "aud", management, "aud", "https://x/"), appToken(), house, NearestPolicy, []string{`at once: it never matches; write a policy for each value`}},
	{"two audiences, the first another's", asks("iss", v1Contoso, "aud", "https://x/", "aud", management), appToken(), house, NearestPolicy, []string{`at once: it never matches; write a policy for each value`}},
	{"scope of nothing", asks("iss", v1Contoso, "aud", "/.default"), appToken(), house, NearestPolicy, []string{"; write the aud that the callers' tokens have"}},
}

// userClaimCases are claims that a sign-in brings in one version of tokens, in both or in none.
var userClaimCases = []explainCase{
	{"acr of a user", asks("iss", v1Contoso, "acr", "1"), appToken(), house, AppOnlyHasNoUserClaim, []string{`wants acr "1"`}},
	{"ipaddr of a user", asks("iss", v1Contoso, "ipaddr", "127.0.0.1"), appToken(), house, AppOnlyHasNoUserClaim, nil},
	{"unique_name of a user", asks("iss", v1Contoso, "unique_name", "ana@contoso.example"), appToken(), house, AppOnlyHasNoUserClaim, nil},
	{"given_name of a user", asks("iss", v1Contoso, "given_name", "Ana"), appToken(), house, AppOnlyHasNoUserClaim, nil},
	{"name of a user, v2.0", asks("iss", v2Contoso, "name", "Ana"), v2AppToken(), house, AppOnlyHasNoUserClaim, nil},
	{"preferred_username of a user, v2.0", asks("iss", v2Contoso, "preferred_username", "ana@contoso.example"), v2AppToken(), house, AppOnlyHasNoUserClaim, nil},
	{"acr, v2.0", asks("iss", v2Contoso, "acr", "1"), v2AppToken(), house, NearestPolicy, nil},
	{"ipaddr, v2.0", asks("iss", v2Contoso, "ipaddr", "127.0.0.1"), v2AppToken(), house, NearestPolicy, nil},
	{"unique_name, v2.0", asks("iss", v2Contoso, "unique_name", "ana@contoso.example"), v2AppToken(), house, NearestPolicy, nil},
	{"given_name, v2.0", asks("iss", v2Contoso, "given_name", "Ana"), v2AppToken(), house, NearestPolicy, nil},
	{"family_name, v2.0", asks("iss", v2Contoso, "family_name", "Anders"), v2AppToken(), house, NearestPolicy, nil},
	{"upn, v2.0", asks("iss", v2Contoso, "upn", "ana@contoso.example"), v2AppToken(), house, NearestPolicy, nil},
	{"email", asks("iss", v1Contoso, "email", "ana@contoso.example"), appToken(), house, NearestPolicy, nil},
	{"email, v2.0", asks("iss", v2Contoso, "email", "ana@contoso.example"), v2AppToken(), house, NearestPolicy, nil},
	{"acr of a user's token without it", asks("iss", v1Contoso, "acr", "1"), userToken("aud", "api://orders"), Known{}, ClaimAbsent, []string{"get it from Entra"}},
	{"acr of a user's token, v2.0", asks("iss", v2Contoso, "acr", "1"), userToken("iss", v2Contoso, "upn", nil, "preferred_username", "ana@contoso.example", "aud", ordersClient), Known{}, NearestPolicy, nil},
	{"unique_name of a user's token, v2.0", asks("iss", v2Contoso, "unique_name", "ana@contoso.example"), userToken("iss", v2Contoso, "upn", nil, "aud", ordersClient), Known{}, NearestPolicy, nil},
	{"optional given_name of a user's token, v2.0", asks("iss", v2Contoso, "given_name", "Ana"), userToken("iss", v2Contoso, "aud", ordersClient), Known{}, ClaimAbsent, []string{"optional claim"}},
}

// v2AppToken is the caller's own token for a resource with v2.0 ones.
func v2AppToken() Claims {
	return appToken("iss", v2Contoso, "aud", ordersClient, "appid", nil, "azp", callerClient, "ver", "2.0")
}

func TestExplainUserClaims(t *testing.T) {
	for _, tc := range userClaimCases {
		t.Run(tc.name, tc.holds)
	}
}

func TestExplainDead(t *testing.T) {
	for _, tc := range deadCases {
		t.Run(tc.name, tc.holds)
	}
}
