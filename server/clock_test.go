package server

import (
	"testing"
	"time"
)

// A clock that goes on is told of as it was set, however fast the machine's goes.
func TestClockTellsTheOffsetThatWasSet(t *testing.T) {
	machine := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := clock{machine: func() time.Time { machine = machine.Add(time.Second); return machine }}
	offset := 2 * time.Hour
	if err := c.set(&offset, nil); err != nil {
		t.Fatal(err)
	}
	if got := c.read(); got.Offset != offset || got.Frozen || !got.Now.Equal(machine.Add(offset)) {
		t.Errorf("%+v, at %s", got, machine)
	}
}
