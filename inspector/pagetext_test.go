package inspector

import (
	"regexp"
	"strings"
	"testing"
)

func TestSeen(t *testing.T) {
	shown := func(name, r string) string { return `<span class="unseen" title="U+` + name + `">` + r + `</span>` }
	for text, want := range map[string]string{
		"plain":                 "plain",
		"é 漢 👍":                 "é 漢 👍",
		"<script>&\"'":          "&lt;script&gt;&amp;&#34;&#39;",
		"a\x1b[31mb":            "a" + shown("001B", "␛") + "[31mb",
		"\x00\x7f\u0085":        shown("0000", "␀") + shown("007F", "␡") + shown("0085", `\u0085`),
		"a\u202eb\u2066":        "a" + shown("202E", `\u202e`) + "b" + shown("2066", `\u2066`),
		"https://x/\u200b":      "https://x/" + shown("200B", `\u200b`),
		"a\u00a0b":              "a" + shown("00A0", `\u00a0`) + "b",
		"\U000e0041":            shown("E0041", `\U000e0041`),
		"\ufe0f\u3164":          shown("FE0F", `\ufe0f`) + shown("3164", `\u3164`),
		"line\nbreak\tand more": "line" + shown("000A", "␊") + "break" + shown("0009", "␉") + "and more",
		"\xff<":                 "\ufffd&lt;",
	} {
		if got := string(seen(text)); got != want {
			t.Errorf("seen(%q)\ngot  %s\nwant %s", text, got, want)
		}
	}
	if got, want := string(seenLines("a\n\tb\r")), "a\n\tb"+shown("000D", "␍"); got != want {
		t.Errorf("seenLines: %s, want %s", got, want)
	}
	if got, want := string(breakable("OAuthDirectApi<\u202eB>")), "OAuth<wbr>Direct<wbr>Api&lt;"+shown("202E", `\u202e`)+"B&gt;"; got != want {
		t.Errorf("breakable: %s, want %s", got, want)
	}
	if got, want := Plainly("a\u202eb\n<"), `a\u202eb␊<`; got != want { // the template escapes it
		t.Errorf("plainly: %s, want %s", got, want)
	}
}

// What shows nothing is written out, and what shows something is not.
func TestUnseen(t *testing.T) {
	for _, r := range "\x00\t\n\x7f\u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b\u180e\u180f\u2000\u200b\u200d\u200e\u2028\u202e\u2060\u2065\u2069" +
		"\u2800\u3000\u3164\ue000\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff9\U00013430\U00013441\U00013442\U00016fe4\U0001bca0\U0001d159\U0001d173\U000e0001\U000e0020\U000e0100\U000e01ef\U000e0fff\U0010ffff" {
		if !unseen(r) {
			t.Errorf("%U is shown as it is", r)
		}
	}
	for _, r := range " a~é漢👍\u0301\u17b6\u2801\u3131\u1161\ufffc\ufffd\U0001d158\U00016fe0" {
		if unseen(r) {
			t.Errorf("%U is written out", r)
		}
	}
}

// Whatever the text, what is shown holds no markup but ours, and nothing unseen.
func FuzzSeen(f *testing.F) {
	f.Add("<b>\u202e\x1b")
	f.Add("\xff\xfe&lt;")
	ours := regexp.MustCompile(`<span class="unseen" title="U\+[0-9A-F]{4,6}">([\\␀-␡0-9a-fuU]+)</span>`)
	f.Fuzz(func(t *testing.T, text string) {
		rest := ours.ReplaceAllString(string(seen(text)), "$1")
		if strings.ContainsAny(rest, `<>"'`) || strings.ContainsFunc(rest, unseen) || strings.ContainsFunc(Plainly(text), unseen) {
			t.Errorf("%q is shown as %q", text, rest)
		}
	})
}

// Names out of a closed set read as words.
func TestInWords(t *testing.T) {
	for name, want := range map[string]string{"": "", "other-tenant": "Other tenant", "claims": "Claims do not match", "none": "Nothing"} {
		if got := inWords(name); got != want {
			t.Errorf("inWords(%q) = %q, want %q", name, got, want)
		}
	}
}
