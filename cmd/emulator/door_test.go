package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"flowgate/entra"
	"flowgate/server"
)

// patience ends a test that waits for what does not come.
const patience = 20 * time.Second

// door is the embedded workspace behind the emulator's own listeners and bounds.
type door struct {
	t         *testing.T
	gate      *server.Server
	http, tls string // addresses
	listeners listeners
	answered  atomic.Int64 // calls whose handler has returned
	stop      context.CancelFunc
	ended     chan error
}

func open(t *testing.T, change func(*bounds)) *door {
	t.Helper()
	b := defaultBounds()
	if change != nil {
		change(&b)
	}
	ws, _, problems := readWorkspace("")
	if ws == nil {
		t.Fatal(problems)
	}
	ctx, stop := context.WithCancel(context.Background())
	gate, err := server.New(ctx, server.Options{Workspace: ws, Journal: 100})
	if err != nil {
		t.Fatal(err)
	}
	ca, err := openCA(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	l, err := listenAll(ctx, [2]endpoint{{address: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}, {address: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}})
	if err != nil {
		t.Fatal(err)
	}
	d := &door{t: t, gate: gate, http: l.http.Addr().String(), tls: l.https.Addr().String(), listeners: l, stop: stop, ended: make(chan error, 1)}
	go func() {
		d.ended <- serve(ctx, counted{gate, &d.answered}, l, ca, b, slog.New(slog.DiscardHandler), func() error { return nil })
	}()
	t.Cleanup(func() {
		stop()
		_ = d.end() // the test has looked at its error, if it asked for one
		gate.Close()
	})
	return d
}

// counted is a gate whose answers are counted.
type counted struct {
	*server.Server
	answered *atomic.Int64
}

func (c counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer c.answered.Add(1)
	c.Server.ServeHTTP(w, r)
}

// end waits for the end, once it was asked for; twice is the same.
func (d *door) end() error {
	select {
	case err := <-d.ended:
		d.ended <- err
		return err
	case <-time.After(patience):
		d.t.Error("it does not end")
		return nil
	}
}

// until waits for what the emulator does in its own time.
func (d *door) until(what string, done func() bool) {
	d.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline.C:
			d.t.Fatal(what)
		case <-tick.C:
		}
	}
}

func (d *door) dial() *client {
	d.t.Helper()
	conn, err := net.Dial("tcp", d.http)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.client(conn)
}

// client is one connection, spoken to by hand.
type client struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func (d *door) client(conn net.Conn) *client {
	d.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &client{d.t, conn, bufio.NewReader(conn)}
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// status reads one answer whole.
func (c *client) status() int {
	c.t.Helper()
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode
}

// closed waits until the emulator closes the connection.
func (c *client) closed() {
	c.t.Helper()
	_, err := io.Copy(io.Discard, c.in)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		c.t.Error("the connection is still open")
	}
}

// orders is a request's head for the workflow orders, with a token that is admitted.
func (d *door) orders(more string) string {
	d.t.Helper()
	token, err := d.gate.Workspace().Directory.Issue(entra.Request{Resource: "https://management.azure.com/", Now: time.Now()})
	if err != nil {
		d.t.Fatal(err)
	}
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n%s\r\n", d.ordersURL(), token, more)
}

func (d *door) ordersURL() string {
	for _, w := range d.gate.Workspace().Workflows {
		if w.Name == "orders" {
			bare, _ := server.URLs("", w, "manual")
			return bare
		}
	}
	d.t.Fatal("no workflow orders")
	return ""
}

// held is a connection in the middle of a call that is past the policies: it has been
// told to go on, and its body is {"order":1}.
func (d *door) held() *client {
	d.t.Helper()
	c := d.dial()
	c.send(d.orders("Expect: 100-continue\r\nContent-Length: 11\r\n"))
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if line, err := c.in.ReadString('\n'); err != nil || line != want {
			d.t.Fatalf("%q, %v", line, err)
		}
	}
	return c
}

const health = "GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n"

func quick(b *bounds) { b.read = 200 * time.Millisecond }
