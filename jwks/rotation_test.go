package jwks

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// One bogus kid spends nothing that a rotation needs.
func TestBogusKidDoesNotBurnTheRefresh(t *testing.T) {
	warm()
	d := &directory{document: before()}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		pass(time.Minute)
		token, err := v.Verify(bogus(), now)
		wantFailure(t, token, err, Key, `no trusted key has kid "bogus"; trusted: "A" (source entra, fetched 1m0s ago)`)
		synctest.Wait()
		if n := d.fetches(); n != 2 {
			t.Fatalf("%d fetches, want the first and one for the bogus kid", n)
		}

		d.publish(after())
		token, err = v.Verify(second(), now)
		wantFailure(t, token, err, Key, `trusted: "A"`) // refused at once, not held
		pass(time.Second)
		token, err = v.Verify(second(), now)
		wantToken(t, token, err)
		token, err = v.Verify(first(), now)
		wantFailure(t, token, err, Key, `trusted: "B"`) // what is no longer published is no longer trusted
	})
}

func TestFloodNeitherHammersNorStarves(t *testing.T) {
	warm()
	d := &directory{document: before(), delay: 20 * time.Millisecond}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		stop := make(chan struct{})
		var flood sync.WaitGroup
		for range 3 {
			flood.Go(func() {
				tick := time.NewTicker(10 * time.Millisecond)
				defer tick.Stop()
				for {
					select {
					case <-stop:
						return
					case <-tick.C:
						_, _ = v.Verify(bogus(), now)
					}
				}
			})
		}
		pass(10*time.Second + 300*time.Millisecond)
		d.publish(after())
		published := time.Now()
		for {
			if _, err := v.Verify(second(), now); err == nil {
				break
			}
			pass(10 * time.Millisecond)
			if time.Since(published) > time.Minute {
				t.Fatal("the rotated key is still refused after a minute")
			}
		}
		if waited := time.Since(published); waited > 600*time.Millisecond {
			t.Errorf("the rotated key was refused for %v", waited)
		}
		close(stop)
		flood.Wait()
		if n, most := d.fetches(), int(time.Since(d.started[0])/(time.Second/2))+2; n > most {
			t.Errorf("%d fetches, want at most %d", n, most)
		}
		if d.most != 1 {
			t.Errorf("%d fetches at one time", d.most)
		}
	})
}

func TestFloodOnAnAilingServer(t *testing.T) {
	warm()
	d := &directory{}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		for range 600 {
			pass(100 * time.Millisecond)
			_, _ = v.Verify(bogus(), now)
		}
		// ½, 1, 2 and then 4 seconds apart: some seventeen in a minute, and some for the jitter.
		if n := d.fetches(); n < 14 || n > 21 {
			t.Errorf("%d fetches in a minute", n)
		}
	})
}

// A known kid with a wrong signature is how a directory looks that made a new key under its old name.
func TestKeyThatChangedUnderItsKid(t *testing.T) {
	warm()
	d := &directory{document: before()}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		pass(time.Minute)
		d.publish(document(jwk(stranger(), "A", "")))
		text := sign(stranger(), header, payload(""))
		token, err := v.Verify(text, now)
		wantFailure(t, token, err, Signature)
		pass(time.Second)
		token, err = v.Verify(text, now)
		wantToken(t, token, err)
	})
}

func TestOneFetchAtATime(t *testing.T) {
	warm()
	d := &directory{document: before(), delay: 3 * time.Second}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		pass(4 * time.Second) // the first fetch is over
		var callers sync.WaitGroup
		for range 5 {
			callers.Go(func() {
				if err := v.Refresh(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		for range 100 {
			_, _ = v.Verify(bogus(), now)
			pass(50 * time.Millisecond)
		}
		callers.Wait()
		if d.most != 1 {
			t.Errorf("%d fetches at one time", d.most)
		}
	})
}

// A refresh right after Open is answered by the fetch that is under way, good or bad: a second one
// would take as long again, and could come too late where the first did not.
func TestRefreshIsAnsweredByTheFirstFetch(t *testing.T) {
	warm()
	d := &directory{document: before(), delay: 3 * time.Second}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		pass(time.Second)
		patient, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		if err := v.Refresh(patient); err != nil || !v.Ready() {
			t.Errorf("ready %v, error %v", v.Ready(), err)
		}
		if n := d.fetches(); n != 1 {
			t.Errorf("%d fetches, want the first alone", n)
		}
		if err := v.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		if n := d.fetches(); n != 2 {
			t.Errorf("%d fetches, want the first and a refresh after it", n)
		}
	})
	d = &directory{delay: 3 * time.Second}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		if err := v.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("error %v", err)
		}
		if n := d.fetches(); n != 1 {
			t.Errorf("%d fetches, want the first alone", n)
		}
	})
}

// An ask that came before a fetch is answered by it, whoever caused the fetch.
func TestAskIsAnsweredByTheNextFetch(t *testing.T) {
	warm()
	d := &directory{document: before()}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		pass(250 * time.Millisecond)
		_, _ = v.Verify(bogus(), now)
		if err := v.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		if n := d.fetches(); n != 2 {
			t.Errorf("%d fetches, want the first and the refresh", n)
		}
	})
}
