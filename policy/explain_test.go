package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	contoso  = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
	fabrikam = "bbbbcccc-1111-dddd-2222-eeee3333ffff"

	callerClient = "00001111-aaaa-2222-bbbb-3333cccc4444"
	callerObject = "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"
	callerReg    = "eeeeeeee-4444-5555-6666-ffffffffffff"
	guestObject  = "abababab-0000-1111-2222-bbbbbbbbbbbb" // the caller's object in fabrikam
	anaObject    = "cccccccc-2222-3333-4444-dddddddddddd"
	ordersClient = "33334444-dddd-5555-eeee-6666ffff7777"
	oldClient    = "44445555-dddd-5555-eeee-6666ffff7777"
	benObject    = "dddddddd-2222-3333-4444-eeeeeeeeeeee"
	unknownID    = "99999999-9999-4999-8999-999999999999"

	v1Contoso    = "https://sts.windows.net/" + contoso + "/"
	v2Contoso    = "https://login.microsoftonline.com/" + contoso + "/v2.0"
	v1Fabrikam   = "https://sts.windows.net/" + fabrikam + "/"
	chinaContoso = "https://sts.chinacloudapi.cn/" + contoso + "/"
	management   = "https://management.azure.com/"
	flowService  = "https://service.flow.microsoft.com/"
)

var house = Known{Cloud: Public, Tenants: []KnownTenant{
	{ID: contoso, Domain: "contoso.example",
		Applications: []KnownApplication{{"caller", callerClient, callerObject, callerReg, map[string][]string{"https://management.azure.com": {"Payroll.Run"}}}},
		Users:        []KnownUser{{"ana@contoso.example", anaObject}},
		Resources:    []KnownResource{{"api://orders", ordersClient, 2}, {"api://old", oldClient, 1}}},
	{ID: fabrikam, Domain: "fabrikam.example",
		Applications: []KnownApplication{{"caller", callerClient, guestObject, "", nil}},
		Users:        []KnownUser{{"ben@fabrikam.example", benObject}}},
}}

// shared has a resource of one name in both tenants, of v1.0 tokens in the first.
var shared = Known{Cloud: Public, Tenants: []KnownTenant{
	{ID: contoso, Resources: []KnownResource{{"api://shared", oldClient, 1}}},
	{ID: fabrikam, Resources: []KnownResource{{"api://shared", ordersClient, 2}}},
}}

// guests has ana in both tenants.
var guests = Known{Cloud: Public, Tenants: []KnownTenant{
	{ID: contoso, Users: []KnownUser{{"ana@contoso.example", anaObject}}},
	{ID: fabrikam, Users: []KnownUser{{"ana@contoso.example", guestObject}}},
}}

var government = Known{Cloud: GCCHigh, Tenants: house.Tenants}

// appToken is the caller's own v1.0 token, changed by pairs of name and value; a nil
// value removes the claim.
func appToken(changes ...any) Claims {
	return changed(Claims{"aud": management, "iss": v1Contoso, "tid": contoso, "appid": callerClient,
		"oid": callerObject, "sub": callerObject, "ver": "1.0"}, changes)
}

// userToken is ana's v1.0 token.
func userToken(changes ...any) Claims {
	return changed(Claims{"aud": management, "iss": v1Contoso, "tid": contoso, "appid": callerClient, "scp": "user_impersonation",
		"oid": anaObject, "sub": "pairwise", "upn": "ana@contoso.example", "ver": "1.0"}, changes)
}

func changed(claims Claims, changes []any) Claims {
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == nil {
			delete(claims, changes[i].(string))
			continue
		}
		claims[changes[i].(string)] = changes[i+1]
	}
	return claims
}

// asks is one policy p of pairs of claim and value.
func asks(pairs ...string) Set {
	p := Policy{Name: "p", Type: AAD}
	for i := 0; i < len(pairs); i += 2 {
		p.Claims = append(p.Claims, Claim{pairs[i], pairs[i+1]})
	}
	return NewSet(p)
}

func flowFor(users ...AllowedUser) Set {
	set, err := Flow(UserMode, Public, contoso, users)
	if err != nil {
		panic(err)
	}
	return set
}

type explainCase struct {
	name   string
	set    Set
	claims Claims
	known  Known
	want   Cause
	says   []string // parts of the fix
}

