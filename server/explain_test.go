package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"flowgate/entra"
	"flowgate/inspector"
	"flowgate/journal"
	"flowgate/workspace"
)

// called sends the token in a real call, and returns the answer and its entry.
func (s *Server) called(t testing.TB, w *workspace.Workflow, authorization string) (*httptest.ResponseRecorder, *journal.Entry) {
	t.Helper()
	bare, _ := URLs("http://localhost", w, w.Triggers[0].Name)
	r, err := http.NewRequest(http.MethodPost, bare, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Authorization", authorization)
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, r)
	list := s.journal.List(journal.Filter{Limit: 1})
	if len(list) != 1 {
		t.Fatal("the call is not in the journal")
	}
	return answer, list[0]
}

// sameAsCall holds an explanation against the call it stands for.
func (s *Server) sameAsCall(t testing.TB, w *workspace.Workflow, e inspector.Explained, token string) {
	t.Helper()
	answer, entry := s.called(t, w, e.Scheme+" "+token)
	if e.Outcome != string(entry.Outcome) || e.Reason != entry.Reason || e.Detail != entry.Detail || e.Answer.Status != entry.Status || e.Answer.Refusal != entry.Refusal {
		t.Errorf("%s: explained as %s %s %d (%s), called %s %s %d (%s)", w.Name, e.Outcome, e.Reason, e.Answer.Status, e.Detail, entry.Outcome, entry.Reason, entry.Status, entry.Detail)
	}
	if entry.Outcome == journal.Refused && e.Answer.Body != answer.Body.String() {
		t.Errorf("%s: explained with %s\nanswered with %s", w.Name, e.Answer.Body, answer.Body)
	}
	if len(token) > maxPendingToken { // the entry is made of less
		return
	}
	if e.Cause != entry.Cause || e.Fix != entry.Fix || e.Outcome == "refused" && e.Fix == "" {
		t.Errorf("%s: %s for %q, fix %q; called for %q, fix %q", w.Name, e.Outcome, e.Cause, e.Fix, entry.Cause, entry.Fix)
	}
}

// Whatever is wrong with a token, its explanation is what a call with it meets.
func TestExplainAgreesWithTheCall(t *testing.T) {
	s := gate(t, Options{})
	tokens := map[string]string{
		"good":      s.token(t, entra.Request{Resource: "https://management.azure.com/"}),
		"for flows": s.token(t, entra.Request{Scope: "https://service.flow.microsoft.com//.default"}),
	}
	for _, b := range entra.BadTokens() {
		token, err := b.Issue(s.Workspace().Directory, entra.Request{Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		tokens[b.Name] = token
	}
	admitted := 0
	for name, token := range tokens {
		for _, w := range s.Workspace().Workflows {
			calls := len(s.journal.List(journal.Filter{}))
			e, err := s.Explain(inspector.ExplainRequest{Workflow: w.Name, Token: token})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n := len(s.journal.List(journal.Filter{})); n != calls {
				t.Errorf("%s: the journal has %d entries, had %d", name, n, calls)
			}
			if e.Outcome == "admitted" {
				admitted++
			}
			s.sameAsCall(t, w, e, token)
			text, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			if i := strings.LastIndexByte(token, '.'); len(token[i+1:]) > 20 && strings.Contains(string(text), token[i+1:]) {
				t.Errorf("%s: the explanation has the signature", name)
			}
			s.journal.Clear()
		}
	}
	if admitted < 3 {
		t.Errorf("%d admitted", admitted)
	}
}

// FuzzExplain explains any text, and holds what it says against the call.
func FuzzExplain(f *testing.F) {
	s := gate(f, Options{})
	for _, b := range entra.BadTokens() {
		if token, err := b.Issue(s.Workspace().Directory, entra.Request{Now: noon}); err == nil && len(token) < 4<<10 {
			f.Add("Bearer "+token, "payroll")
		}
	}
	f.Add(s.token(f, entra.Request{Resource: "https://management.azure.com/"}), "orders")
	f.Add("PoP a.b.c", "hooks")
	f.Add("Basic x", "")
	f.Add(`{"access_token":"a.b.c"}`, "\x1b")
	f.Fuzz(func(t *testing.T, text, name string) {
		e, err := s.Explain(inspector.ExplainRequest{Workflow: name, Token: text})
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x1b\r\n") {
				t.Fatalf("the error is no line: %q", err)
			}
			return
		}
		for _, w := range s.Workspace().Workflows {
			if w.Name == e.Workflow {
				pasted, err := inspector.ReadPasted(text)
				if err != nil {
					t.Fatal(err)
				}
				s.sameAsCall(t, w, e, pasted.Token)
				return
			}
		}
		t.Fatalf("explained for %q", e.Workflow)
	})
}
