package journal

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

func ids(entries []*Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.ID)
	}
	return all
}

func opened(t testing.TB, size int) *Journal {
	t.Helper()
	j := New(size)
	t.Cleanup(j.Close)
	return j
}

func add(j *Journal, e *Entry) { j.Add(e.ID, e) }

func TestKeepsTheNewestOnly(t *testing.T) {
	j := opened(t, 3)
	for i := range 5 {
		add(j, &Entry{ID: fmt.Sprint(i), Workflow: fmt.Sprint("w", i%2), Outcome: Refused, Code: "C"})
	}
	if got := ids(j.List(Filter{})); !slices.Equal(got, []string{"4", "3", "2"}) {
		t.Errorf("got %v", got)
	}
	if got := ids(j.List(Filter{Workflow: "w0", Outcome: Refused, Code: "C", Limit: 1})); !slices.Equal(got, []string{"4"}) {
		t.Errorf("filtered: %v", got)
	}
	if got := j.List(Filter{Code: "c"}); got == nil || len(got) != 0 {
		t.Errorf("a code in other letters: %v", got)
	}
	if _, ok := j.Get("1"); ok {
		t.Error("an entry outlived the ring")
	}
	if e, ok := j.Get("3"); !ok || e.ID != "3" {
		t.Error("an entry is not found")
	}
	j.Clear()
	add(j, &Entry{ID: "new"})
	if got := ids(j.List(Filter{})); !slices.Equal(got, []string{"new"}) {
		t.Errorf("after clear: %v", got)
	}
	none := opened(t, 0)
	add(none, &Entry{})
	if len(none.List(Filter{})) != 0 {
		t.Error("a journal of size 0 keeps an entry")
	}
}

func TestConcurrentUse(t *testing.T) {
	j := opened(t, 10)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				add(j, &Entry{ID: fmt.Sprint(i, n)})
				j.List(Filter{Limit: 2})
				if n%50 == 0 {
					j.Clear()
				}
			}
		})
	}
	wg.Wait()
	if n := len(j.List(Filter{})); n > 10 {
		t.Errorf("%d entries", n)
	}
}

const token = "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJ4In0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"

func TestRedaction(t *testing.T) {
	h := http.Header{
		"Authorization":             {"Bearer " + token},
		"Cookie":                    {"session=top-secret"},
		"Aeg-Sas-Key":               {"top-secret"},
		"X-Functions-Key":           {"top-secret"},
		"Ocp-Apim-Subscription-Key": {"top-secret"},
		"X-Custom":                  {"carries " + token},
		"Content-Type":              {"application/json"},
	}
	got := HoldHeaders(h).Kept()
	want := map[string]string{"Authorization": "Bearer [redacted]", "Cookie": "[redacted]", "Aeg-Sas-Key": "[redacted]", "X-Functions-Key": "[redacted]",
		"Ocp-Apim-Subscription-Key": "[redacted]", "X-Custom": "carries [redacted token]", "Content-Type": "application/json"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("headers: %v", got)
	}
	if got := Field("Authorization", token); got != "[redacted]" {
		t.Errorf("a token without a scheme: %q", got)
	}
	for _, name := range []string{"amp;sig", "AMP;Code", "?key", "amp;key"} { // of a URL that was copied out of HTML
		if got := Field(name, "top-secret"); got != "[redacted]" {
			t.Errorf("%s: %q", name, got)
		}
	}
	q, _ := HoldQuery(maps.All(map[string]string{"sig": "c2ln", "sp": "/triggers/manual/run", "code": "top-secret", "access_token": "x"})).Kept()
	if fmt.Sprint(q) != fmt.Sprint(map[string]string{"sig": "[redacted]", "sp": "/triggers/manual/run", "code": "[redacted]", "access_token": "[redacted]"}) {
		t.Errorf("query: %v", q)
	}
	for body, want := range map[string]string{
		`{"client_secret":"top\"-secret","order":1}`:            `{"client_secret":"[redacted]","order":1}`,
		`{"Password" : "top-secret"`:                            `{"Password":"[redacted]"`,
		`{"a":"` + token + `"}`:                                 `{"a":"[redacted token]"}`,
		"grant_type=password&password=top-secret&x=1":           "grant_type=password&password=[redacted]&x=1",
		"https://x/invoke?api-version=1&sp=%2Ft&sig=top-secret": "https://x/invoke?api-version=1&sp=%2Ft&sig=[redacted]",
		`{"order":1}`: `{"order":1}`,
		`{"url":"https://x/?api-version=1\u0026sig=top-secret"}`:       `{"url":"https://x/?api-version=1\u0026sig=[redacted]"}`,
		`{"url":"https%3A%2F%2Fx%3Fa%3D1%26sig%3Dtop-secret%26b%3D2"}`: `{"url":"https%3A%2F%2Fx%3Fa%3D1%26sig%3D[redacted]%26b%3D2"}`,
		"a=1&code=top-secret&b=2":                                      "a=1&code=[redacted]&b=2",
		"Endpoint=x;AccountKey=top-secret;b":                           "Endpoint=x;AccountKey=[redacted]",
		`{"AccountKey":"top-secret"}`:                                  `{"AccountKey":"[redacted]"}`,
		`{"payload":"{\"password\":\"top-secret\",\"a\":1}"}`:          `{"payload":"{\"password\":\"[redacted]\",\"a\":1}"}`,
		`<u password="top-secret" id="1"/>`:                            `<u password="[redacted]" id="1"/>`,
		"password=a,top-secret&b=1":                                    "password=[redacted]&b=1",
		"password: correct top-secret\nb":                              "password: [redacted]\nb",
		"\ufeff{\"passwords\":[\"top-secret\"]}":                       "{\"passwords\":\"[redacted]\"}",
		"http://user:top-secret@host/":                                 "http://user:[redacted]@host/",
		"https%253A%252F%252Fx%253Fsig%253Dtop-secret":                 "https%253A%252F%252Fx%253Fsig%253D[redacted]",
		"password%3Dtop-secret":                                        "password%3D[redacted]",
		"the design=good":                                              "the design=good",
		`{"password": 48151623, "a":1}`:                                `{"password":"[redacted]", "a":1}`,
		`{"a":{"passwords":["x",{"y":"z"}]},"b":2}`:                    `{"a":{"passwords":"[redacted]"},"b":2}`,
		`{"pass\u0077ord":"top-secret"}`:                               `{"pass\u0077ord":"[redacted]"}`,
		`[{"pwd":true},{"n":"secret"}]`:                                `[{"pwd":"[redacted]"},{"n":"secret"}]`,
		`{"a":"b","c":{"token":{"x":"top-secr`:                         `{"a":"b","c":{"token":"[redacted]"`,
		"<login><password kind=\"x\">top-secret</password></login>":    "<login><password kind=\"x\">[redacted]</password></login>",
		"user: ana\npassword: top-secret\n":                            "user: ana\npassword: [redacted]\n",
		"send Bearer abcdefghijkl now":                                 "send Bearer [redacted] now",
		"a basic need":                                                 "a basic need",
		"--x\r\nContent-Disposition: form-data; name=\"password\"\r\nContent-Type: text/plain\r\n\r\ntop-secret\r\n--x--": "--x\r\nContent-Disposition: form-data; name=\"password\"\r\nContent-Type: text/plain\r\n\r\n[redacted]\r\n--x--",
		"\xff\xfe": "\ufffd",

		`{"db":"postgres://app:p@top-secret@db/x"}`:                                                  `{"db":"postgres://app:[redacted]@db/x"}`,
		`{"note":"Forgot my password: please help","orderId":42,"lines":[{"sku":"A"}]}`:              `{"note":"Forgot my password: [redacted]","orderId":42,"lines":[{"sku":"A"}]}`,
		`{"c":"Endpoint=x;AccountKey=top-secret;b","d":"\"secret\": \"top-secret\""}`:                `{"c":"Endpoint=x;AccountKey=[redacted]","d":"\"secret\": \"[redacted]\""}`,
		`{"pem":"-----BEGIN RSA PRIVATE KEY-----\ntop-secret\n-----END RSA PRIVATE KEY-----","a":1}`: `{"pem":"[redacted private key]","a":1}`,
		"a\n-----BEGIN PRIVATE KEY-----\ntop-secret":                                                 "a\n[redacted private key]",
	} {
		if got := Body([]byte(body)); got != want {
			t.Errorf("Body(%q)\ngot  %q\nwant %q", body, got, want)
		}
	}
}

