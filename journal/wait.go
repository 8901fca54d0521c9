package journal

import (
	"context"
	"errors"
	"slices"
	"time"
)

// ErrClosed ends a Wait of a journal that is closed.
var ErrClosed = errors.New("the emulator stops")

// lookAgain is how long after calls were missed a Wait looks for them in the journal:
// looking writes up what the writer has not, and under a flood must not take the
// calls' own processor.
const lookAgain = 200 * time.Millisecond

// Wait returns the entries that f chooses, newest first, once there are count of them:
// those that are in the journal already, and those that come. It does not matter
// whether the caller begins to wait before the calls or after them. When ctx ends
// first, it returns those that there are, and the error of ctx. A journal that is
// cleared meanwhile begins anew.
func (j *Journal) Wait(ctx context.Context, f Filter, count int) ([]*Entry, error) {
	f.Limit = 0
	s, err := j.Subscribe(f)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var come arrivals
	backlog, _ := s.Backlog()
	come.found(backlog)
	var again <-chan time.Time // nil: nothing was missed
	for len(come.entries) < count && err == nil {
		select {
		case <-s.Ready():
			if missed := come.hear(s.Take()); missed && again == nil {
				again = time.After(lookAgain)
			}
			continue
		case <-again:
		case <-ctx.Done():
			err = ctx.Err()
		case <-s.Done():
			err = ErrClosed
		}
		if again != nil {
			again = nil
			kept := j.List(f)
			slices.Reverse(kept)
			come.found(kept)
		}
	}
	if len(come.entries) >= count {
		err = nil
	}
	slices.Reverse(come.entries)
	return come.entries, err
}

// arrivals are the calls that a Wait has heard of or found, oldest first, each once.
type arrivals struct {
	entries []*Entry
	known   map[*Entry]bool
}

// found takes in what the journal has, oldest first: what it has no longer came before.
func (a *arrivals) found(kept []*Entry) {
	known := make(map[*Entry]bool, len(kept))
	for _, e := range kept {
		known[e] = true
	}
	gone := slices.DeleteFunc(a.entries, func(e *Entry) bool { return known[e] })
	for _, e := range gone {
		known[e] = true
	}
	a.entries, a.known = append(gone, kept...), known
}

// hear takes events in, and reports whether calls were missed.
func (a *arrivals) hear(events []Event) (missed bool) {
	for _, e := range events {
		switch {
		case e.Cleared:
			*a = arrivals{known: map[*Entry]bool{}}
		case e.Entry == nil:
			missed = true
		case !a.known[e.Entry]:
			a.known[e.Entry] = true
			a.entries = append(a.entries, e.Entry)
		}
	}
	return missed
}
