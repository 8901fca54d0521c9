package entra

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// desk is a service of one directory, its clock in hand.
type desk struct {
	*Service
	directory *Directory
	now       time.Time
	ids       int
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{directory: directory(), now: now}
	d.Service = New(Options{
		Directory: func() *Directory { return d.directory },
		Now:       func() time.Time { return d.now },
		NewID: func() string {
			d.ids++
			return fmt.Sprintf("00000000-0000-4000-8000-%012d", d.ids)
		},
	})
	return d
}

const contoso = "aaaabbbb-0000-cccc-1111-dddd2222eeee"

// ask sends one request over HTTPS; headers are "Name: value".
func (d *desk) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://localhost:7443"+path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func (d *desk) get(path string, headers ...string) *httptest.ResponseRecorder {
	return d.ask(http.MethodGet, path, "", headers...)
}

// lower returns a header that is written in lower case.
func lower(w *httptest.ResponseRecorder, name string) string {
	return strings.Join(w.Header()[name], ", ")
}

// decode reads an answer's members.
func decode(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return m
}

// names returns an object's member names in the order in which they are written.
func names(t testing.TB, object []byte) string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	var all []string
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, name.(string))
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(all, " ")
}

// form encodes pairs of name and value, in their order.
func form(pairs ...string) string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		parts = append(parts, url.QueryEscape(pairs[i])+"="+url.QueryEscape(pairs[i+1]))
	}
	return strings.Join(parts, "&")
}
