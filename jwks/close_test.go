package jwks

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

func TestCloseLeavesNoGoroutine(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hangs" {
			<-r.Context().Done()
		}
		_, _ = w.Write(document(jwk(trusted(), "A", "")))
	}))
	defer server.Close()
	before := runtime.NumGoroutine()
	for range 10 {
		v := openWith(t, Options{Sources: []Source{
			{Name: "good", URL: server.URL}, {Name: "hangs", URL: server.URL + "/hangs"}, {Name: "dead", URL: "http://127.0.0.1:1"},
		}})
		if err := v.sources[0].demand(t.Context()); err != nil {
			t.Fatal(err)
		}
		v.Close()
		v.Close()
		for _, s := range v.sources {
			select {
			case <-s.done:
			default:
				t.Errorf("source %s is still kept", s.name)
			}
		}
	}
	// The connections, and the server's ends of them, go a moment after they are closed.
	for deadline := time.After(5 * time.Second); runtime.NumGoroutine() > before; {
		select {
		case <-deadline:
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		default:
			runtime.Gosched()
		}
	}
}

func TestContextOfOpenEndsFetching(t *testing.T) {
	warm()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{document: before()}
		ctx, cancel := context.WithCancel(t.Context())
		v, err := Open(ctx, Options{ClockSkew: skew, Client: &http.Client{Transport: d}, Sources: []Source{{Name: "s", URL: "https://idp.example"}}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		cancel()
		pass(48 * time.Hour)
		if n := d.fetches(); n != 1 {
			t.Errorf("%d fetches", n)
		}
		v.Close()
	})
}

// A fetch that is cut short by Close says nothing about the server.
func TestCloseIsNoFailure(t *testing.T) {
	warm()
	keepFor(t, &directory{document: before(), delay: time.Hour}, func(t *testing.T, v *Verifier) {
		synctest.Wait()
		v.Close()
		if status := v.Status()[0]; status.Failures != 0 || status.LastError != "" {
			t.Errorf("status %+v", status)
		}
	})
}

// Keys at hand go on verifying after Close, until they are too old.
func TestVerifyAfterClose(t *testing.T) {
	warm()
	keepFor(t, &directory{document: before()}, func(t *testing.T, v *Verifier) {
		synctest.Wait()
		v.Close()
		token, err := v.Verify(first(), now)
		wantToken(t, token, err)
		pass(24 * time.Hour)
		token, err = v.Verify(first(), now)
		wantFailure(t, token, err, Key)
	})
}
