// Package journal keeps what was asked of the triggers and what was answered:
// the newest calls only, each cut to a bounded size, without signatures, secrets
// or tokens. A call is added as it is and written up later, off its path; entries are
// immutable once written.
package journal

import "time"

// Outcome says whether a call passed the gate.
type Outcome string

// The outcomes.
const (
	Admitted Outcome = "admitted"
	Refused  Outcome = "refused"
)

// Entry is one call of a trigger.
type Entry struct {
	ID         string            `json:"id"` // also the x-ms-request-id, without its region
	Time       time.Time         `json:"time"`
	Workflow   string            `json:"workflow"` // name; empty when none was found
	Trigger    string            `json:"trigger"`
	Method     string            `json:"method"`
	Path       string            `json:"path"`
	Query      map[string]string `json:"query"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`                 // text, cut at MaxBody bytes
	BodyBytes  int64             `json:"bodyBytes"`            // bytes of the body that were read
	BodyUnread bool              `json:"bodyUnread,omitempty"` // the caller announced more: a call is refused before its body is read
	Status     int               `json:"status"`               // HTTP status of the answer
	Code       string            `json:"code"`                 // of the refusal; empty when there is none
	Message    string            `json:"message,omitempty"`    // of the refusal, as the caller was told it, without secrets
	Refusal    int               `json:"refusal,omitempty"`    // number in the catalogue
	Outcome    Outcome           `json:"outcome"`              // whether it passed the gate
	Reason     string            `json:"reason"`               // closed set, "none" when admitted
	Detail     string            `json:"detail,omitempty"`     // for the developer: what the answer does not say
	Evidence   string            `json:"evidence,omitempty"`   // grade of the refusal's words
	Token      *Token            `json:"token,omitempty"`      // what the bearer token says
	Decision   any               `json:"decision"`             // what the policies said; null when they were not asked
	Cause      string            `json:"cause"`                // why the claims did not fit, out of policy's closed set; empty otherwise
	Policy     string            `json:"policy,omitempty"`     // the policy that cause and fix are about
	Fix        string            `json:"fix"`                  // what to change, in one sentence; empty when there is nothing
	DurationMS float64           `json:"durationMs"`           // from arrival to answer

	// Repeated has the query parameters that came more than once, with their values where
	// they are kept apart: in Query they are joined by commas.
	Repeated map[string][]string `json:"-"`
}

// Values returns what a query parameter was sent with: each value of one that came more than
// once, or all in one where Repeated has none.
func (e *Entry) Values(name string) []string {
	if values := e.Repeated[name]; values != nil {
		return values
	}
	return []string{e.Query[name]}
}

// Token is what a token says, without the token: header and claims, no signature.
type Token struct {
	Verified bool           `json:"verified"` // false: anybody may have written this
	Header   map[string]any `json:"header"`
	Claims   map[string]any `json:"claims"`
}
