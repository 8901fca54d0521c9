package server

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"flowgate/journal"
)

func heapInUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// stuck is a call that is being written up until its channel is closed: those after it
// wait as they came.
type stuck chan struct{}

func (s stuck) Entry() *journal.Entry {
	<-s
	return &journal.Entry{}
}

// What waits to be written up keeps no piece of what net/http read as one text: method,
// path and query are one, and each header's value is.
func TestPendingCallsKeepNoRequestLineAlive(t *testing.T) {
	s := gate(t, Options{Journal: 1000})
	waiting := make(stuck)
	defer close(waiting)
	s.journal.Add("stuck", waiting)
	h := httptest.NewServer(s)
	defer h.Close()
	long := strings.Repeat("x", 900_000)
	for name, change := range map[string]func(*http.Request){
		"query":   func(r *http.Request) { r.URL.RawQuery += "&x=" + long },
		"path":    func(r *http.Request) { r.URL.Path = "/workflows/w/triggers/t/paths/invoke/" + long },
		"trigger": func(r *http.Request) { r.URL.Path = "/workflows/w/triggers/" + long + "/paths/invoke" },
		"method":  func(r *http.Request) { r.Method = long },
		"method of an unknown workflow": func(r *http.Request) {
			r.Method, r.URL.Path = long, "/workflows/w/triggers/t/paths/invoke"
		},
		"host":    func(r *http.Request) { r.Host = long },
		"token":   func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+long) },
		"header":  func(r *http.Request) { r.Header.Set("X-Long", long) },
		"schemes": func(r *http.Request) { r.URL.RawQuery += "&sig=x"; r.Header.Set("Authorization", "a "+long) },
	} {
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(h.URL + s.url("orders"))
			if err != nil {
				t.Fatal(err)
			}
			r := &http.Request{Method: http.MethodPost, URL: u, Header: http.Header{}}
			change(r)
			const calls = 10
			added := s.journal.Len()
			before := heapInUse()
			for range calls {
				answer, err := h.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
			}
			h.Client().CloseIdleConnections()
			if n := s.journal.Len() - added; n != calls {
				t.Fatalf("%d calls are in the journal", n)
			}
			if grown := heapInUse() - before; grown > int64(calls*len(long)/2) { // the last one or two are still being let go
				t.Errorf("%d calls keep %d bytes", calls, grown)
			}
		})
	}
}

// The log names triggers that there are, and nothing of what callers wrote in their place.
func TestLogNamesKnownTriggersAlone(t *testing.T) {
	var log bytes.Buffer
	s := gate(t, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	known := s.url("orders")
	for url, shown := range map[string]bool{
		known: true,
		strings.Replace(known, "manual", "hunter2-my-secret", 1):                      false,
		"/workflows/x/triggers/hunter2-my-secret/paths/invoke?api-version=2016-10-01": false,
		"/workflows/x/triggers/hunter2-my-secret/paths/invoke":                        false,
	} {
		log.Reset()
		post(s, url, "", "", "")
		if strings.Contains(log.String(), "hunter2") || strings.Contains(log.String(), "trigger=manual") != shown {
			t.Errorf("%s: %s", url, &log)
		}
	}
}
