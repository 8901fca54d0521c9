package prefault

import (
	"testing"
	"unsafe"
)

// A stack that has been made deep stays where it is when it is used, and any other moves.
func TestDeepenedStackStays(t *testing.T) {
	moves := func(before func()) bool {
		moved := make(chan bool)
		go func() {
			var here byte
			before()
			first := uintptr(unsafe.Pointer(&here)) // no pointer: it does not move with the stack
			deepen()
			moved <- first != uintptr(unsafe.Pointer(&here))
		}()
		return <-moved
	}
	if !moves(func() {}) {
		t.Error("a new stack has room already, so that this test proves nothing")
	}
	if moves(func() { deepen() }) {
		t.Error("the stack moved all the same")
	}
}
