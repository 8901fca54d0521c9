package jwks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// Timing says when key sets are fetched and how long they last. A zero field takes the default
// that stands beside it.
type Timing struct {
	Every    time.Duration // 1 h, give or take a tenth: between fetches that succeed
	Retry    time.Duration // 1 s: after the first fetch that failed, doubled by each further one
	RetryMax time.Duration // 1 min: where the doubling ends
	Asked    time.Duration // ½ s: least time between a fetch and one that an unknown key asks for
	Keep     time.Duration // 24 h: how long fetched keys stay usable while fetches fail
	Fetch    time.Duration // 10 s: one fetch, from connecting to the last byte
}

func (t Timing) orDefault() (Timing, error) {
	for _, field := range []struct {
		value    *time.Duration
		standard time.Duration
	}{
		{&t.Every, time.Hour}, {&t.Retry, time.Second}, {&t.RetryMax, time.Minute},
		{&t.Asked, time.Second / 2}, {&t.Keep, 24 * time.Hour}, {&t.Fetch, 10 * time.Second},
	} {
		switch {
		case *field.value < 0:
			return Timing{}, fmt.Errorf("a time of fetching is negative: %s", *field.value)
		case *field.value == 0:
			*field.value = field.standard
		}
	}
	return t, nil
}

// keep fetches the source's set at once, and again and again until ctx is done.
func (s *source) keep(ctx context.Context) {
	defer close(s.done)
	var waiting chan<- error // who demanded the fetch, if anyone
	for first := true; ; first = false {
		// An ask from before the fetch is answered by it; one that comes during it stays, for its
		// key may have been published after the server wrote the answer.
		select {
		case <-s.asked:
		default:
		}
		err := s.refresh(ctx)
		if first && ctx.Err() == nil {
			s.firstErr = err
			close(s.first)
		}
		if waiting != nil {
			waiting <- err
		}
		var ok bool
		if waiting, ok = s.wait(ctx); !ok {
			return
		}
	}
}

// wait returns when the next fetch is due, and to whom its result goes; false if ctx is done.
//
// An ask is due as soon as a short time has passed since the last fetch, whoever caused that one.
// So however many keys nobody knows are named, they cost one fetch in that time, and a key that
// was really rotated is known within that time too, flood or no flood: there is no budget that
// one caller could use up for the others, and no list of keys known to be unknown.
func (s *source) wait(ctx context.Context) (waiting chan<- error, ok bool) {
	failures := s.state.Load().failures
	scheduled := time.NewTimer(s.timing.pause(failures))
	defer scheduled.Stop()
	budget := time.NewTimer(s.timing.budget(failures))
	defer budget.Stop()

	var asked <-chan struct{} // nil until the budget allows it: asks then stay where they are
	for {
		select {
		case <-ctx.Done():
			return nil, false
		case <-scheduled.C:
			return nil, true
		case waiting := <-s.demanded:
			return waiting, true
		case <-budget.C:
			asked = s.asked
		case <-asked:
			return nil, true
		}
	}
}

// pause is the time until the next fetch that nobody asks for. It is jittered so that a fleet of
// servers that started together does not fetch together.
func (t Timing) pause(failures int) time.Duration {
	if failures == 0 {
		return t.Every - t.Every/10 + rand.N(t.Every/5+1)
	}
	d := backoff(t.Retry, failures, t.RetryMax)
	return d - rand.N(d/4+1)
}

// budget is the time until a fetch that is asked for. While fetches fail it doubles with each,
// to eight times itself: long enough to leave an ailing server alone, short enough that the first
// token after its return does not wait out a whole pause.
func (t Timing) budget(failures int) time.Duration {
	return backoff(t.Asked, failures, 8*t.Asked)
}

// backoff returns first, doubled with every attempt after the first, up to most.
func backoff(first time.Duration, attempts int, most time.Duration) time.Duration {
	d := first
	for range attempts - 1 {
		if d >= most {
			break
		}
		d *= 2
	}
	return min(d, most)
}

// refresh fetches once and takes a good set over. A fetch that fails, or brings no usable key,
// leaves the last good set in place.
func (s *source) refresh(ctx context.Context) error {
	set, err := s.fetch(ctx)
	if ctx.Err() != nil {
		return ctx.Err() // closing is no failure of the server
	}
	last, now := s.state.Load(), s.clock()
	if err != nil {
		s.state.Store(&custody{set: last.set, fetched: last.fetched, tried: now, failures: last.failures + 1, err: err})
		s.logger.Warn("key set not fetched", "url", s.shown, "failures", last.failures+1, "error", err)
		return err
	}
	// A document that says the same is the same set: what was verified with it stays verified.
	// Not if it had become too old, for then it has been without a say.
	same := last.set != nil && last.set.digest == set.digest && s.usable() != nil
	if same {
		set = last.set
	}
	s.state.Store(&custody{set: set, fetched: now, tried: now})
	if !same {
		s.changed()
	}
	s.logger.Info("key set fetched", "url", s.shown, "keys", len(set.Keys), "dropped", len(set.Dropped))
	return nil
}

func (s *source) fetch(ctx context.Context) (*keySet, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.Fetch)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "flowgate")
	response, err := s.client.Do(request)
	if err != nil {
		// Do's errors are each a url.Error, which repeats the URL with all that it holds.
		return nil, fmt.Errorf("%s: %w", s.shown, errors.Unwrap(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s; redirects are not followed", s.shown, response.Status)
	}
	// One byte more than allowed tells a document that is too long from one that just fits; the
	// rest is left unread, and so is what a compressed answer would unfold to.
	document, err := io.ReadAll(io.LimitReader(response.Body, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("%s: reading the answer: %w", s.shown, err)
	}
	set, err := parseKeySet(document)
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", s.shown, clip(response.Header.Get("Content-Type")), err)
	}
	return set, nil
}

// newClient is the client for key sets when none is given. It asks no proxy, since the
// environment must not decide whose keys are believed.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                  nil,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:    5 * time.Second,
		ResponseHeaderTimeout:  10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}}
}

// withoutRedirects returns a copy of a client that hands a redirect back as the answer it is: a
// key set is at the address that was named or nowhere. It sends no cookies either.
func withoutRedirects(client *http.Client) *http.Client {
	bounded := *client
	bounded.Jar = nil
	bounded.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &bounded
}
