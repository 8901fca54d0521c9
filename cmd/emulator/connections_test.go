package main

import (
	"net"
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
