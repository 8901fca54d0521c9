package journal

import (
	"fmt"
	"strings"
	"testing"
)

// pairs is an iterator over name=value after name=value.
func pairs(sent ...string) func(func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for _, pair := range sent {
			if name, value, _ := strings.Cut(pair, "="); !yield(name, value) {
				return
			}
		}
	}
}

// What came more than once is kept joined and apart; apart only as it came, and without
// secrets.
func TestRepeatedParameters(t *testing.T) {
	long := strings.Repeat("v", maxText)
	many := make([]string, maxFields+1)
	for i := range many {
		many[i] = "m=" + fmt.Sprint(i)
	}
	for what, tc := range map[string]struct {
		sent []string
		want map[string][]string
	}{
		"once":              {[]string{"a=1", "b=2"}, nil},
		"twice":             {[]string{"a=1", "b=2", "a=3"}, map[string][]string{"a": {"1", "3"}}},
		"commas, nothing":   {[]string{"a=1,2", "a=", "b=x", "a=,", "b=x"}, map[string][]string{"a": {"1,2", "", ","}, "b": {"x", "x"}}},
		"a signature":       {[]string{"sig=abc", "sig=def", "Sig=abc", "Sig=def"}, map[string][]string{"sig": nil, "Sig": nil}},
		"a secret":          {[]string{"code=abc", "code=def"}, map[string][]string{"code": nil}},
		"a secret in two":   {[]string{"a=password=", "a=top-secret"}, map[string][]string{"a": nil}},
		"a token":           {[]string{"a=1", "a=" + token}, map[string][]string{"a": nil}},
		"no UTF-8":          {[]string{"a=1", "a=\xff"}, map[string][]string{"a": nil}},
		"too long":          {[]string{"a=" + long, "a=1", "b=1", "b=2"}, map[string][]string{"a": nil, "b": {"1", "2"}}},
		"too many":          {append(many, "b=1", "b=2"), map[string][]string{"m": nil, "b": {"1", "2"}}},
		"too many together": {append(append([]string{"b=1", "b=2"}, many[1:]...), "c=1", "c=2"), map[string][]string{"b": {"1", "2"}, "m": nil, "c": {"1", "2"}}},
	} {
		kept, repeated := HoldQuery(pairs(tc.sent...)).Kept()
		if fmt.Sprintf("%q", repeated) != fmt.Sprintf("%q", tc.want) {
			t.Errorf("%s: %q, want %q", what, repeated, tc.want)
		}
		for name, values := range repeated {
			if values != nil && kept[name] != strings.Join(values, ",") {
				t.Errorf("%s: %s is kept as %q", what, name, kept[name])
			}
		}
	}
}

// A parameter that the journal keeps no more is none that came more than once.
func TestRepeatedParametersAreBounded(t *testing.T) {
	var sent []string
	for i := range 500 {
		sent = append(sent, fmt.Sprintf("p%03d=1", i), fmt.Sprintf("p%03d=2", i))
	}
	kept, repeated := HoldQuery(pairs(sent...)).Kept()
	apart := 0
	for name, values := range repeated {
		if kept[name] == "" {
			t.Errorf("%s is not kept", name)
		}
		apart += len(values)
	}
	if len(repeated) > maxFields || apart != maxFields {
		t.Errorf("%d values of %d parameters are kept apart", apart, len(repeated))
	}
}
