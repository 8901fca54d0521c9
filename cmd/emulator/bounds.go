package main

import (
	"log/slog"
	"net/http"
	"time"

	"flowgate/server"
)

// bounds are what one client may take of the emulator. The zero value would bound
// nothing: use defaultBounds.
type bounds struct {
	// read is how long a request may take to arrive, head and body. A body whose
	// credentials are good is given longer, by the server. Of an answer that takes
	// longer it says nothing: net/http lifts it when the request has arrived.
	read time.Duration
	// write is how long a request and its answer may take together, so that a client
	// that does not read ends. It is longer than a body may take to arrive. Answers
	// that go on, such as streams, set deadlines of their own.
	write time.Duration
	idle  time.Duration // between two requests
	// fresh is how long, when the emulator stops, a connection that has not asked
	// anything yet may still begin: its call may be on the way.
	fresh time.Duration
	drain time.Duration // for calls in flight, when the emulator stops

	headerBytes int // as large as it is, so that a token far too large gets the gate's answer
	connections int // open at once, on all listeners
	streams     int // at once in one HTTP/2 connection
}

func defaultBounds() bounds {
	return bounds{
		read: 10 * time.Second, write: 3 * time.Minute, idle: 2 * time.Minute,
		fresh: 500 * time.Millisecond, drain: drainTime,
		headerBytes: 2 << 20, connections: maxConnections(), streams: 100,
	}
}

// drainTime is how long calls in flight may take when the emulator stops.
const drainTime = 10 * time.Second

// newHTTPServer returns a server of the gate within bounds.
func newHTTPServer(gate http.Handler, b bounds, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: gate, ConnState: note, ConnContext: server.WireContext,
		ReadHeaderTimeout: b.read, ReadTimeout: b.read, WriteTimeout: b.write, IdleTimeout: b.idle,
		MaxHeaderBytes: b.headerBytes,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: b.streams,
			SendPingTimeout:      b.read, PingTimeout: b.read, // a peer that is gone is found out
			WriteByteTimeout: b.read,
		},
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), // a client that breaks off is no event
	}
}
