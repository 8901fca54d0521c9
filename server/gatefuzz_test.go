package server

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/fixtures"
	"flowgate/journal"
	"flowgate/workspace"
)

// signer is a key that the fuzzed gate trusts and that the test can sign with, so
// that it gets behind the signature, where chance alone never would.
func signer(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	data, err := os.ReadFile("../fixtures/vectors/generate/trusted.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// signedWorkspace is the embedded workspace, and it believes signer alone.
func signedWorkspace(t testing.TB) *workspace.Workspace {
	t.Helper()
	keys, err := os.ReadFile("../fixtures/vectors/keys/one.json")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"keys.json": {Data: keys}}
	embedded := fixtures.Workspace()
	for _, name := range []string{"emulator.yaml", "workflows/orders.json", "workflows/payroll.json", "workflows/hooks.json", "workflows/invoices.json", "workflows/approvals.json", "workflows/signup.json"} {
		file, err := embedded.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		files[path.Clean(name)] = &fstest.MapFile{Data: bytes.Replace(data, []byte("trust: [emulator]"), []byte("trust: [keys.json]"), 1)}
	}
	ws, problems := workspace.LoadFS(files)
	if ws == nil {
		t.Fatal(problems)
	}
	return ws
}

// asked is what a token must say to pass a gate of the embedded workspace, written
// down here once more: it is not read out of what the product made of its documents.
var asked = map[string][]map[string]string{
	"orders": {
		{"iss": "https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/", "aud": "https://management.azure.com/", "appid": "00001111-aaaa-2222-bbbb-3333cccc4444"},
		{"iss": "https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0", "aud": "33334444-dddd-5555-eeee-6666ffff7777", "azp": "00001111-aaaa-2222-bbbb-3333cccc4444"},
	},
	"payroll":  {{"iss": "https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/", "aud": "https://management.azure.com/", "roles": "Payroll.Run"}},
	"invoices": {{"iss": "https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/", "aud": "https://service.flow.microsoft.com/", "tid": "aaaabbbb-0000-cccc-1111-dddd2222eeee"}},
	"approvals": {{"iss": "https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/", "aud": "https://service.flow.microsoft.com/", "tid": "aaaabbbb-0000-cccc-1111-dddd2222eeee",
		"oid": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"}},
	"hooks":  nil, // signed URLs alone
	"signup": nil,
}

// members reads an object as the plainest of readers does, and reports whether a
// name stands in it twice at the top.
func members(text []byte) (all map[string]any, twice, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&all) != nil || all == nil {
		return nil, false, false
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, false, false
	}
	names := 0
	dec = json.NewDecoder(bytes.NewReader(text))
	for _, _ = dec.Token(); dec.More(); names++ { // after the opening brace: name, value, name, …
		var value json.RawMessage
		if _, err := dec.Token(); err != nil || dec.Decode(&value) != nil {
			return nil, false, false
		}
	}
	return all, names != len(all), true
}

// may says whether a signed token with these parts may pass a workflow's gate, as
// the RFCs and the service's rules have it: judged with encoding/json alone.
func may(header, claims []byte, workflow string, now time.Time, skew time.Duration) error {
	h, twice, ok := members(header)
	if !ok || twice {
		return fmt.Errorf("its header is no plain object")
	}
	if h["alg"] != "RS256" || h["kid"] != "trusted" {
		return fmt.Errorf("alg %v, kid %v", h["alg"], h["kid"])
	}
	if _, there := h["crit"]; there {
		return fmt.Errorf("it has crit")
	}
	c, twice, ok := members(claims)
	if !ok || twice {
		return fmt.Errorf("its claims are no plain object")
	}
	seconds := func(name string) (float64, bool) {
		n, _ := c[name].(json.Number)
		v, err := strconv.ParseFloat(string(n), 64)
		return v, err == nil
	}
	exp, ok := seconds("exp")
	if !ok || exp < 0 || float64(now.UnixNano())/1e9 > exp+skew.Seconds()+1e-3 {
		return fmt.Errorf("exp is %v", c["exp"])
	}
	if nbf, ok := seconds("nbf"); c["nbf"] != nil && (!ok || math.IsNaN(nbf) || nbf > float64(now.Unix())+skew.Seconds()+1e-3) {
		return fmt.Errorf("nbf is %v", c["nbf"])
	}
	for _, policy := range asked[workflow] {
		holds := true
		for name, wanted := range policy {
			holds = holds && holdsClaim(c[name], wanted)
		}
		if holds {
			return nil
		}
	}
	return fmt.Errorf("no policy's claims all stand in it")
}

func holdsClaim(got any, wanted string) bool {
	if list, isList := got.([]any); isList {
		return slices.Contains(list, any(wanted))
	}
	return got == wanted
}

// FuzzSignedToken signs whatever header and claims come, with a key that the gate
// trusts. Whom it then admits, the judgement above must admit too; and whom it
// refuses for his claims, it tells which and what to change.
func FuzzSignedToken(f *testing.F) {
	key := signer(f)
	now := noon
	s := gate(f, Options{Workspace: signedWorkspace(f), Now: func() time.Time { return now }, Journal: 1})
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range asked {
			if !yield(name) {
				return
			}
		}
	})
	at := noon.Unix()
	head := `{"typ":"JWT","alg":"RS256","kid":"trusted"}`
	for i, name := range names {
		for _, policy := range append(asked[name], map[string]string{}) {
			claims := map[string]any{"exp": at + 3600, "nbf": at - 300}
			for n, v := range policy {
				claims[n] = v
			}
			text, err := json.Marshal(claims)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(head, string(text), byte(i), int64(0))
			f.Add(head, string(text), byte(i), int64(3900))
			f.Add(head, string(text), byte(i), int64(4000))
			f.Add(head, strings.Replace(string(text), `"aud"`, `"aud":"x","aud"`, 1), byte(i), int64(0))
			for _, wanted := range policy { // each claim a little off
				f.Add(head, strings.Replace(string(text), wanted, wanted+"x", 1), byte(i), int64(0))
			}
		}
	}
	f.Add(`{"alg":"none","kid":"trusted"}`, `{}`, byte(0), int64(0))
	f.Add(`{"alg":"RS256","kid":"trusted","crit":["exp"]}`, `{"exp":1e400}`, byte(0), int64(0))
	f.Fuzz(func(t *testing.T, header, claims string, which byte, seconds int64) {
		workflow := names[int(which)%len(names)]
		now = noon.Add(time.Duration(seconds%(1<<31)) * time.Second)
		text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		digest := sha256.Sum256([]byte(text))
		signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		w := post(s, s.url(workflow), "Bearer "+text+"."+base64.RawURLEncoding.EncodeToString(signature), "application/json", "{}")
		e := s.newest()
		switch {
		case w.Code >= 500:
			t.Fatalf("%d %s", w.Code, w.Body)
		case w.Code != e.Status:
			t.Fatalf("answered %d, noted %d", w.Code, e.Status)
		case e.Outcome == journal.Admitted:
			if err := may([]byte(header), []byte(claims), workflow, now, 5*time.Minute); err != nil {
				t.Fatalf("admitted to %s although %v\n%s\n%s", workflow, err, header, claims)
			}
		case w.Code < 400:
			t.Fatalf("refused with %d", w.Code)
		case e.Fix == "":
			t.Fatalf("refused for %s without a fix", e.Reason)
		case e.Reason == string(ReasonClaims) && e.Cause == "":
			t.Fatalf("refused for its claims without a cause: %s", e.Detail)
		}
		if kept := len(fmt.Sprint(*e)); kept > 256<<10 {
			t.Fatalf("the journal keeps %d bytes of it", kept)
		}
	})
}

