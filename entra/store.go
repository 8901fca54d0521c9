package entra

import (
	"sync"
	"time"
)

// store keeps values behind handles until they expire, and no more than max: the
// oldest goes first. It needs no goroutine, since nothing of it grows unasked.
type store[V any] struct {
	max int

	mu      sync.Mutex
	entries map[string]*stored[V]
	order   []string // of arrival; handles that are gone may still be in it
}

type stored[V any] struct {
	value V
	until time.Time
}

func newStore[V any](max int) *store[V] {
	return &store[V]{max: max, entries: map[string]*stored[V]{}}
}

// add keeps value behind handle. It reports false when the handle is taken.
func (s *store[V]) add(handle string, value V, now, until time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.entries[handle]; ok && now.Before(old.until) {
		return false
	}
	delete(s.entries, handle)
	s.makeRoom(now)
	s.entries[handle] = &stored[V]{value, until}
	s.order = append(s.order, handle)
	return true
}

func (s *store[V]) makeRoom(now time.Time) {
	if len(s.order) < s.max {
		return
	}
	kept := s.order[:0]
	for _, handle := range s.order {
		if e, ok := s.entries[handle]; !ok || !now.Before(e.until) {
			delete(s.entries, handle)
			continue
		}
		kept = append(kept, handle)
	}
	// A tenth at once, so that a full store is not gone through at every arrival.
	if len(kept) >= s.max {
		n := len(kept) - s.max + 1 + s.max/10
		for _, handle := range kept[:n] {
			delete(s.entries, handle)
		}
		kept = append(kept[:0], kept[n:]...)
	}
	clear(s.order[len(kept):])
	s.order = kept
}

// found is what became of a handle.
type found int

const (
	absent  found = iota // never given out, or forgotten
	expired              // its time is over
	present
)

// look shows what is behind handle, unless it is expired, to f, which may change it.
func (s *store[V]) look(handle string, now time.Time, f func(*V)) found {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.entries[handle]
	switch {
	case !ok:
		return absent
	case !now.Before(e.until):
		return expired
	}
	f(&e.value)
	return present
}

// get returns a copy of what is behind handle.
func (s *store[V]) get(handle string, now time.Time) (value V, is found) {
	is = s.look(handle, now, func(v *V) { value = *v })
	return value, is
}

// clear forgets everything.
func (s *store[V]) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries, s.order = map[string]*stored[V]{}, nil
}
