package jwks

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// wantStats wants these counts, whatever the bytes.
func wantStats(t *testing.T, v *Verifier, hits, misses, entries uint64) {
	t.Helper()
	h, m, e, b := v.CacheStats()
	if h != hits || m != misses || e != entries || (b == 0) != (entries == 0) {
		t.Errorf("%d hits, %d misses, %d entries of %d bytes; want %d, %d, %d", h, m, e, b, hits, misses, entries)
	}
}

func TestTokenIsRemembered(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	text := sign(trusted(), header, payload(`"roles":["Payroll.Run"],`))
	fresh, err := v.Verify(text, now)
	wantToken(t, fresh, err)
	wantStats(t, v, 0, 1, 1)
	again, err := v.Verify(text, now)
	wantToken(t, again, err)
	wantStats(t, v, 1, 1, 1)
	if !reflect.DeepEqual(fresh, again) {
		t.Errorf("first  %+v\nsecond %+v", fresh, again)
	}
}

func TestHitAllocatesNothing(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	text := sign(trusted(), header, payload(""))
	if n := testing.AllocsPerRun(1000, func() {
		if _, err := v.Verify(text, now); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if hits, _, _, _ := v.CacheStats(); hits < 1000 {
		t.Errorf("%d hits", hits)
	}
}

// What is remembered is that a key signed. When the token is good is asked with every call, and
// refused in the very words of a token that is seen for the first time.
func TestRememberedTokenExpiresToTheSecond(t *testing.T) {
	keys := document(jwk(trusted(), "A", ""))
	v, plain := open(t, keys), openWith(t, Options{ClockSkew: skew, Cache: -1, Sources: []Source{{Name: "s0", Static: keys}}})
	text := sign(trusted(), header, payload(""))
	token, err := v.Verify(text, now)
	wantToken(t, token, err)
	end, begin := now.Add(time.Hour+skew), now.Add(-5*time.Minute-skew)
	for name, c := range map[string]struct {
		at     time.Time
		reason Reason // empty: believed
	}{
		"last second":      {end.Add(-time.Second), ""},
		"expired":          {end, Expired},
		"a year later":     {end.AddDate(1, 0, 0), Expired},
		"first second":     {begin, ""},
		"a second earlier": {begin.Add(-time.Second), NotYetValid},
		"now":              {now, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := v.Verify(text, c.at)
			if c.reason == "" {
				wantToken(t, got, err)
				return
			}
			failure := wantFailure(t, got, err, c.reason)
			_, err = plain.Verify(text, c.at)
			if !reflect.DeepEqual(error(failure), err) {
				t.Errorf("remembered %+v\nfresh      %+v", failure, err)
			}
		})
	}
	wantStats(t, v, 6, 1, 1)
	wantStats(t, plain, 0, 0, 0)
}

// A key that is trusted no more is not believed through the cache, whichever way it went.
func TestCacheForgetsWithTheKeys(t *testing.T) {
	old := document(jwk(trusted(), "A", ""))
	text := sign(trusted(), header, payload(""))
	for name, c := range map[string]struct {
		document []byte
		reason   Reason
	}{
		"another key of that name": {document(jwk(stranger(), "A", "")), Signature},
		"no key of that name":      {document(jwk(trusted(), "B", "")), Key},
		"a key of another tenant":  {document(jwk(trusted(), "A", `,"issuer":"https://login.microsoftonline.com/`+fabrikam+`/v2.0"`)), Key},
	} {
		t.Run(name, func(t *testing.T) {
			v := open(t, old, document(jwk(caller(), "C", "")))
			for range 2 {
				token, err := v.Verify(text, now)
				wantToken(t, token, err)
			}
			if err := v.Replace("s0", c.document); err != nil {
				t.Fatal(err)
			}
			token, err := v.Verify(text, now)
			wantFailure(t, token, err, c.reason)
			wantStats(t, v, 1, 2, 0)
			if err := v.Replace("s0", old); err != nil {
				t.Fatal(err)
			}
			token, err = v.Verify(text, now)
			wantToken(t, token, err)
		})
	}
	// The other source's key has the same name now and comes first: it is asked first.
	v := open(t, document(jwk(caller(), "C", "")), old)
	token, err := v.Verify(text, now)
	wantToken(t, token, err)
	if err := v.Replace("s0", old); err != nil {
		t.Fatal(err)
	}
	if token, err = v.Verify(text, now); err != nil || token.Source != "s0" {
		t.Errorf("source %s, error %v", token.Source, err)
	}
}

// Fetched sets: one that says the same leaves what was verified alone; another, or none for a day,
// does not.
func TestCacheFollowsFetches(t *testing.T) {
	warm()
	d := &directory{document: before()}
	keepFor(t, d, func(t *testing.T, v *Verifier) {
		synctest.Wait()
		token, err := v.Verify(first(), now)
		wantToken(t, token, err)
		pass(3 * time.Hour)
		token, err = v.Verify(first(), now)
		wantToken(t, token, err)
		wantStats(t, v, 1, 1, 1)

		d.publish(after())
		if err := v.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		token, err = v.Verify(first(), now)
		wantFailure(t, token, err, Key)
		token, err = v.Verify(second(), now)
		wantToken(t, token, err)

		d.publish(nil)
		if v.Refresh(t.Context()) == nil {
			t.Fatal("a fetch from nobody succeeded")
		}
		pass(23 * time.Hour)
		token, err = v.Verify(second(), now)
		wantToken(t, token, err)
		wantStats(t, v, 2, 3, 1)
		pass(time.Hour)
		token, err = v.Verify(second(), now)
		wantFailure(t, token, err, Key)

		// The same document again, after a time without: whatever was remembered is verified anew.
		d.publish(after())
		if err := v.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		token, err = v.Verify(second(), now)
		wantToken(t, token, err)
		wantStats(t, v, 2, 5, 1)
	})
}

func TestOnlyTheVerifiedAreRemembered(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	good := sign(trusted(), header, payload(""))
	for name, text := range map[string]string{
		"bad signature": sign(stranger(), header, payload("")),
		"unknown key":   sign(stranger(), `{"alg":"RS256","kid":"B"}`, payload("")),
		"expired":       sign(trusted(), header, `{"exp":1}`),
		"not yet valid": sign(trusted(), header, `{"exp":253402300799,"nbf":253402300799}`),
		"without end":   sign(trusted(), header, `{}`),
		"malformed":     "a.b.c",
		"unsigned":      encode(`{"alg":"none"}`) + "." + encode(payload("")) + ".",
	} {
		for range 2 {
			if _, err := v.Verify(text, now); err == nil {
				t.Errorf("%s: believed", name)
			}
		}
	}
	if _, err := v.VerifyPoP(signPoP(bound(), ""), now); err != nil {
		t.Error(err)
	}
	wantStats(t, v, 0, 14, 0)

	// A token that is remembered lends nothing to one that looks like it.
	token, err := v.Verify(good, now)
	wantToken(t, token, err)
	cut := strings.LastIndexByte(good, '.') + 1
	for name, text := range map[string]string{
		"no signature":        good[:cut],
		"another's signature": good[:cut] + sign(stranger(), header, payload(""))[cut:],
		"a changed signature": good[:cut] + strings.ToLower(good[cut:cut+40]) + good[cut+40:],
		"longer":              good + "AAAA",
		"padded":              good + "=",
		"with a line feed":    good + "\n",
	} {
		token, err := v.Verify(text, now)
		if err == nil {
			t.Errorf("%s: believed as %v", name, token)
		}
	}
}

func TestCacheIsBoundedByBytes(t *testing.T) {
	const size = 64 << 10
	v := openWith(t, Options{ClockSkew: skew, Cache: size, Sources: []Source{{Name: "s0", Static: document(jwk(trusted(), "A", ""))}}})
	hot := sign(trusted(), header, payload(""))
	verify := func(text string) {
		t.Helper()
		if _, err := v.Verify(text, now); err != nil {
			t.Fatal(err)
		}
		if _, _, _, bytes := v.CacheStats(); bytes > size {
			t.Fatalf("%d bytes", bytes)
		}
	}
	for range 10 {
		verify(hot)
	}
	const flood = 300
	for i := range flood {
		verify(sign(trusted(), header, payload(fmt.Sprintf(`"uti":"%d",`, i))))
		verify(hot)
	}
	_, misses, entries, _ := v.CacheStats()
	if entries >= flood/2 || entries < 5 {
		t.Errorf("%d entries: the flood did not fill the cache", entries)
	}
	if hits, _, _, _ := v.CacheStats(); hits != 9+flood || misses != 1+flood {
		t.Errorf("%d hits, %d misses: the flood drove the hot token out", hits, misses)
	}

	// Too large for its share: believed, and not kept.
	large := sign(trusted(), header, payload(`"x":[`+strings.Repeat("0,", 2000)+`0],`))
	verify(large)
	verify(large)
	if _, now, _, _ := v.CacheStats(); now != misses+2 {
		t.Errorf("a token of an eighth of the cache was kept")
	}
}

// The bytes that are counted are those that are held: no more, and not many less.
func TestCostIsWhatATokenHolds(t *testing.T) {
	for name, claims := range map[string]string{
		"app":    payload(`"roles":["Payroll.Run"],"oid":"aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb","ver":"1.0","azpacr":"1",`),
		"small":  `{"exp":4102444800}`,
		"groups": payload(`"groups":["` + strings.Repeat(`aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb","`, 200) + `"],`),
		"wide":   payload(`"x":{` + `"a":1,"b":"","c":null,"d":[1.5e3,true],"e":{"f":"gh"},"y":[[],[[]],{}]},`),
		"zeros":  payload(`"x":[` + strings.Repeat("0,", 4000) + `0],`),
		"padded": strings.Replace(payload(""), "{", "{"+strings.Repeat(" ", 3600), 1),
	} {
		t.Run(name, func(t *testing.T) {
			const n = 200
			header := header
			if name == "padded" {
				header = strings.Replace(header, "{", "{"+strings.Repeat("\n", 4000), 1)
			}
			texts := make([]string, n)
			for i := range texts {
				texts[i] = encode(header) + "." + encode(claims) + "." + encode(fmt.Sprint(i, "a signature"))
			}
			c := newCache(1 << 30)
			before := heap()
			for _, text := range texts {
				u, failure := read(text)
				if failure != nil {
					t.Fatal(failure)
				}
				f, _ := c.fingerprintOf(text)
				b := &believed{unverified: *u}
				b.text, b.signature = "", nil
				c.remember(f, b)
			}
			entries, bytes := c.tokens.size()
			counted, held := float64(bytes)/n, float64(heap()-before)/n
			runtime.KeepAlive(texts)
			if entries != n || held > counted*1.1 || held < counted*0.5 {
				t.Errorf("%d tokens, %.0f bytes each counted, %.0f held", entries, counted, held)
			}
			runtime.KeepAlive(c)
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Once Replace has returned, nobody believes the key before it, however many are verifying.
func TestReplacedKeyIsGoneForEverybody(t *testing.T) {
	keys := [2][]byte{document(jwk(trusted(), "A", "")), document(jwk(stranger(), "A", ""))}
	texts := [2]string{sign(trusted(), header, payload("")), sign(stranger(), header, payload(""))}
	v := open(t, keys[0])
	var current, done atomic.Int64 // keys[current%2] is trusted; odd steps in between are not looked at
	var callers sync.WaitGroup
	for i := range 4 {
		callers.Go(func() {
			for done.Load() == 0 {
				began := current.Load()
				_, err := v.Verify(texts[i%2], now)
				if began%2 == 1 || current.Load() != began {
					continue // being replaced
				}
				if trusted := int(began/2)%2 == i%2; trusted != (err == nil) {
					t.Errorf("step %d, token %d: %v", began, i%2, err)
					return
				}
			}
		})
	}
	for step := range 60 {
		current.Add(1)
		if err := v.Replace("s0", keys[(step+1)%2]); err != nil {
			t.Error(err)
		}
		current.Add(1)
		for range 20 {
			_, _ = v.Verify(texts[0], now)
		}
	}
	done.Store(1)
	callers.Wait()
}

func TestCacheCanBeOff(t *testing.T) {
	v := openWith(t, Options{ClockSkew: skew, Cache: -1, Client: http.DefaultClient, Sources: []Source{{Name: "s", Static: document(jwk(trusted(), "A", ""))}}})
	for range 2 {
		token, err := v.Verify(sign(trusted(), header, payload("")), now)
		wantToken(t, token, err)
	}
	wantStats(t, v, 0, 0, 0)
	for _, none := range []*Verifier{nil, {}} {
		wantStats(t, none, 0, 0, 0)
		var failure *Failure
		if _, err := none.Verify(first(), now); !errors.As(err, &failure) || failure.Reason != Key {
			t.Error(err)
		}
	}
}
