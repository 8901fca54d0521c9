package main

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// terminal reports whether a stream is one that a person sits at.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && isConsole(f)
}

// coloured reports whether what goes to out may be coloured: on a terminal alone, and
// not where NO_COLOR (no-color.org) or a terminal that cannot speaks against it.
func coloured(out io.Writer, env func(string) string) bool {
	if env("NO_COLOR") != "" || env("TERM") == "dumb" || runtime.GOOS == "windows" && env("WT_SESSION") == "" {
		return false
	}
	return terminal(out)
}

// The colours. Each stands beside a word that says the same.
const (
	red   = "\x1b[31;1m"
	green = "\x1b[32;1m"
	bold  = "\x1b[1m"
)

func paint(on bool, colour, s string) string {
	if !on {
		return s
	}
	return colour + s + "\x1b[0m"
}

// printable is text for a terminal: what is no printable character, and might move
// the cursor or turn the writing round, stands as its escape.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		escaped := strconv.QuoteRune(r)
		b.WriteString(escaped[1 : len(escaped)-1])
	}
	return b.String()
}

// wrap breaks a text between words into lines of at most width characters, where its
// words allow it, each after the first with the indent.
func wrap(s, indent string, width int) string {
	var b strings.Builder
	column := len(indent)
	for i, word := range strings.Fields(s) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
