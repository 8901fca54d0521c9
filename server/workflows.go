package server

import (
	"net/http"
	"time"

	"flowgate/inspector"
	"flowgate/workspace"
)

// listWorkflows describes every workflow with URLs at the origin that r called; r nil:
// without URLs.
func (s *Server) listWorkflows(r *http.Request, q inspector.CallbackQuery) []inspector.Workflow {
	list := []inspector.Workflow{}
	for _, w := range s.edition.Load().Workflows {
		list = append(list, describe(w, r, q))
	}
	return list
}

func describe(w *workspace.Workflow, r *http.Request, q inspector.CallbackQuery) inspector.Workflow {
	d := inspector.Workflow{Name: w.Name, ID: w.ID, Profile: string(w.Profile), State: string(w.State), Triggers: []inspector.Trigger{}}
	for i := range w.Triggers {
		g := w.Gates[w.Triggers[i].Name]
		t := inspector.Trigger{Name: g.Trigger.Name, Method: g.Trigger.ExpectedMethod()}
		if r != nil {
			t.URL, t.CallbackURL = bareURL(origin(r), w, g), callback(origin(r), w, g, q.Secondary, q.NotAfter)
		}
		d.Triggers = append(d.Triggers, t)
	}
	return d
}

// bareURL is a trigger's URL without a signature: what a call with a token goes to.
func bareURL(origin string, w *workspace.Workflow, g workspace.Gate) string {
	unsigned := g
	unsigned.SAS = false
	return callback(origin, w, unsigned, false, noEnd).Value
}

// URLs returns the trigger's URL for a call with a token, and its callback URL,
// signed where signed URLs are on.
func URLs(origin string, w *workspace.Workflow, trigger string) (bare, signed string) {
	g := w.Gates[trigger]
	return bareURL(origin, w, g), callback(origin, w, g, false, noEnd).Value
}

// ready reports whether calls with tokens can be judged, and what is known of the
// key sets.
func (s *Server) ready() (bool, any) {
	e := s.judge(s.options.Now())
	return e.verifier.Ready(), e.verifier.Status()
}

// noEnd is the end of a callback URL that has none.
var noEnd time.Time
