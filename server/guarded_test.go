package server

import (
	"bytes"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A failure before the answer is a 500; one in the middle of it breaks the answer off, so
// that no client takes it for whole, and net/http's own log, which would repeat the failure,
// says nothing.
func TestFailureBreaksTheAnswerOff(t *testing.T) {
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		whole   bool
		noted   bool
	}{
		"before": {func(http.ResponseWriter, *http.Request) { panic("top-secret") }, true, true},
		"after the head": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			panic("top-secret")
		}, false, true},
		"in the middle": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
			panic("top-secret")
		}, false, true},
		"after a flush": {func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush()
			panic("top-secret")
		}, false, true},
		"broken off": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "x")
			panic(http.ErrAbortHandler)
		}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			var own, netHTTP bytes.Buffer
			s := gate(t, Options{Logger: slog.New(slog.NewTextHandler(&own, nil))})
			h := httptest.NewUnstartedServer(s.guarded(tc.handler))
			h.Config.ErrorLog = log.New(&netHTTP, "", 0)
			h.Start()
			status, err := fetch(h)
			h.Close()
			if tc.whole && (err != nil || status != http.StatusInternalServerError) || !tc.whole && err == nil {
				t.Errorf("status %d, error %v", status, err)
			}
			if strings.Contains(own.String(), "top-secret") != tc.noted || netHTTP.Len() > 0 {
				t.Errorf("our log: %s\nnet/http's: %s", &own, &netHTTP)
			}
		})
	}
}

// fetch reads an answer to its end.
func fetch(h *httptest.Server) (int, error) {
	answer, err := h.Client().Post(h.URL, "", nil) // no GET, which a client repeats
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, errors.Join(err, answer.Body.Close())
}
