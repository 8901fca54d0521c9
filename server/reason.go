package server

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
