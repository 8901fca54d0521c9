package jwks

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

func TestSeveralSources(t *testing.T) {
	mine, theirs := document(jwk(trusted(), "A", "")), document(jwk(stranger(), "A", ""), jwk(stranger(), "B", ""))
	v := open(t, mine, theirs)
	for want, text := range map[string]string{
		"s0": sign(trusted(), header, payload("")),
		"s1": sign(stranger(), header, payload("")), // the same kid, another key
	} {
		token, err := v.Verify(text, now)
		wantToken(t, token, err)
		if token.Source != want {
			t.Errorf("source is %s, want %s", token.Source, want)
		}
	}
	token, err := v.Verify(sign(caller(), header, payload("")), now)
	wantFailure(t, token, err, Signature)
	token, err = v.Verify(sign(trusted(), `{"alg":"RS256","kid":"C"}`, payload("")), now)
	wantFailure(t, token, err, Key, `trusted: "A" (source s0); "A", "B" (source s1)`)
}

// A signature as long as one key's is not cut off because another key of that name is longer.
func TestSignatureIsShortForEveryKeyOrNotShort(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 2056)
	if err != nil {
		t.Fatal(err)
	}
	short, longer := document(jwk(trusted(), "A", "")), document(jwk(long, "A", ""))
	for _, documents := range [][][]byte{{short, longer}, {longer, short}} {
		v := open(t, documents...)
		token, err := v.Verify(sign(stranger(), header, payload("")), now)
		wantFailure(t, token, err, Signature, "the token was changed, or signed with another key of that name")
		cut := sign(trusted(), header, payload(""))
		token, err = v.Verify(cut[:len(cut)-18], now) // to whole bytes
		wantFailure(t, token, err, Signature, "the token's end is missing")
	}
}

// What a token can make us compute is bounded: the ninth source with its kid gets no turn.
func TestCandidatesAreBounded(t *testing.T) {
	documents := make([][]byte, maxCandidates+1)
	for i := range documents {
		documents[i] = document(jwk(stranger(), "A", ""))
	}
	documents[maxCandidates] = document(jwk(trusted(), "A", ""))
	token, err := open(t, documents...).Verify(sign(trusted(), header, payload("")), now)
	wantFailure(t, token, err, Signature)
	token, err = open(t, documents[1:]...).Verify(sign(trusted(), header, payload("")), now)
	wantToken(t, token, err)
}

func TestDetailsAreBounded(t *testing.T) {
	v := open(t, document(jwk(trusted(), strings.Repeat("k", 256), "")))
	long := strings.Repeat("é", 10000)
	for name, text := range map[string]string{
		"alg":  sign(trusted(), `{"alg":"`+long+`"}`, "{}"),
		"crit": sign(trusted(), `{"alg":"RS256","crit":["`+long+`"]}`, "{}"),
		"typ":  sign(trusted(), `{"alg":"RS256","typ":"`+long+`"}`, "{}"),
		"name": sign(trusted(), `{"alg":"RS256"}`, `{"`+long+`":1,"`+long+`":1}`),
		"exp":  sign(trusted(), `{"alg":"RS256"}`, `{"exp":"`+long+`"}`),
		"kid":  sign(trusted(), `{"alg":"RS256","kid":"`+strings.Repeat("é", 128)+`"}`, "{}"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := v.Verify(text, now)
			if n := len(err.Error()); n > 600 {
				t.Errorf("%d bytes: %s", n, err)
			}
		})
	}
}

