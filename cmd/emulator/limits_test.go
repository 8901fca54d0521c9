package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Who sends a header byte by byte, or a body, does not keep a connection.
func TestSlowRequestsEnd(t *testing.T) {
	d := open(t, quick)
	header := d.dial()
	header.send("POST / HTTP/1.1\r\nHost: loc")
	header.closed()

	silent := d.dial()
	silent.closed()

	secure := d.client(must(net.Dial("tcp", d.tls)))
	secure.send("\x16\x03\x01") // a handshake that goes no further
	secure.closed()

	// A refused call waits for no body: the answer comes, and the connection goes.
	for _, length := range []string{"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "Content-Length: 100\r\n\r\nhel", "Content-Length: 300000\r\n\r\nhel"} {
		body := d.dial()
		body.send("POST " + d.ordersURL() + " HTTP/1.1\r\nHost: localhost\r\n" + length)
		if got := body.status(); got != http.StatusUnauthorized {
			t.Errorf("%q: %d", length, got)
		}
		body.closed()
	}
	other := d.dial()
	other.send(health)
	if got := other.status(); got != http.StatusOK {
		t.Errorf("others get %d", got)
	}
}

// The body of a call with good credentials may take longer than a request may.
func TestAdmittedBodyMayTakeItsTime(t *testing.T) {
	d := open(t, quick)
	c := d.dial()
	c.send(d.orders("Content-Length: 11\r\n") + `{"ord`)
	for range 2 { // for as long as a request may take, twice
		d.dial().closed()
	}
	c.send(`er":1}`)
	if got := c.status(); got != http.StatusOK {
		t.Errorf("%d", got)
	}
}

// A request without a body may be answered when it likes, as streams are.
func TestHeldRequestIsNotTakenForGone(t *testing.T) {
	b := defaultBounds()
	quick(&b)
	gone := make(chan error, 1)
	release := make(chan struct{})
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	srv := newHTTPServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/held" {
			<-release
			gone <- r.Context().Err()
		}
	}), b, slog.New(slog.DiscardHandler))
	go func() { _ = srv.Serve(newConnections(10).listen(l)) }()
	defer srv.Close()
	d := &door{t: t, http: l.Addr().String()}
	held := d.dial()
	held.send("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n")
	for range 2 {
		d.dial().closed()
	}
	close(release)
	if err := <-gone; err != nil {
		t.Errorf("the handler was told that its client is gone: %v", err)
	}
	if got := held.status(); got != http.StatusOK {
		t.Errorf("%d", got)
	}
}

