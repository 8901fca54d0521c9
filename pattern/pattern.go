// Package pattern compiles regular expressions when they are first needed. Most
// commands need few of them, and to compile them all takes longer than to explain a
// token.
package pattern

import (
	"regexp"
	"sync"
)

// New returns what compiles expr at its first call, and panics there if it is none.
// It may be called from several goroutines at once.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// IsGUID reports whether s is a GUID of 32 digits in groups of 8-4-4-4-12, without
// braces, in letters of either case.
func IsGUID(s string) bool {
	if len(s) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c < '0' || c > '9' && c < 'A' || c > 'F' && c < 'a' || c > 'f':
			return false
		}
	}
	return true
}
