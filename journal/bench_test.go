package journal

import (
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
		Headers(h)
	}
}
