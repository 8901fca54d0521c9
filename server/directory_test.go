package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"flowgate/journal"
	"flowgate/policy"
	"flowgate/workflow"
	"flowgate/workspace"
)

// What a client sends to the directory, and the tokens it gets, are in no log line
// and no journal entry; which error it got is in the log.
func TestSecretsOfTheDirectoryStayIn(t *testing.T) {
	var log bytes.Buffer
	s := gate(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	const path = "/contoso.example/oauth2/v2.0/token"
	const client = "client_id=00001111-aaaa-2222-bbbb-3333cccc4444&client_secret="
	post := func(body string) string {
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+path+"?leak=swordfish", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if strings.HasPrefix(body, "grant_type=swordfish") { // beside a secret in the form it would be one too many
			r.Header.Set("Authorization", "Basic c3dvcmRmaXNo")
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Body.String()
	}
	post("grant_type=client_credentials&scope=api://orders/.default&" + client + "swordfish")
	post("grant_type=swordfish&client_assertion=swordfish")
	post("grant_type=password&scope=openid&username=ana@contoso.example&password=swordfish&" + client + "local-secret")
	answer := post("grant_type=password&scope=openid+offline_access&username=ana@contoso.example&password=local-password&" + client + "local-secret")
	var tokens map[string]any
	if err := json.Unmarshal([]byte(answer), &tokens); err != nil || tokens["refresh_token"] == nil {
		t.Fatal(answer)
	}
	for _, secret := range []string{"swordfish", "c3dvcmRmaXNo", "local-secret", "local-password", "ana@", tokens["access_token"].(string), tokens["refresh_token"].(string)} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, &log)
		}
	}
	if len(s.journal.List(journal.Filter{})) != 0 {
		t.Error("the journal has entries")
	}
	for _, want := range []string{"outcome=AADSTS7000215", "outcome=AADSTS70003", "outcome=AADSTS50126", "outcome=answered", `endpoint="token v2.0"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, &log)
		}
	}
}

// Of more audiences than are listed, the same ones are each time: those of the first triggers.
func TestListedAudiencesStayTheSame(t *testing.T) {
	s := gate(t, Options{})
	w := s.Workspace().Workflows[0]
	w.Triggers, w.Gates = nil, map[string]workspace.Gate{}
	for i := range 30 {
		var policies []policy.Policy
		for j := range 50 {
			name := fmt.Sprintf("api://%02d-%02d", i, j)
			policies = append(policies, policy.Policy{Name: name, Claims: []policy.Claim{{Name: "aud", Value: name}}})
		}
		name := fmt.Sprint("t", i)
		w.Triggers = append(w.Triggers, workflow.Trigger{Name: name})
		w.Gates[name] = workspace.Gate{Policies: policy.NewSet(policies...)}
	}
	first := s.listDirectory().Resources
	if !slices.Contains(first, "api://00-00") || slices.Contains(first, "api://29-49") {
		t.Error("not those of the first triggers")
	}
	for range 20 {
		if !slices.Equal(s.listDirectory().Resources, first) {
			t.Fatal("others are listed the next time")
		}
	}
}
