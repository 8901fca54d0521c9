package server

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"flowgate/workspace"
)

// What is said of a call, and what to change about it, repeats nothing that the journal does not keep
// where the call has it.
func TestDetailRepeatsNoSecret(t *testing.T) {
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"emulator.yaml": {Data: []byte("workflows:\n  - { file: echo.json, name: echo }\n  - { file: picky.json, name: picky }\n" +
			"  - { file: document.json, name: document }\n  - { file: status.json, name: status }\n")},
		"echo.json": {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http"}},"actions":{
			"Response":{"type":"Response","inputs":{"headers":{"X-Api-Key":"@triggerBody()?['token']"},"statusCode":"@coalesce(triggerOutputs()['headers']?['X-Status'], 200)"}}}}}`)},
		"picky.json": {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","conditions":[{"expression":"@equals(json(triggerOutputs()['headers']['X-Note']), 1)"}]}},"actions":{}}}`)},
		"status.json": {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http"}},
			"actions":{"Response":{"type":"Response","inputs":{"statusCode":"@triggerOutputs()['headers']['X-Api-Key']"}}}}}`)},
		// Whatever of the call is there has to be JSON.
		"document.json": {Data: []byte(`{"definition":{"parameters":{"pin":{"type":"SecureString","defaultValue":"hunter8"}},
			"triggers":{"manual":{"type":"Request","kind":"Http","conditions":[{"expression":"@equals(json(coalesce(triggerOutputs()['headers']?['X-Api-Key'], triggerOutputs()?['queries']?['token'], triggerBody()?['password'], parameters('pin'))), 1)"}]}},
			"actions":{"Response":{"type":"Response","inputs":{"statusCode":200}}}}}`)},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	s := gate(t, Options{Workspace: ws})
	signed := func(name, sp, se string) string {
		w := s.Workspace().Workflows[slices.IndexFunc(s.Workspace().Workflows, func(w *workspace.Workflow) bool { return w.Name == name })]
		url := logicShape.path(w.ID, "manual") + "?api-version=" + logicVersion + "&sp=" + sp + "&sv=1.0&sig=" + sign(w.Keys.Primary, w.ID, sp, sasVersion, se)
		if se != "" {
			url += "&se=" + se
		}
		return url
	}
	part := base64.RawURLEncoding.EncodeToString
	header := func(text string) string { return "Bearer " + part([]byte(text)) + "." + part([]byte("{}")) + ".c2ln" }
	echo := s.url("echo")
	sent := func(url, header, value, body string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+url, strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:1234"
		r.Header.Set(header, value)
		return r
	}
	call := func(url string) *http.Request { return sent(url, "Accept", "*/*", "") }
	with := func(url, header, value string) *http.Request { return sent(url, header, value, "") }
	scope := sasScope("manual", "")
	for name, r := range map[string]*http.Request{
		"trigger":                call(strings.Replace(echo, "manual", "password=hunter8", 1)),
		"trigger of no flow":     call("/powerautomate/automations/direct" + strings.Replace(strings.Replace(echo, "manual", "password=hunter8", 1), logicVersion, "1", 1)),
		"workflow":               call("/workflows/password=hunter8/triggers/manual/paths/invoke?api-version=" + logicVersion),
		"version":                call(strings.Replace(echo, "/triggers/", "/versions/password=hunter8/triggers/", 1)),
		"path":                   call(strings.Replace(signed("echo", scope, ""), "/invoke", "/invoke/password=hunter8", 1)),
		"api-version":            call(echo + "password=hunter8"),
		"sp":                     call(signed("echo", "password=hunter8", "")),
		"se":                     call(signed("echo", scope, "password=hunter8")),
		"unknown scheme":         with(echo, "Authorization", "hunter8 x"),
		"lone word":              with(echo, "Authorization", "hunter8"),
		"two schemes":            with(echo+"&sig=x", "Authorization", "hunter8 x"),
		"key of a token":         with(echo, "Authorization", header(`{"alg":"RS256","typ":"JWT","kid":"password=hunter8"}`)),
		"algorithm of a token":   with(echo, "Authorization", header(`{"alg":"https://ana:hunter8@host/"}`)),
		"extensions of a token":  with(echo, "Authorization", header(`{"alg":"RS256","typ":"JWT","crit":{"password":"hunter8"}}`)),
		"members of a token":     with(echo, "Authorization", header(`{"password=hunter8":1,"password=hunter8":2}`)),
		"value in a condition":   with(signed("picky", scope, ""), "X-Note", "password=hunter8"),
		"value in a status code": with(signed("echo", scope, ""), "X-Status", "password=hunter8"),
		"secret header":          with(signed("document", scope, ""), "X-Api-Key", "hunter8"),
		"secret in the query":    call(signed("document", scope, "") + "&token=hunter8"),
		"secret in the body":     sent(signed("document", scope, ""), "Content-Type", "application/json", `{"password":"hunter8"}`),
		"secret of the workflow": call(signed("document", scope, "")),
		"secret for a status":    with(signed("status", scope, ""), "X-Api-Key", "hunter8"),
		"value in a header":      sent(signed("echo", scope, ""), "Content-Type", "application/json", `{"token":"hunter8\u0001"}`),
	} {
		s.ServeHTTP(httptest.NewRecorder(), r)
		e := s.newest()
		kept, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(kept), "hunter8") || e.Detail == "" || !strings.Contains(string(kept), "[redacted") {
			t.Errorf("%s: %s", name, kept)
		}
	}
}
