package expression

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// standardFormats are the formats of one letter, as en-US spells them out.
var standardFormats = map[byte]string{
	'd': "M/d/yyyy",
	'D': "dddd, MMMM d, yyyy",
	'f': "dddd, MMMM d, yyyy h:mm tt",
	'F': "dddd, MMMM d, yyyy h:mm:ss tt",
	'g': "M/d/yyyy h:mm tt",
	'G': "M/d/yyyy h:mm:ss tt",
	'm': "MMMM d",
	'M': "MMMM d",
	'o': "yyyy-MM-ddTHH:mm:ss.fffffffK",
	'O': "yyyy-MM-ddTHH:mm:ss.fffffffK",
	'r': "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
	'R': "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
	's': "yyyy-MM-ddTHH:mm:ss",
	't': "h:mm tt",
	'T': "h:mm:ss tt",
	'u': "yyyy-MM-dd HH:mm:ss'Z'",
	'U': "dddd, MMMM d, yyyy h:mm:ss tt",
	'y': "MMMM yyyy",
	'Y': "MMMM yyyy",
}

const maxTimeFormat = 256 // letters; the longest standard one has 30

// checkTimeFormat tells whether formatTime knows format.
func checkTimeFormat(format string) error {
	_, err := formatTime(time.Time{}, format)
	return err
}

// formatTime writes t, in UTC, in a standard or custom format of .NET. Letters
// without a meaning stand for themselves, as there.
func formatTime(t time.Time, format string) (string, error) {
	if format == "" {
		format = "G" // .NET's general format
	}
	if len(format) == 1 {
		long, ok := standardFormats[format[0]]
		if !ok {
			return "", fmt.Errorf("'%s' is no standard format of a time; use for example 'o', 's', 'u', 'R' or 'yyyy-MM-dd'", shorten(format))
		}
		format = long
	}
	if len(format) > maxTimeFormat {
		return "", fmt.Errorf("a format of a time is longer than %d letters", maxTimeFormat)
	}
	var b strings.Builder
	for format != "" {
		n, err := appendPiece(&b, t, format)
		if err != nil {
			return "", err
		}
		format = format[n:]
	}
	return b.String(), nil
}

// appendPiece writes what the start of format asks for and returns how long that
// start is.
func appendPiece(b *strings.Builder, t time.Time, format string) (int, error) {
	c := format[0]
	switch c {
	case '\'', '"':
		end := strings.IndexByte(format[1:], c)
		if end < 0 {
			return 0, fmt.Errorf("a format of a time has an unclosed %c", c)
		}
		b.WriteString(format[1 : 1+end])
		return end + 2, nil
	case '\\', '%':
		if len(format) == 1 || c == '%' && format[1] == '%' {
			return 0, fmt.Errorf("a format of a time has nothing after a %c", c)
		}
		if c == '%' { // lets one letter be a custom format: %d
			return 1, nil
		}
		b.WriteByte(format[1])
		return 2, nil
	}
	n := 1
	for n < len(format) && format[n] == c {
		n++
	}
	if strings.IndexByte("dfFghHKmMstyz", c) < 0 {
		b.WriteString(format[:n])
		return n, nil
	}
	if c == 'K' {
		n = 1
	}
	s, err := field(t, c, n)
	if err == nil && c == 'F' && s == "" { // no fraction: the point before it goes as well
		trimmed := strings.TrimSuffix(b.String(), ".")
		b.Reset()
		b.WriteString(trimmed)
	}
	b.WriteString(s)
	return n, err
}

// field writes one part of t, whose letter stands n times in the format.
func field(t time.Time, letter byte, n int) (string, error) {
	switch letter {
	case 'y':
		if n <= 2 {
			return pad(t.Year()%100, n), nil
		}
		return pad(t.Year(), n), nil
	case 'M':
		return word(t.Month().String(), int(t.Month()), n), nil
	case 'd':
		return word(t.Weekday().String(), t.Day(), n), nil
	case 'H':
		return pad(t.Hour(), min(n, 2)), nil
	case 'h':
		return pad((t.Hour()+11)%12+1, min(n, 2)), nil
	case 'm':
		return pad(t.Minute(), min(n, 2)), nil
	case 's':
		return pad(t.Second(), min(n, 2)), nil
	case 't':
		return t.Format("PM")[:min(n, 2)], nil
	case 'f', 'F':
		if n > 7 { // a tick of .NET is 100 ns
			return "", fmt.Errorf("a format of a time has %d digits of a second; 7 are the most", n)
		}
		s := pad(t.Nanosecond()/100, 7)[:n]
		if letter == 'F' {
			s = strings.TrimRight(s, "0")
		}
		return s, nil
	case 'K':
		return "Z", nil
	case 'z':
		return [...]string{"+0", "+00", "+00:00"}[min(n, 3)-1], nil
	}
	return "", fmt.Errorf("the letter %c in a format of a time is not evaluated by flowgate; put it in quotes if it is text", letter)
}

// word writes a month or a day as a number up to two letters, then by its name.
func word(name string, number, n int) string {
	switch n {
	case 1, 2:
		return pad(number, n)
	case 3:
		return name[:3]
	}
	return name
}

// pad writes i with at least n digits.
func pad(i, n int) string {
	s := strconv.Itoa(i)
	return strings.Repeat("0", max(n-len(s), 0)) + s
}
