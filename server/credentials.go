package server

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"flowgate/entra"
	"flowgate/journal"
	"flowgate/jwks"
	"flowgate/policy"
	"flowgate/workflow"
)

// checkCredentials looks which schemes are present before it reads any: a sig
// beside a nonsense Authorization value is still "more than one" (observed).
func (c *call) checkCredentials() *verdict {
	authorization := strings.TrimSpace(strings.Join(c.request.Header.Values("Authorization"), ", "))
	scheme, credential, _ := strings.Cut(authorization, " ")
	signed := c.query.Has("sig") || authorization == "" && (c.query.Has("sp") || c.query.Has("sv"))
	switch {
	case signed && authorization != "":
		return refuse(&refusedSeveralSchemes, ReasonSeveralSchemes, "send the token to the URL without sp, sv and sig, or the signed URL without an Authorization header",
			"{scheme}", cut(scheme)).
			advise("send the token to the URL without sp, sv and sig, or the signed URL without an Authorization header")
	case signed && !c.gate.SAS:
		return refuse(&refusedSASDisabled, ReasonSchemeDisabled, "trigger "+c.trigger+" takes tokens only; send one to the URL without sp, sv and sig").
			advise("send Authorization: Bearer and an access token to the URL without sp, sv and sig, or %s", c.switchSASOn())
	case signed:
		return c.checkSAS()
	case authorization != "":
		return c.checkToken(scheme, strings.TrimSpace(credential))
	}
	return c.demandCredentials()
}

// switchSASOn says how the trigger gets to take signed URLs.
func (c *call) switchSASOn() string {
	if c.workflow.Profile == workflow.PowerAutomate { // an accessControl has no effect in a flow
		return "let anyone trigger the flow (triggerAuthenticationType All)"
	}
	return "set sasAuthenticationPolicy.state of workflow " + c.workflow.Name + " to Enabled"
}

// cut bounds what of a caller's own text an answer repeats.
func cut(s string) string {
	if len(s) > 256 {
		return s[:256]
	}
	return s
}

func (c *call) demandCredentials() *verdict {
	detail, fix := "the call has neither a sig in its URL nor an Authorization header", c.wantedCredentials()
	if slip, instead := c.ampersand(); slip != "" && c.gate.SAS {
		detail, fix = slip, instead
	}
	switch {
	case c.query.Get("api-version") == schemeOnly, strings.EqualFold(c.gate.Trigger.Kind, "PowerApp"):
		return refuse(&refusedSchemeRequired, ReasonNoCredentials, detail).advise("%s", fix)
	case c.gate.SAS:
		return refuse(&refusedSASRequired, ReasonNoCredentials, detail).advise("%s", fix)
	}
	return refuse(&refusedOAuthRequired, ReasonNoCredentials, detail).advise("%s", fix)
}

// wantedCredentials says which credentials the trigger takes.
func (c *call) wantedCredentials() string {
	if all := c.taken(); len(all) > 0 {
		return strings.Join(all, ", or ")
	}
	return "enable SAS for trigger " + c.trigger + " or give it a policy, for it admits nobody as it is"
}

// taken lists what can be done to be let in as the trigger is; nothing: nobody is.
func (c *call) taken() []string {
	all := make([]string, 0, 3)
	switch {
	case !c.gate.SAS:
	case c.server.own == nil: // an explainer, which serves nothing
		all = append(all, "call the signed URL of trigger "+c.trigger+" without a token")
	default:
		all = append(all, "take the signed URL of trigger "+c.trigger+" from GET /_emulator/api/workflows")
	}
	if c.gate.Policies.Of(policy.AAD).Len() > 0 {
		all = append(all, "send Authorization: Bearer and an access token that a policy of trigger "+c.trigger+" admits")
	}
	if c.gate.Policies.Of(policy.AADPOP).Len() > 0 {
		all = append(all, "send Authorization: PoP and a signed request that a policy of trigger "+c.trigger+" admits")
	}
	return all
}

// checkToken verifies a token and holds its claims against the policies of its
// scheme.
func (c *call) checkToken(scheme, credential string) *verdict {
	kind, ok := policyType(scheme)
	if !ok {
		// A word that stands alone is no scheme but may be a key, and so may one that nobody
		// knows: it is not repeated.
		detail := "the Authorization header has no scheme"
		switch slip := c.misplaced(scheme); {
		case slip != "":
			detail = slip
		case credential == "" || !headerName(scheme) || len(scheme) > 32:
		case journal.Scheme(scheme) == scheme:
			detail = fmt.Sprintf("the Authorization header has scheme %q", scheme)
		default:
			detail = "the Authorization header has a scheme that is not known"
		}
		return refuse(&refusedBadToken, ReasonMalformed, detail+"; send Bearer and the access token").
			advise("send Authorization: Bearer and the access token")
	}
	token, err := c.verify(kind, credential)
	if err != nil {
		return c.refuseToken(err, scheme, credential)
	}
	c.read = journal.Token{Verified: true, Header: token.Header, Claims: token.Claims}
	c.token = &c.read
	set := c.gate.Policies.Of(kind)
	if set.Len() == 0 {
		return refuse(&refusedNoPolicy, ReasonNoPolicy, fmt.Sprintf("trigger %s has no policy of type %s, so no %s token is admitted", c.trigger, kind, scheme)).
			advise("%s", c.withoutPolicy(kind))
	}
	c.asked = set
	if _, admitted := set.Admits(token.Claims); admitted {
		return nil
	}
	decision := set.Authorize(token.Claims)
	c.decision = &decision
	return refuse(&refusedClaims, ReasonClaims, mismatches(decision)) // entry says what to change
}

