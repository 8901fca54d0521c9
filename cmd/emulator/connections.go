package main

import (
	"cmp"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// connections are the open ones, of all listeners. When there are too many, those
// that have been idle for longest make room: whoever opens thousands and leaves them
// keeps nobody else out.
type connections struct {
	max  int
	mu   sync.Mutex
	open map[*connection]struct{}
	look time.Time // before it, nobody looks for those that wait
}

func newConnections(most int) *connections {
	return &connections{max: most, open: map[*connection]struct{}{}}
}

// connection is one that net/http serves. What it does is read and written without
// a lock, since it changes twice a call.
type connection struct {
	*net.TCPConn
	all *connections
	// since is when it became idle, or arrived if it has asked nothing yet, in
	// nanoseconds of 1970; 0 while it is served.
	since atomic.Int64
	asked atomic.Bool
}

// Close closes it and counts it no longer.
func (c *connection) Close() error {
	c.all.mu.Lock()
	delete(c.all.open, c)
	c.all.mu.Unlock()
	return c.TCPConn.Close()
}

// note is told by net/http what a connection does.
func note(conn net.Conn, state http.ConnState) {
	if outer, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS's, or the gate's
		conn = outer.NetConn()
	}
	c, ok := conn.(*connection)
	if !ok {
		return
	}
	switch state {
	case http.StateActive:
		c.since.Store(0)
		c.asked.Store(true)
	case http.StateIdle:
		c.since.Store(time.Now().UnixNano())
	}
}

// listen wraps a listener so that what it accepts is counted.
func (all *connections) listen(l net.Listener) net.Listener { return &countedListener{l, all} }

type countedListener struct {
	net.Listener
	all *connections
}

func (l *countedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			return conn, nil
		}
		c := &connection{TCPConn: tcp, all: l.all}
		c.since.Store(time.Now().UnixNano())
		if l.all.admit(c) {
			return c, nil
		}
		tcp.Close()
	}
}

// admit takes a connection in, and reports whether there is room.
func (all *connections) admit(c *connection) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	if len(all.open) >= all.max && !time.Now().Before(all.look) {
		all.makeRoom()
	}
	if len(all.open) >= all.max {
		return false // each of them is being served, or was just now
	}
	all.open[c] = struct{}{}
	return true
}

// lookAgain is how long nobody is looked for after fewer waited than make room at once.
const lookAgain = 10 * time.Millisecond

// makeRoom closes a part of those that wait, all at once: looking through all connections
// for each that comes would be work that an attacker sets. The lock is held.
func (all *connections) makeRoom() {
	part := all.max/64 + 1
	waiting := all.waiting()
	if len(waiting) < part {
		all.look = time.Now().Add(lookAgain)
	}
	for _, w := range waiting[:min(len(waiting), part)] {
		delete(all.open, w)
		w.TCPConn.Close()
	}
}

// waiting returns the connections that are not served, who waits longest first;
// those that have never asked anything come before those that have.
func (all *connections) waiting() []*connection {
	type one struct {
		*connection
		asked bool
		since int64
	}
	var list []one
	for c := range all.open {
		if since := c.since.Load(); since != 0 {
			list = append(list, one{c, c.asked.Load(), since})
		}
	}
	slices.SortFunc(list, func(a, b one) int {
		if a.asked != b.asked {
			if b.asked {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.since, b.since)
	})
	sorted := make([]*connection, len(list))
	for i, c := range list {
		sorted[i] = c.connection
	}
	return sorted
}

// closeFresh closes the connections that have not asked anything: net/http would
// wait five seconds for each before it stops.
func (all *connections) closeFresh() {
	all.mu.Lock()
	defer all.mu.Unlock()
	for c := range all.open {
		if !c.asked.Load() {
			delete(all.open, c)
			c.TCPConn.Close()
		}
	}
}

const (
	mostConnections = 16_384 // at some 20 kB each while they are idle, 330 MB
	ownDescriptors  = 128    // kept for files, key sets and the log
)

// maxConnections is how many connections may be open: fewer than the system would
// let this process open, or it would fail where it can least choose whom.
func maxConnections() int {
	limit, known := descriptorLimit()
	if !known || limit >= mostConnections+ownDescriptors {
		return mostConnections
	}
	return max(int(limit)-ownDescriptors, 16)
}
