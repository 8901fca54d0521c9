package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// explainAt runs explain --server and returns its exit status and what it printed.
func explainAt(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(context.Background, append([]string{"explain", "--workflow", "orders", "a.b.c"}, args...), strings.NewReader(""), &o, &e)
	return status, o.String(), e.String()
}

// An emulator on HTTPS is believed by the CA that it made on this machine, and by no
// other.
func TestExplainAsksOverHTTPS(t *testing.T) {
	state := t.TempDir()
	p := start(t, "serve", "--http=127.0.0.1:0", "--https=127.0.0.1:0", "--state", state)
	defer p.end()
	if status, out, errs := explainAt(t, "--server", p.origin("https"), "--state", state); status != exitFailure || !strings.HasPrefix(out, "REFUSED 401 ") {
		t.Errorf("%d %q %q", status, out, errs)
	}
	if status, out, errs := explainAt(t, "--server", p.origin("https"), "--state", t.TempDir()); status != exitFailure || out != "" ||
		!strings.HasPrefix(errs, "emulator: what answers has a certificate that is not trusted: ") || !strings.Contains(errs, " with --state") {
		t.Errorf("another CA: %d %q %q", status, out, errs)
	}
}

// What answers need not be an emulator: the token goes nowhere else, and what comes
// back is harmless.
func TestExplainAsksNobodyElse(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the token went elsewhere") }))
	defer elsewhere.Close()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		status int
		want   string
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, exitFailure, "answers 307 "},
		"a page":          {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, exitFailure, "does not answer as an emulator does"},
		"something else":  {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }, exitFailure, "does not answer as an emulator does"},
		"no such address": {http.NotFound, exitFailure, "is an emulator there that has api/explain?"},
		"hostile problems": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"detail":"\u001b[2J"}`)
		}, exitUsage, `\x1b[2J`},
	} {
		s := httptest.NewServer(tc.answer)
		status, out, errs := explainAt(t, "--server", s.URL)
		s.Close()
		if status != tc.status || out != "" || !strings.Contains(errs, tc.want) || strings.ContainsRune(errs, 0x1b) {
			t.Errorf("%s: %d %q %q", name, status, out, errs)
		}
	}
}

// A person is told what is awaited, and Ctrl-C is heard while it is, where a command listens for it.
func TestAwaitedTokenIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	waiting, never := make(chan struct{}), make(chan struct{})
	defer close(never)
	var out, errs bytes.Buffer
	in := readerFunc(func([]byte) (int, error) {
		close(waiting)
		<-never // nobody types
		return 0, io.EOF
	})
	go func() { <-waiting; cancel() }()
	arguments := []string{"probe", "--url", "http://127.0.0.1:1/workflows/a/triggers/manual/paths/invoke", "--token", "-"}
	if status := run(func() context.Context { return ctx }, arguments, in, &out, &errs); status != exitUsage || !strings.Contains(errs.String(), "interrupted before the token was read") {
		t.Errorf("%d %q", status, &errs)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
