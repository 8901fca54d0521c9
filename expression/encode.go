package expression

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Encode writes v as compact JSON without a trailing newline and without the
// escapes of <, > and & that encoding/json adds: the service does not escape them.
func Encode(v any) []byte {
	return appendValue(nil, v)
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case json.Number:
		return append(b, v...)
	case string:
		return AppendString(b, v)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, e)
		}
		return append(b, ']')
	case *Object:
		b = append(b, '{')
		for i, n := range v.names {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(AppendString(b, n), ':')
			b = appendValue(b, v.values[n])
		}
		return append(b, '}')
	}
	panic(fmt.Sprintf("expression: %T is no value of the language", v))
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string, written as Json.NET does, the service's
// serializer: control characters escaped in lower case, and the three line
// separators of Unicode too. What is not UTF-8 becomes U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0 // s[from:i] waits to be copied as it is
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if esc := escaped(r, n); esc != "" {
			b = append(append(b, s[from:i]...), esc...)
			from = i + n
		}
		i += n
	}
	return append(append(b, s[from:]...), '"')
}

// escaped returns what stands for the rune r of n bytes in a JSON string, or ""
// when r stands for itself.
func escaped(r rune, n int) string {
	switch {
	case r == '"':
		return `\"`
	case r == '\\':
		return `\\`
	case r == '\b':
		return `\b`
	case r == '\t':
		return `\t`
	case r == '\n':
		return `\n`
	case r == '\f':
		return `\f`
	case r == '\r':
		return `\r`
	case r < ' ':
		return `\u00` + string(hexDigits[r>>4]) + string(hexDigits[r&15])
	case r == '\u0085':
		return `\u0085`
	case r == '\u2028':
		return `\u2028`
	case r == '\u2029':
		return `\u2029`
	case r == utf8.RuneError && n == 1:
		return "\ufffd"
	}
	return ""
}

// fits tells whether the JSON text of v is at most limit bytes long, without
// building it: a small expression can name a large body many times over.
func fits(v any, limit int) bool {
	return remaining(v, limit) >= 0
}

// remaining returns what is left of limit bytes after the JSON text of v, and
// something negative as soon as nothing is left.
func remaining(v any, limit int) int {
	switch v := v.(type) {
	case nil, bool:
		return limit - len("null")
	case json.Number:
		return limit - len(v)
	case string:
		return limit - stringSize(v)
	case []any:
		limit -= len("[]")
		for i := 0; i < len(v) && limit >= 0; i++ {
			limit = remaining(v[i], limit-len(","))
		}
	case *Object:
		limit -= len("{}")
		for i := 0; i < len(v.names) && limit >= 0; i++ {
			n := v.names[i]
			limit = remaining(v.values[n], limit-stringSize(n)-len(":,"))
		}
	}
	return limit
}

// stringSize returns the length of s as a JSON string.
func stringSize(s string) int {
	n := len(s) + len(`""`)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\' || '\b' <= c && c <= '\r' && c != '\v':
			n++
		case c < ' ':
			n += len(`\u0000`) - 1
		case c == 0xc2 && strings.HasPrefix(s[i:], "\u0085"):
			n += len(`\u0085`) - len("\u0085")
		case c == 0xe2 && (strings.HasPrefix(s[i:], "\u2028") || strings.HasPrefix(s[i:], "\u2029")):
			n += len(`\u2028`) - len("\u2028")
		}
	}
	return n
}
