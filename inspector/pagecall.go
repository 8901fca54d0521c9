package inspector

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"flowgate/journal"
)

// verdict is what became of a call, or would, and why: the part that a call's page
// and the page of a pasted token have in common.
type verdict struct {
	Admitted bool
	Status   int
	Code     string
	Message  string // the answer's words; empty where they are not known
	Evidence string
	Number   int // in the catalogue
	Reason   string
	Detail   string
	Cause    string
	Policy   string
	Fix      string
	Compared *compared
	Token    *shownToken

	catalogued bool // the journal does not keep the answer: its words are the catalogue's
}

// shownCall is a call's page.
type shownCall struct {
	verdict
	Call    callRow
	Path    string
	Query   []member
	Headers []member
	Body    string
	Size    string // of the body, in words
	Cut     bool   // the body is longer than what is kept
	Repeat  repeat
	Known   bool // the workflow is there to be looked at
}

// Placeholders reports whether the words are the catalogue's, which each answer fills in.
func (v verdict) Placeholders() bool { return v.catalogued && strings.Contains(v.Message, "{") }

func (i pages) callPage(w http.ResponseWriter, r *http.Request) {
	id := parameter(r, "id")
	e, ok := i.Journal.Get(id)
	if !ok {
		i.problemPage(w, http.StatusNotFound, "The journal has no call "+strconv.Quote(id)+", or no longer: it keeps the newest ones.")
		return
	}
	title := strconv.Itoa(e.Status) + " " + e.Code
	if e.Code == "" {
		title = strconv.Itoa(e.Status) + " " + http.StatusText(e.Status)
	}
	i.show(w, http.StatusOK, "call", title, "calls", i.shownCall(r, e))
}

func (i pages) shownCall(r *http.Request, e *journal.Entry) shownCall {
	c := shownCall{Call: row(e), Path: e.Path, Query: texts(e.Query), Headers: texts(e.Headers),
		Body: e.Body, Size: size(e.BodyBytes), Cut: e.BodyBytes > journal.MaxBody, Repeat: i.repeat(r, e)}
	c.verdict = verdict{Admitted: e.Outcome == journal.Admitted, Status: e.Status, Code: e.Code, Evidence: e.Evidence, Number: e.Refusal,
		Reason: e.Reason, Detail: e.Detail, Cause: e.Cause, Policy: e.Policy, Fix: e.Fix, Compared: compare(e.Decision, e.Policy)}
	if refusal, ok := i.refusal(r, e.Refusal); ok {
		c.Message, c.catalogued = refusal.Message, true
	}
	if t := e.Token; t != nil {
		c.Token = showToken(t.Verified, t.Header, t.Claims, e.Time)
	}
	for _, w := range i.Workflows(r, CallbackQuery{}) {
		c.Known = c.Known || w.Name == e.Workflow
	}
	return c
}

func texts(m map[string]string) []member {
	var list []member
	for _, name := range slices.Sorted(maps.Keys(m)) {
		list = append(list, member{Name: name, Value: m[name]})
	}
	return list
}

// size is a number of bytes in words.
func size(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 10_000:
		return strconv.FormatInt(n, 10) + " bytes"
	case n < 10_000_000:
		return strconv.FormatInt(n/1000, 10) + " kB"
	}
	return strconv.FormatInt(n/1_000_000, 10) + " MB"
}
