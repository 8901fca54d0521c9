package jwks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options configures a Verifier.
type Options struct {
	// Sources are the trusted key sets, at least one.
	Sources []Source
	// ClockSkew is by how much the issuer's clock and ours may differ. Zero means not at all.
	ClockSkew time.Duration
	// Client fetches key sets; its redirects and cookies are switched off. Nil means one of our
	// own, without a proxy.
	Client *http.Client
	// Logger receives what happens to key sets. Nil means that nothing is logged.
	Logger *slog.Logger
	// Now is the clock that tells the age of key sets. Nil means time.Now. Tokens are judged at
	// the time that Verify is given.
	Now func() time.Time
	// Timing says when key sets are fetched; its zero value is right outside tests.
	Timing Timing
	// Cache is how many bytes of verified tokens are remembered. Zero means 8 MiB, less nothing.
	Cache int
}

// Verifier keeps the trusted key sets and verifies tokens against them. Its methods may be called
// concurrently. A nil Verifier and the zero one refuse every token.
type Verifier struct {
	sources    []*source
	skew       time.Duration
	cache      *cache
	generation atomic.Uint64 // counts the sets that sources have taken over

	stop    context.CancelFunc
	running sync.WaitGroup
	idle    func() // closes the connections of a client of our own
}

// Open starts to keep the key sets until ctx is done or Close is called. It never waits for the
// network: a key set that cannot be reached is no error here, but Ready and Status tell of it.
// Errors are those that a developer has to mend: no source, a name that is missing or used twice,
// a URL that is neither https nor loopback, a document without a usable key, a negative time.
func Open(ctx context.Context, o Options) (*Verifier, error) {
	v := &Verifier{skew: o.ClockSkew, stop: func() {}, idle: func() {}}
	if len(o.Sources) == 0 {
		return nil, errors.New("jwks: no key set is trusted")
	}
	if o.ClockSkew < 0 {
		return nil, fmt.Errorf("jwks: the clock skew is negative: %s", o.ClockSkew)
	}
	var err error
	if o.Timing, err = o.Timing.orDefault(); err != nil {
		return nil, fmt.Errorf("jwks: %w", err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	idle := func() {}
	if o.Client == nil {
		o.Client = newClient()
		idle = o.Client.CloseIdleConnections
	}
	o.Client = withoutRedirects(o.Client)
	v.cache = newCache(o.Cache)

	names := map[string]bool{}
	for _, s := range o.Sources {
		if s.Name == "" || names[s.Name] {
			return nil, fmt.Errorf("jwks: the source name %q is empty or used twice", s.Name)
		}
		names[s.Name] = true
		kept, err := openSource(s, o)
		if err != nil {
			return nil, fmt.Errorf("jwks: source %q: %w", s.Name, err)
		}
		kept.changed = func() { v.generation.Add(1) }
		v.sources = append(v.sources, kept)
	}

	// Last, when nothing can go wrong any more: an Open that fails has started nothing.
	ctx, v.stop = context.WithCancel(ctx)
	for _, s := range v.sources {
		if s.url != "" {
			v.idle = idle // only here: a client that was never asked takes long to close nothing
			v.running.Go(func() { s.keep(ctx) })
		}
	}
	return v, nil
}

// Ready says whether every source has a usable key. It is false until the first fetch of each
// URL has succeeded, and again when fetches have failed for so long that the keys are dropped.
func (v *Verifier) Ready() bool {
	if v == nil || len(v.sources) == 0 {
		return false
	}
	for _, s := range v.sources {
		if s.usable() == nil {
			return false
		}
	}
	return true
}

// Status tells of every source, in the order of Options.Sources. It is never nil.
func (v *Verifier) Status() []SourceStatus {
	if v == nil {
		return []SourceStatus{}
	}
	statuses := make([]SourceStatus, len(v.sources))
	for i, s := range v.sources {
		statuses[i] = s.status()
	}
	return statuses
}

// Refresh fetches every URL now and waits for the answers or for ctx; where the first fetch since
// Open is still under way, for that one's. It returns the errors of the fetches, joined; keys that
// were good before stay. It is outside the budget of unknown keys.
func (v *Verifier) Refresh(ctx context.Context) error {
	if v == nil {
		return nil
	}
	failures := make([]error, len(v.sources))
	var fetches sync.WaitGroup
	for i, s := range v.sources {
		fetches.Go(func() {
			if err := s.demand(ctx); err != nil {
				failures[i] = fmt.Errorf("jwks: source %q: %w", s.name, err)
			}
		})
	}
	fetches.Wait()
	return errors.Join(failures...)
}

// Replace puts another document in the place of the one at hand that a source has. It
// is believed from the next Verify on, whole; on an error the one before it stays.
func (v *Verifier) Replace(name string, document []byte) error {
	for _, s := range v.sources {
		if s.name != name || s.url != "" {
			continue
		}
		set, err := parseKeySet(document)
		if err != nil {
			return fmt.Errorf("jwks: source %q: %w", name, err)
		}
		s.state.Store(&custody{set: set})
		s.changed()
		return nil
	}
	return fmt.Errorf("jwks: no source %q has a document at hand", name)
}

// Close stops fetching and returns when nothing of it runs any more. The keys at hand go on
// verifying until they are too old. Closing twice is no error.
func (v *Verifier) Close() {
	if v == nil || v.stop == nil {
		return
	}
	v.stop()
	v.running.Wait()
	v.idle()
}
