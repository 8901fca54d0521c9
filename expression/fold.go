package expression

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The service runs on .NET: it counts characters in UTF-16 code units and, where
// it ignores letter case, compares what is left of it in the invariant culture.

// utf16Len returns the length of s in UTF-16 code units.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// utf16Slice returns the code units of s from start to end, both within s. Half
// a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD.
func utf16Slice(s string, start, end int) string {
	i, cutStart := byteOffset(s, start)
	j, cutEnd := byteOffset(s, end)
	if !cutStart && !cutEnd {
		return s[i:j]
	}
	if i == j && cutStart && cutEnd {
		return "" // start and end in the middle of one pair
	}
	before, after := "", ""
	if cutStart {
		_, n := utf8.DecodeRuneInString(s[i:])
		i, before = i+n, "\ufffd"
	}
	if cutEnd {
		after = "\ufffd"
	}
	return before + s[i:j] + after
}

// byteOffset returns where in s the code unit at index stands, and whether it is
// the second half of the rune there.
func byteOffset(s string, index int) (offset int, second bool) {
	unit := 0
	for i, r := range s {
		if unit == index {
			return i, false
		}
		unit++
		if r > 0xffff {
			if unit == index {
				return i, true
			}
			unit++
		}
	}
	return len(s), false
}

// upper and lower change one rune into one rune, so that indexes stay what they
// were, and never a letter outside ASCII into one inside: .NET's invariant
// culture leaves the dotless ı and the long ſ alone.
func upper(r rune) rune { return invariant(r, unicode.ToUpper(r)) }

func lower(r rune) rune { return invariant(r, unicode.ToLower(r)) }

func invariant(from, to rune) rune {
	if from > unicode.MaxASCII && to <= unicode.MaxASCII {
		return from
	}
	return to
}

// foldCase returns s with letter case taken out.
func foldCase(s string) string { return strings.Map(upper, s) }

// hasPrefixFold tells whether s starts with prefix in any letter case.
func hasPrefixFold(s, prefix string) bool {
	for prefix != "" {
		if s == "" {
			return false
		}
		a, n := utf8.DecodeRuneInString(s)
		b, m := utf8.DecodeRuneInString(prefix)
		if a != b && upper(a) != upper(b) {
			return false
		}
		s, prefix = s[n:], prefix[m:]
	}
	return true
}

// hasSuffixFold tells whether s ends with suffix in any letter case.
func hasSuffixFold(s, suffix string) bool {
	for suffix != "" {
		if s == "" {
			return false
		}
		a, n := utf8.DecodeLastRuneInString(s)
		b, m := utf8.DecodeLastRuneInString(suffix)
		if a != b && upper(a) != upper(b) {
			return false
		}
		s, suffix = s[:len(s)-n], suffix[:len(suffix)-m]
	}
	return true
}

// compareFold orders a and b by their code units in upper case.
func compareFold(a, b string) int {
	for a != "" && b != "" {
		r, n := utf8.DecodeRuneInString(a)
		q, m := utf8.DecodeRuneInString(b)
		if r, q = upper(r), upper(q); r != q {
			return cmp.Or(cmp.Compare(firstUnit(r), firstUnit(q)), cmp.Compare(r, q))
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

// firstUnit returns the first UTF-16 code unit of r.
func firstUnit(r rune) rune {
	if r > 0xffff {
		return 0xd800 + (r-0x10000)>>10
	}
	return r
}
