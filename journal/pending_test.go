package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// call is a Pending that counts how often it is written up, and waits for its gate.
type call struct {
	id    string
	gate  chan struct{}
	times *atomic.Int64
}

func (c call) Entry() *Entry {
	if c.gate != nil {
		<-c.gate
	}
	c.times.Add(1)
	return &Entry{ID: c.id, Workflow: "w" + c.id}
}

// Whoever comes first writes a call up, and nobody does it again.
func TestEachCallIsWrittenUpOnce(t *testing.T) {
	j := opened(t, 100)
	var times atomic.Int64
	for i := range 100 {
		j.Add(fmt.Sprint(i), call{id: fmt.Sprint(i), times: &times})
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if n := len(j.List(Filter{})); n != 100 {
				t.Errorf("%d entries", n)
			}
			if e, ok := j.Get("7"); !ok || e.Workflow != "w7" {
				t.Errorf("%v", e)
			}
		})
	}
	all.Wait()
	if n := times.Load(); n != 100 {
		t.Errorf("100 calls were written up %d times", n)
	}
}

// A call that takes for ever to write up keeps nobody from adding others, and the
// ring holds the new ones.
func TestAddWaitsForNobody(t *testing.T) {
	j := opened(t, 4)
	stuck := make(chan struct{})
	var times atomic.Int64
	j.Add("stuck", call{id: "stuck", gate: stuck, times: &times})
	got := make(chan []string)
	go func() { got <- ids(j.List(Filter{})) }()
	for i := range 100 {
		add(j, &Entry{ID: fmt.Sprint(i)})
	}
	if n := j.Len(); n != 4 {
		t.Errorf("%d calls are kept", n)
	}
	close(stuck)
	<-got
	if got := ids(j.List(Filter{})); !slices.Equal(got, []string{"99", "98", "97", "96"}) {
		t.Errorf("got %v", got)
	}
}

func TestAddAllocatesNothing(t *testing.T) {
	j := opened(t, 100)
	stuck := make(chan struct{})
	var times atomic.Int64
	j.Add("stuck", call{id: "stuck", gate: stuck, times: &times}) // the writer is busy with it
	defer close(stuck)
	var p Pending = &Entry{}
	if n := testing.AllocsPerRun(1000, func() { j.Add("id", p) }); n != 0 {
		t.Errorf("Add allocates %v times", n)
	}
	if j.Displaced() == 0 {
		t.Error("nothing was displaced")
	}
}

func TestWait(t *testing.T) {
	j := opened(t, 10)
	refused := Filter{Outcome: Refused}
	add(j, &Entry{ID: "1", Outcome: Refused})
	add(j, &Entry{ID: "2", Outcome: Admitted})
	if got, err := j.Wait(t.Context(), refused, 1); err != nil || !slices.Equal(ids(got), []string{"1"}) {
		t.Errorf("a call that came before: %v, %v", ids(got), err)
	}
	type result struct {
		ids []string
		err error
	}
	waited := make(chan result)
	wait := func(ctx context.Context, f Filter, count int) {
		got, err := j.Wait(ctx, f, count)
		waited <- result{ids(got), err}
	}
	listens := func() {
		t.Helper()
		until(t, func() bool { j.mu.Lock(); defer j.mu.Unlock(); return len(j.listeners) > 0 })
	}
	go wait(t.Context(), refused, 2)
	listens()
	add(j, &Entry{ID: "3", Outcome: Admitted})
	add(j, &Entry{ID: "4", Outcome: Refused})
	if r := <-waited; r.err != nil || !slices.Equal(r.ids, []string{"4", "1"}) {
		t.Errorf("a call that came after: %+v", r)
	}
	// Only newer ones than a call.
	number, ok := j.Number("4")
	if !ok {
		t.Fatal("call 4 has no number")
	}
	newer := refused
	newer.From = number + 1
	ctx, cancel := context.WithCancel(t.Context())
	go wait(ctx, newer, 1)
	listens()
	cancel()
	if r := <-waited; !errors.Is(r.err, context.Canceled) || len(r.ids) != 0 {
		t.Errorf("a wait that ended: %+v", r)
	}
	// What is cleared has not come.
	go wait(t.Context(), refused, 3)
	listens()
	j.Clear()
	add(j, &Entry{ID: "5", Outcome: Refused})
	add(j, &Entry{ID: "6", Outcome: Refused})
	add(j, &Entry{ID: "7", Outcome: Refused})
	if r := <-waited; r.err != nil || !slices.Equal(r.ids, []string{"7", "6", "5"}) {
		t.Errorf("cleared meanwhile: %+v", r)
	}
	go wait(t.Context(), refused, 9)
	listens()
	j.Close()
	if r := <-waited; !errors.Is(r.err, ErrClosed) {
		t.Errorf("closed meanwhile: %+v", r)
	}
}

