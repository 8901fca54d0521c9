package main

import (
	"bytes"
	"io"
	"log/slog"
	"strings"
	"testing"
)

// Whatever a caller sends, a record is one line, in both forms.
func FuzzLogLine(f *testing.F) {
	for _, seed := range []string{"", "manual", "a\nlevel=ERROR msg=forged", "\r\n", "\u2028\u2029\u0085", "\x1b[2J\x07", "\" x=\"y", "\xff\xfe", "a=b c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, form := range []string{"text", "json"} {
			var out bytes.Buffer
			log, end := newLogger(form, &out)
			log.Info("call", slog.String("trigger", value), slog.String("id", "1"))
			end()
			text := out.String()
			if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") || strings.ContainsAny(text[:len(text)-1], "\r\v\f\x1b\x07") {
				t.Errorf("%s: %q", form, text)
			}
		}
	})
}

// A reader that takes nothing makes nobody wait; what was dropped is told.
func TestLogDoesNotWaitForItsReader(t *testing.T) {
	r, w := io.Pipe()
	log, end := newLogger("text", w)
	line := strings.Repeat("x", 1000)
	for range 2 * maxPending / 1000 {
		log.Info(line) // would hang here
	}
	read := make(chan string)
	go func() {
		all, _ := io.ReadAll(r)
		read <- string(all)
	}()
	end()
	w.Close()
	if text := <-read; !strings.Contains(text, "lines of the log are missing here") || !strings.Contains(text, line) {
		t.Errorf("%d bytes, ending %q", len(text), text[max(0, len(text)-200):])
	}
}
