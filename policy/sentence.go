package policy

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxFix   = 4 << 10 // bytes of a fix
	maxShown = 160     // bytes of a value in a fix: more than a policy's value may have
	maxItems = 5       // elements of a list in a fix
)

// sentence bounds a fix.
func sentence(s string) string { return clip(s, maxFix) }

// clipped is where a text was cut.
const clipped = "…"

// clip cuts s to at most size bytes, between characters.
func clip(s string, size int) string {
	if len(s) <= size {
		return s
	}
	end := size - len(clipped)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + clipped
}

// quoted is text that anybody may have written, in a sentence: bounded, on one line,
// control characters and terminal escapes escaped. So is all that is not ASCII, as in the lines
// of the comparison: of two values that look alike it shows what differs.
func quoted(s string) string { return escaped("%+q", s) }

// called is what a policy, a user or an application is called, which nothing is compared
// with: as quoted, but letters of all kinds stay readable.
func called(name string) string { return escaped("%q", name) }

func escaped(format, s string) string {
	if len(s) <= maxShown {
		return fmt.Sprintf(format, s)
	}
	kept := strings.TrimSuffix(clip(s, maxShown), clipped)
	return strings.TrimSuffix(fmt.Sprintf(format, kept), `"`) + clipped + `"`
}

// label is the name of a claim in a sentence: bare where it is the usual sort.
func label(name string) string {
	plain := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
	if plain && name != "" && len(name) <= 64 {
		return name
	}
	return quoted(name)
}

// shown is a claim's value in a sentence.
func shown(value any) string {
	switch value := value.(type) {
	case string:
		return quoted(value)
	case json.Number:
		if strings.Trim(value.String(), "0123456789+-.eE") != "" { // none that was read from JSON
			return quoted(value.String())
		}
		return clip(value.String(), maxShown)
	case bool:
		return fmt.Sprint(value)
	case nil:
		return "null"
	case []any:
		items := make([]string, 0, maxItems+1)
		for _, item := range value[:min(len(value), maxItems)] {
			if list, ok := item.([]any); ok {
				items = append(items, fmt.Sprintf("a list of %d", len(list)))
				continue
			}
			items = append(items, shown(item))
		}
		if more := len(value) - maxItems; more > 0 {
			items = append(items, fmt.Sprintf("and %d more", more))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return "an object"
}
