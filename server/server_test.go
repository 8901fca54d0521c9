package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"flowgate/entra"
	"flowgate/expression"
	"flowgate/fixtures"
	"flowgate/journal"
	"flowgate/workflow"
	"flowgate/workspace"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// gate is a server of the embedded workspace whose clock stands at noon.
func gate(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Workspace == nil {
		ws, problems := workspace.LoadFS(fixtures.Workspace())
		if ws == nil {
			t.Fatal(problems)
		}
		o.Workspace = ws
	}
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	if o.Journal == 0 {
		o.Journal = 10
	}
	s, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func (s *Server) token(t testing.TB, r entra.Request) string {
	t.Helper()
	r.Now = noon
	token, err := s.Workspace().Directory.Issue(r)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// url returns path and query of a workflow's URL for a call with a token.
func (s *Server) url(name string) string {
	for _, w := range s.Workspace().Workflows {
		if w.Name == name {
			bare, _ := URLs("", w, w.Triggers[0].Name)
			return bare
		}
	}
	panic("no workflow " + name)
}

func post(s http.Handler, url, authorization, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+url, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:1234"
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *Server) newest() *journal.Entry { return s.journal.List(journal.Filter{Limit: 1})[0] }

// A verdict that nothing was decided in must not let a call in.
func TestZeroVerdictAdmitsNobody(t *testing.T) {
	s := gate(t, Options{})
	w := httptest.NewRecorder()
	c := s.arrive(w, httptest.NewRequest(http.MethodPost, "http://localhost/", nil), logicShape)
	s.finish(c, func(*call) *verdict { return &verdict{} })
	if w.Code != http.StatusInternalServerError || s.newest().Outcome != journal.Refused {
		t.Errorf("answered %d, noted %s", w.Code, s.newest().Outcome)
	}
}

// A failure of ours is the call's own, is noted, and admits nobody.
func TestFailureInsideAdmitsNobody(t *testing.T) {
	var log bytes.Buffer
	s := gate(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	w := httptest.NewRecorder()
	c := s.arrive(w, httptest.NewRequest(http.MethodPost, "http://localhost/", nil), logicShape)
	s.finish(c, func(*call) *verdict { panic("boom") })
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if e := s.newest(); e.Outcome != journal.Refused || e.Status != http.StatusInternalServerError || !strings.Contains(log.String(), "boom") {
		t.Errorf("%+v\n%s", e, &log)
	}
}

// Nothing a caller sends may crash a call, fill the journal, or leave a secret in
// it or in the log.
func TestHostileCalls(t *testing.T) {
	var log bytes.Buffer
	s := gate(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	good := s.token(t, entra.Request{Resource: "https://management.azure.com/"})
	signature := good[strings.LastIndexByte(good, '.')+1:]
	enc := base64.RawURLEncoding
	forged := func(header string) string {
		return enc.EncodeToString([]byte(header)) + "." + strings.Split(good, ".")[1] + "." + signature
	}
	for name, tc := range map[string]struct {
		authorization string
		reason        Reason
	}{
		"a token of 1 MB":    {"Bearer " + strings.Repeat("A", 1<<20), "token-malformed"},
		"ten thousand dots":  {"Bearer " + strings.Repeat(".", 10_000), "token-malformed"},
		"alg none":           {"Bearer " + forged(`{"alg":"none","typ":"JWT"}`), "token-algorithm"},
		"no kid":             {"Bearer " + forged(`{"alg":"RS256","typ":"JWT"}`), "token-key"},
		"an embedded key":    {"Bearer " + forged(`{"alg":"RS256","typ":"JWT","kid":"x","jwk":{"kty":"RSA"},"jku":"http://127.0.0.1:1/"}`), "token-key"},
		"a changed header":   {"Bearer " + forged(`{"typ":"JWT","alg":"RS256","kid":"m1qGqL5cMNH2Sf5D-g1-VYgnCVw"}`), "token-signature"},
		"no token":           {"Bearer", "token-malformed"},
		"another scheme":     {"Basic Y2FsbGVyOmxvY2FsLXNlY3JldA==", "token-malformed"},
		"no scheme":          {good, "token-malformed"},
		"control characters": {"Bearer \x01\x02", "token-malformed"},
		"two tokens in one":  {"Bearer " + good + ", Bearer " + good, "token-malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := post(s, s.url("orders"), tc.authorization, "application/json", `{"password":"top-secret"}`)
			e := s.newest()
			if w.Code != 401 || !strings.Contains(w.Body.String(), "DirectApiInvalidAuthorizationScheme") || e.Reason != string(tc.reason) {
				t.Errorf("%d %s, reason %s: %s", w.Code, w.Body, e.Reason, e.Detail)
			}
			kept := fmt.Sprint(*e)
			for _, secret := range []string{signature, "top-secret", "Y2FsbGVyOmxvY2FsLXNlY3JldA"} {
				if strings.Contains(kept, secret) || strings.Contains(log.String(), secret) {
					t.Errorf("%q is kept: %s", secret, kept)
				}
			}
			if len(kept) > 16<<10 {
				t.Errorf("the entry has %d bytes", len(kept))
			}
		})
	}
}

// What is kept of a call does not keep the call: substrings would hold the whole
// request, claims the whole token.
func TestJournalKeepsNoRequestAlive(t *testing.T) {
	s := gate(t, Options{Journal: 100})
	big := strings.Repeat("x", 1<<20)
	unsigned := func(claims string) string {
		enc := base64.RawURLEncoding
		return enc.EncodeToString([]byte(`{"alg":"RS256","kid":"x"}`)) + "." + enc.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for name, tc := range map[string]struct {
		authorization string
		most          int64 // bytes of an entry
	}{
		"no token":          {"", 16 << 10},
		"many small values": {"Bearer " + unsigned(`{"a":[`+strings.Repeat("{},", 11_000)+`{}]}`), 192 << 10}, // each is a map of its own
		"one long value":    {"Bearer " + unsigned(`{"a":"`+strings.Repeat("y", 40_000)+`"}`), 16 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			const calls = 100
			s.journal.Clear()
			before := heapInUse()
			for range calls {
				r := httptest.NewRequest(http.MethodPost, "http://localhost"+s.url("orders")+"&x="+strings.Repeat("%41", 1000), nil)
				r.Header.Set("X-Big", strings.Clone(big))
				if tc.authorization != "" {
					r.Header.Set("Authorization", tc.authorization)
				}
				s.ServeHTTP(httptest.NewRecorder(), r)
			}
			s.journal.List(journal.Filter{}) // writes them up
			if grown := heapInUse() - before; grown > calls*tc.most {
				t.Errorf("an entry keeps %d bytes", grown/calls)
			}
		})
	}
}

func TestClaimsKeepNoSecrets(t *testing.T) {
	s := gate(t, Options{})
	inner := s.token(t, entra.Request{Resource: "https://management.azure.com/"})
	signature := inner[strings.LastIndexByte(inner, '.')+1:]
	token := s.token(t, entra.Request{Resource: "https://management.azure.com/", Claims: []entra.Override{
		{Name: "inner", Value: inner}, {Name: "list", Value: []string{inner}},
		{Name: "o", Value: map[string]any{"access_token": "top-secret"}}, {Name: "password", Value: "top-secret"}}})
	for _, sent := range []string{token, token[:len(token)-4] + "AAAA"} {
		post(s, s.url("orders"), "Bearer "+sent, "", "")
		kept, err := json.Marshal(s.newest())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(kept), signature) || strings.Contains(string(kept), "top-secret") {
			t.Errorf("kept: %s", kept)
		}
	}
}

// A workflow whose keys are missing takes no signature, not one made with no key.
func TestZeroKeysSignNothing(t *testing.T) {
	s := gate(t, Options{})
	c := s.arrive(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "http://localhost/?sp=a&sv=1.0&sig="+sign(nil, "id", "a", "1.0", ""), nil), logicShape)
	c.workflow = &workspace.Workflow{Workflow: &workflow.Workflow{ID: "id"}}
	if c.signedByOwnKey("a", "1.0", "") {
		t.Error("a signature made without a key is good")
	}
}

// A signature is good for one workflow, scope, version and end: none of them can be changed under
// it, nor can a piece of one be moved into the next.
func TestSignatureIsOfEveryPart(t *testing.T) {
	key := []byte("a-key-for-tests")
	own := sign(key, "id", "/triggers/a/run", "1.0", "2030-01-01")
	for name, other := range map[string]string{
		"workflow":    sign(key, "it", "/triggers/a/run", "1.0", "2030-01-01"),
		"sp":          sign(key, "id", "/triggers/b/run", "1.0", "2030-01-01"),
		"sv":          sign(key, "id", "/triggers/a/run", "1.1", "2030-01-01"),
		"se":          sign(key, "id", "/triggers/a/run", "1.0", "2031-01-01"),
		"no se":       sign(key, "id", "/triggers/a/run", "1.0", ""),
		"moved to sp": sign(key, "i", "d/triggers/a/run", "1.0", "2030-01-01"),
		"moved to sv": sign(key, "id", "/triggers/a/ru", "n1.0", "2030-01-01"),
		"moved to se": sign(key, "id", "/triggers/a/run", "1.", "02030-01-01"),
		"another key": sign([]byte("a-key-for-test"), "id", "/triggers/a/run", "1.0", "2030-01-01"),
	} {
		if other == own {
			t.Errorf("%s: the same signature", name)
		}
	}
	if sign(key, "id", "a\nb", "1.0", "") == sign(key, "id\na", "b", "1.0", "") {
		t.Error("a line break divides parts")
	}
}

func TestLogLineCannotBeForged(t *testing.T) {
	var log bytes.Buffer
	s := gate(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	post(s, "/workflows/x%0Alevel=ERROR%20msg=forged/triggers/a%0Ab/paths/invoke?api-version=2016-10-01", "", "", "")
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("one call, %d lines: %s", n, &log)
	}
}

// A read that fails is the caller's loss alone.
func TestBrokenBody(t *testing.T) {
	s := gate(t, Options{})
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+s.url("orders"), io.MultiReader(strings.NewReader("{"), brokenReader{}))
	r.Header.Set("Authorization", "Bearer "+s.token(t, entra.Request{Resource: "https://management.azure.com/"}))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 400 || s.newest().Reason != string(ReasonBody) || strings.Contains(w.Body.String(), "connection reset") {
		t.Errorf("%d %s, %s", w.Code, w.Body, s.newest().Reason)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestJSONNetErrors(t *testing.T) {
	for body, want := range map[string]string{
		"Call me":        "Unexpected character encountered while parsing value: C. Path '', line 0, position 0.",
		"{\n  \"a\": x}": "Unexpected character encountered while parsing value: x. Path '', line 2, position 7.",
		`{"a":1`:         "Unexpected end when reading JSON. Path '', line 1, position 6.",
		"ä":              "Unexpected character encountered while parsing value: ä. Path '', line 0, position 0.",
	} {
		_, err := expression.Decode([]byte(body))
		if err == nil {
			t.Fatalf("%q is JSON", body)
		}
		if got := jsonNetError([]byte(body), err); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", body, got, want)
		}
	}
}

// A body may be as large as the service takes one: saying where it is wrong takes no copy.
func TestJSONNetErrorCopiesNoBody(t *testing.T) {
	body := append(bytes.Repeat([]byte("[\n"), 4<<20), 'x')
	wrong := &expression.SyntaxError{Offset: len(body) - 1}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := jsonNetError(body, wrong)
	runtime.ReadMemStats(&after)
	if want := "Unexpected character encountered while parsing value: x. Path '', line 4194305, position 0."; got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > uint64(len(body)/8) {
		t.Errorf("%d bytes are taken to word the error of %d", taken, len(body))
	}
}

func TestMatchPath(t *testing.T) {
	for _, tc := range []struct {
		relative, path string
		want           string // values as JSON; empty: no match
	}{
		{"", "", "{}"},
		{"", "/", "{}"},
		{"", "x", ""},
		{"address/{postalCode}", "address/98052", `{"postalCode":"98052"}`},
		{"address/{postalCode}", "address/a%2Fb", `{"postalCode":"a/b"}`},
		{"address/{postalCode}", "address", ""},
		{"address/{postalCode}", "address/", ""},
		{"address/{postalCode}", "address/1/2", ""},
		{"address/{postalCode}", "street/1", ""},
		{"{a}/{b}", "1/2", `{"a":"1","b":"2"}`},
		{"a", "%zz", ""},
		{"items/item-{id}", "items/item-5", `{"id":"5"}`},
		{"items/item-{id}", "items/item-", ""},
		{"{a}-{b}.json", "1-2.json", `{"a":"1","b":"2"}`},
		{"{a}.json", "x.json.json", `{"a":"x.json"}`},
		{"{a}.json", "x.xml", ""},
		{"address/{code}", "address/100%25", `{"code":"100%"}`},
	} {
		values, ok := matchPath(tc.relative, tc.path)
		got := ""
		if ok {
			got = string(expression.Encode(values))
		}
		if got != tc.want {
			t.Errorf("%q on %q: %q", tc.path, tc.relative, got)
		}
	}
}

func TestCatalogueIsInOrder(t *testing.T) {
	last := 0
	for _, r := range Catalogue() {
		if r.Number <= last || r.Code == "" || r.Message == "" || r.When == "" || r.Evidence == "" || r.Status < 400 {
			t.Errorf("%+v", r)
		}
		last = r.Number
	}
}
