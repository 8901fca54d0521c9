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

var guid = New(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// IsGUID reports whether s is a GUID of 32 digits in groups of 8-4-4-4-12, without
// braces, in letters of either case.
func IsGUID(s string) bool { return guid().MatchString(s) }
