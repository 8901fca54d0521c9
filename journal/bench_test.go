package journal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// BenchmarkBody shows that redaction stays linear on text made to be slow.
func BenchmarkBody(b *testing.B) {
	for name, body := range map[string]string{
		"order":    `{"order":1,"lines":[{"item":"4711","count":2}]}`,
		"x":        strings.Repeat("x", MaxBody),
		"eyJ":      strings.Repeat("eyJ", MaxBody/3),
		"quotes":   strings.Repeat(`"`, MaxBody),
		"password": strings.Repeat("password", MaxBody/8),
		"spaces":   strings.Repeat("token", MaxBody/10) + strings.Repeat(" ", MaxBody/2),
		"lists":    strings.Repeat("\"token\":[\n", MaxBody/10) + ";",
		"escaped":  strings.Repeat("%22token%22%3A%5C%22", MaxBody/20),
		"members":  `{"lines":[` + strings.Repeat(`{"item":"xxxxxxxxxx","code":"abc","token_id":1,"signature":"s"},`, 1000),
		"pairs":    "[" + strings.Repeat("=", MaxBody),
		"percent":  "%" + strings.Repeat("a=", MaxBody/2),
		"schemes":  strings.Repeat("bearer", MaxBody/12) + strings.Repeat(" ", MaxBody/2),
		"element":  "<" + strings.Repeat("pwd", MaxBody/6) + " " + strings.Repeat("x", MaxBody/2),
		"texts":    "[" + strings.Repeat(`"a password: b",`, MaxBody/20) + "1]",
		"json":     `{"a":"` + strings.Repeat(`b","a":"`, MaxBody/8),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Body([]byte(body))
			}
		})
	}
}

func BenchmarkHeaders(b *testing.B) {
	h := http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}, "User-Agent": {"curl/8.0"}, "Accept": {"*/*"}}
	b.ReportAllocs()
	for b.Loop() {
		HoldHeaders(h).Kept()
	}
}

// BenchmarkAdd is what a call pays for the journal, with nobody listening and with
// many, of whom half never take.
func BenchmarkAdd(b *testing.B) {
	for _, listeners := range []int{0, 100} {
		b.Run(fmt.Sprintf("listeners=%d", listeners), func(b *testing.B) {
			j := New(1000)
			defer j.Close()
			for i := range listeners {
				s, err := j.Subscribe(Filter{})
				if err != nil {
					b.Fatal(err)
				}
				if i%2 == 0 {
					continue
				}
				go func() {
					for {
						select {
						case <-s.Ready():
							for _, e := range s.Take() {
								if e.Entry != nil {
									e.JSON()
								}
							}
						case <-s.Done():
							return
						}
					}
				}()
			}
			p := &Entry{ID: "id", Workflow: "orders", Headers: map[string]string{"Accept": "*/*"}}
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					j.Add("id", p)
				}
			})
		})
	}
}
