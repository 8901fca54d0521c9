package policy

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestShown(t *testing.T) {
	for _, tc := range []struct {
		value any
		want  string
	}{
		{"plain", `"plain"`},
		{"\u00e9", `"\u00e9"`}, // composed and decomposed, they look alike
		{"e\u0301", `"e\u0301"`},
		{"https://management.\u0430zure.com/", `"https://management.\u0430zure.com/"`}, // a Cyrillic letter
		{strings.Repeat("a", maxShown), `"` + strings.Repeat("a", maxShown) + `"`},
		{strings.Repeat("a", maxShown+1), `"` + strings.Repeat("a", maxShown-len(clipped)) + clipped + `"`},
		{json.Number("124"), "124"},
		{json.Number("1.00"), "1.00"},
		{json.Number("-1.5e+3"), "-1.5e+3"},
		{json.Number("x y"), `"x y"`},
		{json.Number(strings.Repeat("1", maxShown+1)), strings.Repeat("1", maxShown-len(clipped)) + clipped},
		{[]any{json.Number("1.0"), true, nil}, "[1.0, true, null]"},
	} {
		if got := shown(tc.value); got != tc.want {
			t.Errorf("%v: %s, want %s", tc.value, got, tc.want)
		}
	}
}

// A name is read by whoever gave it, in whatever letters; what acts on a terminal is escaped there too.
func TestCalled(t *testing.T) {
	for name, want := range map[string]string{
		"Pr\u00fcfung":  "\"Pr\u00fcfung\"",
		"\x1b[2Ja\nb":   `"\x1b[2Ja\nb"`,
		"a\u202egnissa": `"a\u202egnissa"`,
	} {
		if got := called(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