// A stream that nothing is sent on goes on for longer than a request may take to arrive,
// and than an answer may take to be written, over either protocol.
func TestStreamOutlastsTheTimeToRead(t *testing.T) {
	d := open(t, func(b *bounds) { quick(b); b.write = b.read })
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	var events []*bufio.Reader
	for i, origin := range []string{"http://" + d.http, "https://" + d.tls} {
		answer, err := (&http.Client{Transport: transport}).Get(origin + "/_emulator/api/requests/stream")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.ProtoMajor != i+1 {
			t.Errorf("%s answers over %s", origin, answer.Proto)
		}
		events = append(events, bufio.NewReader(answer.Body))
	}
	for range 2 { // until that time is over
		d.dial().closed()
	}
	call := d.dial()
	call.send("POST " + d.ordersURL() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
	call.status()
	for i, stream := range events {
		line := ""
		for !strings.HasPrefix(line, "event: request") {
			var err error
			if line, err = stream.ReadString('\n'); err != nil {
				t.Fatalf("the stream of HTTP/%d ends: %v", i+1, err)
			}
		}
	}
}

// Who asks for much and reads nothing does not keep what was answered.
func TestSlowReaderEnds(t *testing.T) {
	d := open(t, func(b *bounds) { b.write = 500 * time.Millisecond })
	c := d.dial()
	body := `"` + strings.Repeat("x", 32<<20) + `"`
	c.send(d.orders(fmt.Sprintf("Content-Length: %d\r\n", len(body))))
	c.send(body)
	d.until("the call is still written to nobody", func() bool { return d.answered.Load() == 1 })
	if n, _ := io.Copy(io.Discard, c.in); n >= int64(len(body)) {
		t.Errorf("all %d bytes came", n)
	}
}

// A caller of the API may wait for longer than an answer may take to be written.
func TestWaitOutlastsTheTimeToWrite(t *testing.T) {
	d := open(t, func(b *bounds) { quick(b); b.write = b.read })
	c := d.dial()
	c.send("GET /_emulator/api/requests/wait?timeout=1m HTTP/1.1\r\nHost: localhost\r\n\r\n")
	for range 2 { // until that time is over
		d.dial().closed()
	}
	call := d.dial()
	call.send("POST " + d.ordersURL() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
	call.status()
	if got := c.status(); got != http.StatusOK {
		t.Errorf("%d", got)
	}
}

// However many connections are open and idle, the next caller gets in; those that
// wait longest, and those that never asked anything, make room.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	const most = 64
	d := open(t, func(b *bounds) { b.connections, b.read = most, time.Minute }) // so that no other bound ends them
	var idle []*client
	for i := range most {
		c := d.dial()
		idle = append(idle, c)
		if i == 0 {
			continue // it never asks
		}
		c.send(health)
		if got := c.status(); got != http.StatusOK {
			t.Fatalf("connection %d: %d", i, got)
		}
	}
	for i := range 3 * most {
		c := d.dial()
		c.send(health)
		if got := c.status(); got != http.StatusOK {
			t.Fatalf("newcomer %d: %d", i, got)
		}
	}
	idle[0].closed()
	idle[1].closed()
}

// Who is being served is not thrown out for who comes.
func TestServedConnectionsStay(t *testing.T) {
	const most = 8
	d := open(t, func(b *bounds) { b.connections = most })
	var served []*client
	for range most {
		served = append(served, d.held())
	}
	d.dial().closed()
	for _, c := range served {
		c.send(`{"order":1}`)
		if got := c.status(); got != http.StatusOK {
			t.Errorf("%d", got)
		}
	}
}

// Connections that never asked anything do not hold the end up: net/http alone would
// wait five seconds for them, longer than this drain.
func TestStopWaitsForNobodySilent(t *testing.T) {
	d := open(t, func(b *bounds) { b.drain = 4 * time.Second })
	for range 5 {
		d.dial()
	}
	c := d.dial() // accepted after the others
	c.send(health)
	c.status()
	d.stop()
	if err := d.end(); err != nil {
		t.Error(err)
	}
}

// A call in flight is answered although the emulator was told to stop; who is not
// done in time is broken off, and that is said.
func TestStopDrains(t *testing.T) {
	d := open(t, nil)
	c := d.held()
	d.stop()
	d.until("it still listens", func() bool {
		conn, err := net.Dial("tcp", d.http)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	c.send(`{"order":1}`)
	if got := c.status(); got != http.StatusOK {
		t.Errorf("%d", got)
	}
	if err := d.end(); err != nil {
		t.Error(err)
	}

	d = open(t, func(b *bounds) { b.drain = 100 * time.Millisecond })
	d.held()
	d.stop()
	if err := d.end(); err == nil || !strings.Contains(err.Error(), "still in flight after 100ms") {
		t.Errorf("error %v", err)
	}
}

// A listener that is closed under the emulator ends it, with what to do.
func TestLostListener(t *testing.T) {
	for _, lose := range []func(*door){
		func(d *door) { d.listeners.http.Close() },
		func(d *door) { d.listeners.https.Close() },
	} {
		d := open(t, nil)
		lose(d)
		if err := d.end(); err == nil || !strings.Contains(err.Error(), "was lost") || !strings.Contains(err.Error(), "start the emulator again") {
			t.Errorf("error %v", err)
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
