package server

import (
	"net/http"
	"strings"

	"flowgate/inspector"
	"flowgate/workspace"
)

// ListRefusals describes every refusal as the workspace words it, with the commands
// that earn it; reproduce words those, and nil leaves them out.
func ListRefusals(ws *workspace.Workspace, reproduce func(Reproduction) string) []inspector.Refusal {
	replaced := replace(ws.Refusals)
	list := []inspector.Refusal{}
	for _, r := range Catalogue() {
		own, overridden := replaced[r.Number]
		if overridden {
			r = *own
		}
		command := ""
		if reproduce != nil {
			command = reproduce(r.Reproduction)
		}
		list = append(list, inspector.Refusal{
			Number: r.Number, Code: r.Code, Status: r.Status, Message: r.Message, MessageTemplate: r.Template,
			When: r.When, Evidence: string(r.Evidence), Note: r.Note, Source: r.Source,
			Cause: r.Cause, Fix: r.Fix, Command: command,
			OwnWorkspace: r.Reproduction.Files != nil, Overridden: overridden,
		})
	}
	return list
}

// listRefusals words the commands for the emulator that r called; r nil: none.
func (s *Server) listRefusals(r *http.Request) []inspector.Refusal {
	if r == nil {
		return ListRefusals(s.Workspace(), nil)
	}
	at, err := ParseOrigin(origin(r))
	if err != nil {
		at = DefaultOrigin // a Host that no shell should see
	}
	script := Script{Shell: ShellOf("linux"), Program: []string{"emulator"}, Origin: at}
	if strings.HasPrefix(at, "https:") {
		script.Curl += " --cacert ca.pem" // as /_emulator/ca.pem gives it
	}
	return ListRefusals(s.Workspace(), script.Reproduce)
}
