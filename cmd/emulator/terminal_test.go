package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"flowgate/inspector"
	"flowgate/policy"
)

func TestColoured(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	for _, out := range []io.Writer{f, null, &bytes.Buffer{}} {
		if coloured(out, env("WT_SESSION", "x")) {
			t.Errorf("%T is no terminal and gets colour", out)
		}
	}
	tty := openTerminal(t)
	if !coloured(tty, env("WT_SESSION", "x")) {
		t.Error("a terminal gets no colour")
	}
	if coloured(tty, env("WT_SESSION", "x", "NO_COLOR", "1")) || coloured(tty, env("WT_SESSION", "x", "TERM", "dumb")) {
		t.Error("a terminal that shall have no colour gets it")
	}
}

// openTerminal opens what is a terminal to those who write to it.
func openTerminal(t *testing.T) *os.File {
	t.Helper()
	name := "/dev/ptmx"
	if runtime.GOOS == "windows" {
		name = "CONOUT$"
	}
	tty, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no terminal can be opened here: %v", err) // or nobody ever runs this
		}
		t.Skipf("no terminal can be opened here: %v", err)
	}
	t.Cleanup(func() { tty.Close() })
	return tty
}

// Nobody sits at the null device, so nobody is told to paste there.
func TestNobodyPastesIntoTheNullDevice(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	var out, errs bytes.Buffer
	if status := run(t.Context, []string{"explain", "--workflow", "orders"}, null, &out, &errs); status != exitUsage || !strings.HasPrefix(errs.String(), "emulator: there is no token; ") {
		t.Errorf("%d %q", status, &errs)
	}
}

// Colour adds nothing but itself: without it the same words stand there.
func TestColourAddsNothingElse(t *testing.T) {
	e := inspector.Explained{Outcome: "refused", Reason: "claims", Time: time.Unix(0, 0), Verified: true, Policy: "p", Claims: map[string]any{"aud": "x"},
		Decision: &policy.Decision{Policies: []policy.Judgement{{Name: "p", Claims: []policy.Comparison{
			{Name: "aud", Wanted: "y", Got: "x", Present: true}, {Name: "iss", Wanted: "i"}}}}}}
	var plain, painted bytes.Buffer
	printExplanation(&plain, e, false)
	printExplanation(&painted, e, true)
	if strings.ContainsRune(plain.String(), 0x1b) || !strings.Contains(painted.String(), red+"^") {
		t.Errorf("plain: %q\npainted: %q", &plain, &painted)
	}
	if got := strings.NewReplacer(red, "", green, "", bold, "", "\x1b[0m", "").Replace(painted.String()); got != plain.String() {
		t.Errorf("got  %q\nwant %q", got, &plain)
	}
}

func TestPrintable(t *testing.T) {
	for s, want := range map[string]string{
		"plain, é and 日":                  "plain, é and 日",
		"\x1b[2J\r\n\x00\x7f\u009b\u202e": `\x1b[2J\r\n\x00\x7f\u009b\u202e`,
		"\xff":                            "\ufffd",
	} {
		if got := printable(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	if got := wrap("one two three https://a.long/address four", "  ", 12); got != "one two\n  three\n  https://a.long/address\n  four" {
		t.Errorf("%q", got)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		42 * time.Second:               "42s",
		59*time.Minute + 5*time.Second: "59m",
		3*time.Hour + 20*time.Minute:   "3h 20m",
		72 * time.Hour:                 "3 days",
		math.MaxInt64:                  "100 years and more",
	} {
		if got := span(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

// Whatever a token or a server says, what is printed is lines of printable text.
func FuzzPrintExplanation(f *testing.F) {
	f.Add("aud", "https://x/", "https://x", "detail", int64(1795438800))
	f.Add("\x1b", "\u202e", "\xff\n", "a\rb", int64(-1))
	f.Add("exp", "", "\"\\", "\u2028", int64(1)<<60)
	f.Fuzz(func(t *testing.T, name, wanted, got, text string, at int64) {
		e := inspector.Explained{Workflow: text, Trigger: text, Scheme: text, Outcome: text, Reason: text, Detail: text, Cause: text, Policy: text, Fix: text,
			Also: []string{text}, Header: map[string]any{"kid": got}, Claims: map[string]any{name: got, "aud": []any{got, map[string]any{name: nil}}, "roles": float64(at)},
			Answer:   inspector.ExplainedAnswer{Code: text, Body: text, Evidence: text, Note: text},
			Decision: &policy.Decision{By: text, Policies: []policy.Judgement{{Name: text, Claims: []policy.Comparison{{Name: name, Wanted: wanted, Got: got, Present: true}}}}}}
		var words, programs bytes.Buffer
		printExplanation(&words, e, false)
		if err := printJSON(&programs, e); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(programs.Bytes()) {
			t.Fatalf("no JSON: %s", &programs)
		}
		for _, out := range []string{words.String(), programs.String()} {
			if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
				t.Fatalf("%q", out[i:])
			}
		}
	})
}