var explainCases = []explainCase{
	{"names in capitals", asks("Iss", v1Contoso, "AUD", management), appToken(), Known{}, ClaimNameCase, []string{`"iss" for "Iss"`, `"aud" for "AUD"`}},
	{"scope with one slash", flowFor(), appToken("aud", "https://service.flow.microsoft.com"), Known{}, DoubleSlashScope, []string{`scope="https://service.flow.microsoft.com//.default"`, `resource="https://service.flow.microsoft.com/"`}},
	{"scope with one slash, other resource", asks("iss", v1Contoso, "aud", management), appToken("aud", "https://management.azure.com"), Known{}, DoubleSlashScope, []string{`"https://management.azure.com//.default"`, `aud "https://management.azure.com" in policy "p"`}},
	{"scope with two slashes", asks("iss", v1Contoso, "aud", "https://management.azure.com"), appToken(), Known{}, TrailingSlash, []string{`scope="https://management.azure.com/.default"`}},
	{"issuer without slash", asks("iss", strings.TrimSuffix(v1Contoso, "/"), "aud", management), appToken(), Known{}, TrailingSlash, []string{`write iss "` + v1Contoso + `"`}},
	{"issuer with a slash too many", asks("iss", v2Contoso+"/"), appToken("iss", v2Contoso), Known{}, TrailingSlash, []string{`write iss "` + v2Contoso + `"`}},
	{"ids in capitals", asks("iss", strings.ToUpper(v1Contoso), "tid", strings.ToUpper(contoso)), appToken(), Known{}, LetterCase, []string{`tid "` + contoso + `" for`}},
	{"role in capitals", asks("iss", v1Contoso, "roles", "payroll.run"), appToken("roles", []any{"A", "Payroll.Run"}), Known{}, LetterCase, []string{`roles "Payroll.Run" for "payroll.run"`}},
	{"audience in capitals", asks("iss", v1Contoso, "aud", management), appToken("aud", "https://Management.azure.com/"), Known{}, LetterCase, []string{`scope="https://management.azure.com//.default"`}},
	{"object id in capitals in a flow", flowFor(AllowedUser{strings.ToUpper(callerObject), strings.ToUpper(callerObject)}), appToken("aud", flowService), Known{}, LetterCase, []string{"the flow's list of users"}},
	{"issuer without version", asks("iss", "https://login.microsoftonline.com/"+contoso+"/"), appToken(), Known{}, IssuerWithoutVersion, []string{`write iss "` + v1Contoso + `"`}},
	{"issuer without version and slash, v2.0 token", asks("iss", "https://login.microsoftonline.com/"+contoso), appToken("iss", v2Contoso), Known{}, IssuerWithoutVersion, []string{`write iss "` + v2Contoso + `"`}},
	{"azp of a v1.0 token", asks("iss", v1Contoso, "azp", callerClient), appToken(), Known{}, AppIDForAzp, []string{`"appid" for "azp"`, "v1.0"}},
	{"appid of a v2.0 token", asks("iss", v2Contoso, "appid", callerClient), appToken("iss", v2Contoso, "appid", nil, "azp", callerClient), Known{}, AppIDForAzp, []string{`"azp" for "appid"`, "v2.0"}},
	{"v1.0 token, v2.0 policy", asks("iss", v2Contoso, "aud", management, "azp", callerClient), appToken(), Known{}, IssuerVersion, []string{`iss "` + v1Contoso + `"`, `appid "` + callerClient + `"`}},
	{"v2.0 token, v1.0 policy of a known resource", asks("iss", v1Contoso, "aud", "api://orders", "appid", callerClient, "ver", "1.0"),
		appToken("iss", v2Contoso, "aud", ordersClient, "appid", nil, "azp", callerClient, "ver", "2.0"), house, IssuerVersion,
		[]string{`aud "` + ordersClient + `"`, `ver "2.0"`, `resource "api://orders"`}},
	{"v2.0 token, identifier made of the client id", asks("iss", v1Contoso, "aud", "api://"+unknownID), appToken("iss", v2Contoso, "aud", unknownID), Known{}, IssuerVersion, nil},
	{"v2.0 token at a flow", flowFor(), appToken("aud", flowService, "iss", v2Contoso), Known{}, IssuerVersion, []string{"service.flow.microsoft.com//.default", "v2.0"}},
	{"client id in a flow's list", flowFor(AllowedUser{callerClient, callerClient}), appToken("aud", flowService), house, ClientIDForObjectID, []string{`"` + callerObject + `" for "` + callerClient + `"`, "the flow's list of users", `"caller"`}},
	{"client id in a flow's list, the token alone shows it", flowFor(AllowedUser{callerClient, callerClient}), appToken("aud", flowService), Known{}, ClientIDForObjectID, nil},
	{"object id for appid", asks("iss", v1Contoso, "appid", callerObject), appToken(), house, ClientIDForObjectID, []string{`"` + callerClient + `" for "` + callerObject + `"`}},
	{"ids swapped", asks("iss", v1Contoso, "appid", callerObject, "oid", callerClient), appToken(), Known{}, ClientIDForObjectID, []string{`write appid "` + callerClient + `" for "` + callerObject + `"`, `write oid "` + callerObject + `" for "` + callerClient + `"`}},
	{"client id as the token's oid", asks("iss", v1Contoso, "oid", callerObject), appToken("oid", callerClient, "sub", callerClient), house, ClientIDForObjectID, []string{"get the token from Entra"}},
	{"object id of the registration", flowFor(AllowedUser{callerReg, callerReg}), appToken("aud", flowService), house, RegistrationForEnterpriseObject, []string{`"` + callerObject + `" for "` + callerReg + `"`, "enterprise application"}},
	{"user flow called app-only", flowFor(AllowedUser{"ana@contoso.example", anaObject}), appToken("aud", flowService), house, AppOnlyHasNoUserClaim, []string{`user "ana@contoso.example"`, `the object id "` + callerObject + `"`}},
	{"scope and name of a user", asks("iss", v1Contoso, "scp", "user_impersonation", "upn", "ana@contoso.example"), appToken(), Known{}, AppOnlyHasNoUserClaim, []string{`scp "user_impersonation"`, `upn "ana@contoso.example"`}},
	{"app-only by idtyp", asks("iss", v1Contoso, "scp", "x"), appToken("idtyp", "app", "sub", "other"), Known{}, AppOnlyHasNoUserClaim, nil},
	{"no role", asks("iss", v1Contoso, "roles", "Payroll.Run"), appToken(), house, RoleNotGranted, []string{`role "Payroll.Run" of resource "` + management + `" to application "caller"`}},
	{"other roles", asks("iss", v1Contoso, "roles", "A", "roles", "B"), appToken("roles", []any{"C"}), Known{}, RoleNotGranted, []string{`"A" and "B"`, `["C"]`}},
	{"flow service of another cloud", flowFor(), appToken("aud", "https://gov.service.flow.microsoft.us/"), Known{}, OtherCloud, []string{"cloud public", flowService, "gov.service.flow.microsoft.us"}},
	{"everything of another cloud", flowFor(), appToken("aud", "https://service.powerautomate.cn/", "iss", "https://sts.chinacloudapi.cn/"+unknownID+"/", "tid", unknownID), Known{}, OtherCloud, []string{"login.microsoftonline.com"}},
	{"issuer of another cloud", asks("iss", v1Contoso, "aud", management), appToken("iss", chinaContoso), Known{}, OtherCloud, []string{chinaContoso}},
	{"policy for another cloud than the workspace's", asks("iss", v1Contoso, "aud", "https://management.chinacloudapi.cn/"), appToken(), house, OtherCloud, []string{`write policy "p" for the cloud of the token`}},
	{"v2.0 issuer of the US government", asks("iss", v2Contoso, "aud", management), appToken("iss", "https://login.microsoftonline.us/"+unknownID+"/v2.0"), Known{}, OtherCloud, nil},
	{"another tenant at a flow", flowFor(), appToken("aud", flowService, "iss", v1Fabrikam, "tid", fabrikam), house, OtherTenant, []string{`"contoso.example" ("` + contoso + `")`, `"fabrikam.example"`}},
	{"another tenant that nobody knows", asks("iss", v1Contoso, "aud", management), appToken("iss", "https://sts.windows.net/"+unknownID+"/", "tid", unknownID), Known{}, OtherTenant, []string{`"` + unknownID + `"`}},
	{"another tenant's object of the same application", asks("iss", v1Contoso, "oid", callerObject), appToken("iss", v1Fabrikam, "tid", fabrikam, "oid", guestObject, "sub", guestObject), house, OtherTenant, nil},
	{"not in the group", asks("iss", v1Contoso, "groups", "g3"), userToken("groups", []any{"g1", json.Number("2"), true, nil, []any{}, "g6"}), Known{}, ArrayWithoutElement, []string{`"g3"`, `["g1", 2, true, null, a list of 0, and 1 more]`}},
	{"a user's roles", asks("iss", v1Contoso, "roles", "B"), userToken("roles", []any{"A"}), Known{}, ArrayWithoutElement, nil},
	{"token for Graph", asks("iss", v1Contoso, "aud", management), appToken("aud", "https://graph.microsoft.com"), Known{}, OtherAudience, []string{`scope="https://management.azure.com//.default"`, `"https://graph.microsoft.com"`}},
	{"ID token", flowFor(), userToken("iss", v2Contoso, "aud", callerClient, "appid", nil, "scp", nil, "nonce", "n", "ver", "2.0"), house, OtherAudience,
		[]string{`scope="https://service.flow.microsoft.com//.default" and send the access_token of the answer, not its id_token`, `"` + callerClient + `" (application "caller") and has neither appid nor azp`}},
	{"token for Graph, resource with v2.0 tokens", asks("iss", v2Contoso, "aud", ordersClient, "azp", callerClient, "ver", "2.0"), appToken("aud", "https://graph.microsoft.com"), house, OtherAudience, []string{`scope="api://orders/.default"`}},
	{"without tid", flowFor(), appToken("aud", flowService, "tid", nil), Known{}, ClaimAbsent, []string{"tid"}},
	{"without groups", asks("iss", v1Contoso, "groups", "g"), userToken("aud", "api://orders"), Known{}, ClaimAbsent, []string{"groupMembershipClaims"}},
	{"in too many groups", asks("iss", v1Contoso, "groups", "g"), userToken("aud", "api://orders", "_claim_names", map[string]any{"groups": "src1"}), Known{}, ClaimAbsent, []string{"as its _claim_names says", "groupMembershipClaims ApplicationGroup"}},
	{"in too many groups, implicit flow", asks("iss", v1Contoso, "groups", "g"), userToken("aud", "api://orders", "hasgroups", true), Known{}, ClaimAbsent, []string{"as its hasgroups says"}},
	{"in too many groups, of Microsoft's resource", asks("iss", v1Contoso, "groups", "g"), userToken("_claim_names", map[string]any{"groups": "src1"}), Known{}, ClaimAbsent, []string{"can be told to list fewer", `"` + management + `" is Microsoft's`}},
	{"in more directory roles than are listed", asks("iss", v1Contoso, "wids", "w"), userToken("aud", "api://orders", "_claim_names", map[string]any{"wids": "src1"}), Known{}, ClaimAbsent, []string{"which this one lacks: set groupMembershipClaims"}},
	{"in no group too many", asks("iss", v1Contoso, "groups", "g"), userToken("aud", "api://orders", "_claim_names", map[string]any{"wids": "src1"}, "hasgroups", false), Known{}, ClaimAbsent, []string{"which this one lacks: set groupMembershipClaims"}},
	{"without groups, of Microsoft's resource", asks("iss", v1Contoso, "groups", "g"), userToken(), Known{}, ClaimAbsent, []string{`"` + management + `" is Microsoft's`, `drop the claim from policy "p"`}},
	{"without an optional claim", asks("iss", v1Contoso, "department", "d"), userToken("aud", "api://orders"), Known{}, ClaimAbsent, []string{"optional claim of the token's resource"}},
	{"without an optional claim, of Microsoft's resource", asks("iss", v1Contoso, "department", "d"), userToken("aud", "https://service.flow.microsoft.com"), Known{}, ClaimAbsent, []string{"only a resource of your own"}},
	{"of another tenant, judged by an AADPOP policy", NewSet(Policy{"p", AADPOP, []Claim{{"iss", v1Contoso}, {"m", "POST"}, {"u", "management.azure.com"}}}).Of(AADPOP), appToken("iss", v1Fabrikam, "tid", fabrikam, "m", "POST", "u", "management.azure.com"), house, OtherTenant, nil},
	{"without what a PoP request signs", asks("iss", v1Contoso, "m", "POST"), appToken(), Known{}, ClaimAbsent, []string{"PoP"}},

	// What the workspace does not know of another token is no reason to name a cause.
	{"another audience, and a role that nobody has there", asks("iss", v1Contoso, "aud", "https://graph.microsoft.com/", "roles", "Payroll.Run"), appToken("roles", []any{"Payroll.Run"}), house, NearestPolicy, nil},
	{"another audience, and a role that is granted there", asks("iss", v1Contoso, "aud", management, "roles", "Payroll.Run"), appToken("aud", "https://graph.microsoft.com/", "roles", []any{"Payroll.Run"}), house, OtherAudience, nil},
	{"another audience, and a claim of v1.0 tokens alone", asks("iss", v2Contoso, "aud", ordersClient, "appid", callerClient), appToken(), house, NearestPolicy, nil},
	{"another audience, and a user's sub", asks("iss", v1Contoso, "aud", "https://graph.microsoft.com/", "sub", "pairwise"), userToken(), house, NearestPolicy, nil},
	{"a scope for an audience", asks("iss", v1Contoso, "aud", management+".default"), appToken(), house, NearestPolicy, []string{`aud "https://management.azure.com/.default"`, `; write "https://management.azure.com/", as the token has it`}},
	{"a scope for an audience that lost its slash", asks("iss", v1Contoso, "aud", management+".default"), appToken("aud", "https://management.azure.com"), house, NearestPolicy, []string{`; write "https://management.azure.com", as the token has it`}},
	{"a scope for the audience of another resource", asks("iss", v1Contoso, "aud", "https://graph.microsoft.com/.default"), appToken(), house, NearestPolicy, []string{`; write "https://graph.microsoft.com", which the tokens of that scope have`}},
	{"a scope for the client id in v2.0 tokens", asks("iss", v2Contoso, "aud", "api://orders/.default"), appToken("iss", v2Contoso, "aud", ordersClient), house, NearestPolicy, []string{`; write "` + ordersClient + `", as the token has it`}},
	{"a scope for the client id in v2.0 tokens of a resource that nobody knows", asks("iss", v2Contoso, "aud", "api://orders/.default"), appToken("iss", v2Contoso, "aud", ordersClient), Known{}, NearestPolicy, []string{"write the API's client id, or, if its tokens are v1.0,"}},
	{"a scope for the client id in v2.0 tokens, of another resource", asks("iss", v2Contoso, "aud", "api://orders/.default"), appToken("iss", v2Contoso, "aud", unknownID), house, NearestPolicy, []string{`; write "` + ordersClient + `", the client id of resource "api://orders"`}},
	{"a scope for v1.0 tokens beside an issuer of v2.0", asks("iss", v2Contoso, "aud", management+"/.default"), appToken(), house, NearestPolicy, []string{`; write "` + management + `", which the tokens of that scope have, and name the issuer ` + v1Contoso}},
	{"a scope and an issuer by domain", asks("iss", "https://sts.windows.net/contoso.example/", "aud", management+"/.default"), appToken(), house, NearestPolicy, []string{`write "` + v1Contoso + `", as the token has it`, `; write "` + management + `", as the token has it`}},
	{"a blank before an audience", asks("iss", v1Contoso, "aud", " "+management), appToken(), house, NearestPolicy, nil},
	{"an audience with nothing to see in it", asks("iss", v1Contoso, "aud", management+"\u200b"), appToken(), house, NearestPolicy, nil},
	{"no audience", asks("iss", v1Contoso, "aud", ""), appToken(), house, NearestPolicy, nil},
	{"a blank in a claim's name", asks("iss", v1Contoso, "aud ", management), appToken(), house, NearestPolicy, nil},
	{"a claim without a name", asks("iss", v1Contoso, "", management), appToken(), house, NearestPolicy, nil},
	{"another tenant, where the application has another object id", asks("iss", v1Fabrikam, "oid", callerObject), appToken(), house, NearestPolicy, nil},
	{"another tenant, where the application is not", asks("iss", v1Fabrikam, "appid", guestObject), appToken("appid", guestObject), house, NearestPolicy, nil},
	{"another tenant, where the role is not granted", asks("iss", v1Fabrikam, "aud", management, "roles", "Payroll.Run"), appToken("roles", []any{"Payroll.Run"}), house, NearestPolicy, nil},
	{"another tenant, where the application is", asks("iss", v1Fabrikam, "appid", callerClient), appToken(), house, OtherTenant, nil},
	{"a flow's user of another tenant", flowFor(AllowedUser{guestObject, guestObject}), appToken("aud", flowService, "iss", v1Fabrikam, "tid", fabrikam, "oid", guestObject, "sub", guestObject), house, NearestPolicy, nil},
	{"an audience of another cloud beside an issuer of this one", asks("iss", v1Contoso, "aud", "https://management.chinacloudapi.cn/"), appToken(), Known{Cloud: China}, NearestPolicy, nil},
	{"an issuer that the service does not save", asks("iss", v1Contoso, "aud", "https://management.chinacloudapi.cn/"), appToken("iss", chinaContoso, "aud", "https://management.chinacloudapi.cn/"), Known{Cloud: China}, NearestPolicy, nil},
	{"an audience of another cloud beside the application's id", asks("iss", v1Contoso, "aud", management, "appid", callerClient), appToken("iss", chinaContoso, "aud", "https://management.chinacloudapi.cn/"), Known{}, NearestPolicy, nil},
	{"a user's name beside an application's object id", asks("iss", v1Contoso, "upn", "ana@contoso.example", "oid", callerObject), appToken(), house, NearestPolicy, nil},
	{"a user's name beside an application's role", asks("iss", v1Contoso, "upn", "ana@contoso.example", "roles", "Payroll.Run"), appToken("roles", []any{"Payroll.Run"}), house, NearestPolicy, nil},
	{"a user's name beside the user's object id", asks("iss", v1Contoso, "upn", "ana@contoso.example", "oid", anaObject), appToken(), house, AppOnlyHasNoUserClaim, nil},
	{"a list for an audience", asks("iss", v1Contoso, "aud", management), appToken("aud", []any{"https://graph.microsoft.com"}), house, NearestPolicy, nil},
	{"signed in otherwise", asks("iss", v1Contoso, "amr", "mfa"), userToken("amr", []any{"pwd"}), Known{}, ArrayWithoutElement, []string{`the user signed in with "mfa"`, `["pwd"]`}},
	{"issuer by domain", asks("iss", "https://sts.windows.net/contoso.example/"), appToken(), house, NearestPolicy, []string{`; write "` + v1Contoso + `", as the token has it: tokens name the tenant by its id`}},
	{"issuer by another's domain", asks("iss", "https://sts.windows.net/fabrikam.example/"), appToken(), house, NearestPolicy, []string{`write https://sts.windows.net/{tenant}/`}},
	{"email for a known object id", asks("iss", v1Contoso, "oid", "ana@contoso.example"), userToken(), house, NearestPolicy, []string{`; write "` + anaObject + `", the object id of user "ana@contoso.example"`}},
	{"email of a guest, for the object id in the policy's tenant", asks("iss", v1Contoso, "oid", "ana@contoso.example"), userToken("iss", v1Fabrikam, "tid", fabrikam, "oid", guestObject), guests, NearestPolicy, []string{`; write "` + anaObject + `"`}},
	{"secret for a certificate", asks("iss", v1Contoso, "appidacr", "2"), appToken("appidacr", "1"), Known{}, NearestPolicy, []string{`"2" (a certificate), where the token has "1" (a client secret)`}},
	{"object id as a user's sub", asks("iss", v1Contoso, "sub", anaObject), userToken(), Known{}, NearestPolicy, []string{`name oid "` + anaObject + `" in the place of sub`}},
	{"object id in capitals as a user's sub", asks("iss", v1Contoso, "sub", strings.ToUpper(anaObject)), userToken(), Known{}, NearestPolicy, []string{`name oid "` + anaObject + `" in the place of sub`}},
	{"idtyp of an application, user's token", asks("iss", v1Contoso, "idtyp", "app"), userToken("aud", "api://orders"), Known{}, NearestPolicy, []string{`idtyp "app", which the token lacks`}},
	{"idtyp of a user", asks("iss", v1Contoso, "idtyp", "user"), userToken("aud", "api://orders"), Known{}, ClaimAbsent, []string{"optional claim", "with include_user_token"}},
	{"idtyp of a device, user's token", asks("iss", v1Contoso, "idtyp", "device"), userToken("aud", "api://orders"), Known{}, NearestPolicy, nil},
	{"without amr", asks("iss", v1Contoso, "amr", "mfa"), userToken("aud", "api://orders"), Known{}, ClaimAbsent, []string{"let the user sign in in that way"}},
	{"amr of a user, application's token", asks("iss", v1Contoso, "amr", "mfa"), appToken(), Known{}, AppOnlyHasNoUserClaim, nil},
	{"amr in a v2.0 token", asks("iss", v2Contoso, "amr", "mfa"), userToken("iss", v2Contoso), Known{}, NearestPolicy, nil},
	{"issuer by domain, without version", asks("iss", "https://login.microsoftonline.com/contoso.example/"), appToken(), house, NearestPolicy, []string{`; write "` + v1Contoso + `", as the token has it`}},
	{"idtyp of an application", asks("iss", v1Contoso, "idtyp", "app"), appToken("aud", "api://orders"), Known{}, ClaimAbsent, []string{"optional claim"}},
	{"one scope of several", asks("iss", v1Contoso, "scp", "Orders.Read"), userToken("scp", "Orders.Read Orders.Write"), Known{}, NearestPolicy, []string{`"Orders.Read Orders.Write", which is compared as one text`}},
	{"no group", asks("iss", v1Contoso, "groups", "g3"), userToken("groups", []any{}), Known{}, ArrayWithoutElement, []string{"the token has none"}},
	{"two slashes lost", asks("iss", v1Contoso, "aud", management+"/"), appToken(), Known{}, DoubleSlashScope, []string{"3 slashes before .default"}},

	{"v2.0 token of one's own for a flow", flowFor(), appToken("iss", v2Contoso, "aud", ordersClient, "appid", nil, "azp", callerClient, "ver", "2.0"), house, OtherAudience,
		[]string{`scope="https://service.flow.microsoft.com//.default"`}},
	{"v2.0 resource by its client id", asks("iss", v2Contoso, "aud", ordersClient), appToken(), house, OtherAudience, []string{`scope="api://orders/.default"`}},
	{"v1.0 resource by its client id", asks("iss", v1Contoso, "aud", oldClient), appToken(), house, OtherAudience, []string{`scope="` + oldClient + `/.default"`}},
	{"v1.0 resource in other letters", asks("iss", v1Contoso, "aud", "API://old"), appToken(), house, OtherAudience, []string{`scope="API://old/.default"`}},
	{"v1.0 resource under its other name", asks("iss", v1Contoso, "aud", "api://old"), appToken("aud", oldClient), house, OtherAudience, []string{`scope="api://old/.default"`, "another name of the same resource"}},
	{"identifier where v2.0 tokens have the client id", asks("iss", v2Contoso, "aud", "api://orders"), appToken("iss", v2Contoso, "aud", ordersClient, "ver", "2.0"), house, IssuerVersion,
		[]string{`write aud "` + ordersClient + `" for "api://orders"`}},
	{"ver of the other version", asks("iss", v1Contoso, "ver", "2.0"), appToken(), Known{}, IssuerVersion, []string{`write ver "1.0" for "2.0"`}},
	{"v2.0 token whose issuer is not saved", asks("iss", v1Contoso, "aud", ordersClient), appToken("iss", "https://login.microsoftonline.us/"+contoso+"/v2.0", "aud", ordersClient, "ver", "2.0"), government, IssuerVersion,
		[]string{"have resource \"api://orders\" ask for v1.0 tokens"}},
	{"v2.0 name of a user, and a v1.0 token", asks("iss", v1Contoso, "preferred_username", "ana@contoso.example"), appToken(), house, NearestPolicy, []string{"never matches; rename"}},
	{"resource of two tenants", asks("iss", v1Fabrikam, "aud", "api://shared"), appToken("iss", v1Fabrikam, "tid", fabrikam), shared, NearestPolicy, nil},
	{"v2.0 issuer of the public cloud, in a government's", asks("iss", v2Contoso, "aud", ordersClient), appToken(), government, NearestPolicy, nil},
	{"other tenant's resource", asks("iss", v1Fabrikam), appToken("aud", "api://old"), house, OtherTenant, []string{`and for a resource of that tenant, which has no "api://old"`}},
	{"dead issuer and another user", asks("iss", "https://sts.windows.net/common/", "oid", unknownID), appToken(), house, NearestPolicy, []string{"change policy", "no token has the issuer"}},
	{"user of the token's tenant", asks("iss", v1Contoso, "oid", anaObject), appToken("aud", management), house, AppOnlyHasNoUserClaim, []string{`user "ana@contoso.example"`}},

	// No mistake alone is to blame, or nothing shows which.
	{"management by an issuer of v2.0", asks("iss", v2Contoso, "aud", management), appToken("iss", v2Contoso, "aud", ordersClient, "ver", "2.0"), house, NearestPolicy,
		[]string{"change policy", "never matches; tokens for it are v1.0: name the issuer " + v1Contoso}},
	{"v2.0 resource by its identifier", asks("iss", v2Contoso, "aud", "api://orders"), appToken(), house, NearestPolicy, []string{"never matches; write the API's client id"}},
	{"scope for aud", asks("iss", v1Contoso, "aud", management+"/.default"), appToken(), house, NearestPolicy, []string{"is a scope", `; write "` + management + `"`}},
	{"user of another tenant", asks("iss", v1Contoso, "oid", benObject), appToken(), house, NearestPolicy, nil},
	{"resource that the other tenant lacks", asks("iss", v1Fabrikam, "aud", "api://old"), appToken("aud", "api://old"), house, NearestPolicy, nil},
	{"resource of another tenant", asks("iss", v1Fabrikam, "aud", "api://old"), appToken("iss", v1Fabrikam, "tid", fabrikam), house, NearestPolicy, nil},
	{"another application", asks("iss", v1Contoso, "appid", unknownID), appToken(), house, NearestPolicy, []string{`appid "` + unknownID + `", where the token has "` + callerClient + `"`}},
	{"a slash and another application", asks("iss", v1Contoso, "aud", management, "appid", unknownID), appToken("aud", "https://management.azure.com"), house, NearestPolicy, []string{"aud", "appid"}},
	{"two slashes", asks("iss", strings.TrimSuffix(v1Contoso, "/"), "aud", management), appToken("aud", "https://management.azure.com"), Known{}, NearestPolicy, []string{"iss", "aud"}},
	{"another tenant and another audience", asks("iss", v1Contoso, "aud", management), appToken("iss", v1Fabrikam, "aud", "api://x"), house, NearestPolicy, nil},
	{"another version of a resource that nobody knows", asks("iss", v1Contoso, "aud", "api://orders"), appToken("iss", v2Contoso, "aud", ordersClient), Known{}, NearestPolicy, nil},
	{"registration's object id that nobody knows", flowFor(AllowedUser{callerReg, callerReg}), appToken("aud", flowService), Known{}, NearestPolicy, []string{"add the object id \"" + callerObject, callerReg}},
	{"a user's token where the list has its application's client id", flowFor(AllowedUser{callerClient, callerClient}), userToken("aud", flowService), house, NearestPolicy, []string{`add "ana@contoso.example" to the flow's list of users`}},
	{"another tenant's application of another name", asks("iss", v1Contoso, "oid", unknownID), appToken("iss", v1Fabrikam, "tid", fabrikam, "oid", guestObject, "sub", guestObject), house, NearestPolicy, nil},
	{"a policy whose iss and tid differ", asks("iss", v1Contoso, "tid", fabrikam), appToken("iss", v1Fabrikam, "tid", contoso), house, NearestPolicy, nil},
	{"azp of another application in a v1.0 token", asks("iss", v1Contoso, "azp", unknownID), appToken(), house, NearestPolicy, []string{"which the token lacks"}},
	{"two claims absent", asks("iss", v1Contoso, "groups", "g", "wids", "w"), userToken(), Known{}, NearestPolicy, []string{"groups", "wids"}},
	{"a user whom nobody knows", flowFor(AllowedUser{"bob@contoso.example", ""}), appToken("aud", flowService), house, NearestPolicy, []string{`"bob@contoso.example", whom the list has, is no user of the workspace`}},
	{"a policy without claims", NewSet(Policy{Name: "p"}), appToken(), Known{}, NearestPolicy, []string{"give policy"}},
	{"no token to speak of", asks("iss", v1Contoso, "aud", management), nil, Known{}, NearestPolicy, nil},
	{"an object for a value", asks("iss", v1Contoso, "cnf", "x"), appToken("cnf", map[string]any{"jwk": "y"}), Known{}, NearestPolicy, []string{"has an object"}},
}

