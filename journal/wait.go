package journal

import (
	"context"
	"errors"
	"slices"
)

// ErrClosed ends a Wait of a journal that is closed.
var ErrClosed = errors.New("the emulator stops")

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
	come, _ := s.Backlog()
	for len(come) < count {
		select {
		case <-s.Ready():
		case <-ctx.Done():
			return newestFirst(come), ctx.Err()
		case <-s.Done():
			return newestFirst(come), ErrClosed
		}
		for _, e := range s.Take() {
			switch {
			case e.Cleared:
				come = nil
			case e.Entry != nil:
				come = append(come, e.Entry)
			}
		}
	}
	return newestFirst(come), nil
}

func newestFirst(entries []*Entry) []*Entry {
	slices.Reverse(entries)
	return entries
}
