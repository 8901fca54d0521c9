package inspector

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Workflow describes a workflow to a tester.
type Workflow struct {
	Name     string    `json:"name"`
	ID       string    `json:"id"`
	Profile  string    `json:"profile"`
	State    string    `json:"state"`
	Triggers []Trigger `json:"triggers"`
}

// Trigger describes a trigger and where to call it.
type Trigger struct {
	Name        string      `json:"name"`
	Method      string      `json:"method"`
	URL         string      `json:"url"` // for a call with a token
	CallbackURL CallbackURL `json:"callbackUrl"`
}

// CallbackURL is a callback URL as the service's listCallbackUrl gives it.
type CallbackURL struct {
	Value                  string            `json:"value"`
	Method                 string            `json:"method"`
	BasePath               string            `json:"basePath"`
	RelativePath           string            `json:"relativePath,omitempty"`
	RelativePathParameters []string          `json:"relativePathParameters,omitempty"`
	Queries                map[string]string `json:"queries"`
}

// CallbackQuery asks for callback URLs other than the usual ones, as the body of
// the service's listCallbackUrl does.
type CallbackQuery struct {
	Secondary bool      // signed with the secondary key
	NotAfter  time.Time // when they end; zero: never
}

func (i inspector) workflows(w http.ResponseWriter, r *http.Request) {
	if !known(w, r, "keyType", "notAfter") {
		return
	}
	var q CallbackQuery
	switch key := r.URL.Query().Get("keyType"); key {
	case "", "Primary":
	case "Secondary":
		q.Secondary = true
	default:
		problem(w, http.StatusBadRequest, "keyType "+quoted(key)+" is unknown; use Primary or Secondary")
		return
	}
	if written := r.URL.Query().Get("notAfter"); written != "" {
		end, err := time.Parse(time.RFC3339Nano, written)
		if err != nil {
			problem(w, http.StatusBadRequest, "notAfter "+quoted(written)+" is no time; write 2026-11-23T21:00:00Z")
			return
		}
		q.NotAfter = end
	}
	write(w, http.StatusOK, i.Workflows(r, q))
}

// findWorkflow returns the workflow with a name, or else the one with an id, as explain
// finds it; r is as Options.Workflows has it.
func (i inspector) findWorkflow(r *http.Request, nameOrID string) (Workflow, bool) {
	all := i.Workflows(r, CallbackQuery{})
	at := slices.IndexFunc(all, func(w Workflow) bool { return w.Name == nameOrID })
	if at < 0 {
		at = slices.IndexFunc(all, func(w Workflow) bool { return strings.EqualFold(w.ID, nameOrID) })
	}
	if at < 0 {
		return Workflow{}, false
	}
	return all[at], true
}

// nameOf is the name of a workflow that calls are chosen by. What is neither a name nor
// an id stays as it is: the workspace may have had such a workflow before.
func (i inspector) nameOf(nameOrID string) string {
	if nameOrID == "" {
		return ""
	}
	if w, ok := i.findWorkflow(nil, nameOrID); ok {
		return w.Name
	}
	return nameOrID
}
