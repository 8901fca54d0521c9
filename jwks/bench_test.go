package jwks

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// plainly is a verifier that remembers nothing, so that every call is a miss.
func plainly(tb testing.TB, keys []byte) *Verifier {
	return openWith(tb, Options{ClockSkew: skew, Cache: -1, Sources: []Source{{Name: "s0", Static: keys}}})
}

// app are the claims that an application's token has besides those of payload.
const app = `"aio":"k2RgYFhkd+bC0cPl1wyXHhW8ZnXDw0Rv8/z5CwA=","appidacr":"1","idtyp":"app","oid":"aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb","rh":"1.AAAAu7uqqgAAzMwREd3dIiLu7kZIf3kAutdPukPawfj2MBMAAAA.","roles":["Payroll.Run"],"sub":"aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb","uti":"t00000000000000000000","ver":"1.0",`

func BenchmarkVerify(b *testing.B) {
	keys := document(jwk(stranger(), "B", ""), jwk(trusted(), "A", `,"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0"`))
	remembering, plain := open(b, keys), plainly(b, keys)
	for _, c := range []struct {
		name string
		v    *Verifier
		text string
	}{
		{"hit", remembering, sign(trusted(), header, payload(app))},
		{"miss", plain, sign(trusted(), header, payload(app))},
		{"bad-signature", remembering, sign(stranger(), header, payload(app))},
		{"unknown-key", remembering, sign(stranger(), `{"alg":"RS256","kid":"C"}`, payload(app))},
		{"expired", plain, sign(trusted(), header, strings.Replace(payload(app), `"exp":`, `"exp":1,"was":`, 1))},
		{"malformed", remembering, strings.Repeat(".", 10000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.v.Verify(c.text, now)
			}
		})
	}
}

func BenchmarkVerifyParallel(b *testing.B) {
	v := open(b, document(jwk(trusted(), "A", "")))
	text := sign(trusted(), header, payload(app))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _ = v.Verify(text, now)
		}
	})
}

// BenchmarkTokenSize: a user in many groups.
func BenchmarkTokenSize(b *testing.B) {
	keys := document(jwk(trusted(), "A", ""))
	remembering, plain := open(b, keys), plainly(b, keys)
	for _, groups := range []int{0, 20, 80, 320, 900} {
		text := sign(trusted(), header, payload(fmt.Sprintf(`"groups":[%s"x"],`, strings.Repeat(`"aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb",`, groups))))
		for name, v := range map[string]*Verifier{"hit": remembering, "miss": plain} {
			b.Run(fmt.Sprintf("%s/bytes=%d", name, len(text)), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := v.Verify(text, now); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkKeys: what a token costs in a set of many keys, and in many sets.
func BenchmarkKeys(b *testing.B) {
	text := sign(trusted(), header, payload(app))
	for _, n := range []int{1, 10, 100} {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = jwk(stranger(), fmt.Sprint("other", i), "")
		}
		keys[n-1] = jwk(trusted(), "A", "")
		sources := make([]Source, n)
		for i := range sources {
			sources[i] = Source{Name: fmt.Sprint("s", i), Static: document(keys[i])}
		}
		for name, o := range map[string]Options{
			"one-set":   {Sources: []Source{{Name: "s", Static: document(keys...)}}},
			"many-sets": {Sources: sources},
		} {
			for _, cache := range []int{0, -1} {
				o.Cache, o.ClockSkew = cache, skew
				v := openWith(b, o)
				b.Run(fmt.Sprintf("%s/%s/keys=%d", map[int]string{0: "hit", -1: "miss"}[cache], name, n), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := v.Verify(text, now); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// BenchmarkFlood: a hot token among tokens that come once, as the cache sees them.
func BenchmarkFlood(b *testing.B) {
	v := open(b, document(jwk(trusted(), "A", "")))
	hot := sign(trusted(), header, payload(app))
	once := make([]string, 3000) // more than fit
	for i := range once {
		once[i] = sign(trusted(), header, payload(fmt.Sprintf(`%s"n":%d,`, app, i)))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		_, _ = v.Verify(once[i%len(once)], now)
		_, _ = v.Verify(hot, now)
	}
	hits, misses, _, _ := v.CacheStats()
	b.ReportMetric(float64(hits)/float64(hits+misses), "hits/call")
}

// No token makes the verifier take much more memory than it is long, whoever signed it.
func TestMemoryIsBoundedByTheText(t *testing.T) {
	v := plainly(t, document(jwk(trusted(), "A", "")))
	for name, claims := range map[string]string{
		"numbers":  `{"x":[` + strings.Repeat("0,", 24000-1) + `0]}`,
		"objects":  `{"x":[` + strings.Repeat("{},", 16000-1) + `{}]}`,
		"lists":    `{"x":[` + strings.Repeat("[],", 16000-1) + `[]]}`,
		"strings":  `{"x":[` + strings.Repeat(`"",`, 16000-1) + `""]}`,
		"escapes":  `{"x":"` + strings.Repeat(`\u0041`, 7900) + `"}`,
		"members":  `{` + strings.Repeat(`"":0,`, 9000) + `"x":0}`,
		"tokens":   `{"x":[` + strings.Repeat(`"e30.e30.x",`, 3900) + `0],"y":"e30.` + strings.Repeat("A", 100) + `.x"}`,
		"one long": `{"x":"` + strings.Repeat("a.", 23000) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{sign(trusted(), header, claims), sign(stranger(), header, claims)} {
				if len(text) > maxToken {
					t.Fatalf("%d bytes", len(text))
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, err := v.Verify(text, now)
				runtime.ReadMemStats(&after)
				if err == nil {
					t.Fatal("believed without exp")
				}
				// An empty object of three letters is a map, of 48 bytes.
				if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 64*uint64(len(text)) {
					t.Errorf("%d bytes allocated for %d of text: %v", allocated, len(text), err)
				}
			}
		})
	}
}