func TestConcurrentUse(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(document(jwk(stranger(), "B", "")))
	}))
	defer server.Close()
	v := openWith(t, Options{
		Client:  server.Client(),
		Sources: []Source{{Name: "static", Static: document(jwk(trusted(), "A", ""))}, {Name: "remote", URL: server.URL}},
	})
	if err := v.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	texts := []string{
		sign(trusted(), header, payload("")),
		sign(stranger(), `{"alg":"RS256","kid":"B"}`, payload("")),
		sign(stranger(), `{"alg":"RS256","kid":"C"}`, payload("")),
	}
	var callers sync.WaitGroup
	for i := range 12 {
		callers.Go(func() {
			for range 20 {
				if _, err := v.Verify(texts[i%3], now); (err != nil) != (i%3 == 2) {
					t.Errorf("token %d: %v", i%3, err)
				}
				_ = v.Status()
				_ = v.Ready()
			}
			if err := v.Refresh(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
}

func TestOpenRefusesBadOptions(t *testing.T) {
	static := document(jwk(trusted(), "A", ""))
	one := func(url string) Options { return Options{Sources: []Source{{Name: "s", URL: url}}} }
	for name, c := range map[string]struct {
		options Options
		words   string
	}{
		"no source":       {Options{}, "no key set is trusted"},
		"no name":         {Options{Sources: []Source{{Static: static}}}, "empty or used twice"},
		"name twice":      {Options{Sources: []Source{{Name: "s", Static: static}, {Name: "s", Static: static}}}, `"s" is empty or used twice`},
		"neither":         {Options{Sources: []Source{{Name: "s"}}}, `source "s": needs either a document or a URL`},
		"both":            {Options{Sources: []Source{{Name: "s", Static: static, URL: "https://a"}}}, "needs either"},
		"bad document":    {Options{Sources: []Source{{Name: "s", Static: []byte("{}")}}}, `source "s": the key set has no "keys" array`},
		"empty document":  {Options{Sources: []Source{{Name: "s", Static: []byte{}}}}, "not JSON"},
		"no usable key":   {Options{Sources: []Source{{Name: "s", Static: document(`{"kid":"o","kty":"oct"}`)}}}, `kid "o"`},
		"http":            {one("http://idp.example/keys"), "must be https"},
		"http by address": {one("http://192.0.2.1/keys"), "must be https"},
		"localhost.evil":  {one("http://localhost.evil.example/"), "must be https"},
		"file":            {one("file:///keys.json"), "must be scheme, host and path"},
		"ftp":             {one("ftp://127.0.0.1/"), "must be https"},
		"no scheme":       {one("idp.example/keys"), "must be scheme, host and path"},
		"no URL at all":   {one("https://%zz"), "cannot be parsed"},
		"with a user":     {one("https://u:secret@idp.example/"), "without user"},
		"negative skew":   {Options{ClockSkew: -1, Sources: []Source{{Name: "s", Static: static}}}, "negative"},
		"negative timing": {Options{Timing: Timing{Asked: -1}, Sources: []Source{{Name: "s", Static: static}}}, "negative"},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := Open(t.Context(), c.options)
			if v != nil || err == nil || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, %v; want %q", v, err, c.words)
			}
		})
	}
	for _, url := range []string{"http://localhost:1/", "http://LOCALHOST/", "http://127.8.9.10/", "http://[::1]:1/keys?x=y", "https://idp.example"} {
		if err := checkURL(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A document that is replaced is believed at once, and the one before it no more.
func TestReplace(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")), document(jwk(caller(), "C", "")))
	if err := v.Replace("s0", document(jwk(stranger(), "A", ""))); err != nil {
		t.Fatal(err)
	}
	token, err := v.Verify(sign(stranger(), header, payload("")), now)
	wantToken(t, token, err)
	token, err = v.Verify(sign(trusted(), header, payload("")), now)
	wantFailure(t, token, err, Signature)
	for name, text := range map[string]string{"s0": `{"keys":[]}`, "s1": "", "s2": string(document(jwk(stranger(), "A", "")))} {
		if v.Replace(name, []byte(text)) == nil {
			t.Errorf("%s: %q is taken", name, text)
		}
	}
	token, err = v.Verify(sign(stranger(), header, payload("")), now)
	wantToken(t, token, err)
}
