package server

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/entra"
	"flowgate/journal"
	"flowgate/workspace"
)

// Any one of sp, sv and sig asks for the others.
func TestPartOfASignedURLLacksTheRest(t *testing.T) {
	s := gate(t, Options{})
	for _, part := range []string{"&sv=1.0", "&sp=%2Ftriggers%2Fmanual%2Frun", "&sig=x"} {
		if w := post(s, s.url("orders")+part, "", "", ""); w.Code != 401 || !strings.Contains(w.Body.String(), "Required parameters for shared access URL") {
			t.Errorf("%s: %d %s", part, w.Code, w.Body)
		}
	}
}

// signed returns a signed URL of orders that ends at a time.
func signed(s *Server, end time.Time) string {
	for _, w := range s.Workspace().Workflows {
		if w.Name == "orders" {
			return callback("", w, w.Gates["manual"], false, end).Value
		}
	}
	panic("no orders")
}

// A signed URL is dead at the very time of se, and an empty se is no time, though nothing else is signed.
func TestEndOfASignedURL(t *testing.T) {
	s := gate(t, Options{})
	for url, status := range map[string]int{
		signed(s, noon.Add(time.Second)):       200,
		signed(s, noon):                        401,
		signed(s, noon.Add(-time.Second)):      401,
		signed(s, time.Time{}):                 200,
		signed(s, time.Time{}) + "&se=":        401,
		signed(s, time.Time{}) + "&se=&se=":    401,
		signed(s, noon.Add(time.Hour)) + "&se": 401,
	} {
		if w := post(s, url, "", "application/json", "{}"); w.Code != status {
			t.Errorf("%s: %d, want %d: %s", url, w.Code, status, w.Body)
		}
	}
}

func TestManyQueryParameters(t *testing.T) {
	q := appendQuery(nil, strings.Repeat("a&", maxPairs-1)+"b=c&d=e")
	if last := q[len(q)-1]; len(q) != maxPairs || last != (parameter{"b", "c&d=e"}) {
		t.Errorf("%d parameters, the last %v", len(q), last)
	}
}

