package server

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/entra"
	"flowgate/fixtures"
	"flowgate/workspace"
)

const contoso = "aaaabbbb-0000-cccc-1111-dddd2222eeee"

// issuer signs tokens with a key of its own, as Entra does in the cloud.
type issuer struct{ key *rsa.PrivateKey }

func (i issuer) keys(kid, of string) []byte {
	key := i.jwk()
	key["use"], key["kid"], key["x5t"], key["issuer"] = "sig", kid, kid, "https://login.microsoftonline.com/"+of+"/v2.0"
	set, _ := json.Marshal(map[string]any{"keys": []any{key}})
	return set
}

// jwk is the public key.
func (i issuer) jwk() map[string]any {
	enc := base64.RawURLEncoding
	return map[string]any{"kty": "RSA", "n": enc.EncodeToString(i.key.N.Bytes()), "e": enc.EncodeToString(big.NewInt(int64(i.key.E)).Bytes())}
}

func (i issuer) token(t *testing.T, kid string, claims map[string]any) string {
	t.Helper()
	return i.sign(t, map[string]any{"typ": "JWT", "alg": "RS256", "kid": kid}, claims)
}

func (i issuer) sign(t *testing.T, header, claims map[string]any) string {
	t.Helper()
	var parts [2]string
	for n, part := range [...]map[string]any{header, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[n] = base64.RawURLEncoding.EncodeToString(text)
	}
	signed := parts[0] + "." + parts[1]
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// With trust: [entra], the cloud's keys decide. A local server stands in the cloud's
// place: the client alone is led there, the address stays Entra's.
func TestTrustEntra(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cloud := issuer{key}
	var asked atomic.Value
	keys := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Host + r.URL.Path)
		set := cloud.keys("any", "{tenantid}")
		other := cloud.keys("theirs", "bbbbcccc-1111-dddd-2222-eeee3333ffff")
		// One document with a key for every tenant and a key for another tenant alone.
		_, _ = w.Write([]byte(strings.Replace(string(set), "]}", ",", 1) + strings.TrimPrefix(string(other), `{"keys":[`)))
	}))
	defer keys.Close()
	client := keys.Client()
	transport := client.Transport.(*http.Transport)
	transport.TLSClientConfig.ServerName = "example.com" // the name in the test server's certificate
	transport.DialTLSContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&tls.Dialer{Config: transport.TLSClientConfig}).DialContext(ctx, network, keys.Listener.Addr().String())
	}

	data, err := fs.ReadFile(fixtures.Workspace(), "workflows/orders.json")
	if err != nil {
		t.Fatal(err)
	}
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"orders.json":   {Data: data},
		"emulator.yaml": {Data: []byte("trust: [entra]\ntenants: [{ id: " + contoso + ", applications: [{ name: caller, clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb }] }]\nworkflows: [{ file: orders.json }]\n")},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	s := gate(t, Options{Workspace: ws, Client: client})
	waitReady(t, s)
	if got := asked.Load(); got != "login.microsoftonline.com/common/discovery/v2.0/keys" {
		t.Errorf("asked %v", got)
	}
	claims := map[string]any{"iss": "https://sts.windows.net/" + contoso + "/", "tid": contoso, "aud": "https://management.azure.com/",
		"appid": "00001111-aaaa-2222-bbbb-3333cccc4444", "exp": noon.Add(time.Hour).Unix()}
	for name, tc := range map[string]struct {
		token  string
		status int
		reason string
	}{
		"the cloud's token":               {cloud.token(t, "any", claims), 200, "none"},
		"signed by another tenant's key":  {cloud.token(t, "theirs", claims), 401, "token-key"},
		"the emulator's own, not trusted": {s.token(t, entra.Request{Resource: "https://management.azure.com/"}), 401, "token-key"},
	} {
		w := post(s, s.url("orders"), "Bearer "+tc.token, "", "")
		if w.Code != tc.status || s.newest().Reason != tc.reason {
			t.Errorf("%s: %d %s: %s", name, w.Code, s.newest().Reason, s.newest().Detail)
		}
	}
}

// A trusted URL that is signed is fetched as it is written, and shown without what signs it: to
// callers, on the pages, in the log and in the journal, when its keys have come and when they are lost.
func TestSignedURLOfAKeySetIsNotShown(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	theirs := issuer{key}
	var broken atomic.Bool
	keys := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "sv=1&sig=hunter8" {
			t.Errorf("asked with %s", r.URL.RawQuery)
		}
		if broken.Load() {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(theirs.keys("theirs", contoso))
	}))
	defer keys.Close()
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"w.json":        {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","inputs":{}}},"actions":{}}}`)},
		"emulator.yaml": {Data: []byte("trust: [\"" + keys.URL + "/keys.json?sv=1&sig=hunter8\"]\nworkflows: [{ file: w.json, name: w }]\n")},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	var log, said bytes.Buffer
	s := gate(t, Options{Workspace: ws, Client: keys.Client(), Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	waitReady(t, s)
	shown := keys.URL + "/keys.json?sv=…&sig=…"
	read := func(method, path, body string) {
		r := httptest.NewRequest(method, "http://localhost/_emulator"+path, strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:1234"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		said.WriteString(w.Body.String())
	}
	claims := map[string]any{"iss": "https://sts.windows.net/x/", "exp": noon.Add(time.Hour).Unix()} // of a tenant that the key is not for
	for _, lost := range []bool{false, true} {
		broken.Store(lost)
		if err := s.Refresh(t.Context()); (err != nil) != lost {
			t.Error(err)
		}
		for _, kid := range []string{"theirs", "unknown"} {
			token := theirs.token(t, kid, claims)
			said.WriteString(post(s, s.url("w"), "Bearer "+token, "", "").Body.String())
			if detail := s.newest().Detail; !strings.Contains(detail, "source "+shown) {
				t.Errorf("%s: %s", kid, detail)
			}
			read(http.MethodPost, "/api/explain", `{"token":"`+token+`"}`)
		}
		for _, path := range []string{"/", "/ready", "/metrics", "/explain", "/api/keys", "/api/requests", "/api/workflows"} {
			read(http.MethodGet, path, "")
		}
	}
	s.Close() // so that nobody writes to the log any more
	said.Write(log.Bytes())
	if text := said.String(); strings.Contains(text, "hunter8") || !strings.Contains(text, `"lastError": "`+shown+`: `) || !strings.Contains(log.String(), "not fetched") {
		t.Error(text)
	}
}

func waitReady(t *testing.T, s *Server) {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if ready, keys := s.ready(); ready {
			return
		} else if _, err := json.Marshal(keys); err != nil {
			t.Fatal(err)
		}
		select {
		case <-deadline.C:
			t.Fatal("the keys never came")
		case <-tick.C:
		}
	}
}

// Without the network the emulator starts all the same, answers at once, and says
// that it is not ready.
func TestUnreachableKeys(t *testing.T) {
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"w.json":        {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","inputs":{}}},"actions":{}}}`)},
		"emulator.yaml": {Data: []byte("trust: [\"http://127.0.0.1:1/keys\"]\nworkflows: [{ file: w.json, name: w }]\n")},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	s := gate(t, Options{Workspace: ws})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/_emulator/ready", nil))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"ready": false`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	started := time.Now()
	embedded := gate(t, Options{})
	token := embedded.token(t, entra.Request{Resource: "https://management.azure.com/"})
	if w := post(s, s.url("w"), "Bearer "+token, "", ""); w.Code != 401 || s.newest().Reason != "token-key" {
		t.Errorf("%d %s", w.Code, s.newest().Reason)
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("the call waited %s for the network", took)
	}
}
