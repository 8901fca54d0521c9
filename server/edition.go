package server

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"flowgate/jwks"
	"flowgate/workspace"
)

// edition is one loaded workspace as calls meet it. It is never changed: a reload
// makes another and swaps it in whole, so that no call sees half of each.
type edition struct {
	*workspace.Workspace
	verifier *jwks.Verifier
	byID     map[string]*workspace.Workflow // by lower-case id: a look-up costs the same with one workflow or ten thousand
	replaced map[int]*Refusal               // by number: refusals that the workspace words otherwise
}

func newEdition(ws *workspace.Workspace, v *jwks.Verifier) (*edition, error) {
	e := &edition{Workspace: ws, verifier: v, byID: make(map[string]*workspace.Workflow, len(ws.Workflows))}
	for _, w := range ws.Workflows {
		e.byID[strings.ToLower(w.ID)] = w
	}
	var err error
	e.replaced, err = Replace(ws.Refusals)
	return e, err
}

// Replace returns the refusals, by number, that the given overrides change. A key
// is a code, or a number where several refusals share the code. An unknown or
// ambiguous key is an error.
func Replace(overrides map[string]workspace.Override) (map[int]*Refusal, error) {
	catalogue := Catalogue()
	replaced := map[int]*Refusal{}
	for key, o := range overrides {
		var found []int
		for i, r := range catalogue {
			if r.Code == key || strconv.Itoa(r.Number) == key {
				found = append(found, i)
			}
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("refusals: no refusal has the code or number %q; the codes are %s", key, codes(catalogue))
		}
		if len(found) > 1 {
			var numbers []string
			for _, i := range found {
				numbers = append(numbers, fmt.Sprintf("%d (%s)", catalogue[i].Number, catalogue[i].When))
			}
			return nil, fmt.Errorf("refusals: several refusals have the code %q; name one by number: %s", key, strings.Join(numbers, "; "))
		}
		r := catalogue[found[0]]
		if o.Status != 0 {
			r.Status = o.Status
		}
		if o.Code != "" {
			r.Code = o.Code
		}
		if o.Message != "" {
			r.Message = o.Message
		}
		r.Evidence, r.Note = "", "worded by the workspace"
		replaced[r.Number] = &r
	}
	return replaced, nil
}

func codes(catalogue []Refusal) string {
	var all []string
	for _, r := range catalogue {
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
