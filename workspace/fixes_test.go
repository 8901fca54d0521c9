package workspace

import (
	"regexp"
	"strings"
	"testing"

	"flowgate/entra"
	"flowgate/policy"
)

const (
	contoso  = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
	fabrikam = "bbbbcccc-1111-dddd-2222-eeee3333ffff"
	v1Client = "44445555-dddd-5555-eeee-6666ffff7777"
	v2Client = "33334444-dddd-5555-eeee-6666ffff7777"
)

func directoryOf(c policy.Cloud) *entra.Directory {
	caller := entra.Application{Name: "caller", ClientID: "00001111-aaaa-2222-bbbb-3333cccc4444", ObjectID: "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"}
	guest := caller
	guest.ObjectID = "eeeeeeee-0000-1111-2222-bbbbbbbbbbbb"
	return &entra.Directory{Cloud: c, Tenants: []entra.Tenant{
		{ID: contoso, Domain: "contoso.example", Applications: []entra.Application{caller},
			Users: []entra.User{{Name: "ana@contoso.example", ObjectID: "cccccccc-2222-3333-4444-dddddddddddd"}},
			Resources: []entra.Resource{
				{Identifier: "api://v1", ClientID: v1Client, TokenVersion: 1}, {Identifier: "api://v2", ClientID: v2Client, TokenVersion: 2}}},
		{ID: fabrikam, Domain: "fabrikam.example", Applications: []entra.Application{guest},
			Resources: []entra.Resource{{Identifier: "api://v1", ClientID: "66667777-dddd-5555-eeee-6666ffff7777", TokenVersion: 2}}},
	}}
}

var scopeOfFix = regexp.MustCompile(`scope="([^"]+)"`)

// Whoever asks for the token with the scope that a fix names has a token that the policy
// admits: the directory is asked for it, and the policy judges it.
func TestScopesOfFixesAdmit(t *testing.T) {
	for _, cloud := range policy.Clouds() {
		d := directoryOf(cloud)
		known := knownOf(d)
		var audiences []string
		for _, a := range []string{"https://management.azure.com/", cloud.FlowService(), "api://v1", "api://v2"} {
			audiences = append(audiences, a, strings.TrimSuffix(a, "/"), a+"/")
		}
		audiences = append(audiences, v1Client, v2Client, "API://V1", "API://V2", "https://management.usgovcloudapi.net/")
		followed := 0
		for _, tenant := range []string{contoso, fabrikam} {
			for _, user := range []string{"", "ana@contoso.example"} {
				for _, asked := range audiences {
					r := entra.Request{Tenant: tenant, Application: "caller", User: user, Scope: asked + "/.default"}
					claims, err := d.Claims(r)
					if err != nil {
						continue // the tenant has no such user or resource
					}
					for _, issuer := range []string{cloud.Issuer(contoso), policy.Public.IssuerV2(contoso), cloud.Issuer(fabrikam), policy.Public.IssuerV2(fabrikam)} {
						for _, wanted := range audiences {
							set := policy.NewSet(policy.Policy{Name: "p", Type: policy.AAD, Claims: []policy.Claim{{Name: "iss", Value: issuer}, {Name: "aud", Value: wanted}}})
							if len(set.Violations()) == 0 { // or nobody has such a policy
								followed += follow(t, d, r, set, claims, known)
							}
						}
					}
				}
			}
		}
		if followed < 100 && cloud != policy.China { // whose issuers no policy is saved with
			t.Errorf("%s: only %d fixes name a scope", cloud, followed)
		}
	}
}

// follow asks for the token that a fix wants instead, and returns 1 if it wants one.
func follow(t *testing.T, d *entra.Directory, r entra.Request, set policy.Set, claims map[string]any, known policy.Known) int {
	e := policy.Explain(set.Authorize(claims), claims, known)
	scope := scopeOfFix.FindStringSubmatch(e.Fix)
	if e.Cause == policy.NearestPolicy || scope == nil {
		return 0
	}
	if strings.Contains(e.Fix, "have resource ") && strings.Contains(e.Fix, " ask for v1.0 tokens") {
		d = directoryOf(d.Cloud)
		for i := range d.Tenants {
			for j := range d.Tenants[i].Resources {
				d.Tenants[i].Resources[j].TokenVersion = 1
			}
		}
	}
	r.Scope = scope[1]
	better, err := d.Claims(r)
	if err != nil {
		t.Errorf("%s: %s\nof the token for %v: %v", e.Cause, e.Fix, claims["aud"], err)
		return 1
	}
	if !set.Authorize(better).Admitted {
		t.Errorf("%s: %s\nof the token for %v gives one for %v by %v", e.Cause, e.Fix, claims["aud"], better["aud"], better["iss"])
	}
	return 1
}
