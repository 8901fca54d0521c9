// Package journal keeps what was asked of the triggers and what was answered:
// the newest calls only, each cut to a bounded size, without signatures, secrets
// or tokens. Entries are immutable once added.
package journal

import (
	"slices"
	"sync"
	"time"
)

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
	Body       string            `json:"body"`               // text, cut at MaxBody bytes
	BodyBytes  int64             `json:"bodyBytes"`          // bytes of the body that were read
	Status     int               `json:"status"`             // HTTP status of the answer
	Code       string            `json:"code"`               // of the refusal; empty when there is none
	Refusal    int               `json:"refusal,omitempty"`  // number in the catalogue
	Outcome    Outcome           `json:"outcome"`            //
	Reason     string            `json:"reason"`             // closed set, "none" when admitted
	Detail     string            `json:"detail,omitempty"`   // for the developer: what the answer does not say
	Evidence   string            `json:"evidence,omitempty"` // grade of the refusal's words
	Token      *Token            `json:"token,omitempty"`    // what the bearer token says
	Decision   any               `json:"decision"`           // what the policies said; null when they were not asked
	Cause      string            `json:"cause"`              // why the claims did not fit, out of policy's closed set; empty otherwise
	Policy     string            `json:"policy,omitempty"`   // the policy that cause and fix are about
	Fix        string            `json:"fix"`                // what to change, in one sentence; empty when there is nothing
	DurationMS float64           `json:"durationMs"`         // from arrival to answer
}

// Token is what a token says, without the token: header and claims, no signature.
type Token struct {
	Verified bool           `json:"verified"` // false: anybody may have written this
	Header   map[string]any `json:"header"`
	Claims   map[string]any `json:"claims"`
}

// Journal is a ring of entries, safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	entries []*Entry // oldest first, from next on round
	next    int
	size    int
}

// New returns a journal that keeps the newest size entries; with size 0 or less
// it keeps none.
func New(size int) *Journal {
	return &Journal{size: max(size, 0)}
}

// Add keeps e, in the place of the oldest entry when the journal is full.
func (j *Journal) Add(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.size == 0:
	case len(j.entries) < j.size:
		j.entries = append(j.entries, e)
	default:
		j.entries[j.next] = e
		j.next = (j.next + 1) % j.size
	}
}

// Clear forgets every entry.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries, j.next = nil, 0
}

// Get returns the entry with the given id.
func (j *Journal) Get(id string) (*Entry, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.IndexFunc(j.entries, func(e *Entry) bool { return e.ID == id })
	if i < 0 {
		return nil, false
	}
	return j.entries[i], true
}

// Filter chooses entries. An empty member chooses all.
type Filter struct {
	Workflow string // name
	Outcome  Outcome
	Code     string // letter case included
	Limit    int    // 0: no limit
}

// List returns the chosen entries, newest first; never nil.
func (j *Journal) List(f Filter) []*Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := []*Entry{}
	for i := len(j.entries) - 1; i >= 0; i-- {
		e := j.entries[(j.next+i)%len(j.entries)]
		if f.Limit > 0 && len(list) == f.Limit {
			break
		}
		if f.chooses(e) {
			list = append(list, e)
		}
	}
	return list
}

func (f Filter) chooses(e *Entry) bool {
	return (f.Workflow == "" || f.Workflow == e.Workflow) &&
		(f.Outcome == "" || f.Outcome == e.Outcome) &&
		(f.Code == "" || f.Code == e.Code)
}
