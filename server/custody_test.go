package server

import (
	"crypto/rand"
	"crypto/rsa"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/entra"
	"flowgate/workspace"
)

// trusting is a server with one flow that is open to contoso's tokens, signed with the emulator's
// keys or with those at the URL.
func trusting(t *testing.T, url string) *Server {
	t.Helper()
	ws, problems := workspace.LoadFS(fstest.MapFS{
		"flow.json": {Data: []byte(`{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{"triggerAuthenticationType":"Tenant"}}},"actions":{}}}`)},
		"emulator.yaml": {Data: []byte("trust: [emulator, \"" + url + "\"]\ntenants: [{ id: " + contoso + ", domain: contoso.example, applications: [{ name: caller, clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb }] }]\n" +
			"workflows: [{ file: flow.json, name: flow, profile: powerautomate, tenant: contoso.example }]\n")},
	})
	if ws == nil {
		t.Fatal(problems)
	}
	return gate(t, Options{Workspace: ws})
}

func newIssuer(t *testing.T) issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{key}
}

// flowClaims are those that the flow wants.
func flowClaims() map[string]any {
	return map[string]any{"iss": "https://sts.windows.net/" + contoso + "/", "tid": contoso, "aud": "https://service.flow.microsoft.com/",
		"exp": noon.Add(time.Hour).Unix()}
}

// An issuer rotates its keys while a client sends tokens with made-up key ids and never pauses. A
// call with the new key is admitted within a second, and the issuer is asked twice a second at most.
func TestRotationInAFloodOfBogusKeys(t *testing.T) {
	old, next := newIssuer(t), newIssuer(t)
	var published atomic.Value
	published.Store(old.keys("old", "{tenantid}"))
	var fetches atomic.Int64
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetches.Add(1)
		_, _ = w.Write(published.Load().([]byte))
	}))
	defer keys.Close()
	s := trusting(t, keys.URL)
	waitReady(t, s)
	started := time.Now()
	call := func(token string) int { return post(s, s.url("flow"), "Bearer "+token, "", "").Code }
	before, after, bogus := old.token(t, "old", flowClaims()), next.token(t, "new", flowClaims()), next.token(t, "made up", flowClaims())
	if status := call(before); status != http.StatusAccepted {
		t.Fatalf("the old key's token is answered %d: %s", status, s.newest().Detail)
	}

	stop := make(chan struct{})
	var refused atomic.Int64
	var flood sync.WaitGroup
	flood.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if status := call(bogus); status != http.StatusUnauthorized {
				t.Errorf("a made-up key id is answered %d", status)
				return
			}
			refused.Add(1)
		}
	})
	defer flood.Wait()
	defer close(stop)

	// In the middle of it: some fetches were caused by nothing but the flood.
	for deadline := time.Now().Add(20 * time.Second); fetches.Load() < 3; {
		if time.Now().After(deadline) {
			t.Fatalf("%d fetches after %d made-up key ids", fetches.Load(), refused.Load())
		}
		if status := call(before); status != http.StatusAccepted {
			t.Fatalf("the old key's token is answered %d", status)
		}
	}
	published.Store(next.keys("new", "{tenantid}"))
	at := time.Now()
	for call(after) != http.StatusAccepted {
		if waited := time.Since(at); waited > time.Second {
			t.Fatalf("the new key's token is refused %s after the key was published", waited)
		}
	}
	if status := call(before); status != http.StatusUnauthorized {
		t.Errorf("the old key, published no more, is answered %d: was it remembered?", status)
	}
	if n, most := fetches.Load(), int64(time.Since(started)/(time.Second/2))+3; n > most {
		t.Errorf("%d fetches in %s", n, time.Since(started))
	}
	if refused.Load() < 100 {
		t.Errorf("no flood: %d calls", refused.Load())
	}
}

// A key server that accepts connections and never answers holds up nobody: neither calls whose
// key is at hand nor calls whose key it might have.
func TestKeyServerThatNeverAnswers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	accepted := make(chan net.Conn, 100)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			accepted <- connection // open for as long as the test is
		}
	}()
	s := trusting(t, "http://"+listener.Addr().String()+"/keys")
	select {
	case connection := <-accepted: // from here on a fetch is in flight
		defer connection.Close()
	case <-time.After(10 * time.Second):
		t.Fatal("nobody asked for the keys")
	}

	known := s.token(t, entra.Request{Scope: "https://service.flow.microsoft.com//.default"})
	unknown := newIssuer(t).token(t, "theirs", flowClaims())
	// 200 calls, each of which would take until the fetch gives up, ten seconds, if it waited.
	started := time.Now()
	for range 100 {
		if w := post(s, s.url("flow"), "Bearer "+known, "", ""); w.Code != http.StatusAccepted {
			t.Fatalf("the emulator's own token is answered %d: %s", w.Code, s.newest().Detail)
		}
		if w := post(s, s.url("flow"), "Bearer "+unknown, "", ""); w.Code != http.StatusUnauthorized || s.newest().Reason != "token-key" {
			t.Fatalf("a token of the silent issuer is answered %d: %s", w.Code, s.newest().Detail)
		}
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("200 calls took %s", took)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/_emulator/ready", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("ready is answered %d without the keys: %s", w.Code, w.Body)
	}
	select {
	case <-accepted:
		t.Error("a second fetch began while the first was in flight")
	default:
	}
}