func TestOtherVersionIsNoWorkflow(t *testing.T) {
	s := gate(t, Options{})
	url := strings.Replace(s.url("orders"), "/triggers/", "/versions/08584000000000000000/triggers/", 1)
	if w := post(s, url, "", "", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "WorkflowNotFound") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestDocumentTypes(t *testing.T) {
	for _, kind := range []string{"text/html", "TEXT/HTML; charset=utf-8", "text/xml", "application/xml", "application/xhtml+xml", "image/svg+xml", "multipart/x-mixed-replace; boundary=b"} {
		if isData([]string{kind}) {
			t.Errorf("%q is not sandboxed", kind)
		}
	}
}

func TestHostIsRepeatedInPart(t *testing.T) {
	s := gate(t, Options{})
	r := httptest.NewRequest(http.MethodPost, s.url("orders"), nil)
	r.Host = strings.Repeat("h", 10_000)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	got := ""
	for name, values := range w.Header() {
		if strings.EqualFold(name, "x-emulator-explain") { // it is sent in lower case
			got = strings.Join(values, "")
		}
	}
	if got == "" || len(got) > 400 {
		t.Errorf("x-emulator-explain has %d bytes", len(got))
	}
}

// responding is a gate of one workflow, r, whose Response is this; and its signed URL.
func responding(t *testing.T, response string) (*Server, string) {
	t.Helper()
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"emulator.yaml": {Data: []byte("workflows:\n  - { file: r.json, name: r }\n")},
		"r.json":        {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http"}},"actions":{"Response":{"type":"Response","inputs":` + response + `}}}}`)},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	w := ws.Workflows[0]
	return gate(t, Options{Workspace: ws}), callback("", w, w.Gates["manual"], false, time.Time{}).Value
}

func TestControlCharactersInAHeaderOfAResponse(t *testing.T) {
	s, url := responding(t, `{"headers":{"X-A":"@triggerBody()"}}`)
	for _, text := range []string{"a\rb", "a\nb", "a\x00b", "a\x1bb", "a\x7fb"} {
		if w := post(s, url, "", "text/plain", text); w.Code != 502 || w.Header().Get("X-A") != "" {
			t.Errorf("%q: %d, X-A %q", text, w.Code, w.Header().Get("X-A"))
		}
	}
}

func TestHeadersOfTheConnectionAreNoResponses(t *testing.T) {
	names := []string{"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Upgrade", "Transfer-Encoding", "X-Emulator-Explain"}
	s, url := responding(t, `{"headers":{"`+strings.Join(names, `":"forged","`)+`":"forged"}}`)
	w := post(s, url, "", "", "")
	if w.Code != 200 {
		t.Error(w.Code)
	}
	for name, values := range w.Header() {
		if strings.Contains(strings.Join(values, ""), "forged") {
			t.Errorf("%s: %s", name, values)
		}
	}
}

func TestPendingCallIsBounded(t *testing.T) {
	s := gate(t, Options{})
	pend := func(url, authorization, body string) *pending {
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+url, strings.NewReader(body))
		r.Header.Set("Content-Type", "text/plain")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		c := s.arrive(httptest.NewRecorder(), r, logicShape)
		at, _ := parseTrigger(r.URL.EscapedPath())
		c.workflowID, c.trigger = at.workflow, at.trigger
		v := c.invoke()
		return c.pend(v, v.status, v.refusal)
	}
	if p := pend(signed(s, time.Time{}), "", strings.Repeat("x", 1<<20)); cap(p.body) > 2*journal.MaxBody || p.bodyRead != 1<<20 {
		t.Errorf("%d bytes kept of %d", cap(p.body), p.bodyRead)
	}
	for _, fill := range pend("/workflows/x/triggers/manual/paths/invoke?api-version="+strings.Repeat("v", 10_000), "", "").fill {
		if len(fill) > maxPendingFill {
			t.Errorf("a fill of %d bytes is kept", len(fill))
		}
	}
	part := func(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
	claim := strings.Repeat("y", 40_000)
	large := pend(s.url("orders"), "Bearer "+part(`{"alg":"RS256","kid":"x"}`)+"."+part(`{"a":"`+claim+`"}`)+".c2ln", "")
	if kept, ok := large.token.Claims["a"].(string); !ok || len(kept) == 0 || len(kept) >= len(claim) || large.read.Claims != nil {
		t.Errorf("of a claim of %d bytes %d are kept (%t), and all of the token: %t", len(claim), len(kept), ok, large.read.Claims != nil)
	}
}

func TestBodyLargerThanAllowed(t *testing.T) {
	s := gate(t, Options{MaxBody: 10})
	for body, status := range map[string]int{"0123456789": 200, "0123456789a": refusedTooLarge.Status} {
		if w := post(s, signed(s, time.Time{}), "", "text/plain", body); w.Code != status {
			t.Errorf("%d bytes: %d, want %d", len(body), w.Code, status)
		}
	}
}

// The whole URL counts, as the caller wrote it.
func TestOriginCountsInAURL(t *testing.T) {
	s := gate(t, Options{})
	const origin = "http://localhost"
	path := s.url("orders") + "&x="
	for more, status := range map[int]int{0: 401, 1: 414} {
		r := httptest.NewRequest(http.MethodPost, path+strings.Repeat("x", maxURL-len(origin)-len(path)+more), nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != status {
			t.Errorf("%d characters: %d, want %d", maxURL+more, w.Code, status)
		}
	}
}

// A word that stands alone in Authorization may be a key.
func TestLoneWordIsNoSchemeToRepeat(t *testing.T) {
	s := gate(t, Options{})
	post(s, s.url("orders"), "q8Zr2mVt0pLx7Yw4", "", "")
	if e := s.newest(); strings.Contains(e.Detail+e.Message+e.Fix+e.Headers["Authorization"], "q8Zr2mVt0pLx7Yw4") {
		t.Errorf("%+v", e)
	}
}

// Who asks before sending a body is answered, not told to send it.
func TestRefusedCallIsNotAskedForItsBody(t *testing.T) {
	s := gate(t, Options{})
	h := httptest.NewServer(s)
	defer h.Close()
	c, err := net.Dial("tcp", h.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", s.url("orders"))
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 401 ") {
		t.Errorf("%q %v", line, err)
	}
}

// Another clock skew is another trust: who goes on with the old verifier goes on with the old skew.
func TestReloadTakesTheClockSkewOver(t *testing.T) {
	s := gate(t, Options{})
	token := "Bearer " + s.token(t, entra.Request{Resource: "https://management.azure.com/",
		Claims: []entra.Override{{Name: "exp", Value: noon.Add(-time.Minute).Unix()}}})
	if w := post(s, s.url("orders"), token, "application/json", "{}"); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	ws := *s.Workspace()
	ws.ClockSkew = 0
	if err := s.Reload(t.Context(), &ws); err != nil {
		t.Fatal(err)
	}
	if w := post(s, s.url("orders"), token, "application/json", "{}"); w.Code != 401 {
		t.Errorf("without skew: %d", w.Code)
	}
}
