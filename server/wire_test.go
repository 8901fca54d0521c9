package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// wired serves h on a wire, and an address to reach it.
func wired(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Listener = Wire(s.Listener)
	s.Config.ConnContext = WireContext
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// headed answers with headers set by head, and others by the usual way.
func headed(w http.ResponseWriter, r *http.Request) {
	h := headOf(r, w)
	h.set("x-ms-one", "1")
	h.set("x-ms-two", "a\r\nforged: yes\x1b\x00\x7f")
	w.Header()["Content-Type"] = []string{"text/plain"}
	body := strings.Repeat(r.URL.Query().Get("body"), 4000)
	w.Header()["Content-Length"] = []string{fmt.Sprint(len(body))}
	h.done()
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, body)
}

func headersOf(t *testing.T, target string, body io.Reader) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		if name != "Date" {
			lines = append(lines, fmt.Sprintf("%s: %q", name, response.Header[name]))
		}
	}
	return fmt.Sprintf("%d %d\n%s", response.StatusCode, len(all), strings.Join(lines, "\n"))
}

// A prepared block says what the usual way says, on one connection again and again,
// with small bodies and with such as take several writes.
func TestWireSaysWhatTheUsualWaySays(t *testing.T) {
	usual := httptest.NewServer(http.HandlerFunc(headed))
	defer usual.Close()
	wire := wired(t, http.HandlerFunc(headed))
	for _, query := range []string{"", "?body=x", "?body=0123456789", ""} {
		got, want := headersOf(t, wire.URL+query, strings.NewReader("hello")), headersOf(t, usual.URL+query, strings.NewReader("hello"))
		if got != want || !strings.Contains(got, `X-Ms-One: ["1"]`) {
			t.Errorf("%s\ngot  %s\nwant %s", query, got, want)
		}
	}
}

// Requests that arrive in one piece get an answer each, with its own lines, and the
// 100 of a caller that waits for it has none.
func TestWireOfPipelinedRequests(t *testing.T) {
	s := wired(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		h := headOf(r, w)
		h.set("x-ms-path", r.URL.Path)
		w.Header()["Content-Length"] = []string{"0"}
		h.done()
		w.WriteHeader(http.StatusNoContent)
	}))
	c, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const n = 20
	for i := range n {
		fmt.Fprintf(c, "POST /%d HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx", i)
	}
	r := bufio.NewReader(c)
	for i := range n {
		response, err := http.ReadResponse(r, nil)
		if err == nil && response.StatusCode == http.StatusContinue {
			if len(response.Header) != 0 {
				t.Errorf("100 with %v", response.Header)
			}
			response, err = http.ReadResponse(r, nil)
		}
		if err != nil || response.StatusCode != http.StatusNoContent || response.Header.Get("x-ms-path") != fmt.Sprintf("/%d", i) {
			t.Fatalf("%d: %v %v", i, response, err)
		}
	}
}

// The lines of an answer that was never written are no other answer's.
func TestWireOfAnAbandonedConnection(t *testing.T) {
	s := wired(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := headOf(r, w)
		h.set("x-ms-path", r.URL.Path)
		h.done()
		panic(http.ErrAbortHandler)
	}))
	if response, err := http.Get(s.URL); err == nil {
		response.Body.Close()
		t.Errorf("an answer: %v", response)
	}
}

// recorded is a connection that notes what it is told.
type recorded struct {
	net.Conn
	written   []byte
	deadlines []time.Time
}

func (r *recorded) Write(p []byte) (int, error) {
	r.written = append(r.written, p...)
	return len(p), nil
}

func (r *recorded) SetWriteDeadline(t time.Time) error {
	r.deadlines = append(r.deadlines, t)
	return nil
}

// Lines wait for the head of an answer, and go into nothing else.
func TestWireLinesGoIntoAHeadAlone(t *testing.T) {
	below := &recorded{}
	lines := []byte("x-ms-one: 1\r\n")
	w := &wire{Conn: below, lines: &lines}
	for _, p := range []string{"no head\n", "HTTP/1.", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 201 Created\r\n\r\n"} {
		if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
			t.Errorf("%q: %d, %v", p, n, err)
		}
	}
	want := "no head\nHTTP/1.HTTP/1.1 200 OK\r\nx-ms-one: 1\r\n\r\nHTTP/1.1 201 Created\r\n\r\n"
	if string(below.written) != want {
		t.Errorf("%q, want %q", below.written, want)
	}
}

// A deadline a little later than the one that stands is not set, and every other one is.
func TestWireDeadlinesThatMatterAreSet(t *testing.T) {
	begin := time.Now()
	for name, tc := range map[string]struct {
		next time.Time
		set  bool
	}{
		"the same":       {begin, false},
		"a little later": {begin.Add(lax - 1), false},
		"later":          {begin.Add(lax), true},
		"earlier":        {begin.Add(-1), true},
		"none":           {time.Time{}, true},
	} {
		below := &recorded{}
		w := &wire{Conn: below}
		_, _ = w.SetWriteDeadline(begin), w.SetWriteDeadline(tc.next)
		if got := len(below.deadlines) == 2; got != tc.set || len(below.deadlines) == 0 || below.deadlines[0] != begin {
			t.Errorf("%s: %v", name, below.deadlines)
		}
	}
	below := &recorded{}
	w := &wire{Conn: below}
	_, _ = w.SetWriteDeadline(time.Time{}), w.SetWriteDeadline(begin)
	if len(below.deadlines) != 2 {
		t.Errorf("after none: %v", below.deadlines)
	}
}
