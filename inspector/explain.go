package inspector

import "flowgate/policy"

// ExplainRequest asks what would become of a call with a token.
type ExplainRequest struct {
	Workflow string // name or id; may be empty when there is one alone
	Trigger  string // may be empty when the workflow has one alone
	Token    string // as it was pasted: Bearer, quotes and white space are forgiven
}

// Explained is what would become of the call. Its JSON is a contract: members are
// added, never renamed.
type Explained struct {
	Workflow string           `json:"workflow"`
	Trigger  string           `json:"trigger"`
	Outcome  string           `json:"outcome"`  // admitted or refused
	Reason   string           `json:"reason"`   // the journal's closed set
	Detail   string           `json:"detail"`   // for the developer
	Verified bool             `json:"verified"` // false: anybody may have written this token
	Header   map[string]any   `json:"header"`   // of the token; null when it cannot be read
	Claims   map[string]any   `json:"claims"`
	Decision *policy.Decision `json:"decision"` // null when no policy was asked; of an unverified token it says what the policies would
	Cause    string           `json:"cause"`
	Policy   string           `json:"policy,omitempty"`
	Fix      string           `json:"fix"`
	Answer   ExplainedAnswer  `json:"answer"`
}

// ExplainedAnswer is what the caller would get, to the byte in the case of a refusal.
type ExplainedAnswer struct {
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Body     string `json:"body"`
	Evidence string `json:"evidence,omitempty"` // how well the refusal's words are known
}
