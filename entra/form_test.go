package entra

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestParseForm(t *testing.T) {
	for body, want := range map[string]string{
		"":                 "",
		"a=1&b=2":          "a=1&b=2",
		"&&a=1&":           "a=1",
		"a":                "a=",
		"a=b=c":            "a=b%3Dc",
		"a+b=%26&c=%C3%A9": "a+b=%26&c=%C3%A9",
	} {
		p, err := parseForm(body)
		got := url.Values{}
		for name, value := range p {
			got.Set(name, value)
		}
		if err != nil || got.Encode() != want {
			t.Errorf("%q: %s, %v", body, got.Encode(), err)
		}
	}
	for body, want := range map[string]string{
		"a=1&a=2": "AADSTS9000411", "a=1&%61=1": "AADSTS9000411", "a=%zz": "AADSTS9002313", "%=1": "AADSTS9002313",
		strings.Repeat("x", maxEcho+1) + "=1":           "AADSTS9002313",
		"a=" + strings.Repeat("x", maxParameter+1):      "AADSTS9002313",
		"p" + strings.Repeat("=&p", maxParameters) + "": "AADSTS9000411",
	} {
		if p, err := parseForm(body); err == nil || err.Error() != want || p != nil {
			t.Errorf("%.40q: %v, %v", body, p, err)
		}
	}
}

// endless is a body that never ends, for whoever stops in time.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	if e.read > 64<<20 {
		return 0, io.EOF
	}
	e.read += len(b)
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

// Nothing a caller sends makes the directory hold much of it.
func TestHostileForms(t *testing.T) {
	d := secretDesk(t)
	credentials := form("grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret") + "&"
	var many strings.Builder
	for i := range 10_000 {
		many.WriteString("p" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + url.QueryEscape(time.Duration(i).String()) + "=1&")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for name, tc := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"a body of 10 MB":      {strings.Repeat("x", 10<<20), 413, "9002313"},
		"10,000 parameters":    {many.String(), 400, "9002313"},
		"a scope of 100 kB":    {credentials + "scope=" + strings.Repeat("s", 100_000), 400, "9002313"},
		"a name of 100 kB":     {credentials + strings.Repeat("n", 100_000) + "=1", 400, "9002313"},
		"a scope of 50 kB":     {credentials + "scope=" + strings.Repeat("s/", 25_000), 400, "70011"},
		"an assertion of 1 MB": {credentials + "client_assertion=" + strings.Repeat("e", 1_000_000), 400, "9002313"},
		"100 kB of dots":       {credentials + "client_assertion=" + strings.Repeat(".", 60_000), 400, "900144"},
	} {
		for range 5 {
			w := d.ask(http.MethodPost, v2Path, tc.body)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), "AADSTS"+tc.code+":") || w.Body.Len() > 4096 {
				t.Errorf("%s: %d, %d bytes, %.200s", name, w.Code, w.Body.Len(), w.Body)
			}
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	body := &endless{}
	r, err := http.NewRequest(http.MethodPost, "https://localhost"+v2Path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	e := &exchange{Service: d.Service, request: r}
	if _, refused := e.form(); refused == nil || refused.status() != 413 || body.read > 4<<20 {
		t.Errorf("an endless body: %v after %d bytes", refused, body.read)
	}
}

// held is a form of which all but the last byte arrives.
type held struct {
	left    int
	stuck   func()
	release <-chan struct{}
}

func (h *held) Read(b []byte) (int, error) {
	if h.left == 0 {
		h.stuck()
		<-h.release
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(b), h.left)
	h.left -= n
	return n, nil
}

// However many large forms are held open, a few are kept, and of the others the
// beginning until they are refused. Small ones are answered meanwhile.
func TestFormsHeldOpenAreBounded(t *testing.T) {
	const callers = 400
	d := secretDesk(t)
	credentials := form("grant_type", "client_credentials", "client_id", callerID, "client_secret", "local-secret", "scope", "api://orders/.default")
	large := credentials + "&x=" + strings.Repeat("x", smallForm)
	release, arrived, done := make(chan struct{}), make(chan *Error, callers), make(chan *Error, callers)
	var bodies [callers]held
	for i := range bodies {
		bodies[i] = held{maxForm - 1, func() { arrived <- nil }, release}
		r := httptest.NewRequest(http.MethodPost, v2Path, &bodies[i])
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		e := &exchange{Service: d.Service, request: r}
		go func() {
			_, refused := e.form()
			if refused.status() == http.StatusServiceUnavailable {
				arrived <- refused
			}
			done <- refused
		}()
	}
	kept := 0
	for range callers {
		if <-arrived == nil {
			kept++
		}
	}
	read := 0
	for i := range bodies {
		read += maxForm - 1 - bodies[i].left
	}
	if kept != maxLargeForms || read > maxLargeForms*maxForm+callers*(smallForm+1) {
		t.Errorf("%d forms are kept, %d bytes", kept, read)
	}
	if w := d.ask(http.MethodPost, v2Path, credentials); w.Code != 200 {
		t.Errorf("a small form meanwhile: %d %s", w.Code, w.Body)
	}
	if w := d.ask(http.MethodPost, v2Path, large); w.Code != 503 || codeOf(t, w) != "90033" {
		t.Errorf("a large form meanwhile: %d %s", w.Code, w.Body)
	}
	close(release)
	for range callers {
		<-done
	}
	if w := d.ask(http.MethodPost, v2Path, large); w.Code != 200 {
		t.Errorf("a large form afterwards: %d %s", w.Code, w.Body)
	}
}

func FuzzForm(f *testing.F) {
	for _, s := range []string{"", "a=1&b=2", "a=1&a=2", "%", "a=%41", "&=&", "a;b=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p, err := parseForm(body)
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		values, parseErr := url.ParseQuery(body)
		for name, value := range p {
			// Semicolons are separators to nobody but an old net/url.
			if parseErr == nil && (len(values[name]) != 1 || values.Get(name) != value) {
				t.Errorf("%q: %q is %q, elsewhere %q", body, name, value, values[name])
			}
		}
	})
}

func FuzzScope(f *testing.F) {
	for _, s := range []string{"", "openid", "https://service.flow.microsoft.com//.default", "api://orders/A api://orders/B", "/", "//", "https://x", "User.Read", "a/ /b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, scope string) {
		w, err := parseScope(scope, "https://graph.microsoft.com")
		if err != nil {
			return
		}
		if (w.audience == "") != (len(w.permissions) == 0) {
			t.Errorf("%q: audience %q, permissions %q", scope, w.audience, w.permissions)
		}
		for _, p := range w.permissions {
			if p == "" || strings.Contains(p, "/") {
				t.Errorf("%q: permission %q", scope, p)
			}
		}
	})
}
