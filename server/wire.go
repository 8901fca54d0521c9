package server

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// An answer of a trigger has some twenty headers. net/http would hash, copy, sort and
// check each of them again: 12 of the 30 microseconds that a call took (bench/README.md).
// On a plain HTTP/1.1 connection they are therefore written as one prepared block of
// lines, put after the status line as it passes. Everywhere else (TLS, HTTP/2, a
// handler under test) the same headers go the usual way.

// Wire wraps a listener of plain HTTP whose server has WireContext as its ConnContext.
func Wire(l net.Listener) net.Listener { return wireListener{l} }

// WireContext lets handlers reach the connection.
func WireContext(ctx context.Context, c net.Conn) context.Context {
	if w, ok := c.(*wire); ok {
		return context.WithValue(ctx, wireKey{}, w)
	}
	return ctx
}

type wireKey struct{}

type wireListener struct{ net.Listener }

func (l wireListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &wire{Conn: c}, nil
}

// wire is a connection that can be given header lines for the answer that comes next.
// net/http answers one request of a connection at a time, and flushes each answer, so
// that the next write begins with its status line. The lines are set and taken by the
// goroutine that serves the connection.
type wire struct {
	net.Conn
	lines   *[]byte   // nil: none
	writeBy time.Time // the deadline that stands; zero: none
}

// statusLine is how every answer begins that lines may be put into.
var statusLine = []byte("HTTP/1.")

// Write writes p with the lines, if any wait, after its first line.
func (w *wire) Write(p []byte) (int, error) {
	if w.lines == nil {
		return w.Conn.Write(p)
	}
	end := bytes.IndexByte(p, '\n') + 1
	if end == 0 || !bytes.HasPrefix(p, statusLine) {
		return w.Conn.Write(p) // not the head of an answer: they wait for it
	}
	lines := w.lines
	w.lines = nil
	defer lineBuffers.Put(lines)
	all := lineBuffers.Get().(*[]byte)
	defer lineBuffers.Put(all) // as large as net/http's buffer and the lines, which are short
	*all = append(append(append((*all)[:0], p[:end]...), *lines...), p[end:]...)
	n, err := w.Conn.Write(*all)
	// The caller counts its own bytes.
	return max(0, min(n-len(*lines), len(p))), err
}

// NetConn returns the connection below.
func (w *wire) NetConn() net.Conn { return w.Conn }

// CloseWrite lets net/http end its half first, as it does with a TCP connection.
func (w *wire) CloseWrite() error {
	if half, ok := w.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

var lineBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// head is the headers of one answer, on their way to where they are written.
type head struct {
	writer http.ResponseWriter
	wire   *wire
	lines  *[]byte // nil: into the writer's own

	own        http.Header // of the Response action: they take the place of the service's
	suppressed bool        // whether x-ms-* headers are left out
}

// headOf returns the head of the answer to r that is written to writer.
func headOf(r *http.Request, writer http.ResponseWriter) head {
	w, _ := r.Context().Value(wireKey{}).(*wire)
	if w == nil || r.ProtoMajor != 1 {
		return head{writer: writer}
	}
	lines := lineBuffers.Get().(*[]byte)
	*lines = (*lines)[:0]
	return head{writer: writer, wire: w, lines: lines}
}

// set adds a header whose value is the parts joined. Names are written as they are
// given: the service's are in lower case, and Header.Set would change their letters.
func (h *head) set(name string, parts ...string) {
	if h.suppressed && strings.HasPrefix(name, "x-ms-") || len(h.own) > 0 && h.own[http.CanonicalHeaderKey(name)] != nil {
		return
	}
	if h.lines == nil {
		h.writer.Header()[name] = []string{strings.TrimSpace(strings.Map(headerRune, strings.Join(parts, "")))}
		return
	}
	b := append(append(*h.lines, name...), ": "...)
	start := len(b)
	for _, part := range parts {
		b = append(b, part...)
	}
	for i := start; i < len(b); i++ {
		b[i] = headerByte(b[i])
	}
	value := bytes.TrimSpace(b[start:]) // HTTP/2 knows no space at the ends
	*h.lines = append(append(b[:start], value...), "\r\n"...)
}

// headerByte makes a space of what must not stand in a header, such as the end of a
// line in a workflow's name, which anybody's document gives.
func headerByte(b byte) byte {
	if b < ' ' || b == 0x7f {
		return ' '
	}
	return b
}

func headerRune(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

// done gives the lines to the connection; WriteHeader must come next.
func (h *head) done() {
	if h.lines != nil {
		h.wire.lines = h.lines
	}
}

// lax is by how much a deadline may be early: net/http sets one for each answer, and
// setting one is a call into the runtime's timers.
const lax = 2 * time.Second

// SetWriteDeadline sets it unless the one that stands is nearly the same.
func (w *wire) SetWriteDeadline(t time.Time) error {
	if early := t.Sub(w.writeBy); !t.IsZero() && !w.writeBy.IsZero() && 0 <= early && early < lax {
		return nil
	}
	w.writeBy = t
	return w.Conn.SetWriteDeadline(t)
}

// SetDeadline sets both.
func (w *wire) SetDeadline(t time.Time) error {
	w.writeBy = t
	return w.Conn.SetDeadline(t)
}