// Calls that come faster than a wait can hear of them are found in the journal.
func TestWaitFindsWhatItMissed(t *testing.T) {
	const rounds, calls = 3, 60 // of which a subscriber's queue takes eight
	for range rounds {
		j := opened(t, calls)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		waited := make(chan error, 1)
		go func() {
			got, err := j.Wait(ctx, Filter{}, calls)
			if all := ids(got); err == nil && (len(all) != calls || all[0] != fmt.Sprint(calls-1) || all[calls-1] != "0") {
				err = fmt.Errorf("got %v", all)
			}
			waited <- err
		}()
		until(t, func() bool { return j.Subscriptions() > 0 })
		for i := range calls {
			add(j, &Entry{ID: fmt.Sprint(i), Body: strings.Repeat("x", MaxBody)})
		}
		if err := <-waited; err != nil {
			t.Fatal(err)
		}
	}
}

// until waits for what another goroutine does.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come about")
		}
	}
}

// take waits until n events have come.
func take(t *testing.T, s *Subscription, n int) []Event {
	t.Helper()
	var events []Event
	for len(events) < n {
		select {
		case <-s.Ready():
			events = append(events, s.Take()...)
		case <-time.After(20 * time.Second):
			t.Fatalf("%d events of %d", len(events), n)
		}
	}
	return events
}

func TestSubscription(t *testing.T) {
	j := opened(t, 10)
	for _, id := range []string{"1", "2", "3"} {
		add(j, &Entry{ID: id, Workflow: "w"})
	}
	number, _ := j.Number("1")
	s, err := j.Subscribe(Filter{Workflow: "w", From: number + 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	add(j, &Entry{ID: "other", Workflow: "v"})
	add(j, &Entry{ID: "4", Workflow: "w", Path: "<a>"})
	if got, missed := s.Backlog(); missed != 0 || !slices.Equal(ids(got), []string{"2", "3"}) {
		t.Errorf("before: %v, %d missed", ids(got), missed)
	}
	events := take(t, s, 1)
	if len(events) != 1 || events[0].Entry.ID != "4" {
		t.Errorf("after: %+v", events)
	}
	if text := string(events[0].JSON()); text[0] != '{' || !slices.Contains([]byte(text), '<') || slices.Contains([]byte(text), '\n') {
		t.Errorf("as JSON: %s", text)
	}
	j.Clear()
	if events := take(t, s, 1); !events[0].Cleared {
		t.Errorf("cleared: %+v", events)
	}
}

// A subscriber that does not take loses the newest, and is told how many.
func TestSlowSubscriberMisses(t *testing.T) {
	const calls = 3 * maxQueue
	j := opened(t, 2*calls)
	s, err := j.Subscribe(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range calls {
		add(j, &Entry{ID: fmt.Sprint(i)})
	}
	until(t, func() bool { j.mu.Lock(); defer j.mu.Unlock(); return j.idle })
	events := s.Take()
	if len(events) != maxQueue+1 || events[maxQueue].Missed != calls-maxQueue {
		t.Errorf("%d events, the last %+v", len(events), events[len(events)-1])
	}
	if len(s.Take()) != 0 {
		t.Error("events are taken twice")
	}
}

// Calls that are displaced before anybody wrote them up are missed by all.
func TestDisplacedCallsAreMissed(t *testing.T) {
	j := opened(t, 16)
	s, err := j.Subscribe(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	stuck := make(chan struct{})
	var times atomic.Int64
	j.Add("stuck", call{id: "stuck", gate: stuck, times: &times})
	until(t, func() bool { j.mu.Lock(); defer j.mu.Unlock(); return j.written == 1 })
	for i := range 100 {
		add(j, &Entry{ID: fmt.Sprint(i)})
	}
	close(stuck)
	// Calls 1 to 100 came; 85 to 100 are kept, and the writer goes on at 87.
	events := take(t, s, 16)
	if events[0].Entry.ID != "stuck" || events[1].Missed != 86 || events[2].Entry.ID != "86" {
		t.Errorf("%+v", events[:3])
	}
	if n := j.Displaced(); n != 84 {
		t.Errorf("%d were displaced", n)
	}
}

func TestSubscriptionsAreBounded(t *testing.T) {
	j := opened(t, 10)
	var all []*Subscription
	for range MaxSubscriptions {
		s, err := j.Subscribe(Filter{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if _, err := j.Subscribe(Filter{}); !errors.Is(err, ErrTooManySubscriptions) {
		t.Errorf("one more: %v", err)
	}
	for _, s := range all {
		s.Close()
	}
	if s, err := j.Subscribe(Filter{}); err != nil {
		t.Error(err)
	} else {
		s.Close()
	}
}
