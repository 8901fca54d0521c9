package inspector_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Whoever sends a text of any length is told which one is wrong, and not sent it back.
func TestErrorsRepeatLittle(t *testing.T) {
	s := openSite(t, nil)
	long := strings.Repeat("x", 3<<10) // as much as the smallest body takes
	api := "/_emulator/api/"
	for _, tc := range []struct{ method, path, body string }{
		{"GET", "/_emulator/" + long, ""},
		{long, api + "requests", ""},
		{"GET", api + "requests?" + long + "=1", ""},
		{"GET", api + "requests?%zz" + long, ""},
		{"GET", api + "requests?limit=" + long, ""},
		{"GET", api + "requests?since=" + long, ""},
		{"GET", api + "requests?reason=" + long, ""},
		{"GET", api + "requests/" + long, ""},
		{"GET", api + "requests/wait?count=" + long, ""},
		{"GET", api + "requests/wait?timeout=" + long, ""},
		{"GET", api + "workflows?keyType=" + long, ""},
		{"GET", api + "workflows?notAfter=" + long, ""},
		{"PUT", api + "workflows/" + long + "/state", `{"state":"Disabled"}`},
		{"PUT", api + "workflows/orders/state", `{"state":"` + long + `"}`},
		{"PUT", api + "clock", `{"` + long + `":1}`},
		{"PUT", api + "clock", `{"` + long + `":1,"` + long + `":1}`},
		{"PUT", api + "clock", `{"offset":1` + strings.Repeat("0", len(long)) + `}`},
		{"PUT", api + "clock", `{"offset":"` + long + `"}`},
		{"PUT", api + "clock", `{"now":"` + long + `"}`},
		{"POST", api + "keys/rotate", `{"` + long + `":1}`},
		{"POST", api + "keys/rotate", `{"grace":"` + long + `"}`},
		{"POST", api + "keys/refresh", `{"` + long + `":1}`},
		{"POST", api + "tokens", `{"` + long + `":1}`},
		{"POST", api + "explain", `{"` + long + `":1}`},
		{"POST", api + "explain", `{"workflow":"` + long + `","token":"a.b.c"}`},
	} {
		r, err := http.NewRequest(tc.method, s.URL+"/", strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		path, query, _ := strings.Cut(tc.path, "?")
		r.URL.Opaque, r.URL.RawQuery = path, query // as it is written
		repeatsLittle(t, s, r)
	}
	for name, value := range map[string]string{"Host": long + ".example", "Origin": "http://" + long} {
		r, err := http.NewRequest(http.MethodGet, s.URL+api+"requests", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(name, value)
		if name == "Host" {
			r.Host = value
		}
		repeatsLittle(t, s, r)
	}
}

func repeatsLittle(t *testing.T, s site, r *http.Request) {
	t.Helper()
	what := fmt.Sprintf("%.20s %.80s %v", r.Method, r.URL, r.ContentLength)
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(what, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode < 400 || len(body) > 2<<10 || !strings.Contains(string(body), `"detail"`) {
		t.Errorf("%s: %s, %d bytes, %v: %.300s", what, answer.Status, len(body), err, body)
	}
}
