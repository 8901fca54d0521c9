package inspector

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"flowgate/journal"
)

// pageLength is how many calls one page of the list shows.
const pageLength = 100

// callsList is the list of calls, newest first.
type callsList struct {
	Calls     []callRow
	Choice    callsChoice
	Workflows []option
	Outcomes  []option
	Codes     []option
	Reasons   []option
	Matching  int    // calls that the filters choose
	Kept      int    // calls that the journal has
	Begin     int    // number of the first one shown, from 1
	Older     string // address of the next page; empty: there is none
	Newest    string // address of the first page
	Itself    string // address of this page
	HowToKeep string // calls, in a journal that keeps none; empty: it keeps some
	Live      bool   // new calls are shown as they arrive
	Toggle    string // address of this page with live updates off, or on
	Stream    string // where the events come from
	Gone      bool   // the call that this page began after is no longer kept
}

// callsChoice is what the list is filtered by, as its address has it.
type callsChoice struct{ Workflow, Outcome, Code, Reason, Before, Live string }

func (c callsChoice) filtered() bool {
	return c.Workflow != "" || c.Outcome != "" || c.Code != "" || c.Reason != ""
}

// query is the choice as a query, with some of it set anew.
func (c callsChoice) query(set func(*callsChoice)) string {
	set(&c)
	q := url.Values{}
	for name, value := range map[string]string{"workflow": c.Workflow, "outcome": c.Outcome, "code": c.Code,
		"reason": c.Reason, "before": c.Before, "live": c.Live} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/_emulator/?" + q.Encode()
}

// option is one choice of a select.
type option struct {
	Value, Text string
	Selected    bool
}

// callRow is a call in a list. Bodies, headers and tokens stay in the journal.
type callRow struct {
	ID, Workflow, Trigger, Method string
	Code, Reason, Cause           string
	Time                          time.Time
	Status                        int
	Admitted                      bool
	DurationMS                    string
}

func row(e *journal.Entry) callRow {
	return callRow{ID: e.ID, Workflow: e.Workflow, Trigger: e.Trigger, Method: e.Method, Code: e.Code, Reason: e.Reason, Cause: e.Cause,
		Time: e.Time, Status: e.Status, Admitted: e.Outcome == journal.Admitted, DurationMS: milliseconds(e.DurationMS)}
}

func milliseconds(ms float64) string {
	precision := 0
	if ms < 100 {
		precision = 1
	}
	return strconv.FormatFloat(ms, 'f', precision, 64) + " ms"
}

func (i pages) callsPage(w http.ResponseWriter, r *http.Request) {
	q, err := readQuery(r.URL.RawQuery, "workflow", "outcome", "code", "reason", "before", "live")
	if err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	c := callsChoice{i.nameOf(q.Get("workflow")), q.Get("outcome"), q.Get("code"), q.Get("reason"), q.Get("before"), q.Get("live")}
	i.show(w, http.StatusOK, "calls", "Calls", "calls", i.callsList(c))
}

func (i pages) callsList(c callsChoice) callsList {
	l := callsList{Choice: c, Kept: i.Journal.Len(), Live: c.Before == "" && c.Live != "off",
		Newest: c.query(func(c *callsChoice) { c.Before = "" }), Itself: c.query(func(*callsChoice) {}),
		Stream: "/_emulator/api/requests/stream"}
	if i.Journal.Size() == 0 {
		l.HowToKeep, l.Live = howToKeep, false
	}
	l.Toggle = c.query(func(c *callsChoice) {
		if c.Before, c.Live = "", ""; l.Live {
			c.Live = "off"
		}
	})
	entries, begin := i.chosen(&l)
	for _, e := range entries[begin:min(begin+pageLength, len(entries))] {
		l.Calls = append(l.Calls, row(e))
	}
	l.Begin = begin + 1
	if begin+pageLength < len(entries) {
		l.Older = c.query(func(c *callsChoice) { c.Before = l.Calls[pageLength-1].ID })
	}
	i.offer(&l)
	return l
}

// chosen returns the entries that the choice lets through, and with which of them the
// page begins.
func (i pages) chosen(l *callsList) (entries []*journal.Entry, begin int) {
	c := l.Choice
	f := journal.Filter{Workflow: c.Workflow, Outcome: journal.Outcome(c.Outcome), Code: c.Code, Reason: c.Reason}
	if c.Before == "" && !c.filtered() {
		// The newest are enough, and after a flood of calls the others are not written up yet.
		f.Limit = pageLength + 1
		entries = i.Journal.List(f)
		l.Matching = max(l.Kept, len(entries))
		return entries, 0
	}
	entries = i.Journal.List(f)
	l.Matching = len(entries)
	if c.Before != "" {
		begin = 1 + slices.IndexFunc(entries, func(e *journal.Entry) bool { return e.ID == c.Before })
		if l.Gone = begin == 0; l.Gone {
			begin = len(entries)
		}
	}
	return entries, begin
}

// offer fills the choices in: what there can be, not only what there is.
func (i pages) offer(l *callsList) {
	workflows, codes, reasons := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, w := range i.Workflows(nil, CallbackQuery{}) {
		workflows[w.Name] = true
	}
	for _, refusal := range i.Refusals(nil) {
		codes[refusal.Code] = true
	}
	for reason := range reasonWords {
		reasons[reason] = true
	}
	for _, call := range l.Calls {
		workflows[call.Workflow], codes[call.Code], reasons[call.Reason] = true, true, true
	}
	l.Workflows = options(workflows, l.Choice.Workflow, "all workflows", Plainly)
	l.Outcomes = options(map[string]bool{"admitted": true, "refused": true}, l.Choice.Outcome, "admitted and refused", Plainly)
	l.Codes = options(codes, l.Choice.Code, "any code", Plainly)
	l.Reasons = options(reasons, l.Choice.Reason, "any reason", func(name string) string { return Plainly(inWords(name)) })
}

// Filtered reports whether the list leaves calls out.
func (l callsList) Filtered() bool { return l.Choice.filtered() }

// End is the number of the last call shown.
func (l callsList) End() int { return l.Begin + len(l.Calls) - 1 }

// options are the named ones in order, after one that chooses all. What was chosen
// is among them, so that the page says what it shows.
func options(names map[string]bool, chosen, all string, worded func(string) string) []option {
	names = maps.Clone(names)
	names[chosen] = true
	delete(names, "")
	list := []option{{"", all, chosen == ""}}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		list = append(list, option{name, worded(name), name == chosen})
	}
	return list
}
