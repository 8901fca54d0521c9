package inspector

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"flowgate/journal"
)

// streaming is a server of a journal whose connections hold little, so that who does
// not read is noticed soon.
func streaming(t testing.TB, j *journal.Journal, patience time.Duration) *httptest.Server {
	t.Helper()
	live := httptest.NewUnstartedServer(inspector{Options{Journal: j}, patience}.routes())
	live.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(4 << 10)
		return ctx
	}
	live.Start()
	t.Cleanup(live.Close)
	return live
}

// deaf opens a stream and never reads it.
func deaf(t testing.TB, live *httptest.Server) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", live.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
	fmt.Fprintf(c, "GET /api/requests/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
	return c
}

var missed = regexp.MustCompile(`^data: \{"count":([0-9]+)\}$`)

// hear reads a stream until it has told of so many calls, those that it missed included.
func hear(ctx context.Context, live *httptest.Server, opened chan<- struct{}, calls int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, live.URL+"/api/requests/stream", nil)
	if err != nil {
		return err
	}
	response, err := live.Client().Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	opened <- struct{}{}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	heard := 0
	for heard < calls && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "id: ") {
			heard++
		} else if m := missed.FindStringSubmatch(lines.Text()); m != nil {
			n, _ := strconv.Atoi(m[1])
			heard += n
		}
	}
	if heard != calls {
		return fmt.Errorf("heard of %d calls: %v", heard, lines.Err())
	}
	return nil
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come about: " + what)
		}
	}
}

// Of a hundred listeners half never read. The others hear of every call, or how many
// they missed; the deaf ones are cut off; and nothing is left of any of them.
func TestDeafListenersAreCutOff(t *testing.T) {
	const half, calls = 50, 3000
	before := runtime.NumGoroutine()
	j := journal.New(1000)
	defer j.Close()
	// Two servers, so that a slow machine makes nobody deaf who is not.
	live, short := streaming(t, j, time.Hour), streaming(t, j, 100*time.Millisecond)
	for range half {
		defer deaf(t, short).Close()
	}
	opened, failed := make(chan struct{}), make(chan error, half)
	var readers sync.WaitGroup
	for range half {
		readers.Go(func() { failed <- hear(t.Context(), live, opened, calls) })
	}
	for range half {
		select {
		case <-opened:
		case err := <-failed:
			t.Fatal(err)
		}
	}
	until(t, "a hundred listen", func() bool { return j.Subscriptions() == 2*half })
	body := strings.Repeat("x", 4<<10)
	for n := range calls {
		id := fmt.Sprint(n)
		j.Add(id, &journal.Entry{ID: id, Body: body})
	}
	readers.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			t.Error(err)
		}
	}
	until(t, "nobody listens", func() bool { return j.Subscriptions() == 0 })
	live.Client().CloseIdleConnections()
	live.Close()
	short.Close()
	j.Close()
	until(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
}

// A listener that comes when there are too many is told so, and one that goes makes room.
func TestListenersAreBounded(t *testing.T) {
	j := journal.New(10)
	defer j.Close()
	live := streaming(t, j, patience)
	var open []net.Conn
	for range journal.MaxSubscriptions {
		open = append(open, deaf(t, live))
	}
	until(t, "all listen", func() bool { return j.Subscriptions() == journal.MaxSubscriptions })
	for _, address := range []string{"/api/requests/stream", "/api/requests/wait"} {
		response, err := live.Client().Get(live.URL + address)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", address, response.Status)
		}
	}
	for _, c := range open {
		c.Close()
	}
	until(t, "those that left are forgotten", func() bool { return j.Subscriptions() == 0 })
}

// HEAD has no body to wait for: it is answered, the connection is good for another request,
// and nobody listens. Of wait it is bounded as GET is.
func TestHeadOfWhatLasts(t *testing.T) {
	j := journal.New(10)
	defer j.Close()
	live := streaming(t, j, patience)
	c, err := net.Dial("tcp", live.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	answers := bufio.NewReader(c)
	for _, asked := range []struct {
		address, kind string
		status        int
	}{
		{"/api/requests/stream", "text/event-stream; charset=utf-8", http.StatusOK},
		{"/api/requests/stream?since=", "text/event-stream; charset=utf-8", http.StatusOK},
		{"/api/requests/stream?limit=1", "application/problem+json", http.StatusBadRequest},
		{"/api/requests/wait?timeout=10ms", "application/problem+json", http.StatusRequestTimeout},
		{"/health", "application/json; charset=utf-8", http.StatusOK},
	} {
		fmt.Fprintf(c, "HEAD %s HTTP/1.1\r\nHost: localhost\r\n\r\n", asked.address)
		answer, err := http.ReadResponse(answers, &http.Request{Method: http.MethodHead})
		if err != nil {
			t.Fatalf("%s: %v", asked.address, err)
		}
		if kind := answer.Header.Get("Content-Type"); answer.StatusCode != asked.status || kind != asked.kind {
			t.Errorf("%s: %s, %s", asked.address, answer.Status, kind)
		}
	}
	if n := j.Subscriptions(); n != 0 {
		t.Errorf("%d listen", n)
	}
}
