package policy

import (
	"strings"
	"testing"
)

// A fix that offers another way out offers one that admits.
func TestExplainAlternatives(t *testing.T) {
	v2Token := appToken("iss", v2Contoso, "aud", ordersClient, "appid", nil, "azp", callerClient, "ver", "2.0")
	const askV1, askV2 = `, or have resource "api://orders" ask for v1.0 tokens`, `, or have resource "api://old" ask for v2.0 tokens`
	for name, tc := range map[string]struct {
		set          Set
		claims       Claims
		known        Known
		want         Cause
		says, silent string
	}{
		"v1.0 by identifier": {asks("iss", v1Contoso, "aud", "api://orders"), v2Token, house, IssuerVersion, askV1 + ` (requestedAccessTokenVersion), and get one with scope="api://orders/.default"`, ""},
		"v1.0 by client id":  {asks("iss", v1Contoso, "aud", ordersClient), v2Token, house, IssuerVersion, askV1 + ` (requestedAccessTokenVersion), and get one with scope="` + ordersClient + `/.default"`, ""},
		"v1.0 of a user": {asks("iss", v1Contoso, "aud", ordersClient, "upn", "ana@contoso.example"),
			userToken("iss", v2Contoso, "aud", ordersClient, "upn", nil, "preferred_username", "ana@contoso.example", "ver", "2.0"), house, IssuerVersion, askV1, ""},
		"v2.0 by client id":                                  {asks("iss", v2Contoso, "aud", oldClient), appToken("aud", oldClient), house, IssuerVersion, askV2 + " (requestedAccessTokenVersion)", "scope="},
		"v2.0 without audience":                              {asks("iss", v2Contoso), appToken("aud", "api://old"), house, IssuerVersion, askV2, ""},
		"v2.0 by identifier":                                 {asks("iss", v2Contoso, "aud", "api://old"), appToken("aud", "api://old"), house, IssuerVersion, "in policy", "have resource"},
		"v2.0 in a cloud whose v2.0 issuer is another":       {asks("iss", v2Contoso), appToken("aud", "api://old"), government, IssuerVersion, "in policy", "have resource"},
		"v2.0, and a user's claim that it has not":           {asks("iss", v2Contoso, "acr", "1"), userToken("aud", "api://old", "acr", "1"), house, IssuerVersion, "in policy", "have resource"},
		"an issuer of another cloud":                         {asks("iss", v1Contoso), appToken("iss", chinaContoso), Known{}, OtherCloud, "get the token from cloud public", "right cloud"},
		"an issuer of another cloud that is saved":           {asks("iss", chinaContoso), appToken(), Known{}, OtherCloud, `if that is the right cloud, write policy "p" for it`, ""},
		"a service of another cloud with the same directory": {asks("iss", v1Contoso, "aud", flowService), appToken("aud", "https://gov.service.flow.microsoft.us/"), Known{}, OtherCloud, `if that is the right cloud, write policy "p" for it`, ""},
		"a flow in another cloud, of its tenant":             {flowFor(), appToken("aud", "https://service.powerautomate.cn/", "iss", chinaContoso), Known{}, OtherCloud, "name it under cloud in emulator.yaml", ""},
		"a flow in another cloud, of another tenant":         {flowFor(), appToken("aud", "https://service.powerautomate.cn/", "iss", "https://sts.chinacloudapi.cn/"+unknownID+"/", "tid", unknownID), Known{}, OtherCloud, "get the token from cloud public", "emulator.yaml"},
		"the workspace's cloud":                              {asks("iss", chinaContoso), appToken(), house, OtherCloud, "write policy \"p\" for the cloud of the token, which has iss \"" + v1Contoso + "\", or, if that is the wrong one, get the token from cloud china", ""},
	} {
		got := Explain(tc.set.Authorize(tc.claims), tc.claims, tc.known)
		if got.Cause != tc.want || !strings.Contains(got.Fix, tc.says) || tc.silent != "" && strings.Contains(got.Fix, tc.silent) {
			t.Errorf("%s: got %s, want %s\nto say     %s\nand not to %s\n%s", name, got.Cause, tc.want, tc.says, tc.silent, got.Fix)
		}
		soundExplanation(t, tc.set, tc.claims, tc.known)
	}
}
