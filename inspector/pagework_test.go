package inspector

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"flowgate/journal"
)

// Pages that show neither URLs nor commands have none made: signing the URLs of ten
// thousand workflows takes longer than the page.
func TestPagesAskForWhatTheyShow(t *testing.T) {
	kept := journal.New(10)
	defer kept.Close()
	kept.Add("a", &journal.Entry{ID: "a", Workflow: "orders", Refusal: 1, Status: 401, Outcome: journal.Refused, Reason: "claims"})
	asked := map[string]bool{}
	h := New(Options{
		Journal: kept, Ready: func() (bool, any) { return true, nil }, Clock: func() Clock { return Clock{} },
		Workflows: func(r *http.Request, _ CallbackQuery) []Workflow {
			asked["URLs"] = asked["URLs"] || r != nil
			return []Workflow{{Name: "orders", Triggers: []Trigger{{Name: "manual"}}}}
		},
		Refusals: func(r *http.Request) []Refusal {
			asked["commands"] = asked["commands"] || r != nil
			return []Refusal{{Number: 1, Code: "Code"}}
		},
	})
	for _, path := range []string{"/", "/calls/a", "/workflows", "/explain"} {
		clear(asked)
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
		r.RemoteAddr = "127.0.0.1:1"
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK || asked["URLs"] || asked["commands"] {
			t.Errorf("%s: %d, it has %v made", path, w.Code, asked)
		}
	}
}