// withoutPolicy says what to change where no policy is for that kind of token.
func (c *call) withoutPolicy(kind policy.Type) string {
	flow := c.workflow.Profile == workflow.PowerAutomate // whose policies follow from who may trigger it
	switch {
	case flow && c.gate.SAS:
		return c.wantedCredentials() + ", or let the flow be triggered by users of the tenant (triggerAuthenticationType Tenant or User), who send tokens"
	case flow:
		return c.wantedCredentials()
	case len(c.taken()) == 0:
		return fmt.Sprintf("give trigger %s a policy of type %s, or enable SAS: it admits nobody as it is", c.trigger, kind)
	}
	return fmt.Sprintf("give trigger %s a policy of type %s, or %s", c.trigger, kind, c.wantedCredentials())
}

func (c *call) verify(kind policy.Type, credential string) (jwks.Token, error) {
	if kind == policy.AADPOP {
		return c.edition.verifier.VerifyPoP(credential, c.now)
	}
	return c.edition.verifier.Verify(credential, c.now)
}

// refuseToken words why a token is not believed. Only an expired one and one
// without end have an answer of their own.
func (c *call) refuseToken(err error, scheme, credential string) *verdict {
	var failure *jwks.Failure
	if !errors.As(err, &failure) {
		return refuse(&refusedBadToken, ReasonMalformed, err.Error()).advise("%s", tokenFixes[jwks.Malformed])
	}
	reason := Reason(failure.Reason)
	if failure.Header != nil || failure.Claims != nil {
		verified := failure.Reason == jwks.Expired || failure.Reason == jwks.NoExpiry || failure.Reason == jwks.NotYetValid
		c.token = &journal.Token{Verified: verified, Header: failure.Header, Claims: failure.Claims}
	}
	fix := cmp.Or(failure.Fix, c.ownKeyFix(failure), tokenFixes[failure.Reason])
	switch failure.Reason {
	case jwks.Malformed:
		if slip, instead := c.miswritten(scheme, credential); slip != "" {
			return refuse(&refusedBadToken, reason, slip).advise("%s", instead)
		}
	case jwks.Expired:
		// Times as .NET writes them: M/d/yyyy h:mm:ss tt.
		const layout = "1/2/2006 3:04:05 PM"
		return refuse(&refusedExpired, reason, failure.Detail,
			"{exp}", failure.Expires.UTC().Format(layout), "{now}", c.now.UTC().Format(layout)).advise("%s", fix)
	case jwks.NoExpiry:
		return refuse(&refusedNoExpiry, reason, failure.Detail).advise("%s", fix)
	}
	return refuse(&refusedBadToken, reason, failure.Detail).advise("%s", fix)
}

// ownKeyFix is what to change about a token that the emulator's public key signed, as its
// kid says, and that is not believed.
func (c *call) ownKeyFix(failure *jwks.Failure) string {
	if kid, _ := failure.Header["kid"].(string); failure.Reason != jwks.Key || kid != entra.PublicKeyID() {
		return ""
	}
	if !c.edition.trustsOwnKeys() {
		return "get the token from an issuer whose keys are trusted, or name emulator under trust in emulator.yaml: this one is of the emulator's own directory"
	}
	return "take a new token from the emulator's directory or its API, for its keys were rotated since this one was signed; POST /_emulator/api/reset brings the first key back"
}

// mismatches says of every policy which claims kept the token out.
func mismatches(d policy.Decision) string {
	var all []string
	for _, p := range d.Policies {
		for _, m := range p.Claims {
			switch {
			case m.Matched:
			case !m.Present:
				all = append(all, fmt.Sprintf("policy %q wants %s %q, which the token lacks", p.Name, m.Name, m.Wanted))
			default:
				all = append(all, fmt.Sprintf("policy %q wants %s %q, the token has %s", p.Name, m.Name, m.Wanted, shown(m.Name, m.Got)))
			}
		}
	}
	return strings.Join(all, "; ")
}

// policyType returns the kind of policy that judges tokens of a scheme.
func policyType(scheme string) (policy.Type, bool) {
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		return policy.AAD, true
	case strings.EqualFold(scheme, "PoP"):
		return policy.AADPOP, true
	}
	return "", false
}

// shown is a claim's value in a sentence: as JSON, bounded, without secrets.
func shown(name string, claim any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is a sentence's part, not a page's
	if e.Encode(journal.Claim(name, claim)) != nil {
		return fmt.Sprintf("a %T", claim)
	}
	return journal.Sentence(strings.TrimSuffix(b.String(), "\n"))
}
