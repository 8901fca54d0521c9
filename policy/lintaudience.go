package policy

import (
	"fmt"
	"slices"
	"strings"
)

// managementAudiences are what tokens for Azure's management are for, as Microsoft's
// examples of policies have them.
var managementAudiences = []string{"https://management.azure.com/", "https://management.core.windows.net/"}

// scopeForAudience names the lint of a scope that stands for an audience.
const scopeForAudience = "scope-for-audience"

// wrongAudience looks at an aud. The resource decides the version of its tokens, and
// those of v2.0 name it by its client id.
func wrongAudience(p Policy, c Claim) Lint {
	version, tenant := p.Issuer()
	audience, isScope := audienceOf(c.Value)
	if isScope && version == 2 && isGUID(audience) {
		audience = strings.ToLower(audience) // as tokens of v2.0 have a client id
	}
	isURI, isV1 := strings.Contains(audience, "://"), hasV1Tokens(audience)
	switch slashed := c.Value + "/"; {
	case c.Name != "aud":
	case isScope:
		fix := fmt.Sprintf("write %q, which the tokens of that scope have", audience)
		switch {
		case !isAudience(audience): // itself no aud of any token
			fix = "write the aud that the callers' tokens have"
		case version == 2 && isV1:
			fix += ", and name the issuer " + issuerOf(1, tenant) + ", for they are v1.0"
		case version == 2 && isURI:
			fix = fmt.Sprintf("write the API's client id, or, if its tokens are v1.0, %q, and name the issuer %s", audience, issuerOf(1, tenant))
		}
		return Lint{Name: scopeForAudience, Dead: true, Text: fmt.Sprintf("%q is a scope, which callers ask for, and no token has it as aud: the policy never matches", c.Value), Fix: fix}
	case version == 2 && isURI:
		fix := "write the API's client id, or, if its tokens are v1.0, name the issuer " + issuerOf(1, tenant)
		if isV1 {
			fix = "tokens for it are v1.0: name the issuer " + issuerOf(1, tenant)
		}
		return Lint{Name: "audience-version", Dead: true, Text: fmt.Sprintf("the aud of v2.0 tokens is the API's client id, never %q: the policy never matches", c.Value), Fix: fix}
	case isFlowService(slashed):
		return Lint{Name: "trailing-slash", Text: fmt.Sprintf("the flow service is %q, and the slash is compared: %q matches only tokens that lost it", slashed, c.Value),
			Fix: fmt.Sprintf("write %q, and ask for the scope %s/.default, with two slashes", slashed, slashed)}
	case p.Type == AAD && slices.Contains(managementAudiences, slashed):
		// Microsoft's one AADPOP policy has no slash. Whether the tokens of
		// others have one is their callers' choice.
		return Lint{Name: "trailing-slash", Note: true, Text: fmt.Sprintf("the slash is compared: aud %q matches only tokens that were asked for without it", c.Value),
			Fix: fmt.Sprintf("write %q if callers ask for the resource %s or the scope %s/.default", slashed, slashed, slashed)}
	}
	return Lint{}
}

// audienceOf returns the audience that the tokens of a scope are asked for with, and whether it is
// a scope for everything of a resource at all; another text is an audience itself.
func audienceOf(scope string) (audience string, isScope bool) {
	return strings.CutSuffix(scope, "/.default")
}

// hasV1Tokens reports whether an audience, with whatever slashes, is a service with v1.0 tokens alone.
func hasV1Tokens(audience string) bool {
	host := strings.TrimRight(audience, "/") + "/"
	return isFlowService(host) || slices.Contains(managementAudiences, host)
}

func isFlowService(aud string) bool {
	return slices.ContainsFunc(Clouds(), func(c Cloud) bool { return c.FlowService() == aud })
}
