package server

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"flowgate/inspector"
	"flowgate/workflow"
	"flowgate/workspace"
)

// states are those that workflows were given since the start, by name. They stay when
// the workspace is loaded again, as long as it has the workflow.
type states struct {
	mu    sync.Mutex
	given map[string]workflow.State
}

// serve makes calls meet an edition, its workflows in the states that they were given.
func (s *Server) serve(next *edition) {
	s.states.mu.Lock()
	defer s.states.mu.Unlock()
	maps.DeleteFunc(s.states.given, func(name string, _ workflow.State) bool { return next.named(name) == nil })
	s.edition.Store(next.in(s.states.given))
}

// setState gives a workflow another state, from the next call on.
func (s *Server) setState(r *http.Request, nameOrID, written string) (inspector.Workflow, error) {
	state := workflow.State(written)
	all := []workflow.State{workflow.Enabled, workflow.Disabled, workflow.Suspended, workflow.Deleted}
	if !slices.Contains(all, state) {
		return inspector.Workflow{}, fmt.Errorf("state %q is unknown; use Enabled, Disabled, Suspended or Deleted", cut(written))
	}
	s.states.mu.Lock()
	defer s.states.mu.Unlock()
	e := s.edition.Load()
	w := cmp.Or(e.named(nameOrID), e.byID[strings.ToLower(nameOrID)])
	if w == nil {
		unknown := &inspector.UnknownWorkflow{Name: nameOrID}
		for _, w = range e.Workflows {
			unknown.Names = append(unknown.Names, w.Name)
		}
		return inspector.Workflow{}, unknown
	}
	if s.states.given == nil {
		s.states.given = map[string]workflow.State{}
	}
	s.states.given[w.Name] = state
	e = e.in(s.states.given)
	s.edition.Store(e)
	return describe(e.named(w.Name), r, inspector.CallbackQuery{}), nil
}

// named returns the workflow with a name, or nil.
func (e *edition) named(name string) *workspace.Workflow {
	for _, w := range e.Workflows {
		if w.Name == name {
			return w
		}
	}
	return nil
}

// in returns the edition as it was loaded, but for the states of some workflows.
func (e *edition) in(given map[string]workflow.State) *edition {
	ws := *e.loaded
	next := *e
	next.Workspace = &ws
	next.byID = make(map[string]*workspace.Workflow, len(ws.Workflows))
	ws.Workflows = slices.Clone(ws.Workflows)
	for i, w := range ws.Workflows {
		if state, ok := given[w.Name]; ok && state != w.State {
			inner, outer := *w.Workflow, *w
			inner.State, outer.Workflow = state, &inner
			ws.Workflows[i] = &outer
		}
		next.byID[strings.ToLower(w.ID)] = ws.Workflows[i]
	}
	return &next
}
