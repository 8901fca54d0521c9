package jwks

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// These tests run on the fake clock of a synctest bubble, with the timing that users get. A bubble
// ends only when every goroutine in it has: each of them tests Close as well.

// directory stands in for the network between the verifier and a key set.
type directory struct {
	mu       sync.Mutex
	document []byte        // nil: the server is down
	delay    time.Duration // before it answers
	started  []time.Time   // of every fetch
	flying   int
	most     int // fetches at one time
}

func (d *directory) publish(document []byte) { d.mu.Lock(); d.document = document; d.mu.Unlock() }

func (d *directory) fetches() int { d.mu.Lock(); defer d.mu.Unlock(); return len(d.started) }

func (d *directory) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	d.started = append(d.started, time.Now())
	d.flying++
	d.most = max(d.most, d.flying)
	delay := d.delay
	d.mu.Unlock()

	var late error
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
		late = r.Context().Err()
	}

	d.mu.Lock()
	defer d.mu.Unlock()
	d.flying--
	switch {
	case late != nil:
		return nil, late
	case d.document == nil:
		return nil, errors.New("connection refused")
	}
	return &http.Response{Status: "200 OK", StatusCode: 200, Request: r, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(d.document))}, nil
}

// pass lets this much time go by and everything due in it happen.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// keepFor opens a verifier for the directory inside a bubble, runs the test and closes it.
func keepFor(t *testing.T, d *directory, test func(t *testing.T, v *Verifier)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		v, err := Open(t.Context(), Options{
			ClockSkew: skew, Client: &http.Client{Transport: d},
			Sources: []Source{{Name: "entra", URL: "https://login.microsoftonline.com/common/discovery/v2.0/keys"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		test(t, v)
	})
}

var (
	first  = sync.OnceValue(func() string { return sign(trusted(), header, payload("")) })
	second = sync.OnceValue(func() string {
		return sign(stranger(), strings.Replace(header, `"kid":"A"`, `"kid":"B"`, 1), payload(""))
	})
	bogus = sync.OnceValue(func() string {
		return sign(stranger(), strings.Replace(header, `"kid":"A"`, `"kid":"bogus"`, 1), payload(""))
	})
)

func before() []byte { return document(jwk(trusted(), "A", "")) }
func after() []byte  { return document(jwk(stranger(), "B", "")) }

// warm makes what costs real time before a bubble's clock starts.
func warm() { first(); second(); bogus(); before(); after() }

func TestNothingWaitsForTheNetwork(t *testing.T) {
	warm()
	keepFor(t, &directory{document: before(), delay: time.Hour}, func(t *testing.T, v *Verifier) {
		start := time.Now()
		token, err := v.Verify(first(), now)
		wantFailure(t, token, err, Key, "trusted: none (source entra, not fetched yet)")
		if v.Ready() || v.Status()[0].Ready {
			t.Error("ready before the first fetch")
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %v", waited)
		}
		pass(11 * time.Second) // 10 s bound the fetch
		if status := v.Status()[0]; status.Failures != 1 || !strings.Contains(status.LastError, "deadline") {
			t.Errorf("status %+v", status)
		}
	})
}

func TestDeadKeySetIsNoErrorAndNotReady(t *testing.T) {
	warm()
	d := &directory{}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		pass(time.Hour)
		if v.Ready() {
			t.Error("ready without a key")
		}
		status := v.Status()[0]
		if status.Ready || status.Keys == nil || status.Dropped == nil || !strings.Contains(status.LastError, "connection refused") {
			t.Errorf("status %+v", status)
		}
		// Doubling to a minute: some six fetches in the first minute, then little more than one.
		if n := d.fetches(); n != status.Failures || n < 60 || n > 90 {
			t.Errorf("%d fetches in an hour, %d failures", n, status.Failures)
		}
		// The server is back, and a token asks for a fetch: it is tried again within four seconds.
		d.publish(before())
		token, err := v.Verify(first(), now)
		wantFailure(t, token, err, Key, "none (source entra, fetch failed: ")
		pass(5 * time.Second)
		token, err = v.Verify(first(), now)
		wantToken(t, token, err)
		if !v.Ready() || v.Status()[0].Failures != 0 || v.Status()[0].LastError != "" {
			t.Errorf("status %+v", v.Status()[0])
		}
	})
}

func TestServerThatComesUpLateIsFoundUnasked(t *testing.T) {
	warm()
	d := &directory{}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		pass(10 * time.Minute)
		d.publish(before())
		pass(time.Minute)
		if !v.Ready() {
			t.Errorf("status %+v", v.Status()[0])
		}
	})
}

func TestHourlyRefresh(t *testing.T) {
	warm()
	d := &directory{document: before()}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		pass(53 * time.Minute)
		if n := d.fetches(); n != 1 {
			t.Errorf("%d fetches in less than an hour", n)
		}
		d.publish(after())
		pass(14 * time.Minute)
		token, err := v.Verify(second(), now)
		wantToken(t, token, err)
		pass(24 * time.Hour)
		if n := d.fetches(); n < 22 || n > 30 {
			t.Errorf("%d fetches in a day", n)
		}
	})
}

func TestStaleKeysStayUsableForADay(t *testing.T) {
	warm()
	d := &directory{document: before()}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		synctest.Wait()
		d.publish(nil)
		pass(24*time.Hour - time.Second)
		token, err := v.Verify(first(), now)
		wantToken(t, token, err)
		if status := v.Status()[0]; !v.Ready() || status.Failures == 0 || status.Age < 86000 {
			t.Errorf("status %+v", status)
		}

		pass(time.Second)
		token, err = v.Verify(first(), now)
		wantFailure(t, token, err, Key, "none (source entra, fetch failed: ")
		if status := v.Status()[0]; v.Ready() || status.Ready || len(status.Keys) != 0 {
			t.Errorf("status %+v", status)
		}

		d.publish(before())
		pass(time.Minute)
		token, err = v.Verify(first(), now)
		wantToken(t, token, err)
	})
}

// Moving the time that tokens are judged at ages tokens, not key sets.
func TestKeysDoNotAgeByTheTokensClock(t *testing.T) {
	warm()
	keepFor(t, &directory{document: before()}, func(t *testing.T, v *Verifier) {
		synctest.Wait()
		token, err := v.Verify(first(), now.AddDate(1, 0, 0))
		wantFailure(t, token, err, Expired)
		token, err = v.Verify(first(), now)
		wantToken(t, token, err)
	})
}

// Servers that started together do not fetch together, and none fetches much sooner or later than
// it should.
func TestPausesAreJittered(t *testing.T) {
	timing, err := Timing{}.orDefault()
	if err != nil {
		t.Fatal(err)
	}
	for failures, bounds := range map[int][2]time.Duration{
		0:  {54 * time.Minute, 66 * time.Minute},
		1:  {750 * time.Millisecond, time.Second},
		4:  {6 * time.Second, 8 * time.Second},
		50: {45 * time.Second, time.Minute},
	} {
		seen := map[time.Duration]bool{}
		for range 100 {
			pause := timing.pause(failures)
			seen[pause] = true
			if pause < bounds[0] || pause > bounds[1] {
				t.Errorf("after %d failures: %s", failures, pause)
			}
		}
		if len(seen) < 50 {
			t.Errorf("after %d failures: %d different pauses of 100", failures, len(seen))
		}
	}
}
