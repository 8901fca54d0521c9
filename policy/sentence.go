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

// clip cuts s to at most size bytes, between characters.
func clip(s string, size int) string {
	const mark = "…"
	if len(s) <= size {
		return s
	}
	end := size - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}

// quoted is text that anybody may have written, in a sentence: bounded, on one line,
// control characters and terminal escapes escaped.
func quoted(s string) string { return fmt.Sprintf("%q", clip(s, maxShown)) }

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
		return label(value.String())
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
