package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/workspace"
)

func TestReloadIsWhole(t *testing.T) {
	s := gate(t, Options{})
	before := s.url("orders")
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"emulator.yaml": {Data: []byte("refusals: { NoSuchCode: { status: 401 } }\nworkflows: [{ file: w.json, name: w }]\n")},
		"w.json":        {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","inputs":{}}},"actions":{}}}`)},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	if err := s.Reload(context.Background(), ws); err == nil || !strings.Contains(err.Error(), `"NoSuchCode"`) {
		t.Errorf("an unknown refusal is replaced: %v", err)
	}
	if w := post(s, before, "", "", ""); w.Code != 401 {
		t.Errorf("after a reload that failed: %d", w.Code)
	}
	ws.Refusals = nil
	if err := s.Reload(context.Background(), ws); err != nil {
		t.Fatal(err)
	}
	if w := post(s, before, "", "", ""); w.Code != 404 {
		t.Errorf("after a reload: %d", w.Code)
	}
}

// A call is judged and answered by the workspace that it came to, whatever is loaded in the
// middle of it: when it has arrived, and while its body is read.
func TestReloadInTheMiddleOfACall(t *testing.T) {
	before, after := newIssuer(t), newIssuer(t)
	for _, moment := range []string{"when it has arrived", "while its body is read"} {
		for _, scheme := range []string{"Bearer", "PoP"} {
			for _, body := range []string{`{"order":1}`, "no JSON"} {
				t.Run(scheme+" with "+body+", "+moment, func(t *testing.T) {
					arrived := func() {}
					s := gate(t, Options{Workspace: doorOf(t, "before", before), NewID: func() string { arrived(); return "id" }})
					load := func() {
						arrived = func() {}
						if err := s.Reload(t.Context(), doorOf(t, "after", after)); err != nil {
							t.Error(err)
						}
					}
					call := func(read func()) string {
						r := httptest.NewRequest(http.MethodPost, "http://localhost"+doorPath, io.MultiReader(onRead(read), strings.NewReader(body)))
						r.Header.Set("Authorization", scheme+" "+before.credential(t, scheme, "before"))
						r.Header.Set("Content-Type", "application/json")
						w := httptest.NewRecorder()
						s.ServeHTTP(w, r)
						said, e := fmt.Sprintln(w.Code, w.Body), s.newest()
						for _, name := range []string{"x-ms-request-id", "x-ms-workflow-name", "x-ms-execution-location"} {
							said += fmt.Sprintln(w.Header()[name]) // in the service's own letters
						}
						return said + fmt.Sprintln(e.Reason, e.Detail)
					}
					want, read := call(func() {}), func() {}
					if moment == "while its body is read" {
						read = load
					} else {
						arrived = load
					}
					if during := call(read); during != want || !strings.Contains(want, "before") {
						t.Errorf("the old workspace answers\n%sand with a reload in the middle\n%s", want, during)
					}
					if next := call(func() {}); !strings.Contains(next, "401") {
						t.Errorf("the next call is answered by the old workspace still: %s", next)
					}
				})
			}
		}
	}
}

const doorPath = "/workflows/00000000000000000000000000000001/triggers/manual/paths/invoke?api-version=2016-10-01"

// doorOf is a workspace of one workflow that has its name, the region and the words from the
// given one, admits tokens for it alone, and believes one issuer.
func doorOf(t *testing.T, name string, trusted issuer) *workspace.Workspace {
	t.Helper()
	policies := ""
	for i, kind := range []string{"AAD", "AADPOP"} {
		policies += fmt.Sprintf(`%q: {"type": %q, "claims": [{"name": "iss", "value": "https://sts.windows.net/%s/"}, {"name": "aud", "value": %q}]},`, fmt.Sprint(i), kind, contoso, name)
	}
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"keys.json": {Data: trusted.keys(name, "{tenantid}")},
		"door.json": {Data: []byte(`{"properties": {
			"accessControl": {"triggers": {"openAuthenticationPolicies": {"policies": {` + strings.TrimSuffix(policies, ",") + `}}}},
			"definition": {"triggers": {"manual": {"type": "Request", "kind": "Http"}},
				"actions": {"Response": {"type": "Response", "kind": "Http", "inputs": {"statusCode": 200, "body": "` + name + `"}, "runAfter": {}}}}}}`)},
		"emulator.yaml": {Data: []byte("region: " + name + "\ntrust: [keys.json]\nrefusals: { InvalidRequestContent: { message: in the words of " + name + " } }\n" +
			"workflows: [{ file: door.json, name: " + name + ", id: \"00000000000000000000000000000001\" }]\n")},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	return ws
}

// credential is an access token for aud, or a request that its owner signed.
func (i issuer) credential(t *testing.T, scheme, aud string) string {
	t.Helper()
	token := i.token(t, aud, map[string]any{"iss": "https://sts.windows.net/" + contoso + "/", "tid": contoso, "aud": aud,
		"exp": noon.Add(time.Hour).Unix(), "cnf": map[string]any{"jwk": i.jwk()}})
	if scheme == "Bearer" {
		return token
	}
	return i.sign(t, map[string]any{"typ": "pop", "alg": "RS256"}, map[string]any{"at": token, "ts": noon.Unix()})
}

// onRead is a reader of nothing that says when it is read.
type onRead func()

func (f onRead) Read([]byte) (int, error) { f(); return 0, io.EOF }
