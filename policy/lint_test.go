package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const lintTenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee"

func TestLint(t *testing.T) {
	v1, v2 := Claim{"iss", issuerOf(1, lintTenant)}, Claim{"iss", issuerOf(2, lintTenant)}
	one := func(claims ...Claim) []Policy { return []Policy{{"p", AAD, claims}} }
	for name, tc := range map[string]struct {
		policies []Policy
		want     string // name, policy and claim of each lint
	}{
		"good pair":                {[]Policy{{"v1", AAD, []Claim{v1, {"appid", "x"}}}, {"v2", AAD, []Claim{v2, {"azp", "x"}}}}, ""},
		"appid of v2":              {one(v2, Claim{"appid", "x"}), "appid-for-azp p 1"},
		"azp before its issuer":    {one(Claim{"azp", "x"}, v1), "appid-for-azp p 0"},
		"azp, dead issuer":         {one(Claim{"iss", issuerV1}, Claim{"azp", "x"}), ""},
		"ver":                      {one(v2, Claim{"ver", "1.0"}), "issuer-version p 1"},
		"tid":                      {one(v1, Claim{"tid", "x"}), "other-tenant p 1"},
		"tid in capitals":          {one(v1, Claim{"tid", strings.ToUpper(lintTenant)}), "letter-case p 1"},
		"two slashes are no slip":  {one(v1, Claim{"aud", "https://service.flow.microsoft.com//"}), ""},
		"URI of v2":                {one(v2, Claim{"aud", "https://management.azure.com"}), "audience-version p 1"},
		"flow service of v1":       {one(v1, Claim{"aud", "https://gov.service.flow.microsoft.us"}), "trailing-slash p 1"},
		"client id of v2":          {one(v2, Claim{"aud", strings.ToUpper(lintTenant)}), "letter-case p 1"},
		"client id of v1":          {one(v1, Claim{"aud", strings.ToUpper(lintTenant)}), ""},
		"email for an id":          {one(v1, Claim{"oid", "ana@contoso.example"}), "id-form p 1"},
		"id in braces":             {one(v1, Claim{"appid", "{" + lintTenant + "}"}), "id-form p 1"},
		"id without dashes":        {one(v1, Claim{"tid", strings.ReplaceAll(lintTenant, "-", "")}), "id-form p 1, other-tenant p 1"},
		"management":               {one(v1, Claim{"aud", "https://management.azure.com"}), "trailing-slash p 1"},
		"management of PoP":        {[]Policy{{"p", AADPOP, []Claim{v1, {"aud", "https://management.azure.com"}}}}, ""},
		"name":                     {one(v1, Claim{"OID", "x"}), "claim-name p 1"},
		"name of somebody's own":   {one(v1, Claim{"extn.Aud", "x"}), ""},
		"two issuers":              {one(v1, v2), "contradiction p 1"},
		"said twice":               {one(v1, v1), ""},
		"two roles":                {one(v1, Claim{"roles", "a"}, Claim{"roles", "b"}), ""},
		"139 characters":           {one(v1, Claim{"x", strings.Repeat("ä", 139)}), ""},
		"140 characters":           {one(v1, Claim{"x", strings.Repeat("ä", 140)}), "near-limit p 1"},
		"151 characters":           {one(v1, Claim{"x", strings.Repeat("ä", 151)}), ""},
		"same claims":              {[]Policy{{"a", AAD, []Claim{v1, {"oid", "x"}}}, {"b", AAD, []Claim{{"oid", "x"}, v1}}}, "unreachable b -1"},
		"more claims, named first": {[]Policy{{"a", AAD, []Claim{v1, {"oid", "x"}}}, {"b", AAD, []Claim{v1}}}, "unreachable a -1"},
		"another type":             {[]Policy{{"a", AAD, []Claim{v1}}, {"b", AADPOP, []Claim{v1}}}, ""},
		"no claims cover nothing":  {[]Policy{{"a", AAD, nil}, {"b", AAD, []Claim{v1}}}, ""},
		"never matches anyhow":     {[]Policy{{"a", AAD, []Claim{v1}}, {"b", AAD, []Claim{v1, v2}}}, "contradiction b 1"},
	} {
		var got []string
		for _, l := range NewSet(tc.policies...).Lint() {
			if l.Text == "" || l.Fix == "" || strings.HasSuffix(l.Fix, ".") {
				t.Errorf("%s: %+v", name, l)
			}
			got = append(got, fmt.Sprintf("%s %s %d", l.Name, l.Policy, l.Claim))
		}
		if got := strings.Join(got, ", "); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestDeadIssuers(t *testing.T) {
	for value, fix := range map[string]string{
		issuerOf(1, lintTenant):                "",
		issuerOf(2, lintTenant):                "",
		"https://issuer.example.com/":          "", // not saved: no lint's business
		issuerV2 + lintTenant:                  "write " + issuerOf(2, lintTenant) + " for v2.0 tokens, or " + issuerOf(1, lintTenant) + " for v1.0 tokens",
		issuerV2 + lintTenant + "/v2.0/":       "write " + issuerOf(2, lintTenant),
		issuerV2 + lintTenant + "/V2.0":        "write " + issuerOf(2, lintTenant) + " for v2.0 tokens, or " + issuerOf(1, lintTenant) + " for v1.0 tokens",
		issuerV1 + lintTenant:                  "write " + issuerOf(1, lintTenant),
		issuerV1 + lintTenant + "//":           "write " + issuerOf(1, lintTenant),
		issuerV1:                               "write " + issuerV1 + "{tenant}/",
		issuerV1 + "common/":                   `tokens name the tenant by its id, never as "common": write ` + issuerV1 + "{tenant}/",
		issuerV2 + "\x1b[31m/v2.0":             "", // unseen-character is told of it
		issuerV1 + lintTenant + "/ ":           "",
		strings.ToUpper(issuerV1) + lintTenant: "", // not saved either
	} {
		var got string
		for _, l := range NewSet(Policy{"p", AAD, []Claim{{"iss", value}}}).DeadIssuers() {
			got = l.Fix
		}
		if got != fix {
			t.Errorf("%q: got %q, want %q", value, got, fix)
		}
	}
}

// Whoever follows the lints changes nothing for any token: a policy called
// unreachable can go. An issuer that is not dead is one that tokens are written with.
func FuzzLint(f *testing.F) {
	f.Add(issuerOf(1, lintTenant), "oid", "x", "oid", "x", uint8(0b101))
	f.Add(issuerOf(2, lintTenant), "azp", "x", "appid", "", uint8(0b011))
	f.Add("https://sts.windows.net/", "roles", "a", "roles", "b", uint8(0b111))
	f.Add("", "", "", "ISS", "\xff", uint8(0))
	f.Fuzz(func(t *testing.T, issuer, nameA, valueA, nameB, valueB string, shape uint8) {
		all := []Claim{{"iss", issuer}, {nameA, valueA}, {nameB, valueB}}
		subset := func(bits uint8) []Claim {
			var claims []Claim
			for i, c := range all {
				if bits>>i&1 == 1 {
					claims = append(claims, c)
				}
			}
			return claims
		}
		set := NewSet(Policy{"a", AAD, subset(shape)}, Policy{"b", AAD, subset(shape >> 3)}, Policy{"c", AAD, all})
		var kept []Policy
		lints := set.Lint()
		for _, p := range set.Policies() {
			if !slices.ContainsFunc(lints, func(l Lint) bool { return l.Name == "unreachable" && l.Policy == p.Name }) {
				kept = append(kept, p)
			}
		}
		for bits := range uint8(1 << len(all)) {
			token := Claims{}
			for _, c := range subset(bits) {
				token[c.Name] = c.Value
			}
			if with, without := set.Authorize(token).Admitted, NewSet(kept...).Authorize(token).Admitted; with != without {
				t.Errorf("%v admits %v: %v, without the unreachable: %v", set, token, with, without)
			}
		}
		if version, tenant := LiveIssuer(issuer); version != 0 && issuerOf(version, tenant) != issuer {
			t.Errorf("the issuer %q is read as version %d, tenant %q", issuer, version, tenant)
		}
	})
}
