package server

import (
	"testing"
	"time"
)

// A call that came before a key's time was over, and is judged after it, does not bring the
// key back: the next call would have to take it away again, and so on in turns.
func TestKeysDoNotGoBackForACallThatWaited(t *testing.T) {
	now := noon
	s := gate(t, Options{Now: func() time.Time { return now }})
	if err := s.Keys().Rotate(now, time.Minute); err != nil {
		t.Fatal(err)
	}
	both := s.judge(now).believed.version.Load()
	now = noon.Add(2 * time.Minute)
	one := s.judge(now).believed.version.Load()
	if both == one {
		t.Fatal("the old key is still believed")
	}
	if got := s.judge(noon).believed.version.Load(); got != one {
		t.Errorf("version %d is believed, not %d", got, one)
	}
}