// FuzzRequest gives the gate whatever net/http takes for a request, at any address of
// any of its parts. The answer is no failure of ours, is what its headers say, and
// has no more of the request in it than the request had.
func FuzzRequest(f *testing.F) {
	s := gate(f, Options{Journal: 10})
	for _, raw := range []string{
		"POST " + s.url("orders") + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
		"POST " + s.url("invoices") + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a.b.c\r\nAuthorization: PoP d.e.f\r\n\r\n",
		"GET /_emulator/api/requests?limit=1&code=x HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n",
		"POST /_emulator/api/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33\r\n\r\n{\"resource\":\"x\",\"claims\":{\"a\":1}}",
		"POST /_emulator/api/explain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 53\r\n\r\n{\"workflow\":\"orders\",\"trigger\":\"manual\",\"token\":\"a.b.c\"}",
		"PUT /_emulator/api/clock HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 15\r\n\r\n{\"offset\":\"1h\"}",
		"PUT /_emulator/api/workflows/orders/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{\"state\":\"Disabled\"}",
		"POST /contoso.example/oauth2/v2.0/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\n\r\ngrant_type=client_credentials",
		"GET /contoso.example/v2.0/.well-known/openid-configuration HTTP/1.1\r\nHost: a:1\r\n\r\n",
		"GET /metadata/identity/oauth2/token?resource=x&api-version=2018-02-01 HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\n\r\n",
		"GET /workflows/%2e%2e%2f/triggers/%00/paths/invoke/%0d%0aSet-Cookie:%20x?api-version=%0d%0a HTTP/1.1\r\nHost: localhost\r\nx-ms-client-tracking-id: a\r\n\r\n",
		"GET http://evil.example/_emulator/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil || waits(r) {
			return
		}
		r.RemoteAddr = "127.0.0.1:1"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError {
			t.Fatalf("%q: %d %s", raw, w.Code, w.Body)
		}
		for name, values := range w.Header() {
			for _, v := range values {
				if strings.ContainsAny(name+v, "\r\n\x00") {
					t.Fatalf("%q: header %q: %q", raw, name, v)
				}
			}
		}
		if kind := w.Header().Get("Content-Type"); strings.HasPrefix(kind, "application/json") && w.Code >= 400 && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%q: it says JSON, but %s", raw, w.Body)
		}
		if !strings.HasPrefix(r.URL.Path, "/_emulator") && w.Body.Len() > 64<<10+8*len(raw) {
			t.Fatalf("%q: %d bytes for %d", raw, w.Body.Len(), len(raw))
		}
	})
}

// waits reports whether a request asks to be held: it would be, for as long as it says.
func waits(r *http.Request) bool {
	p := r.URL.Path
	return strings.Contains(p, "stream") || strings.Contains(p, "wait") || strings.Contains(p, "refresh")
}
