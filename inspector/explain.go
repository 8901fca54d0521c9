package inspector

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"flowgate/policy"
)

// maxExplainRequest bounds the body of POST api/explain: what is pasted, and its
// escapes.
const maxExplainRequest = 2 * MaxPasted

// ExplainRequest asks what would become of a call with a token.
type ExplainRequest struct {
	Workflow string // name or id; may be empty when there is one alone
	Trigger  string // may be empty when the workflow has one alone
	Token    string // as it was pasted: see ReadPasted
}

// Explained is what would become of the call. Its JSON is a contract: members are
// added, never renamed.
type Explained struct {
	Workflow string           `json:"workflow"`
	Trigger  string           `json:"trigger"`
	Time     time.Time        `json:"time"`     // the gate's clock when it judged
	Scheme   string           `json:"scheme"`   // Bearer, PoP, or what was pasted before the token
	Outcome  string           `json:"outcome"`  // admitted or refused
	Reason   string           `json:"reason"`   // the journal's closed set
	Detail   string           `json:"detail"`   // for the developer
	Verified bool             `json:"verified"` // false: anybody may have written this token
	Header   map[string]any   `json:"header"`   // of the token; null when it cannot be read
	Claims   map[string]any   `json:"claims"`   // of a PoP token: its access token's, with the request's m, u and p
	Decision *policy.Decision `json:"decision"` // null when no policy was asked; of an unverified token it says what the policies would
	Cause    string           `json:"cause"`    // out of policy's closed set; empty unless the reason is claims
	Policy   string           `json:"policy"`   // that cause and fix are about; empty when they are about none
	Fix      string           `json:"fix"`      // what to change, in one sentence; empty when admitted
	Also     []string         `json:"also"`     // what else there is to know, a sentence each
	Answer   ExplainedAnswer  `json:"answer"`
}

// ExplainedAnswer is what the caller would get, to the byte in the case of a refusal.
// When the call is admitted it is the status of an empty call: the rest depends on what
// is sent.
type ExplainedAnswer struct {
	Status   int    `json:"status"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Body     string `json:"body"`
	Refusal  int    `json:"refusal,omitempty"`  // number in the catalogue
	Evidence string `json:"evidence,omitempty"` // how well the refusal's words are known
	Note     string `json:"note,omitempty"`     // what of them is known less well
}

// explain judges a token without a call, and without an entry in the journal.
func (i inspector) explain(w http.ResponseWriter, r *http.Request) {
	request, ok := question(w, r, maxExplainRequest, readExplainRequest)
	if !ok {
		return
	}
	explained, err := i.Explain(request)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	write(w, http.StatusOK, explained)
}

var explainExamples = map[string]string{"workflow": "orders", "trigger": "manual", "token": "eyJ…"}

func readExplainRequest(body []byte) (ExplainRequest, error) {
	var r ExplainRequest
	texts := map[string]*string{"workflow": &r.Workflow, "trigger": &r.Trigger, "token": &r.Token}
	given, err := readBodyObject(body, `{"workflow":"orders","token":"eyJ…"}`)
	if err != nil {
		return r, err
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		text, ok := texts[name]
		if !ok {
			return r, fmt.Errorf("member %s is unknown; use %s", quoted(name), strings.Join(slices.Sorted(maps.Keys(texts)), ", "))
		}
		if *text, err = readText(name, given[name], explainExamples[name]); err != nil {
			return r, err
		}
	}
	return r, nil
}
