package server

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/entra"
	"flowgate/inspector"
	"flowgate/workspace"
)

// A word that stands alone in Authorization may be a key: the answer repeats it, as the service's
// does, and the journal does not.
func TestLoneWordOfAuthorizationIsNotKept(t *testing.T) {
	s := gate(t, Options{})
	const key = "q8Zr2mVt0pLx7Yw4NcKd"
	post(s, s.url("orders")+"&sig=x", key, "", "")
	kept, err := json.Marshal(s.newest())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(kept), key) {
		t.Errorf("kept: %s", kept)
	}
}

// A signature that is good under an escaped name is no less a secret.
func TestSignatureUnderAnEscapedNameIsNotKept(t *testing.T) {
	s := gate(t, Options{})
	w := s.Workspace().Workflows[0]
	c := callback("", w, w.Gates[w.Triggers[0].Name], false, time.Time{})
	sig := c.Queries["sig"]
	if sig == "" {
		t.Fatal("no sig")
	}
	for _, name := range []string{"sig", "s%69g", "%73ig", "amp;sig", "amp;amp;Sig", "%26sig"} {
		url := strings.Replace(strings.Replace(c.Value, "sig=", name+"=", 1), "/paths/invoke", "/paths/invoke/extra", 1)
		post(s, url, "", "application/json", "{}")
		kept, err := json.Marshal(s.newest())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(kept), sig) {
			t.Errorf("%s: kept: %s", name, kept)
		}
	}
}

// What browsers show as a document, though its type is written badly: they take a type up to the
// first space, comma or parenthesis, and look into the body where there is none that they know.
// Chromium ran a script of each.
func TestBadlyTypedDocumentsAreSandboxed(t *testing.T) {
	for _, kind := range []string{"text/html, charset=utf-8", "text/html charset=utf-8", "text/html (x)", "*/*", "unknown/unknown", "html"} {
		if isData([]string{kind}) {
			t.Errorf("%q is not sandboxed", kind)
		}
	}
	for _, kind := range []string{"application/json; charset=utf-8", "text/plain", "application/octet-stream"} {
		if !isData([]string{kind}) {
			t.Errorf("%q is sandboxed", kind)
		}
	}
}

// What waits to be written up keeps nothing of its request alive: a piece of its first line, or of a
// header, would keep the whole.
func TestPendingCallKeepsNoRequestAlive(t *testing.T) {
	s := gate(t, Options{})
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	big := strings.Repeat("A", 1<<20)
	for name, request := range map[string]string{
		"method":                 big + " " + s.url("orders") + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"method, query":          big + " " + s.url("orders") + "&a=b HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"method, other workflow": big + " /workflows/x/triggers/manual/paths/invoke?api-version=2016-10-01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"method, other version":  big + " /workflows/x/triggers/manual/paths/invoke?api-version=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"two schemes":            "POST " + s.url("orders") + "&sig=x HTTP/1.1\r\nHost: localhost\r\nAuthorization: X " + big + "\r\n\r\n",
		"header":                 "POST " + s.url("orders") + " HTTP/1.1\r\nHost: localhost\r\nX-Big: " + big + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			const calls = 20
			kept := make([]*pending, 0, calls)
			before := heap()
			for range calls {
				r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(request)))
				if err != nil {
					t.Fatal(err)
				}
				c := s.arrive(httptest.NewRecorder(), r, logicShape)
				at, ok := parseTrigger(r.URL.EscapedPath())
				if !ok {
					t.Fatal(r.URL)
				}
				c.workflowID, c.trigger = at.workflow, at.trigger
				v := c.invoke()
				kept = append(kept, c.pend(v, 0, v.refusal))
			}
			if grown := heap() - before; grown > calls*64<<10 {
				t.Errorf("%d calls keep %d bytes", calls, grown)
			}
			runtime.KeepAlive(kept)
		})
	}
}

// The content type that a caller gives its content goes into a header as well.
func TestContentTypeOfACallerIsNoControlCharacter(t *testing.T) {
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"emulator.yaml": {Data: []byte("workflows:\n  - { file: echo.json, name: echo }\n")},
		"echo.json":     {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http"}},"actions":{"Response":{"type":"Response","inputs":{"body":"@triggerBody()"}}}}}`)},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	s := gate(t, Options{Workspace: ws})
	w := ws.Workflows[0]
	url := callback("", w, w.Gates["manual"], false, time.Time{}).Value
	for _, kind := range []string{`a/b\u0000c`, `a/b\u001b[31m`, `a/b\r\nx: y`, `a/b\u007f`} {
		answer := post(s, url, "", "application/json", `{"$content-type":"`+kind+`","$content":"QQ=="}`)
		if got := answer.Header().Get("Content-Type"); strings.ContainsFunc(got, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			t.Errorf("%s: status %d, Content-Type %q", kind, answer.Code, got)
		}
	}
}

// A claim whose name is a secret's is no more shown in the decision, and in what is said of it, than
// among the token's claims: neither where it is what the policy wants nor where it is not.
func TestSecretClaimOfAPolicyIsNotKept(t *testing.T) {
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"emulator.yaml": {Data: []byte("tenants:\n  - id: " + contoso + "\n    applications: [{ name: caller, clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb }]\nworkflows:\n  - { file: w.json, name: w }\n")},
		"w.json": {Data: []byte(`{"properties":{"accessControl":{"triggers":{"openAuthenticationPolicies":{"policies":{
			"a":{"type":"AAD","claims":[{"name":"iss","value":"https://sts.windows.net/` + contoso + `/"},{"name":"extn.api_key","value":"right-key"}]},
			"b":{"type":"AAD","claims":[{"name":"iss","value":"https://sts.windows.net/` + contoso + `/"},{"name":"extn.api_key","value":"other-key"}]}}}}},
			"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{}}},"actions":{}}}}`)},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	s := gate(t, Options{Workspace: ws})
	for _, key := range []string{"right-key", "RIGHT-KEY-2"} {
		token := s.token(t, entra.Request{Resource: "https://management.azure.com/", Claims: []entra.Override{{Name: "extn.api_key", Value: key}}})
		explained, err := s.Explain(inspector.ExplainRequest{Workflow: "w", Token: token})
		if err != nil {
			t.Fatal(err)
		}
		post(s, s.url("w"), "Bearer "+token, "", "")
		for name, written := range map[string]any{"entry": s.newest(), "explanation": explained} {
			kept, err := json.Marshal(written)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(kept), key) || !strings.Contains(string(kept), `"got":"[redacted]"`) {
				t.Errorf("%s of %s: %s", name, key, kept)
			}
		}
	}
	if e := s.newest(); e.Reason != string(ReasonClaims) || e.Cause != "nearest-policy" || !strings.Contains(e.Detail, `the token has "[redacted]"`) || !strings.Contains(e.Fix, `the token has "[redacted]"`) {
		t.Errorf("%s, %s: %s; %s", e.Reason, e.Cause, e.Detail, e.Fix)
	}
}
