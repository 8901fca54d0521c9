package inspector

import (
	"net/http"

	"flowgate/policy"
)

// Refusal is a row of the catalogue as a tester reads it. Its JSON is a contract:
// members are added, never renamed.
type Refusal struct {
	Number          int    `json:"number"`
	Code            string `json:"code"`
	Status          int    `json:"status"`
	Message         string `json:"message"` // {name} marks a placeholder
	MessageTemplate string `json:"messageTemplate,omitempty"`
	When            string `json:"when"`
	Evidence        string `json:"evidence,omitempty"` // none where the workspace words it
	Note            string `json:"note,omitempty"`
	Source          string `json:"source,omitempty"`
	Cause           string `json:"cause"`
	Fix             string `json:"fix"`
	Command         string `json:"command"`      // earns it, in the catalogue's words
	OwnWorkspace    bool   `json:"ownWorkspace"` // the command serves one of its own; else it calls the embedded one
	Overridden      bool   `json:"overridden"`   // by the workspace that is served
}

// Presumed reports whether nobody has published the words, so that they are no fact.
func (r Refusal) Presumed() bool { return r.Evidence == string(policy.Presumed) }

func (i inspector) refusals(w http.ResponseWriter, r *http.Request) {
	if !known(w, r) {
		return
	}
	write(w, http.StatusOK, map[string]any{"refusals": i.Refusals(r)})
}
