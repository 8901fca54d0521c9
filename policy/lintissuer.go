package policy

import (
	"fmt"
	"strings"
)

// The beginnings of the issuers that the service saves: of v1.0 and of v2.0 tokens.
const (
	issuerV1 = "https://sts.windows.net/"
	issuerV2 = "https://login.microsoftonline.com/"
)

// LiveIssuer reads an issuer that the service saves and a token can have: the
// version of such tokens, 1 or 2, and the id of their tenant. The version is 0 for
// an issuer that is not saved or that no token has.
func LiveIssuer(value string) (version int, tenant string) {
	if rest, ok := strings.CutPrefix(value, issuerV1); ok {
		version, tenant, ok = 1, strings.TrimSuffix(rest, "/"), strings.HasSuffix(rest, "/")
		if ok && isTenantID(tenant) {
			return version, tenant
		}
	}
	if rest, ok := strings.CutPrefix(value, issuerV2); ok {
		version, tenant, ok = 2, strings.TrimSuffix(rest, "/v2.0"), strings.HasSuffix(rest, "/v2.0")
		if ok && isTenantID(tenant) {
			return version, tenant
		}
	}
	return 0, ""
}

// isTenantID reports whether s is a GUID as tokens write it, in lower case.
func isTenantID(s string) bool { return isGUID(s) && s == strings.ToLower(s) }

// deadIssuer finds an issuer with a beginning that the service saves and a rest
// that no token has.
func deadIssuer(_ Policy, c Claim) Lint {
	if version, _ := LiveIssuer(c.Value); c.Name != "iss" || version != 0 || !SavedIssuer(c.Value) {
		return Lint{}
	}
	if unseen(Policy{}, c).Name != "" {
		return Lint{} // without the blank that nobody sees it may be a live one
	}
	return Lint{Name: "dead-issuer", Dead: true, Text: fmt.Sprintf("no token has the issuer %q: the policy is saved and never matches", c.Value),
		Fix: issuerFix(c.Value)}
}

// issuerFix says how to write an issuer that no token has: a v1.0 issuer ends with
// the tenant and a slash, a v2.0 issuer with /v2.0. An ending that is neither's
// leaves open which is meant.
func issuerFix(value string) string {
	rest, isV1 := strings.CutPrefix(value, issuerV1)
	if !isV1 {
		rest = strings.TrimPrefix(value, issuerV2)
	}
	tenant, ending, _ := strings.Cut(rest, "/")
	prelude := "write "
	if lower := strings.ToLower(tenant); isTenantID(lower) {
		tenant = lower
	} else {
		if tenant != "" {
			prelude = fmt.Sprintf("tokens name the tenant by its id, never as %q: write ", tenant)
		}
		tenant = "{tenant}"
	}
	v1, v2 := issuerV1+tenant+"/", issuerV2+tenant+"/v2.0"
	switch ending = strings.Trim(ending, "/"); {
	case isV1 && ending == "":
		return prelude + v1
	case !isV1 && ending == "v2.0":
		return prelude + v2
	}
	return prelude + v2 + " for v2.0 tokens, or " + v1 + " for v1.0 tokens"
}

// Issuer returns the version and the tenant of the tokens that p can match, as LiveIssuer
// does; 0 and "" if it names no issuer that tokens have.
func (p Policy) Issuer() (version int, tenant string) {
	for _, c := range p.Claims {
		if c.Name == "iss" {
			return LiveIssuer(c.Value)
		}
	}
	return 0, ""
}

// counterparts are claims that one version of tokens has, and what the other calls them.
var counterparts = map[string]struct {
	version int
	other   string
}{"appid": {1, "azp"}, "appidacr": {1, "azpacr"}, "azp": {2, "appid"}, "azpacr": {2, "appidacr"}, "preferred_username": {2, "upn"}}

func appIDForAzp(p Policy, c Claim) Lint {
	version, tenant := p.Issuer()
	of, ok := counterparts[c.Name]
	if !ok || version == 0 || of.version == version {
		return Lint{}
	}
	name := "appid-for-azp"
	if c.Name == "preferred_username" {
		name = "issuer-version"
	}
	return Lint{Name: name, Dead: true, Text: fmt.Sprintf("v%d.0 tokens have %s, and the issuer is that of v%d.0 tokens: the policy never matches", of.version, c.Name, version),
		Fix: fmt.Sprintf("rename %q to %q, or name the issuer %s", c.Name, of.other, issuerOf(of.version, tenant))}
}

func issuerOf(version int, tenant string) string {
	if version == 2 {
		return issuerV2 + tenant + "/v2.0"
	}
	return issuerV1 + tenant + "/"
}

func wrongVersion(p Policy, c Claim) Lint {
	version, _ := p.Issuer()
	if is := fmt.Sprintf("%d.0", version); c.Name == "ver" && version != 0 && c.Value != is {
		return Lint{Name: "issuer-version", Dead: true, Text: fmt.Sprintf("the issuer is that of v%s tokens, whose ver is %q, not %q: the policy never matches", is, is, c.Value),
			Fix: fmt.Sprintf("write %q, or name the issuer of the other version", is)}
	}
	return Lint{}
}

func wrongTenant(p Policy, c Claim) Lint {
	if _, tenant := p.Issuer(); c.Name == "tid" && tenant != "" && !strings.EqualFold(c.Value, tenant) {
		return Lint{Name: "other-tenant", Dead: true, Text: fmt.Sprintf("the issuer is that of tenant %q, whose tokens never have the tid %q: the policy never matches", tenant, c.Value),
			Fix: "name the same tenant in iss and tid"}
	}
	return Lint{}
}
