package template

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// dateParts are the parts of a .NET date format that templates use, the longer
// ones of a letter first, with their layouts in Go.
var dateParts = []struct{ net, layout string }{
	{"yyyy", "2006"}, {"yy", "06"},
	{"MMMM", "January"}, {"MMM", "Jan"}, {"MM", "01"}, {"M", "1"},
	{"dddd", "Monday"}, {"ddd", "Mon"}, {"dd", "02"}, {"d", "2"},
	{"HH", "15"}, {"hh", "03"}, {"h", "3"},
	{"mm", "04"}, {"m", "4"}, {"ss", "05"}, {"s", "5"},
	{"tt", "PM"}, {"zzz", "-07:00"},
}

// dateSeparators stand for themselves in a format, as do Z and T, which .NET
// has no meaning for.
const dateSeparators = "-/:. ,_TZ"

// standardDates are the formats of one letter.
var standardDates = map[string]string{
	"d": "MM/dd/yyyy", "o": "yyyy-MM-ddTHH:mm:ss.fffffffZ", "O": "yyyy-MM-ddTHH:mm:ss.fffffffZ",
	"s": "yyyy-MM-ddTHH:mm:ss", "u": "yyyy-MM-dd HH:mm:ssZ",
	"r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
}

// formatTime writes t in UTC by a .NET format.
func formatTime(t time.Time, format string) (string, error) {
	t = t.UTC()
	standard, ok := standardDates[format]
	switch {
	case ok:
		format = standard
	case len(format) == 1: // .NET has a meaning of its own for it, or none
		return "", fmt.Errorf("the format %q is not supported; write one of more than one letter, such as yyyy-MM-dd", format)
	}
	var b strings.Builder
	for rest := format; rest != ""; {
		n, text, err := datePart(t, rest)
		if err != nil {
			return "", fmt.Errorf("the format %q: %w", format, err)
		}
		b.WriteString(text)
		rest = rest[n:]
	}
	return b.String(), nil
}

// datePart writes the first part of format and says how long it is.
func datePart(t time.Time, format string) (length int, text string, err error) {
	for _, part := range dateParts {
		if strings.HasPrefix(format, part.net) {
			return len(part.net), t.Format(part.layout), nil
		}
	}
	switch c := format[0]; {
	case c == 'H':
		return 1, fmt.Sprint(t.Hour()), nil
	case c == 'f':
		n := len(format) - len(strings.TrimLeft(format, "f"))
		if n > 7 {
			return 0, "", fmt.Errorf("more than 7 f in a row")
		}
		return n, fmt.Sprintf("%07d", t.Nanosecond()/100)[:n], nil
	case c == '\'':
		end := strings.IndexByte(format[1:], '\'')
		if end < 0 {
			return 0, "", fmt.Errorf("the text in quotes has no end")
		}
		return end + 2, format[1 : end+1], nil
	case strings.IndexByte(dateSeparators, c) >= 0:
		return 1, string(c), nil
	}
	letter, _ := utf8.DecodeRuneInString(format)
	return 0, "", fmt.Errorf("%q is not supported", letter)
}
