package server

import "flowgate/jwks"

// Reason says in one word what turned a call away; the closed set of the journal.
// Reasons about a token's validity are jwks's, word for word.
type Reason string

// The reasons, in the order of the checks.
const (
	ReasonNone           Reason = "none"
	ReasonRoute          Reason = "route"
	ReasonAPIVersion     Reason = "api-version"
	ReasonWorkflow       Reason = "workflow"
	ReasonTrigger        Reason = "trigger"
	ReasonAddress        Reason = "address"
	ReasonNoCredentials  Reason = "no-credentials"
	ReasonSeveralSchemes Reason = "several-schemes"
	ReasonSchemeDisabled Reason = "scheme-disabled"
	ReasonSASIncomplete  Reason = "sas-incomplete"
	ReasonSASSignature   Reason = "sas-signature"
	ReasonSASScope       Reason = "sas-scope"
	ReasonSASExpired     Reason = "sas-expired"
	ReasonMalformed      Reason = "token-malformed"
	ReasonNoPolicy       Reason = "no-policy"
	ReasonClaims         Reason = "claims"
	ReasonState          Reason = "state"
	ReasonMethod         Reason = "method"
	ReasonBody           Reason = "body"
	ReasonCondition      Reason = "condition"
)

// Reasons lists every reason that a call's entry can have, in the order of the checks.
// Of the set that the journal's readers may know, schema is missing: bodies are not
// held against schemas here.
func Reasons() []string {
	var all []string
	for _, r := range []Reason{
		ReasonNone, ReasonRoute, ReasonAPIVersion, ReasonWorkflow, ReasonTrigger, ReasonAddress, ReasonNoCredentials,
		ReasonSeveralSchemes, ReasonSchemeDisabled, ReasonSASIncomplete, ReasonSASSignature, ReasonSASScope, ReasonSASExpired,
		ReasonMalformed, Reason(jwks.Algorithm), Reason(jwks.Key), Reason(jwks.Signature), Reason(jwks.NoExpiry), Reason(jwks.Expired),
		Reason(jwks.NotYetValid), ReasonNoPolicy, ReasonClaims, ReasonState, ReasonMethod, ReasonBody, ReasonCondition,
	} {
		all = append(all, string(r))
	}
	return all
}
