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
	switch slashed := c.Value + "/"; {
	case c.Name != "aud":
	case strings.HasSuffix(c.Value, "/.default"):
		audience := strings.TrimSuffix(c.Value, "/.default")
		return Lint{Name: scopeForAudience, Dead: true, Text: fmt.Sprintf("%q is a scope, which callers ask for, and no token has it as aud: the policy never matches", c.Value),
			Fix: fmt.Sprintf("write %q, which the tokens of that scope have", audience)}
	case version == 2 && strings.Contains(c.Value, "://"):
		fix := "write the API's client id, or, if its tokens are v1.0, name the issuer " + issuerOf(1, tenant)
		if host := strings.TrimRight(c.Value, "/") + "/"; isFlowService(host) || slices.Contains(managementAudiences, host) {
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

func isFlowService(aud string) bool {
	return slices.ContainsFunc(Clouds(), func(c Cloud) bool { return c.FlowService() == aud })
}
