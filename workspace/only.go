package workspace

import "flowgate/workflow"

// Only returns a workspace of the same tenants and trust, with one workflow: w, which
// must be one of Logic Apps.
func (ws *Workspace) Only(w workflow.Workflow) *Workspace {
	gated := &Workflow{Workflow: &w, Gates: map[string]Gate{}, Keys: keysOf(w.ID, nil)}
	for i := range w.Triggers {
		t := &w.Triggers[i]
		gated.Gates[t.Name] = Gate{Trigger: t, Policies: w.Policies, SAS: !w.SASDisabled}
	}
	only := *ws
	only.Workflows, only.Notes = []*Workflow{gated}, nil
	return &only
}
