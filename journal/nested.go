package journal

import "strings"

// nestedEnd returns where the list or the object ends that begins in a text which as a
// whole is no JSON, or where it is none any more; closed says which. Its signs may be
// spelled in any way.
func nestedEnd(text string, at int) (end int, closed bool) {
	depth := 0
	for at < len(text) {
		sign, size := signAt(text, at)
		switch {
		case sign == '[' || sign == '{':
			depth++
		case depth == 0:
			return at, false
		case sign == ']' || sign == '}':
			if depth--; depth == 0 {
				return at + size, true
			}
		default:
			if size = tokenSize(text, at); size == 0 {
				return at, false
			}
		}
		at += size
	}
	return at, false
}

// tokenSize returns how many bytes of a list or an object one text takes, or one word,
// or a sign; 0 if none of them is there.
func tokenSize(text string, at int) int {
	if q, after, ok := quoteAt(text, at); ok {
		end, closed := q.end(text, after)
		if closed {
			_, end, _ = quoteAt(text, end)
		}
		return end - at
	}
	if end := skipSpelled(text, at, backslash); end > at {
		return skipOne(text, end, "nrt") - at // a line break or a tab, in a text that is JSON's
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(text[at:], word) {
			return len(word)
		}
	}
	sign, size := signAt(text, at)
	if gap(sign, size) || digit(sign) || strings.IndexByte(",:+-.eE", sign) >= 0 {
		return size
	}
	return 0
}

// endsMember reports whether what follows is what follows a member in JSON.
func endsMember(text string, at int) bool {
	at = skipSpelled(text, at, gap)
	return skipSign(text, at, ",}]") > at
}
