package inspector

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"flowgate/journal"
)

const (
	// heartbeat is how often an idle stream sends a comment, so that neither side
	// takes the other for gone.
	heartbeat = 15 * time.Second
	// patience is how long a listener may take for what it is sent: one that does not
	// read is cut off.
	patience = 10 * time.Second

	eventStream = "text/event-stream; charset=utf-8"
)

// stream sends every call that fits as it comes, as server-sent events. Last-Event-ID,
// which a browser sends when it connects again, or else since, names the entry after
// which to begin; an empty since begins with what is in the journal. HEAD has no body, and
// thus ends with the headers.
func (i inspector) stream(w http.ResponseWriter, r *http.Request) {
	f, q, ok := i.filter(w, r)
	if !ok {
		return
	}
	if r.Method == http.MethodHead {
		header(w, eventStream, http.StatusOK) // net/http would swallow events, and the stream never end
		return
	}
	after, resumes := r.Header.Get("Last-Event-ID"), true
	if after == "" {
		after, resumes = q.Get("since"), q.Has("since")
	}
	number, found := i.Journal.Number(after)
	if found {
		f.From = number + 1
	}
	s, err := i.Journal.Subscribe(f)
	if err != nil {
		problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	defer s.Close()
	l := &listener{writer: w, control: http.NewResponseController(w), patience: i.patience, listening: i.Journal.Subscriptions}
	if !l.begin() {
		return
	}
	if resumes {
		if after != "" && !found {
			// It is in the journal no more: how many came since, nobody knows.
			l.event("missed", "", []byte(`{"count":null}`))
		}
		if !l.backlog(s) {
			return
		}
	}
	l.follow(r, s)
}

// listener writes events, and gives up on who does not read them.
type listener struct {
	writer    http.ResponseWriter
	control   *http.ResponseController
	patience  time.Duration
	listening func() int // how many listen to the journal
	buffer    bytes.Buffer
}

func (l *listener) begin() bool {
	header(l.writer, eventStream, http.StatusOK)
	l.comment("calls follow as they come")
	return l.flush()
}

// comment is a line that no reader of events sees.
func (l *listener) comment(text string) { fmt.Fprintf(&l.buffer, ": %s\n\n", text) }

// event puts an event into the buffer; its data is one line.
func (l *listener) event(name, id string, data []byte) {
	fmt.Fprintf(&l.buffer, "event: %s\n", name)
	if id != "" {
		fmt.Fprintf(&l.buffer, "id: %s\n", id)
	}
	l.buffer.WriteString("data: ")
	l.buffer.Write(data)
	l.buffer.WriteString("\n\n")
}

// maxBuffer is how much is buffered before it is written.
const maxBuffer = 64 << 10

// flush writes what is buffered. It reports false when nobody reads it.
func (l *listener) flush() bool {
	// Writers without deadlines, as in tests, are bounded by their maker.
	_ = l.control.SetWriteDeadline(time.Now().Add(l.patience))
	_, err := l.writer.Write(l.buffer.Bytes())
	if l.buffer.Reset(); l.buffer.Cap() > 4*maxBuffer {
		l.buffer = bytes.Buffer{}
	}
	err = errors.Join(err, l.control.Flush())
	_ = l.control.SetWriteDeadline(time.Time{}) // HTTP/2 ends a stream at its deadline, idle or not
	return err == nil
}

// backlog sends what was in the journal before the subscription.
func (l *listener) backlog(s *journal.Subscription) bool {
	entries, missed := s.Backlog()
	if missed > 0 {
		l.missed(missed)
	}
	for _, e := range entries {
		if !l.entry(journal.Event{Entry: e}) {
			return false
		}
	}
	return l.flush()
}

func (l *listener) entry(e journal.Event) bool {
	l.event("request", e.Entry.ID, e.JSON())
	return l.buffer.Len() < maxBuffer || l.flush()
}

func (l *listener) missed(count uint64) {
	l.event("missed", "", fmt.Appendf(nil, `{"count":%d}`, count))
}

// share is the time that one listener has to itself, on average: so many listen, so many
// times longer each waits with what it has to tell.
const share = time.Millisecond

// follow sends what comes until the listener or the journal goes away.
//
// A call wakes all that listen. If each wrote at once, the next call would wait behind a
// hundred writes, and a hundred more for every call. So each first waits for a moment of
// its own, unless more waits than it has room for, and then writes what has come together:
// a hundred listeners write once in a millisecond, whatever calls come, and a single one
// is told all but at once.
func (l *listener) follow(r *http.Request, s *journal.Subscription) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var turn <-chan time.Time // nil: nothing waits
	for {
		ready := s.Ready()
		if turn != nil {
			ready = nil // what comes until then is told then
		}
		select {
		case <-ready:
			turn = time.After(rand.N(2 * share * time.Duration(max(l.listening(), 1))))
			continue
		case <-turn:
			turn = nil
		case <-s.Full():
			turn = nil
		case <-beat.C:
			l.comment("still here")
		case <-r.Context().Done():
			return
		case <-s.Done():
			return
		}
		for _, e := range s.Take() {
			switch {
			case e.Cleared:
				l.event("cleared", "", []byte("{}"))
			case e.Entry == nil:
				l.missed(e.Missed)
			case !l.entry(e):
				return
			}
		}
		if l.buffer.Len() > 0 && !l.flush() {
			return
		}
	}
}
