package journal

import "sync"

// Pending is a call that is not written up yet: writing one redacts, explains and
// copies, which is too dear for the call's own path.
type Pending interface {
	// Entry writes the call up. It is called once, at any time, by any goroutine.
	Entry() *Entry
}

// Entry makes an entry its own Pending.
func (e *Entry) Entry() *Entry { return e }

// Journal is a ring of calls, safe for concurrent use. Whoever reads a call that is
// pending writes it up; a writer in the background does so with the others, and tells
// the subscribers. Use New, and Close at the end.
type Journal struct {
	size int
	done chan struct{} // closed by Close
	wake chan struct{} // something to do for a writer that waits
	ends sync.WaitGroup

	mu        sync.Mutex
	slots     []slot
	base      uint64 // number of the call in slots[0] on its first round; all before it are cleared
	next      uint64 // number of the next call: they are numbered as they come
	written   uint64 // number of the next call for the writer
	idle      bool   // the writer waits for the next call
	displaced uint64
	listeners []*Subscription // replaced, never changed
	closed    bool
}

// slot holds a call: pending at first, and its record once somebody wants it.
type slot struct {
	id      string
	pending Pending
	record  *record
}

// record is a call that somebody wants written up. Who comes second waits for the
// first.
type record struct {
	once    sync.Once
	pending Pending
	written *Entry
}

func (r *record) entry() *Entry {
	r.once.Do(func() { r.written, r.pending = r.pending.Entry(), nil })
	return r.written
}

// firstSlots is how many slots a journal begins with; a larger one grows as calls come.
const firstSlots = 4096

// New returns a journal that keeps the newest size calls; with size 0 or less it
// keeps none.
func New(size int) *Journal {
	j := &Journal{size: max(size, 0), done: make(chan struct{}), wake: make(chan struct{}, 1)}
	if j.size > 0 {
		j.slots = make([]slot, 0, min(j.size, firstSlots))
		j.ends.Go(j.write)
	}
	return j
}

// Close ends the writer, every Wait and every subscription. What is in the journal
// can be read still.
func (j *Journal) Close() {
	j.mu.Lock()
	if !j.closed {
		j.closed = true
		close(j.done)
	}
	j.mu.Unlock()
	j.ends.Wait()
}

// count is how many calls have come.
func (j *Journal) count() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.next
}

// Size is how many calls the journal keeps at most.
func (j *Journal) Size() int { return j.size }

// Len is how many calls are in the journal now.
func (j *Journal) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.slots)
}

// Subscriptions is how many listen now.
func (j *Journal) Subscriptions() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.listeners)
}

// Displaced is how many calls made room for newer ones before they were written up.
func (j *Journal) Displaced() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.displaced
}

// Add keeps a call, in the place of the oldest one when the journal is full. It waits
// for nobody: not for readers, subscribers or the writer.
func (j *Journal) Add(id string, p Pending) {
	if j.size == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.slots) < j.size {
		j.slots = append(j.slots, slot{id: id, pending: p})
	} else {
		s := j.at(j.next)
		if s.record == nil {
			j.displaced++
		}
		*s = slot{id: id, pending: p}
	}
	j.next++
	if j.idle {
		j.idle = false
		j.nudge()
	}
}

// nudge tells the writer that there is something to do.
func (j *Journal) nudge() {
	select {
	case j.wake <- struct{}{}:
	default: // it is told already
	}
}

// at returns the slot of a call's number. The lock is held.
func (j *Journal) at(number uint64) *slot {
	return &j.slots[(number-j.base)%uint64(j.size)]
}

// oldest is the number of the oldest call that is kept. The lock is held.
func (j *Journal) oldest() uint64 { return j.next - uint64(len(j.slots)) }

// Clear forgets every call.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	clear(j.slots)
	j.slots = j.slots[:0]
	j.base, j.written = j.next, j.next
	for _, s := range j.listeners {
		s.cleared(j.next)
	}
}
