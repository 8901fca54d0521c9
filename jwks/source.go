package jwks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Source names one trusted key set: either a document at hand or a URL. Exactly one of Static
// and URL is set.
type Source struct {
	Name   string // what tokens, details, status and the log call it, so no secret; unique
	Static []byte // a JWKS document
	URL    string // of a JWKS document: https, or http to a loopback address

	checked *keySet // what Check has read Static to be; nil before
}

// SourceStatus is what is known of a source. Keys and Dropped are those of the last set that was
// taken over, and empty while there is none or it is too old to be used.
type SourceStatus struct {
	Name  string `json:"name"`
	URL   string `json:"url,omitempty"` // redacted; empty for a document at hand
	Ready bool   `json:"ready"`         // at least one key is usable
	KeySet
	Fetched   time.Time `json:"fetched,omitzero"`     // when Keys were fetched; zero if never, or not from a URL
	Age       float64   `json:"ageSeconds,omitempty"` // since Fetched
	Tried     time.Time `json:"tried,omitzero"`       // when the last fetch, good or bad, ended
	Failures  int       `json:"failures,omitempty"`   // fetches failed since the last good one
	LastError string    `json:"lastError,omitempty"`  // of the last fetch, if it failed
}

// custody is what is known of a source at one time. It is replaced, never changed.
type custody struct {
	set      *keySet // nil until the first good fetch
	fetched  time.Time
	tried    time.Time
	failures int
	err      error // of the last fetch
}

// source is a Source that is kept. For a URL one goroutine, keep, does every fetch, so there is
// never more than one in flight; whoever verifies reads now and waits for nothing.
type source struct {
	name, url string
	shown     string // the URL as whoever reads of it may see it
	state     atomic.Pointer[custody]
	changed   func() // called after another set has been taken over

	asked    chan struct{}   // capacity 1: an unknown key wants a fetch when the budget allows it
	demanded chan chan error // someone waits for a fetch
	done     chan struct{}   // closed when keep has returned
	first    chan struct{}   // closed when the first fetch is over
	firstErr error           // of that fetch; read once it is over

	client *http.Client
	logger *slog.Logger
	clock  func() time.Time
	timing Timing
}

func openSource(s Source, o Options) (*source, error) {
	kept := &source{
		name: s.Name, url: s.URL, shown: RedactedURL(s.URL),
		asked: make(chan struct{}, 1), demanded: make(chan chan error), done: make(chan struct{}), first: make(chan struct{}),
		client: o.Client, logger: o.Logger.With("source", s.Name), clock: o.Now, timing: o.Timing,
	}
	set, err := s.read()
	switch {
	case err != nil:
		return nil, err
	case set == nil:
		kept.state.Store(&custody{})
		return kept, nil
	}
	for _, key := range set.Dropped {
		kept.logger.Warn("key not used", "index", key.Index, "kid", key.KID, "why", key.Why)
	}
	kept.state.Store(&custody{set: set})
	return kept, nil
}

// usable returns the keys that may verify now, nil if there are none. Age is told by the clock of
// custody, not by the time that a token is judged at: whoever moves the latter a year ahead wants
// expired tokens, not lost keys.
func (s *source) usable() *keySet {
	state := s.state.Load()
	if s.url != "" && state.set != nil && s.clock().Sub(state.fetched) >= s.timing.Keep {
		return nil
	}
	return state.set
}

// ask wants a fetch soon and never waits. Any number of asks before that fetch are one.
func (s *source) ask() {
	if s.url == "" {
		return
	}
	select {
	case s.asked <- struct{}{}:
	default:
	}
}

// demand waits for a fetch that starts after the call, and returns its error. Until the first
// fetch is over it waits for that one: there is no older answer that a second would replace.
func (s *source) demand(ctx context.Context) error {
	if s.url == "" {
		return nil
	}
	select {
	case <-s.first:
	default:
		return s.awaitFirst(ctx)
	}
	result := make(chan error, 1) // keep answers without waiting for who has given up
	select {
	case s.demanded <- result:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done:
		return errClosed
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done:
		return errClosed
	}
}

func (s *source) awaitFirst(ctx context.Context) error {
	select {
	case <-s.first:
		return s.firstErr
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done:
		return errClosed
	}
}

var errClosed = errors.New("closed")

func (s *source) status() SourceStatus {
	state := s.state.Load()
	status := SourceStatus{
		Name: s.name, URL: s.shown,
		KeySet:  KeySet{Keys: []KeyStatus{}, Dropped: []DroppedKey{}},
		Fetched: state.fetched, Tried: state.tried, Failures: state.failures,
	}
	if set := s.usable(); set != nil {
		status.Ready = true
		status.KeySet = set.KeySet
	}
	if !state.fetched.IsZero() {
		status.Age = s.clock().Sub(state.fetched).Seconds()
	}
	if state.err != nil {
		status.LastError = state.err.Error()
	}
	return status
}

// describe says in a few words which keys the source has, for the detail of an unknown key.
func (s *source) describe() string {
	state := s.state.Load()
	set := s.usable()
	switch {
	case set == nil && state.err != nil:
		return fmt.Sprintf("none (source %s, fetch failed: %s)", s.name, clip(state.err.Error()))
	case set == nil:
		return fmt.Sprintf("none (source %s, not fetched yet)", s.name)
	}
	const most = 4
	kids := make([]string, 0, most+1)
	for _, key := range set.Keys {
		if len(kids) == most {
			kids = append(kids, fmt.Sprintf("%d more", len(set.Keys)-most))
			break
		}
		kids = append(kids, fmt.Sprintf("%q", clip(key.KID)))
	}
	if s.url == "" {
		return fmt.Sprintf("%s (source %s)", strings.Join(kids, ", "), s.name)
	}
	age := s.clock().Sub(state.fetched).Round(time.Second)
	return fmt.Sprintf("%s (source %s, fetched %s ago)", strings.Join(kids, ", "), s.name, age)
}
