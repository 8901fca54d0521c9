package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"sync"
)

// Bounds of what subscribers cost.
const (
	// MaxSubscriptions is how many may listen at a time, each Wait included.
	MaxSubscriptions = 256
	maxQueue         = 256       // events that wait for one subscriber
	maxQueueBytes    = 512 << 10 // and about how many bytes of entries
)

// ErrTooManySubscriptions refuses a subscription.
var ErrTooManySubscriptions = errors.New("256 listen to the journal already; end one of them")

// Event is what a subscriber hears of: a call, calls that it missed because it was too
// slow or calls came too fast, or that the journal was cleared.
type Event struct {
	Entry   *Entry // nil: one of the others
	Missed  uint64 // how many calls, of which nobody looked whether the filter chooses them
	Cleared bool

	text *text
}

// text is the JSON of an entry, which the subscribers share.
type text struct {
	once sync.Once
	json []byte
}

// JSON is the entry as compact JSON on one line.
func (e Event) JSON() []byte {
	if e.text == nil {
		return encode(e.Entry)
	}
	e.text.once.Do(func() { e.text.json = encode(e.Entry) })
	return e.text.json
}

func encode(e *Entry) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		panic(err) // an entry holds what JSON was decoded into
	}
	return Printable(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// Subscription hears of every call that its filter chooses, from its beginning on and
// in order. What its owner does not take in time it loses, and hears of that.
type Subscription struct {
	journal *Journal
	filter  Filter
	begun   uint64        // number of the first call after it began
	ready   chan struct{} // has an element while there are events
	full    chan struct{} // has one while there is little room for more

	mu    sync.Mutex
	from  uint64 // number of the first call that it is to hear of
	queue []Event
	bytes int
}

// Subscribe begins a subscription; the owner ends it with Close.
func (j *Journal) Subscribe(f Filter) (*Subscription, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.listeners) >= MaxSubscriptions {
		return nil, ErrTooManySubscriptions
	}
	s := &Subscription{journal: j, filter: f, ready: make(chan struct{}, 1), full: make(chan struct{}, 1), begun: j.next, from: j.next}
	j.listeners = append(slices.Clip(j.listeners), s)
	j.nudge() // a writer that rests need not rest so long now
	return s, nil
}

// Close ends the subscription.
func (s *Subscription) Close() {
	j := s.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	j.listeners = slices.DeleteFunc(slices.Clone(j.listeners), func(other *Subscription) bool { return other == s })
}

// Backlog returns the chosen ones of the calls that were in the journal when the
// subscription began, oldest first, and how many of those that the filter's From asks
// for were in it no more.
func (s *Subscription) Backlog() (entries []*Entry, missed uint64) {
	entries, first := s.journal.list(s.filter, s.begun)
	slices.Reverse(entries)
	if s.filter.From > 0 && first > s.filter.From {
		missed = first - s.filter.From
	}
	return entries, missed
}

// Ready is where the owner waits until there is something to take.
func (s *Subscription) Ready() <-chan struct{} { return s.ready }

// Full is where an owner who lets events wait hears that half the room for them is taken:
// what there is no room for is missed.
func (s *Subscription) Full() <-chan struct{} { return s.full }

// Done is closed when the journal is, and nothing more will come.
func (s *Subscription) Done() <-chan struct{} { return s.journal.done }

// Take returns the events that wait, oldest first.
func (s *Subscription) Take() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.queue
	s.queue, s.bytes = nil, 0
	for _, told := range []chan struct{}{s.ready, s.full} { // of these events, and of none after them
		select {
		case <-told:
		default:
		}
	}
	return events
}

// tell queues a call's event, or notes that there is no room for it. It reports
// whether the owner will hear of the call.
func (s *Subscription) tell(number uint64, e Event) bool {
	if !s.filter.chooses(e.Entry) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if number < s.from {
		return false
	}
	size := len(e.Entry.Body) + 1<<10
	if len(s.queue) >= maxQueue || len(s.queue) > 0 && s.bytes+size > maxQueueBytes {
		s.missLocked(1)
		return false
	}
	s.bytes += size
	s.push(e)
	return true
}

// miss notes that the calls from a number up to another were never written up.
func (s *Subscription) miss(from, to uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if from = max(from, s.from); from < to {
		s.missLocked(to - from)
	}
}

func (s *Subscription) missLocked(n uint64) {
	if last := len(s.queue) - 1; last >= 0 && s.queue[last].Missed > 0 {
		s.queue[last].Missed += n
		return
	}
	s.push(Event{Missed: n})
}

// cleared forgets what waits, and what is being written up: calls before a number.
func (s *Subscription) cleared(next uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.queue, s.bytes = next, nil, 0
	s.push(Event{Cleared: true})
}

func (s *Subscription) push(e Event) {
	s.queue = append(s.queue, e)
	wake(s.ready)
	if len(s.queue) > maxQueue/2 || s.bytes > maxQueueBytes/2 {
		wake(s.full)
	}
}

func wake(owner chan struct{}) {
	select {
	case owner <- struct{}{}:
	default: // it knows already
	}
}
