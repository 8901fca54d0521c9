package jwks

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serve is a directory that answers every request with one handler, over TLS.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are meant to fail
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestFetchOverTLS(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("Accept") != "application/json" || r.Header.Get("Cookie") != "" {
			t.Errorf("asked with %s %v", r.Method, r.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "x", Value: "y"})
		_, _ = w.Write(document(jwk(trusted(), "A", ""), `{"kty":"oct","kid":"o"}`))
	})
	client := server.Client()
	client.Jar, _ = cookiejar.New(nil)
	v := openWith(t, Options{Client: client, Sources: []Source{{Name: "entra", URL: server.URL}}})
	for range 2 {
		if err := v.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	token, err := v.Verify(sign(trusted(), header, payload("")), now.Add(-time.Minute))
	wantToken(t, token, err)
	if token.Source != "entra" || !v.Ready() {
		t.Errorf("source %q, ready %v", token.Source, v.Ready())
	}
	status := v.Status()[0]
	if !status.Ready || status.URL != server.URL || status.Fetched.IsZero() || status.Age <= 0 ||
		len(status.Keys) != 1 || len(status.Dropped) != 1 || status.LastError != "" || status.Failures != 0 {
		t.Errorf("status %+v", status)
	}
}

// The server's certificate is its own: without Options.Client nobody vouches for it.
func TestUnknownCertificateIsRefused(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(document(jwk(trusted(), "A", ""))) })
	v := openWith(t, Options{Sources: []Source{{Name: "entra", URL: server.URL}}})
	if err := v.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
	if v.Ready() {
		t.Error("ready")
	}
}

func TestHTTPIsForLoopback(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(document(jwk(trusted(), "A", "")))
	}))
	defer server.Close()
	t.Setenv("HTTP_PROXY", "http://192.0.2.1:1") // asked for nothing, here or anywhere
	v := openWith(t, Options{Sources: []Source{{Name: "local", URL: server.URL}}})
	if err := v.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	transport, ok := newClient().Transport.(*http.Transport)
	if !ok || transport.Proxy != nil {
		t.Error("our own client asks a proxy")
	}
	for _, beyond := range []string{"http://192.0.2.1/keys", "http://keys.example/", "http://localhost.keys.example/"} {
		if v, err := Open(t.Context(), Options{Sources: []Source{{Name: "far", URL: beyond}}}); err == nil || !strings.Contains(err.Error(), "must be https") {
			v.Close()
			t.Errorf("%s: %v", beyond, err)
		}
	}
}

func TestBadAnswers(t *testing.T) {
	good := document(jwk(trusted(), "A", ""))
	var followed atomic.Int32
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) { followed.Add(1); _, _ = w.Write(good) })
	bomb := func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(append(bytes.Clone(good), bytes.Repeat([]byte(" "), 8*maxDocument)...))
		_ = z.Close()
		return b.Bytes()
	}()
	cases := map[string]struct {
		handler http.HandlerFunc
		words   string
	}{
		"not found":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); _, _ = w.Write(good) }, "404"},
		"no content": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "204"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, target.URL, http.StatusFound)
		}, "302 Found; redirects are not followed"},
		"a page": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "(text/html; charset=utf-8): the key set is not JSON"},
		"too long": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(append(bytes.Clone(good), bytes.Repeat([]byte(" "), maxDocument)...))
		}, "more than 1048576 bytes"},
		"too long, packed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
		}, "more than 1048576 bytes"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write(bytes.Repeat([]byte(" "), 1<<16))
			}
		}, "more than 1048576 bytes"},
		"cut short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(good)))
			_, _ = w.Write(good[:len(good)/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "reading the answer"},
		"no usable key": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(document(`{"kid":"o","kty":"oct"}`)) },
			`key 0 (kid "o"): its kty is "oct"`},
		"no key": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(document()) }, "is empty"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var bad atomic.Bool
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if bad.Load() {
					c.handler(w, r)
					return
				}
				_, _ = w.Write(good)
			})
			v := openWith(t, Options{Client: server.Client(), Sources: []Source{{Name: "entra", URL: server.URL}}})
			if err := v.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			bad.Store(true)
			if err := v.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v, want %q", err, c.words)
			}
			// The last good set stays, and the status says that it is not the newest.
			token, err := v.Verify(sign(trusted(), header, payload("")), now)
			wantToken(t, token, err)
			if status := v.Status()[0]; !status.Ready || status.Failures == 0 || !strings.Contains(status.LastError, c.words) {
				t.Errorf("status %+v", status)
			}
		})
	}
	if n := followed.Load(); n != 0 {
		t.Errorf("a redirect was followed %d times", n)
	}
}

func TestRefreshEndsWithItsContext(t *testing.T) {
	asked := make(chan struct{}, 1)
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	})
	v := openWith(t, Options{Client: server.Client(), Sources: []Source{{Name: "slow", URL: server.URL}}})
	<-asked // the first fetch hangs
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := v.Refresh(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	v.Close()
	if err := v.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("got %v", err)
	}
}
