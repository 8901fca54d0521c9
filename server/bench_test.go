package server

import (
	"fmt"
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

// BenchmarkCall shows that a call costs the same whatever the number of workflows.
func BenchmarkCall(b *testing.B) {
	orders, err := fixtures.Workspace().Open("workflows/orders.json")
	if err != nil {
		b.Fatal(err)
	}
	defer orders.Close()
	info, err := orders.Stat()
	if err != nil {
		b.Fatal(err)
	}
	document := make([]byte, info.Size())
	if _, err := orders.Read(document); err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprintf("workflows=%d", n), func(b *testing.B) {
			fsys := fstest.MapFS{}
			var config strings.Builder
			config.WriteString("tenants:\n- id: aaaabbbb-0000-cccc-1111-dddd2222eeee\n  applications:\n  - {name: caller, clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb}\nworkflows:\n")
			for i := range n {
				name := fmt.Sprintf("w%d", i)
				fmt.Fprintf(&config, "- file: %s.json\n", name)
				fsys[name+".json"] = &fstest.MapFile{Data: []byte(strings.Replace(string(document), `"name": "orders"`, `"name": "`+name+`"`, 1))}
			}
			fsys["emulator.yaml"] = &fstest.MapFile{Data: []byte(config.String())}
			ws, problems := workspace.LoadFS(fsys)
			if ws == nil {
				b.Fatal(problems)
			}
			s := gate(b, Options{Workspace: ws, Journal: 1000})
			authorization := "Bearer " + s.token(b, entra.Request{Resource: "https://management.azure.com/"})
			target := s.url(fmt.Sprintf("w%d", n/2))
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "http://localhost"+target, strings.NewReader(`{"order":1}`))
				r.Header.Set("Authorization", authorization)
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
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
