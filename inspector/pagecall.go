package inspector

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"flowgate/journal"
	"flowgate/policy"
)

// verdict is what became of a call, or would, and why: the part that a call's page
// and the page of a pasted token have in common.
type verdict struct {
	Admitted bool
	Status   int
	Code     string
	Message  string // the answer's words; empty when admitted
	Evidence string // how well the words are known
	Note     string // what of them is known less well
	Number   int    // in the catalogue
	Reason   string
	Detail   string
	Cause    string
	Policy   string
	Fix      string
	Compared *compared
	Token    *shownToken
	Asked    bool // nobody called: it is what would become of a call
}

// shownCall is a call's page.
type shownCall struct {
	verdict
	Call    callRow
	Path    string
	Query   []member
	Headers []member
	Body    string
	Size    string // of the body, or of what was read of it, in words
	Cut     bool   // the body is longer than what is kept
	Unread  bool   // the body is longer than what was read
	Repeat  repeat
	Page    string // of the workflow; empty: it is there no more
}

// Presumed reports whether nobody has published the words, so that they are no fact.
func (v verdict) Presumed() bool { return v.Evidence == string(policy.Presumed) }

func (i pages) callPage(w http.ResponseWriter, r *http.Request) {
	id := parameter(r, "id")
	e, ok := i.Journal.Get(id)
	if !ok {
		i.problemPage(w, http.StatusNotFound, "The journal has no call "+quoted(id)+", or no longer: it keeps the newest ones.")
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
		Body: e.Body, Size: bodySize(e), Cut: e.BodyBytes > journal.MaxBody, Unread: e.BodyUnread, Repeat: i.repeat(r, e)}
	c.verdict = verdict{Admitted: e.Outcome == journal.Admitted, Status: e.Status, Code: e.Code, Message: e.Message, Evidence: e.Evidence, Number: e.Refusal,
		Reason: e.Reason, Detail: e.Detail, Cause: e.Cause, Policy: e.Policy, Fix: e.Fix}
	if d, asked := e.Decision.(policy.Decision); asked {
		c.Compared = compare(d, e.Policy)
	}
	// The workspace may have been loaded again, and word it otherwise now.
	if refusal, ok := i.refusal(e.Refusal); ok && refusal.Evidence == e.Evidence {
		c.Note = refusal.Note
	}
	if t := e.Token; t != nil {
		c.Token = showToken(t.Verified, t.Header, t.Claims, e.Time)
		if c.Admitted {
			c.Token.passed()
		}
	}
	for _, w := range i.Workflows(nil, CallbackQuery{}) {
		if w.Name == e.Workflow {
			c.Page = w.Page()
		}
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

func bodySize(e *journal.Entry) string {
	switch {
	case e.BodyUnread && e.BodyBytes == 0:
		return "not read"
	case e.BodyUnread:
		return size(e.BodyBytes) + " of it read"
	}
	return size(e.BodyBytes)
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
