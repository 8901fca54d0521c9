package server

import (
	"fmt"

	"flowgate/jwks"
	"flowgate/policy"
)

// explain says why the policies refused, and what to change. The cause is that of the
// token as it is; the fix is worded from what the journal may keep of it, for it has
// the token's values in it. Should secrets be what the cause is about, it names none.
func explain(d policy.Decision, claims policy.Claims, keptDecision policy.Decision, keptClaims policy.Claims, known policy.Known) policy.Explanation {
	found, shown := policy.Explain(d, claims, known), policy.Explain(keptDecision, keptClaims, known)
	if found.Cause != shown.Cause || found.Policy != shown.Policy {
		shown = policy.Explanation{Cause: found.Cause, Policy: found.Policy,
			Fix: fmt.Sprintf("send another token or change what policy %q wants; the values are not shown, for some look like secrets", found.Policy)}
	}
	return shown
}

// tokenFixes say what to change about a token that is not believed; the values are in
// the detail.
var tokenFixes = map[jwks.Reason]string{
	jwks.Malformed:   "send the access token itself, whole and as it was issued, after Bearer, or a signed request after PoP",
	jwks.Algorithm:   "get the token from Entra, which signs with RS256, the one algorithm that is accepted",
	jwks.Key:         "get the token from an issuer whose keys are trusted, or add the issuer's keys under trust in emulator.yaml: entra for a token from the cloud",
	jwks.Signature:   "send the token as it was issued, unchanged, and signed with the key that it names",
	jwks.NoExpiry:    "have the token issued with exp",
	jwks.Expired:     "get a new token",
	jwks.NotYetValid: "send the token when it is valid, and compare the clocks of its issuer and of the emulator",
}
