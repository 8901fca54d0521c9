package server

import (
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"flowgate/entra"
	"flowgate/fixtures"
	"flowgate/workspace"
)

func mustQuery(s string) url.Values {
	q, err := url.ParseQuery(s)
	if err != nil {
		panic(err)
	}
	return q
}

// served is a server of n workflows like orders, the URL of one in the middle, and
// a header that admits to it.
func served(t testing.TB, n, journal int) (s *Server, target, authorization string) {
	t.Helper()
	document, err := fs.ReadFile(fixtures.Workspace(), "workflows/orders.json")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	var config strings.Builder
	config.WriteString("tenants:\n- id: " + contoso + "\n  applications:\n  - {name: caller, clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb}\nworkflows:\n")
	for i := range n {
		name := fmt.Sprintf("w%d", i)
		fmt.Fprintf(&config, "- file: %s.json\n", name)
		fsys[name+".json"] = &fstest.MapFile{Data: []byte(strings.Replace(string(document), `"name": "orders"`, `"name": "`+name+`"`, 1))}
	}
	fsys["emulator.yaml"] = &fstest.MapFile{Data: []byte(config.String())}
	ws, problems := workspace.LoadFS(fsys)
	if ws == nil {
		t.Fatal(problems)
	}
	s = gate(t, Options{Workspace: ws, Journal: journal})
	return s, s.url(fmt.Sprintf("w%d", n/2)), "Bearer " + s.token(t, entra.Request{Resource: "https://management.azure.com/"})
}

// What a call allocates does not grow with the number of workflows; what time it
// takes, the benchmark tells.
func TestCallCostsTheSameForAnyNumberOfWorkflows(t *testing.T) {
	cost := func(n int) float64 {
		s, target, authorization := served(t, n, 0) // what is written up meanwhile is no cost of the call
		least := math.Inf(1)                        // whatever else the process does meanwhile allocates as well
		for range 5 {
			least = min(least, testing.AllocsPerRun(20, func() {
				if w := post(s, target, authorization, "application/json", `{"order":1}`); w.Code != http.StatusOK {
					t.Fatal(w.Code, w.Body)
				}
			}))
		}
		return least
	}
	few, many := cost(10), cost(1000)
	if many > few*1.05 {
		t.Errorf("a call allocates %v times with 10 workflows and %v times with 1000", few, many)
	}
}

// BenchmarkCall shows that a call costs the same whatever the number of workflows.
func BenchmarkCall(b *testing.B) {
	for _, n := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprintf("workflows=%d", n), func(b *testing.B) {
			s, target, authorization := served(b, n, 1000)
			b.ReportAllocs()
			for b.Loop() {
				if w := post(s, target, authorization, "application/json", `{"order":1}`); w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

// BenchmarkOpenTrigger is the ceiling of the emulator: an admitted call that brings
// no token. BenchmarkDirectory is to reach at least half as many requests a second.
func BenchmarkOpenTrigger(b *testing.B) {
	s := gate(b, Options{Journal: 1000})
	var target string
	for _, w := range s.Workspace().Workflows {
		if w.Name == "hooks" {
			_, target = URLs("", w, "manual")
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if w := post(s, target, "", "", ""); w.Code != http.StatusAccepted {
			b.Fatal(w.Code, w.Body)
		}
	}
}

// BenchmarkDirectory serves the documents that every client reads first.
func BenchmarkDirectory(b *testing.B) {
	for name, path := range map[string]string{
		"metadata": "/contoso.example/v2.0/.well-known/openid-configuration",
		"keys":     "/common/discovery/v2.0/keys",
	} {
		b.Run(name, func(b *testing.B) {
			s := gate(b, Options{Journal: 1000})
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
