package inspector

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"flowgate/journal"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func seconds(t time.Time) json.Number { return json.Number(jsonText(t.Unix())) }

func TestLifeOfAToken(t *testing.T) {
	from, to := seconds(noon.Add(-time.Hour)), seconds(noon.Add(time.Hour))
	for name, tc := range map[string]struct {
		claims map[string]any
		want   string // in words; empty: there is no bar
	}{
		"good":              {map[string]any{"nbf": from, "exp": to}, "good for another 60 min"},
		"issued alone":      {map[string]any{"iat": from, "exp": to}, "good for another 60 min"},
		"ends now":          {map[string]any{"nbf": from, "exp": seconds(noon)}, "expired 0 s earlier"},
		"expired":           {map[string]any{"nbf": from, "exp": seconds(noon.Add(-3 * time.Minute))}, "expired 3 min earlier"},
		"too early":         {map[string]any{"nbf": seconds(noon.Add(49 * time.Hour)), "exp": seconds(noon.Add(50 * time.Hour))}, "good only 2 d later"},
		"for centuries":     {map[string]any{"nbf": json.Number("0"), "exp": json.Number("253402300799")}, "good for another 100 years and more"},
		"no end":            {map[string]any{"nbf": from}, ""},
		"ends as it begins": {map[string]any{"nbf": from, "exp": from}, ""},
		"text":              {map[string]any{"nbf": "yesterday", "exp": to}, ""},
		"out of bounds":     {map[string]any{"nbf": from, "exp": json.Number("1e300")}, ""},
		"unreadable":        {map[string]any{"iat": from, "nbf": json.Number("1e30"), "exp": to}, ""},
		"null":              {map[string]any{"iat": from, "nbf": nil, "exp": to}, ""},
		"unreadable issue":  {map[string]any{"iat": json.Number("-1"), "nbf": from, "exp": to}, ""},
		"nothing":           {nil, ""},
	} {
		l := lifeOf(tc.claims, noon)
		got := ""
		if l != nil {
			got = l.Until
			for _, place := range []string{l.From, l.To, l.Now} {
				if p, err := strconv.ParseFloat(strings.TrimSuffix(place, "%"), 64); err != nil || p < 1 || p > 99 {
					t.Errorf("%s: a place at %s", name, place)
				}
			}
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// Only what the gate holds against a token can be what the clock skew forgives.
func TestClockSkewIsNamedWhereItLetATokenIn(t *testing.T) {
	soon, later, past := seconds(noon.Add(3*time.Minute)), seconds(noon.Add(time.Hour)), seconds(noon.Add(-time.Hour))
	for name, tc := range map[string]struct {
		claims map[string]any
		named  bool
	}{
		"good":           {map[string]any{"nbf": past, "exp": later}, false},
		"expired":        {map[string]any{"nbf": past, "exp": seconds(noon.Add(-time.Minute))}, true},
		"early":          {map[string]any{"nbf": soon, "exp": later}, true},
		"issued to come": {map[string]any{"iat": soon, "exp": later}, false},
		"no end":         {map[string]any{"nbf": past}, false},
	} {
		shown := showToken(true, nil, tc.claims, noon)
		shown.passed()
		if named := shown.Life != nil && strings.Contains(shown.Life.Until, "clock skew"); named != tc.named {
			t.Errorf("%s: %+v", name, shown.Life)
		}
	}
}

func TestHistory(t *testing.T) {
	if historyOf(nil) != nil {
		t.Error("a history of nothing")
	}
	call := func(ago time.Duration, o journal.Outcome, reason string) *journal.Entry {
		return &journal.Entry{Time: noon.Add(-ago), Outcome: o, Reason: reason}
	}
	h := historyOf([]*journal.Entry{
		call(0, journal.Admitted, "none"), call(time.Minute, journal.Refused, "claims"), call(9*time.Minute, journal.Refused, "claims"),
		call(10*time.Minute, journal.Refused, "state"), call(5*time.Minute, journal.Refused, "state"), call(5*time.Minute, journal.Refused, "state"),
	})
	if h.Admitted != 1 || h.Refused != 5 || h.Each != "15 seconds" || h.Most != 2 || len(h.Slots) != 41 || len(h.Busy()) != 5 {
		t.Errorf("%+v", h)
	}
	want := []reasonCount{{"state", 3, "100.00%"}, {"claims", 2, "66.67%"}}
	if !slices.Equal(h.Reasons, want) {
		t.Errorf("reasons %+v, want %+v", h.Reasons, want)
	}
	// A clock that was moved by years.
	h = historyOf([]*journal.Entry{call(0, journal.Admitted, "none"), call(-10*365*24*time.Hour, journal.Admitted, "none"), call(10*365*24*time.Hour, journal.Refused, "x")})
	if len(h.Slots) > maxSlots || h.Admitted != 2 || h.Refused != 1 || h.Each != "365 days" {
		t.Errorf("%+v", h)
	}
	if alone := historyOf([]*journal.Entry{call(0, journal.Admitted, "none")}); len(alone.Slots) != minSlots || alone.Slots[minSlots-1].Admitted != 1 {
		t.Errorf("%+v", alone)
	}
}

func TestTypedClaims(t *testing.T) {
	got, err := typedClaims("name=a=b\r\n\n roles:=[\"x\",1]\noid:=null\nurl=https://x:=y")
	if want := `{"name":"a=b","oid":null,"roles":["x",1],"url":"https://x:=y"}`; err != nil || jsonText(got) != want {
		t.Errorf("%s, %v; want %s", jsonText(got), err, want)
	}
	for _, text := range []string{"name", "=x", ":=1", "a=1\na:=2", "a:=", "a:=1 2", "a:={", `a:=["A"]]`, "a:={}}", "a:=1]", "a:=null}"} {
		if got, err := typedClaims(text); err == nil {
			t.Errorf("%q is taken for %s", text, jsonText(got))
		}
	}
}

func TestShellQuote(t *testing.T) {
	for text, want := range map[string]string{
		"POST":            "POST",
		"":                "''",
		"a b":             "'a b'",
		"it's $HOME `x`":  `'it'\''s $HOME ` + "`x`'",
		"a\nb":            "'a\nb'",
		"\x1b[31m'\\":     `$'\033[31m\'\\'`,
		"a\u202eb":        `$'a\342\200\256b'`,
		"{\"a\":\"é漢\"}":  `'{"a":"é漢"}'`,
		"--data-binary x": "'--data-binary x'",
	} {
		if got := shellQuote(text); got != want {
			t.Errorf("shellQuote(%q) = %s, want %s", text, got, want)
		}
	}
}
