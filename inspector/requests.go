package inspector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"

	"flowgate/journal"
	"flowgate/policy"
)

// choosing are the query parameters that choose calls, beside since.
var choosing = []string{"workflow", "trigger", "method", "outcome", "code", "reason", "cause"}

// readFilter reads the query parameters that choose calls. A misspelled word of a
// closed set would choose none, for ever.
func (i inspector) readFilter(q url.Values) (journal.Filter, error) {
	f := journal.Filter{Workflow: i.nameOf(q.Get("workflow")), Trigger: q.Get("trigger"), Method: q.Get("method"), Outcome: journal.Outcome(q.Get("outcome")),
		Code: q.Get("code"), Reason: q.Get("reason"), Cause: q.Get("cause")}
	var causes []string
	for _, c := range policy.Causes() {
		causes = append(causes, string(c))
	}
	for _, chosen := range []struct {
		what, word string
		set        []string
	}{{"outcome", string(f.Outcome), []string{string(journal.Admitted), string(journal.Refused)}}, {"code", f.Code, i.codes(f.Code)},
		{"reason", f.Reason, i.Reasons}, {"cause", f.Cause, causes}} {
		if chosen.word != "" && len(chosen.set) > 0 && !slices.Contains(chosen.set, chosen.word) {
			return f, fmt.Errorf("%s %s is unknown; use %s", chosen.what, quoted(chosen.word), oneOf(chosen.set))
		}
	}
	return f, nil
}

// codes are those that an answer can have as the workspace words it, none when code is
// empty. One that a call has is among them: its workspace may be served no longer.
func (i inspector) codes(code string) []string {
	if code == "" || i.Refusals == nil {
		return nil
	}
	var all []string
	for _, r := range i.Refusals(nil) {
		all = append(all, r.Code)
	}
	slices.Sort(all)
	if !slices.Contains(all, code) && len(i.Journal.List(journal.Filter{Code: code, Limit: 1})) > 0 {
		all = append(all, code)
	}
	return slices.Compact(all)
}

// filter reads the filter of an address that also takes since and other parameters. It
// answers what is wrong itself.
func (i inspector) filter(w http.ResponseWriter, r *http.Request, others ...string) (f journal.Filter, q url.Values, ok bool) {
	if !known(w, r, append(append([]string{}, choosing...), append([]string{"since"}, others...)...)...) {
		return f, q, false
	}
	q = r.URL.Query()
	f, err := i.readFilter(q)
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return f, q, false
	}
	return f, q, true
}

// since narrows a filter to the calls after the one with an id; without one it stays
// as it is. It answers what is wrong itself.
func (i inspector) since(w http.ResponseWriter, f *journal.Filter, id string) bool {
	if id == "" {
		return true
	}
	number, ok := i.Journal.Number(id)
	if !ok {
		problem(w, http.StatusBadRequest, "since: the journal has no entry "+quoted(id)+", or no longer; GET /_emulator/api/requests lists them")
		return false
	}
	f.From = number + 1
	return true
}

func (i inspector) requests(w http.ResponseWriter, r *http.Request) {
	f, q, ok := i.filter(w, r, "limit")
	if !ok || !i.since(w, &f, q.Get("since")) {
		return
	}
	if written := q.Get("limit"); written != "" {
		n, err := strconv.Atoi(written)
		if err != nil || n < 1 {
			problem(w, http.StatusBadRequest, "limit "+quoted(written)+" is no number from 1 up")
			return
		}
		f.Limit = n
	}
	writeEntries(w, i.Journal.List(f))
}

// writeEntries writes one entry after the other: all at once, a full journal would take
// its own size in memory again.
func writeEntries(w http.ResponseWriter, list []*journal.Entry) {
	if len(list) == 0 {
		write(w, http.StatusOK, map[string]any{"requests": list})
		return
	}
	header(w, "application/json; charset=utf-8", http.StatusOK)
	before := "{\n  \"requests\": [\n    "
	var b bytes.Buffer
	for _, e := range list {
		b.Reset()
		b.WriteString(before)
		before = ",\n    "
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("    ", "  ")
		if err := enc.Encode(e); err != nil {
			panic(fmt.Errorf("write entry %s of the journal: %w", e.ID, err)) // a list that ended here would look whole
		}
		b.Truncate(b.Len() - 1) // the newline
		if _, err := w.Write(journal.Printable(b.Bytes())); err != nil {
			return // a reader that has gone is nobody to tell
		}
	}
	_, _ = w.Write([]byte("\n  ]\n}\n"))
}

func (i inspector) request(w http.ResponseWriter, r *http.Request) {
	if !known(w, r) {
		return
	}
	id := chi.URLParam(r, "id")
	e, ok := i.Journal.Get(id)
	if !ok {
		problem(w, http.StatusNotFound, "the journal has no entry "+quoted(id)+", or no longer; GET /_emulator/api/requests lists them")
		return
	}
	write(w, http.StatusOK, e)
}

func (i inspector) clear(w http.ResponseWriter, r *http.Request) {
	if !known(w, r) { // it clears everything: a filter would promise otherwise
		return
	}
	i.Journal.Clear()
	w.WriteHeader(http.StatusNoContent)
}
