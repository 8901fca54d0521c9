package jwks

import (
	"container/list"
	"sync"
)

// tokens is a segmented LRU of verified tokens, bounded by bytes. What is new is on probation, and
// what is asked for again is protected; room is made on probation first. So a flood of tokens
// that come once only ever drives out others like them, and a token in use stays.
type tokens struct {
	limit int // bytes, of which four fifths may be protected

	mu                   sync.Mutex // held for some pointers' time, never while anything is computed
	all                  map[fingerprint]*list.Element
	probation, protected list.List // of *remembered, the latest first
	bytes, safe          int       // of all, and of those that are protected
}

// remembered is a token's place in tokens.
type remembered struct {
	*believed
	fingerprint fingerprint
	cost        int
	safe        bool // protected
}

func newTokens(limit int) *tokens {
	return &tokens{limit: limit, all: map[fingerprint]*list.Element{}}
}

// get returns the token, nil if there is none.
func (t *tokens) get(f fingerprint) *believed {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.all[f]
	if at == nil {
		return nil
	}
	r := at.Value.(*remembered)
	if r.safe {
		t.protected.MoveToFront(at)
		return r.believed
	}
	t.probation.Remove(at)
	r.safe = true
	t.safe += r.cost
	t.all[f] = t.protected.PushFront(r)
	for t.safe > t.limit/5*4 {
		oldest := t.protected.Remove(t.protected.Back()).(*remembered)
		oldest.safe = false
		t.safe -= oldest.cost
		t.all[oldest.fingerprint] = t.probation.PushFront(oldest)
	}
	return r.believed
}

// put adds a token, or replaces it, and makes room.
func (t *tokens) put(f fingerprint, b *believed, cost int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(f)
	t.all[f] = t.probation.PushFront(&remembered{believed: b, fingerprint: f, cost: cost})
	t.bytes += cost
	for t.bytes > t.limit {
		oldest := t.probation.Back()
		if oldest == nil {
			oldest = t.protected.Back()
		}
		t.remove(oldest.Value.(*remembered).fingerprint)
	}
}

// drop removes the token if it is still this one: another call may have put a newer in its place.
func (t *tokens) drop(f fingerprint, b *believed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := t.all[f]; at != nil && at.Value.(*remembered).believed == b {
		t.remove(f)
	}
}

func (t *tokens) remove(f fingerprint) {
	at := t.all[f]
	if at == nil {
		return
	}
	delete(t.all, f)
	r := at.Value.(*remembered)
	t.bytes -= r.cost
	if !r.safe {
		t.probation.Remove(at)
		return
	}
	t.safe -= r.cost
	t.protected.Remove(at)
}

// size returns how many tokens there are and the bytes they cost.
func (t *tokens) size() (entries, bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.all), t.bytes
}