func TestBounds(t *testing.T) {
	big := strings.Repeat("x", 2*MaxBody)
	if n := len(Body([]byte(big))); n != MaxBody {
		t.Errorf("a body is kept at %d bytes", n)
	}
	// A token that the cut runs through is a token still.
	cut := strings.Repeat("x", MaxBody-30) + token
	if strings.Contains(Body([]byte(cut)), "eyJ0") {
		t.Error("the beginning of a token is kept")
	}
	h := http.Header{}
	for i := range 500 {
		h.Set(fmt.Sprintf("X-%03d", i), big)
	}
	if kept := HoldHeaders(h).Kept(); len(kept) != maxHeld/(maxText+len("X-000"))+1 || kept["X-000"] != big[:maxText]+"…" || kept["…"] == "" {
		t.Errorf("%d headers of %d bytes are kept", len(kept), len(kept["X-000"]))
	}
	for name := range h {
		h.Set(name, "short")
	}
	if kept := HoldHeaders(h).Kept(); len(kept) != maxFields+1 || kept["…"] == "" {
		t.Errorf("%d headers are kept", len(kept))
	}
}

// A secret member leaves nothing of its value behind, whatever the value is.
func FuzzSecretMember(f *testing.F) {
	f.Add(`"x"`, "password", "")
	f.Add(`{"a":[1,2]}`, "client_secret", `,"b":1`)
	f.Fuzz(func(t *testing.T, value, name, rest string) {
		if !json.Valid([]byte(value)) || !secretName(name) || len(value)+len(name)+len(rest) > 1000 {
			return
		}
		quoted, _ := json.Marshal(name)
		const mark = "qzqzqzqz"
		marked := `[` + value + `,"` + mark + `"]`
		if got := Body([]byte(`{` + string(quoted) + `:` + marked + rest + `}`)); strings.Contains(got, mark) {
			t.Errorf("kept: %s", got)
		}
	})
}

func FuzzRedaction(f *testing.F) {
	f.Add("a ", " b")
	f.Add(`{"x":"`, `"}`)
	f.Add("eyJ", ".")
	f.Fuzz(func(t *testing.T, before, after string) {
		// Whatever surrounds a token, its signature is not kept.
		if got := Text(before + "\n" + token + "\n" + after); strings.Contains(got, "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg") {
			t.Errorf("kept: %q", got)
		}
	})
}
