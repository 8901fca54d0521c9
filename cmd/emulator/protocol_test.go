package main

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Requests that two servers would cut differently are cut in one way here, or not
// taken: what stands behind one is no second call.
func TestAmbiguousRequests(t *testing.T) {
	d := open(t, nil)
	post := "POST " + d.ordersURL() + " HTTP/1.1\r\nHost: localhost\r\n"
	const second = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for name, tc := range map[string]struct {
		sent   string
		status int
	}{
		"two lengths":                      {post + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + second, 400},
		"two lengths in one":               {post + "Content-Length: 0, 44\r\n\r\n" + second, 400},
		"a length with a sign":             {post + "Content-Length: +0\r\n\r\n" + second, 400},
		"a negative length":                {post + "Content-Length: -1\r\n\r\n" + second, 400},
		"a length in hexadecimal":          {post + "Content-Length: 0x0\r\n\r\n" + second, 400},
		"a length that overflows":          {post + "Content-Length: 18446744073709551616\r\n\r\n" + second, 400},
		"a coding that is none":            {post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + second, 501},
		"two codings":                      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + second, 501},
		"the coding twice":                 {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second, 501},
		"a space before the colon":         {post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + second, 400},
		"a vertical tab before the coding": {post + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n" + second, 400},
		"a header without a name":          {post + ": x\r\n\r\n", 400},
		"a NUL in a header":                {post + "X: a\x00b\r\n\r\n", 400},
		"two hosts":                        {post + "Host: other\r\n\r\n", 400},
		"no host":                          {"GET / HTTP/1.1\r\n\r\n", 400},
		"a host that is none":              {"GET / HTTP/1.1\r\nHost: a b/<>\r\n\r\n", 400},
		"another version":                  {"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505},
		"no version":                       {"GET /\r\n\r\n", 400},
		"a method with a bracket":          {"GE<T / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
		"a path with a space":              {"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
		"an escape that is none":           {"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
	} {
		t.Run(name, func(t *testing.T) {
			before := d.answered.Load()
			c := d.dial()
			c.send(tc.sent)
			if got := c.status(); got != tc.status {
				t.Errorf("%d, want %d", got, tc.status)
			}
			c.closed()
			if n := d.answered.Load() - before; n != 0 {
				t.Errorf("%d calls reached the gate", n)
			}
		})
	}
}

// With both a coding and a length, the coding counts (RFC 9112 §6.3): the length is
// looked at by nobody.
func TestCodingCountsBeforeLength(t *testing.T) {
	d := open(t, nil)
	c := d.dial()
	c.send(d.orders("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "b\r\n{\"order\":1}\r\n0\r\n\r\n")
	if got := c.status(); got != http.StatusOK {
		t.Errorf("%d", got)
	}
	c.send(health)
	if got := c.status(); got != http.StatusOK || d.answered.Load() != 2 {
		t.Errorf("the next request: %d, %d calls", got, d.answered.Load())
	}
}

// Requests sent without waiting are answered one after the other, and each for itself.
func TestPipelining(t *testing.T) {
	d := open(t, nil)
	c := d.dial()
	const n = 50
	var all strings.Builder
	for i := range n {
		if i%2 == 0 {
			all.WriteString(d.orders("Content-Length: 11\r\n") + `{"order":1}`)
		} else {
			all.WriteString("POST " + d.ordersURL() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
		}
	}
	go func() { _, _ = io.WriteString(c, all.String()) }()
	for i := range n {
		want := http.StatusOK
		if i%2 == 1 {
			want = http.StatusUnauthorized // what was sent before it is no credential
		}
		if got := c.status(); got != want {
			t.Fatalf("answer %d: %d, want %d", i, got, want)
		}
	}
}

// A header may be large, so that a token far too large gets the gate's own answer,
// but not without end; neither may headers be many without end.
func TestHeaderLimits(t *testing.T) {
	d := open(t, nil)
	token := d.dial()
	token.send("POST " + d.ordersURL() + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + strings.Repeat("A", 2<<20-1<<10) + "\r\n\r\n")
	if got := token.status(); got != http.StatusUnauthorized {
		t.Errorf("a token of nearly 2 MiB: %d", got)
	}
	many := d.dial()
	many.send("POST " + d.ordersURL() + " HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X-Many: 1\r\n", 50_000) + "\r\n")
	if got := many.status(); got != http.StatusUnauthorized {
		t.Errorf("50,000 headers: %d", got)
	}
	endless := d.dial()
	go func() {
		_, _ = io.Copy(endless, io.MultiReader(strings.NewReader("GET / HTTP/1.1\r\nHost: localhost\r\n"), &forever{"X-Many: 1\r\n"}))
	}()
	if got := endless.status(); got != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("headers without end: %d", got)
	}
	line := d.dial()
	go func() { _, _ = io.Copy(line, io.MultiReader(strings.NewReader("GET /"), &forever{"x"})) }()
	if got := line.status(); got != http.StatusRequestHeaderFieldsTooLarge && got != http.StatusRequestURITooLong {
		t.Errorf("a URL without end: %d", got)
	}
}

// forever reads as its text again and again.
type forever struct{ text string }

func (f *forever) Read(p []byte) (int, error) {
	n := 0
	for n+len(f.text) <= len(p) {
		n += copy(p[n:], f.text)
	}
	return n, nil
}

// HTTP/2, by hand: frames as RFC 9113 §4.1 has them.
const (
	frameHeaders  = 1
	frameReset    = 3
	frameSettings = 4
	frameGoAway   = 7

	endStream  = 1
	ack        = 1
	endHeaders = 4
)

type h2 struct{ *client }

func (d *door) h2() h2 {
	d.t.Helper()
	conn, err := tls.Dial("tcp", d.tls, &tls.Config{InsecureSkipVerify: true, ServerName: "localhost", NextProtos: []string{"h2"}})
	if err != nil {
		d.t.Fatal(err)
	}
	if got := conn.ConnectionState().NegotiatedProtocol; got != "h2" {
		d.t.Fatalf("it speaks %q", got)
	}
	c := h2{d.client(conn)}
	c.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(frameSettings, 0, 0, ""))
	return c
}

func frame(kind, flags byte, stream uint32, payload string) string {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return string(binary.BigEndian.AppendUint32(head, stream)) + payload
}

// fields writes header fields as literals that nobody keeps (RFC 7541 §6.2.2).
func fields(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "\x00%c%s%c%s", len(pairs[i]), pairs[i], len(pairs[i+1]), pairs[i+1])
	}
	return b.String()
}

var getHealth = fields(":method", "GET", ":scheme", "https", ":authority", "localhost", ":path", "/_emulator/health")

// next reads a frame.
func (c h2) next() (kind, flags byte, stream uint32, payload []byte, err error) {
	head := make([]byte, 9)
	if _, err = io.ReadFull(c.in, head); err != nil {
		return
	}
	payload = make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
	_, err = io.ReadFull(c.in, payload)
	return head[3], head[4], binary.BigEndian.Uint32(head[5:]) & (1<<31 - 1), payload, err
}

// Streams that are opened and reset as fast as they can be cost who does it the
// connection, and nobody else anything.
func TestRapidReset(t *testing.T) {
	d := open(t, nil)
	c := d.h2()
	const streams = 20_000
	go func() {
		for i := range uint32(streams) {
			stream := 2*i + 1
			if _, err := io.WriteString(c, frame(frameHeaders, endHeaders|endStream, stream, getHealth)+frame(frameReset, 0, stream, "\x00\x00\x00\x08")); err != nil {
				return // it has had enough
			}
		}
		_, _ = io.WriteString(c, frame(frameGoAway, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x00"))
	}()
	// Meanwhile, others are answered on both listeners.
	for range 20 {
		other := d.dial()
		other.send(health)
		if got := other.status(); got != http.StatusOK {
			t.Fatalf("another caller gets %d", got)
		}
	}
	for {
		if _, _, _, _, err := c.next(); err != nil {
			break
		}
	}
	again := d.h2()
	again.send(frame(frameHeaders, endHeaders|endStream, 1, getHealth))
	for {
		kind, _, stream, _, err := again.next()
		if err != nil {
			t.Fatalf("no answer afterwards: %v", err)
		}
		if kind == frameHeaders && stream == 1 {
			break
		}
	}
}

// A peer is told how many streams it may open, and what it opens beyond is refused.
func TestStreamsAreBounded(t *testing.T) {
	d := open(t, func(b *bounds) { b.streams = 3 })
	c := d.h2()
	// Their bodies never come, so all stay open.
	post := fields(":method", "POST", ":scheme", "https", ":authority", "localhost", ":path", "/_emulator/api/tokens")
	for i := range uint32(5) {
		c.send(frame(frameHeaders, endHeaders, 2*i+1, post))
	}
	said, refused := uint32(0), false
	for !refused {
		kind, flags, _, payload, err := c.next()
		if err != nil {
			t.Fatalf("stream 4 was not refused: %v", err)
		}
		if kind == frameSettings && flags&ack == 0 {
			for ; len(payload) >= 6; payload = payload[6:] {
				if binary.BigEndian.Uint16(payload) == 3 { // SETTINGS_MAX_CONCURRENT_STREAMS
					said = binary.BigEndian.Uint32(payload[2:])
				}
			}
		}
		refused = kind == frameReset || kind == frameGoAway
	}
	if said != 3 {
		t.Errorf("it says %d streams", said)
	}
}
