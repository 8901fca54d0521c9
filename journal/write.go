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

	// tellCost is what it takes to send an event to one subscriber, which others do
	// and the writer rests for: a hundred subscribers slow no call.
	tellCost = 5 * time.Microsecond
)

// write writes calls up in their order, and tells the subscribers of each, until the
// journal is closed.
func (j *Journal) write() {
	pause := time.NewTimer(0)
	defer pause.Stop()
	came := uint64(0)
	for {
		worked, listened := j.writeFor(stint)
		before := came
		came = j.count()
		if worked == 0 {
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
		pause.Reset(max(times*worked, leastRest))
		select {
		case <-pause.C:
		case <-j.wake: // somebody has begun to listen
		case <-j.done:
			return
		}
	}
}

// writeFor writes up what is pending, for about that long. It returns the work that it
// was, none when nothing was pending, and whether anybody listened.
func (j *Journal) writeFor(long time.Duration) (worked time.Duration, listened bool) {
	told := 0
	for begun := time.Now(); worked < long; {
		number, r, listeners := j.claim()
		if r == nil {
			break
		}
		listened = len(listeners) > 0
		told += tell(listeners, number, r.entry())
		worked = max(time.Since(begun), 1) + time.Duration(told)*tellCost
	}
	return worked, listened
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

// tell tells the subscribers of a call, and returns how many will hear of it.
func tell(listeners []*Subscription, number uint64, e *Entry) (told int) {
	if len(listeners) == 0 {
		return 0
	}
	shared := &text{}
	for _, s := range listeners {
		if s.tell(number, Event{Entry: e, text: shared}) {
			told++
		}
	}
	return told
}
