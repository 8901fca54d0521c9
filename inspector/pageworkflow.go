package inspector

import (
	"net/http"
	"net/url"
	"slices"

	"flowgate/journal"
	"flowgate/policy"
)

// states are what a workflow can be set to.
var states = []string{"Enabled", "Disabled", "Suspended", "Deleted"}

type workflowsList struct{ Workflows []workflowRow }

type workflowRow struct {
	Workflow
	Admitted, Refused int // of the calls that the journal keeps
}

func (i pages) workflowsPage(w http.ResponseWriter, r *http.Request) {
	if _, err := readQuery(r.URL.RawQuery); err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	admitted, refused := map[string]int{}, map[string]int{}
	for _, e := range i.Journal.List(journal.Filter{}) {
		if e.Outcome == journal.Admitted {
			admitted[e.Workflow]++
		} else {
			refused[e.Workflow]++
		}
	}
	var list workflowsList
	for _, one := range i.Workflows(nil, CallbackQuery{}) {
		list.Workflows = append(list.Workflows, workflowRow{one, admitted[one.Name], refused[one.Name]})
	}
	i.show(w, http.StatusOK, "workflows", "Workflows", "workflows", list)
}

// shownWorkflow is a workflow's page.
type shownWorkflow struct {
	Workflow
	Triggers []shownTrigger
	States   []option
	History  *history
	Newest   []callRow
	Keeps    bool // the journal keeps calls at all
}

type shownTrigger struct {
	Name, Method, URL, Callback string
	Gate
	Open []shownPolicy
}

type shownPolicy struct {
	Name, Type string
	Claims     []policy.Claim
}

// Page is the address of the workflow's page: by its name, or by its id where a browser
// would take the name for a step up the path, escaped or not.
func (w Workflow) Page() string {
	part := url.PathEscape(w.Name)
	if part == "." || part == ".." {
		part = w.ID
	}
	return "/_emulator/workflows/" + part
}

// newestCalls is how many calls a workflow's page shows.
const newestCalls = 10

func (i pages) workflowPage(w http.ResponseWriter, r *http.Request) {
	if _, err := readQuery(r.URL.RawQuery); err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	found, ok := i.workflow(w, r)
	if !ok {
		return
	}
	s := shownWorkflow{Workflow: found, Keeps: i.Journal.Size() > 0}
	gates := i.Gates(found.Name)
	for _, t := range found.Triggers {
		one := shownTrigger{Name: t.Name, Method: t.Method, URL: t.URL, Callback: t.CallbackURL.Value}
		if at := slices.IndexFunc(gates, func(g Gate) bool { return g.Trigger == t.Name }); at >= 0 {
			one.Gate = gates[at]
		}
		for _, p := range one.Policies {
			one.Open = append(one.Open, shownPolicy{p.Name, string(p.Type), p.Claims})
		}
		s.Triggers = append(s.Triggers, one)
	}
	for _, state := range states {
		s.States = append(s.States, option{state, state, state == found.State})
	}
	entries := i.Journal.List(journal.Filter{Workflow: found.Name})
	s.History = historyOf(entries)
	for _, e := range entries[:min(len(entries), newestCalls)] {
		s.Newest = append(s.Newest, row(e))
	}
	i.show(w, http.StatusOK, "workflow", found.Name, "workflows", s)
}

// workflow finds the workflow that the path names, or answers that there is none.
func (i pages) workflow(w http.ResponseWriter, r *http.Request) (Workflow, bool) {
	name := parameter(r, "name")
	found, ok := i.findWorkflow(r, name)
	if !ok {
		i.problemPage(w, http.StatusNotFound, "The workspace has no workflow "+quoted(name)+".")
	}
	return found, ok
}

// setStatePage sets a workflow's state, and leads back to its page: a reload there
// sets nothing.
func (i pages) setStatePage(w http.ResponseWriter, r *http.Request) {
	fields, err := form(w, r, "state")
	if err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	found, ok := i.workflow(w, r)
	if !ok {
		return
	}
	if _, err := i.SetState(r, found.Name, fields.Get("state")); err != nil {
		i.problemPage(w, http.StatusBadRequest, err.Error())
		return
	}
	http.Redirect(w, r, found.Page(), http.StatusSeeOther)
}
