package server

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"flowgate/jwks"
	"flowgate/workflow"
	"flowgate/workspace"
)

// edition is one loaded workspace as calls meet it. It is never changed: a reload
// makes another and swaps it in whole, so that no call sees half of each.
type edition struct {
	*workspace.Workspace
	loaded   *workspace.Workspace // as it was loaded: workflows may have been given other states since
	verifier *jwks.Verifier
	believed *believed                      // the emulator's own keys, as the verifier has them
	byID     map[string]*workspace.Workflow // by lower-case id: a look-up costs the same with one workflow or ten thousand
	replaced map[int]*Refusal               // by number: refusals that the workspace words otherwise
}

func newEdition(ws *workspace.Workspace, v *jwks.Verifier) (*edition, error) {
	e := &edition{Workspace: ws, loaded: ws, verifier: v, byID: make(map[string]*workspace.Workflow, len(ws.Workflows))}
	for _, w := range ws.Workflows {
		e.byID[strings.ToLower(w.ID)] = w
	}
	if problems := CheckRefusals(ws); problems.Fatal() {
		return nil, problems
	}
	e.replaced = replace(ws.Refusals)
	return e, nil
}

// stateGiven reports whether a workflow has another state than it was loaded with.
func (e *edition) stateGiven(w *workspace.Workflow) bool {
	return slices.ContainsFunc(e.loaded.Workflows, func(as *workspace.Workflow) bool { return as.ID == w.ID && as.State != w.State })
}

// CheckRefusals reports the keys under refusals in emulator.yaml that name no
// refusal, or more than one, each at its place. A key is a code, or a number where
// several refusals share the code.
func CheckRefusals(ws *workspace.Workspace) workflow.Problems {
	var problems workflow.Problems
	by := map[int]string{}
	for _, key := range slices.Sorted(maps.Keys(ws.Refusals)) {
		found := named(key)
		if len(found) == 1 {
			if other := by[found[0].Number]; other != "" {
				problems = append(problems, ws.RefusalProblem(key, fmt.Sprintf("%q and %q are the same refusal", other, key), "keep one of the two"))
			}
			by[found[0].Number] = key
		}
		if len(found) == 0 {
			problems = append(problems, ws.RefusalProblem(key, fmt.Sprintf("no refusal has the code or number %q", key), "the codes are "+codes()))
		}
		if len(found) > 1 {
			var numbers []string
			for _, r := range found {
				numbers = append(numbers, fmt.Sprintf("%d (%s)", r.Number, r.When))
			}
			problems = append(problems, ws.RefusalProblem(key, fmt.Sprintf("several refusals have the code %q", key), "name one by number: "+strings.Join(numbers, "; ")))
		}
	}
	return problems
}

// named returns the refusals with the given code or number.
func named(key string) []Refusal {
	var found []Refusal
	for _, r := range Catalogue() {
		if r.Code == key || strconv.Itoa(r.Number) == key {
			found = append(found, r)
		}
	}
	return found
}

// replace returns the refusals, by number, that the overrides change.
func replace(overrides map[string]workspace.Override) map[int]*Refusal {
	replaced := map[int]*Refusal{}
	for key, o := range overrides {
		r := named(key)[0]
		r.Status = cmp.Or(o.Status, r.Status)
		r.Code = cmp.Or(o.Code, r.Code)
		r.Message = cmp.Or(o.Message, r.Message)
		r.Evidence, r.Note = "", "worded by the workspace"
		replaced[r.Number] = &r
	}
	return replaced
}

func codes() string {
	var all []string
	for _, r := range Catalogue() {
		all = append(all, r.Code)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

// worded returns r as this workspace words it.
func (e *edition) worded(r *Refusal) *Refusal {
	if other, ok := e.replaced[r.Number]; ok {
		return other
	}
	return r
}
