package journal

import "time"

// What the writer takes of a processor: it works for a stint, then rests so many times
// as long as it worked, and no less than leastRest. Under a load that it cannot follow
// it thus takes a thirtieth of one processor, or a tenth while somebody listens; half of
// one when no more calls come.
const (
	stint         = time.Millisecond
	leastRest     = time.Millisecond
	rest          = 30
	restListening = 9
	restCalm      = 1
)

// write writes calls up in their order, and tells the subscribers of each, until the
// journal is closed.
func (j *Journal) write() {
	pause := time.NewTimer(0)
	defer pause.Stop()
	came := uint64(0)
	for {
		begun := time.Now()
		listened, some := j.writeFor(stint)
		before := came
		came = j.count()
		if !some {
			select {
			case <-j.wake:
				continue
			case <-j.done:
				return
			}
		}
		times := time.Duration(rest)
		if listened {
			times = restListening
		}
		if came == before {
			times = restCalm
		}
		pause.Reset(max(times*time.Since(begun), leastRest))
		select {
		case <-pause.C:
		case <-j.wake: // somebody has begun to listen
		case <-j.done:
			return
		}
	}
}

// writeFor writes up what is pending, for that long. It reports whether anybody
// listened, and whether there was something to do.
func (j *Journal) writeFor(long time.Duration) (listened, some bool) {
	for end := time.Now().Add(long); ; {
		number, r, listeners := j.claim()
		if r == nil {
			return listened, some
		}
		some, listened = true, len(listeners) > 0
		tell(listeners, number, r.entry())
		if time.Now().After(end) {
			return listened, some
		}
	}
}

// claim returns the next call for the writer, and who is to hear of it; no record
// when the writer has to wait for one.
func (j *Journal) claim() (number uint64, r *record, listeners []*Subscription) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.written == j.next {
		// Only a writer that waits is woken: Add does it for the first call alone.
		j.idle = true
		return 0, nil, nil
	}
	if j.written < j.oldest() {
		// Calls come faster than they are written up. Not from the oldest one on,
		// which the next call displaces.
		from := j.written
		j.written = j.oldest() + uint64(j.size/8)
		for _, s := range j.listeners {
			s.miss(from, j.written)
		}
	}
	number = j.written
	j.written++
	return number, j.record(number), j.listeners
}

func tell(listeners []*Subscription, number uint64, e *Entry) {
	if len(listeners) == 0 {
		return
	}
	shared := &text{}
	for _, s := range listeners {
		s.tell(number, Event{Entry: e, text: shared})
	}
}