func (tc explainCase) holds(t *testing.T) {
	got := Explain(tc.set.Authorize(tc.claims), tc.claims, tc.known)
	if got.Cause != tc.want || !slices.ContainsFunc(tc.set.Policies(), func(p Policy) bool { return p.Name == got.Policy }) {
		t.Errorf("got %s of policy %q, want %s\n%s", got.Cause, got.Policy, tc.want, got.Fix)
	}
	for _, part := range tc.says {
		if !strings.Contains(got.Fix, part) {
			t.Errorf("the fix does not say %s:\n%s", part, got.Fix)
		}
	}
	soundExplanation(t, tc.set, tc.claims, tc.known)
}

func TestExplain(t *testing.T) {
	shown := map[Cause]bool{}
	for _, tc := range explainCases {
		t.Run(tc.name, tc.holds)
		shown[tc.want] = true
	}
	causes := Causes()
	for _, cause := range causes {
		if !shown[cause] {
			t.Errorf("no case shows %s", cause)
		}
	}
	if len(causes) != 17 || len(shown) != len(causes) || causes[16] != NearestPolicy {
		t.Errorf("the closed set is %q", causes)
	}
}

// Where several policies are as near, the order of the causes decides, then the
// policies' names; a nearer policy comes before both.
func TestExplainOrder(t *testing.T) {
	slash := Policy{"b", AAD, []Claim{{"iss", v1Contoso}, {"aud", management + "/"}}}
	otherA := Policy{"a", AAD, []Claim{{"iss", v1Contoso}, {"aud", "api://a"}}}
	otherC := Policy{"c", AAD, []Claim{{"iss", v1Contoso}, {"aud", "api://c"}}}
	far := Policy{"0", AAD, []Claim{{"Iss", v1Contoso}, {"Aud", management}}}
	for name, tc := range map[string]struct {
		set   Set
		cause Cause
		of    string
	}{
		"cause before name":           {NewSet(slash, otherA, otherC), DoubleSlashScope, "b"},
		"name among equal causes":     {NewSet(otherC, otherA), OtherAudience, "a"},
		"near before far":             {NewSet(far, otherC), OtherAudience, "c"},
		"far when nothing near helps": {NewSet(far, Policy{"z", AAD, []Claim{{"iss", v1Contoso}, {"appid", unknownID}}}), ClaimNameCase, "0"},
		"the nearest leads the list":  {NewSet(Policy{"a", AAD, []Claim{{"iss", "x"}, {"appid", "y"}}}, Policy{"z", AAD, []Claim{{"appid", "y"}}}), NearestPolicy, "z"},
	} {
		if got := Explain(tc.set.Authorize(appToken()), appToken(), house); got.Cause != tc.cause || got.Policy != tc.of {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestExplainNothing(t *testing.T) {
	for name, set := range map[string]Set{"admitted": asks("iss", v1Contoso), "no policy": {}} {
		if got := Explain(set.Authorize(appToken()), appToken(), house); got != (Explanation{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What a token says is shown bounded, on one line and without terminal escapes.
func TestExplainHostileValues(t *testing.T) {
	hostile := "\x1b[31m\n\r\u202e\u2028<script>\x00\xff" + strings.Repeat("\x01", 1<<20)
	set := asks("iss", hostile, hostile, hostile, "aud", "a", "b", "b", "c", "c", "d", "d", "e", "e", "f", "f", "g", "g", "h", "h", "i", "i", "j", "j")
	claims := Claims{"iss": "x", "aud": hostile, "b": []any{hostile, hostile, hostile, hostile, hostile, hostile}, "c": json.Number(hostile)}
	if got := Explain(set.Authorize(claims), claims, Known{}); got.Cause != NearestPolicy {
		t.Errorf("%+v", got)
	}
	soundExplanation(t, set, claims, Known{})
}

// soundExplanation asserts what holds of every explanation: there is one exactly for
// refusals by policies, its fix is one bounded line, and undoing the named mistake
// admits by the rule of Authorize itself, with a token that Entra can issue and an
// issuer that the service saves.
func soundExplanation(t *testing.T, set Set, claims Claims, known Known) {
	t.Helper()
	d := set.Authorize(claims)
	e, found := explain(d, claims, known)
	if (e == Explanation{}) != (d.Admitted || set.Len() == 0) {
		t.Fatalf("admitted %v, %d policies: %+v", d.Admitted, set.Len(), e)
	}
	if e == (Explanation{}) {
		return
	}
	if !slices.Contains(Causes(), e.Cause) || e.Fix == "" || len(e.Fix) > maxFix || !utf8.ValidString(e.Fix) ||
		strings.ContainsFunc(e.Fix, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x202e }) {
		t.Fatalf("cause %s, %d bytes: %q", e.Cause, len(e.Fix), e.Fix)
	}
	if e.Cause == NearestPolicy {
		return
	}
	corrected := Claims{}
	for name, value := range claims {
		corrected[name] = value
	}
	for name := range found.lost {
		delete(corrected, name)
	}
	for name, value := range found.token {
		corrected[name] = value
	}
	var p Policy
	for _, c := range set.Policies()[slices.IndexFunc(set.Policies(), func(p Policy) bool { return p.Name == e.Policy })].Claims {
		if other, ok := found.policy[c]; ok {
			c = other
		}
		p.Claims = append(p.Claims, c)
	}
	if !NewSet(p).Authorize(corrected).Admitted {
		t.Fatalf("%s does not admit: %v by %v", e.Cause, corrected, p)
	}
	for _, l := range append(NewSet(p).DeadIssuers(), NewSet(p).Lint()...) {
		if l.Dead && l.Claim >= 0 && !p.Claims[l.Claim].compare(claims).Matched {
			t.Fatalf("%s has a token say what none says: %+v", e.Cause, l)
		}
	}
	for was, is := range found.policy {
		if is.Name == "iss" && !SavedIssuer(is.Value) {
			t.Fatalf("%s writes an issuer that is not saved: %v for %v", e.Cause, is, was)
		}
	}
}

// A token of another cloud is no way out where the policy wants an issuer of this one.
func TestOtherCloudOffersNoTokenThatWouldNotDo(t *testing.T) {
	set := asks("iss", v1Contoso, "aud", "https://management.chinacloudapi.cn/")
	if got := Explain(set.Authorize(appToken()), appToken(), house); got.Cause != OtherCloud || strings.Contains(got.Fix, "get the token") {
		t.Errorf("%+v", got)
	}
}
