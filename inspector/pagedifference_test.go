package inspector

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// marked writes a side of a difference with its marks: [ ] around what differs, _
// for a gap.
func marked(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.Gap:
			b.WriteString("_")
		case p.Differs:
			b.WriteString("[" + p.Text + "]")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestDifference(t *testing.T) {
	for name, tc := range map[string]struct{ wanted, got, wantedMarked, gotMarked string }{
		"the same":         {"abc", "abc", "abc", "abc"},
		"both empty":       {"", "", "", ""},
		"got empty":        {"abc", "", "[abc]", "_"},
		"a slash too few":  {"https://x/", "https://x", "https://x[/]", "https://x_"},
		"a slash too many": {"https://x", "https://x/", "https://x_", "https://x[/]"},
		"letter case":      {"https://Management.azure.com/", "https://management.azure.com/", "https://[M]anagement.azure.com/", "https://[m]anagement.azure.com/"},
		"one digit of an id": {"00001111-aaaa-2222-bbbb-3333cccc4444", "00001111-aaaa-2222-bbba-3333cccc4444",
			"00001111-aaaa-2222-bbb[b]-3333cccc4444", "00001111-aaaa-2222-bbb[a]-3333cccc4444"},
		"another id": {"aaaabbbb-0000-cccc-1111-dddd2222eeee", "bbbbcccc-1111-dddd-2222-eeee3333ffff",
			"[aaaabbbb-0000-cccc-1111-dddd2222eeee]", "[bbbbcccc-1111-dddd-2222-eeee3333ffff]"},
		"two ends": {"https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/", "https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0",
			"https://[sts.windows.net]/aaaabbbb-0000-cccc-1111-dddd2222eeee/_", "https://[login.microsoftonline.com]/aaaabbbb-0000-cccc-1111-dddd2222eeee/[v2.0]"},
		"nothing in common":         {"abc", "xyz", "[abc]", "[xyz]"},
		"other letters":             {"аpi", "api", "[а]pi", "[a]pi"},
		"an emoji of several runes": {"👩‍💻x", "👩x", "👩[\u200d💻]x", "👩_x"},
	} {
		w, g := difference(tc.wanted, tc.got)
		if marked(w) != tc.wantedMarked || marked(g) != tc.gotMarked {
			t.Errorf("%s:\nwanted %s\n       %s\ngot    %s\n       %s", name, marked(w), tc.wantedMarked, marked(g), tc.gotMarked)
		}
	}
}

// The parts of a side are the value, and both sides have as many.
func FuzzDifference(f *testing.F) {
	f.Add("https://sts.windows.net/a/", "https://login.microsoftonline.com/a/v2.0")
	f.Add(strings.Repeat("ab", 300), strings.Repeat("ba", 290))
	f.Add("abcdefg", "abXdeYg")
	f.Fuzz(func(t *testing.T, wanted, got string) {
		if !utf8.ValidString(wanted) || !utf8.ValidString(got) {
			return // what comes from JSON is valid
		}
		w, g := difference(wanted, got)
		var wantedAgain, gotAgain string
		if len(w) != len(g) {
			t.Fatalf("%d and %d parts", len(w), len(g))
		}
		for k := range w {
			wantedAgain, gotAgain = wantedAgain+w[k].Text, gotAgain+g[k].Text
			if w[k].Differs != g[k].Differs || !w[k].Differs && w[k].Text != g[k].Text || w[k].Differs && w[k].Text == g[k].Text {
				t.Errorf("part %d: %+v and %+v", k, w[k], g[k])
			}
		}
		if wantedAgain != wanted || gotAgain != got {
			t.Errorf("%q became %q, %q became %q", wanted, wantedAgain, got, gotAgain)
		}
	})
}
