package main

import (
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// With every connection served, the many that come are turned away without looking through
// all of them for each; one that is idle by then makes room soon.
func TestFullIsNotLookedThroughForEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 1000
		all := newConnections(most)
		arrive := func() *connection { return &connection{TCPConn: &net.TCPConn{}, all: all} }
		var served *connection
		for range most {
			served = arrive()
			all.open[served] = struct{}{}
		}
		if all.admit(arrive()) {
			t.Fatal("one who is served made room")
		}
		served.since.Store(1) // it is idle
		for range 1000 {
			if all.admit(arrive()) {
				t.Fatal("they were looked through again at once")
			}
		}
		time.Sleep(lookAgain)
		newcomer := arrive()
		newcomer.since.Store(2)
		if !all.admit(newcomer) {
			t.Fatal("the idle one made no room")
		}
		if all.admit(arrive()) {
			t.Error("a look that found one alone was repeated at once")
		}
	})
}

// One that was closed takes no room, though nobody waited for it: it was being served.
func TestClosedConnectionIsCountedNoLonger(t *testing.T) {
	all := newConnections(1)
	served := &connection{TCPConn: &net.TCPConn{}, all: all}
	if !all.admit(served) {
		t.Fatal("the first was turned away")
	}
	note(served, http.StateActive)
	_ = served.Close()
	if !all.admit(&connection{TCPConn: &net.TCPConn{}, all: all}) {
		t.Error("a connection that was closed takes room")
	}
}

// When the emulator stops, who has asked something is answered, and who has not is let go.
func TestFreshAloneAreClosed(t *testing.T) {
	all := newConnections(2)
	fresh, asked := &connection{TCPConn: &net.TCPConn{}, all: all}, &connection{TCPConn: &net.TCPConn{}, all: all}
	if !all.admit(fresh) || !all.admit(asked) {
		t.Fatal("they were turned away")
	}
	note(asked, http.StateActive)
	all.closeFresh()
	if _, open := all.open[asked]; !open || len(all.open) != 1 {
		t.Errorf("%d are open, the one that asked among them: %t", len(all.open), open)
	}
}
