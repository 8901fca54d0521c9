package server

import (
	"strings"
	"testing"
)

func TestParseOrigin(t *testing.T) {
	for written, want := range map[string]string{
		"http://127.0.0.1:7080":           "http://127.0.0.1:7080",
		"http://[::1]:7080":               "http://[::1]:7080",
		"https://emulator.example/":       "https://emulator.example",
		"":                                "",
		"127.0.0.1:7080":                  "",
		"ftp://127.0.0.1":                 "",
		"http://":                         "",
		"http://127.0.0.1:7080/_emulator": "",
		"http://ana:secret@127.0.0.1":     "",
		"http://$(id)":                    "",
		"http://'x'":                      "",
		"http://127.0.0.1?a=b":            "",
	} {
		got, err := ParseOrigin(written)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", written, got, err)
		}
	}
}

// What ParseOrigin lets through ends no quotes and starts no substitution.
func FuzzParseOrigin(f *testing.F) {
	f.Add("http://127.0.0.1:7080")
	f.Add("https://a`b$(c)")
	f.Fuzz(func(t *testing.T, written string) {
		if got, err := ParseOrigin(written); err == nil && strings.ContainsAny(got, "'\"`$\\;&|<>()\n ") {
			t.Errorf("%q gives %q", written, got)
		}
	})
}
