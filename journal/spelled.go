package journal

import (
	"math/bits"
	"strconv"
	"strings"
)

// signAt returns the sign that begins at text[at], and how many bytes it is spelled in:
// JSON travels in forms, in JSON and in XML, where its quotes and colons are escaped once
// or more often: %22, %2522, \u0022, &quot;
func signAt(text string, at int) (sign byte, size int) {
	switch text[at] {
	case '%':
		if code := afterPercents(text, at+1); hexPair(text, code) {
			return unhex(text[code : code+2]), code + 2 - at
		}
	case '\\':
		if code := at + len(`\u00`); hexPair(text, code) && endsFold(text[:code], `\u00`) {
			return unhex(text[code : code+2]), code + 2 - at
		}
	case '&':
		for _, e := range entities {
			if strings.HasPrefix(text[at:], e.spelled) {
				return e.sign, len(e.spelled)
			}
		}
	}
	return text[at], 1
}

// entities are the quotes as HTML and XML have them.
var entities = [...]struct {
	spelled string
	sign    byte
}{{"&quot;", '"'}, {"&#34;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}}

// afterPercents passes over what escapes a percent sign: the 25 of %2522.
func afterPercents(text string, at int) int {
	for strings.HasPrefix(text[at:], "25") && hexPair(text, at+2) {
		at += 2
	}
	return at
}

func hexPair(text string, at int) bool {
	return at+2 <= len(text) && hex(text[at]) && hex(text[at+1])
}

func unhex(pair string) byte {
	code, _ := strconv.ParseUint(pair, 16, 8)
	return byte(code)
}

// skipSpelled returns where text no longer has signs of a kind, however they are spelled.
func skipSpelled(text string, at int, kind func(sign byte, size int) bool) int {
	for at < len(text) {
		sign, size := signAt(text, at)
		if !kind(sign, size) {
			break
		}
		at += size
	}
	return at
}

func backslash(sign byte, _ int) bool { return sign == '\\' }

// gap is a space, which a form spells with a plus as well.
func gap(sign byte, size int) bool { return space(sign) || sign == '+' && size == 1 }

// quote is what a text stands in.
type quote struct {
	spelled string
	depth   int // in how many JSON texts around it it is escaped
}

// quoteAt reads a quote with the backslashes before it.
func quoteAt(text string, at int) (q quote, after int, ok bool) {
	begin := skipSpelled(text, at, backslash)
	if begin == len(text) {
		return q, at, false
	}
	sign, size := signAt(text, begin)
	if sign != '"' && sign != '\'' {
		return q, at, false
	}
	q.spelled = text[begin : begin+size]
	q.depth = q.depthOf(backslashes(text[at:begin]))
	return q, begin + size, true
}

func backslashes(text string) (n int) {
	skipSpelled(text, 0, func(byte, int) bool { n++; return true })
	return n
}

// depthOf says how deep a quote stands that has so many backslashes before it. Those that
// escape it are 0, 1, 3, 7, for each JSON text around doubles them and adds one; any more
// stand for themselves, and are an even number of that. Where a quote is \u0022, which
// itself takes one, all of the others are doubled.
func (q quote) depthOf(backslashes int) int {
	if q.spelled[0] == '\\' && backslashes%2 == 0 {
		backslashes /= 2
	}
	return bits.TrailingZeros(^uint(backslashes))
}

// end returns where the text in a quote ends: before the next one that is spelled so and
// stands no deeper. Without one it ends where an escaped text must, for it has neither
// line breaks nor quotes that are not escaped.
func (q quote) end(text string, at int) (end int, closed bool) {
	escapes, first := 0, at
	for i := at; i < len(text); {
		sign, size := signAt(text, i)
		switch {
		case sign == '\\':
			if escapes++; escapes == 1 {
				first = i
			}
		case strings.EqualFold(text[i:i+size], q.spelled) && q.depthOf(escapes) == 0:
			return i, true // backslashes, if any, are the text's own
		case strings.EqualFold(text[i:i+size], q.spelled) && q.depthOf(escapes) <= q.depth:
			return first, true
		case size == 1 && q.stops(sign):
			return q.cutOff(text[:i], at), false
		default:
			escapes = 0
		}
		i += size
	}
	return q.cutOff(text, at), false
}

func (q quote) stops(sign byte) bool {
	return q.spelled != `"` && (!lineSign(sign) || sign == '"' && q.spelled != "'")
}

// cutOff returns where a text ends that no quote ends: in a form with its pair.
func (q quote) cutOff(text string, at int) int {
	if q.spelled[0] == '%' {
		return skip(text, at, func(c byte) bool { return c != '&' })
	}
	return len(text)
}

// skipSign passes over one of some signs, if it is there, however it is spelled.
func skipSign(text string, at int, some string) int {
	if at == len(text) {
		return at
	}
	sign, size := signAt(text, at)
	if strings.IndexByte(some, sign) < 0 {
		return at
	}
	return at + size
}
