package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"flowgate/entra"
	"flowgate/server"
)

// badNames is what the catalogue must have, whatever else it gets.
const badNames = `expired not-yet-valid no-expiry no-kid unknown-kid wrong-key tampered alg-none alg-hs256-public-key crit
	aud-without-slash aud-graph issuer-v2 issuer-other-tenant tid-missing oid-missing client-id-as-oid roles-missing
	duplicate-member jwe huge`

func TestEveryBadTokenIsThere(t *testing.T) {
	var have []string
	for _, b := range entra.BadTokens() {
		if slices.Contains(have, b.Name) {
			t.Errorf("%s is there twice", b.Name)
		}
		have = append(have, b.Name)
	}
	for _, name := range strings.Fields(badNames) {
		if !slices.Contains(have, name) {
			t.Errorf("%s is missing", name)
		}
	}
}

// Each bad token earns the refusal that the catalogue announces, from a running gate
// of the embedded workspace; the same request without the defect is admitted, so it
// is the defect that earned it.
func TestEveryBadTokenEarnsItsRefusal(t *testing.T) {
	g := serveEmbedded(t)
	for _, b := range entra.BadTokens() {
		t.Run(b.Name, func(t *testing.T) {
			want, err := server.FindRefusal(b.Refusal)
			if err != nil {
				t.Fatal(err)
			}
			token, err := b.Issue(g.Workspace().Directory, entra.Request{Now: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			got := g.call(t, b.Workflow, token)
			if got.Status != want.Status || got.Code != want.Code || got.Refusal != want.Number || got.Reason != b.Reason {
				t.Errorf("got %+v\nwant %d %s, refusal %d, %s", got, want.Status, want.Code, want.Number, b.Reason)
			}
			good, err := g.Workspace().Directory.Issue(entra.Request{Resource: audience(b.Workflow), Now: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			if got := g.call(t, b.Workflow, good); got.Outcome != "admitted" {
				t.Errorf("without the defect: %+v", got)
			}
		})
	}
}

func audience(workflow string) string {
	if workflow == "invoices" || workflow == "approvals" {
		return "https://service.flow.microsoft.com/"
	}
	return "https://management.azure.com/"
}

// runningGate is the embedded workspace behind a listener.
type runningGate struct {
	*server.Server
	url string
}

func serveEmbedded(t *testing.T) runningGate {
	t.Helper()
	ws, _, problems := readWorkspace("")
	if ws == nil {
		t.Fatal(problems)
	}
	s, err := server.New(context.Background(), server.Options{Workspace: ws, Journal: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return runningGate{s, h.URL}
}

// journaled is what a journal entry says of a call.
type journaled struct {
	Status, Refusal       int
	Outcome, Code, Reason string
}

// call sends a token to a workflow and returns what the journal says of it.
func (g runningGate) call(t *testing.T, workflow, token string) journaled {
	t.Helper()
	for _, w := range g.Workspace().Workflows {
		if w.Name != workflow {
			continue
		}
		bare, _ := server.URLs(g.url, w, "manual")
		request, err := http.NewRequest(http.MethodPost, bare, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		entry := g.newest(t)
		if entry.Status != response.StatusCode {
			t.Fatalf("the journal says %d, the caller got %d", entry.Status, response.StatusCode)
		}
		return entry
	}
	t.Fatalf("no workflow %s", workflow)
	return journaled{}
}

func (g runningGate) newest(t *testing.T) journaled {
	t.Helper()
	_, body := get(t, http.DefaultClient, g.url+"/_emulator/api/requests?limit=1")
	var list struct{ Requests []journaled }
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Requests) != 1 {
		t.Fatalf("the journal: %v\n%s", err, body)
	}
	return list.Requests[0]
}

// A defect that the asked token cannot have is an error, not a good token.
func TestBadTokensThatCannotBe(t *testing.T) {
	d := serveEmbedded(t).Workspace().Directory
	for name, r := range map[string]entra.Request{
		"aud-without-slash": {Scope: "api://orders/.default"},
		"issuer-v2":         {Scope: "api://orders/.default"},
		"roles-missing":     {Application: "stranger"},
		"tid-missing":       {Claims: []entra.Override{{Name: "tid", Remove: true}}},
	} {
		b, err := entra.FindBadToken(name)
		if err != nil {
			t.Fatal(err)
		}
		r.Now = time.Now()
		if token, err := b.Issue(d, r); err == nil || token != "" || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
}

// What POST api/tokens gives is what the gate takes; a body that goes on is not read to its end.
func TestTokensByAPI(t *testing.T) {
	g := serveEmbedded(t)
	ask := func(body string) (int, string) {
		response, err := http.Post(g.url+"/_emulator/api/tokens", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var answer struct {
			Token string `json:"access_token"`
		}
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, answer.Token
	}
	_, token := ask(`{"resource":"https://management.azure.com/"}`)
	if got := g.call(t, "orders", token); got.Outcome != "admitted" {
		t.Errorf("%+v", got)
	}
	_, token = ask(`{"bad":"tampered"}`)
	if got := g.call(t, "orders", token); got.Reason != "token-signature" {
		t.Errorf("%+v", got)
	}
	if status, token := ask(`{"resource":"` + strings.Repeat("x", 1<<20) + `"}`); status != http.StatusRequestEntityTooLarge || token != "" {
		t.Errorf("a body of 1 MiB: %d", status)
	}
}
