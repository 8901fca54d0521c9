package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
)

// Errors repeat what was given, and do nothing to the terminal.
func TestArgumentsAreRepeatedAsText(t *testing.T) {
	const hostile = "\x1b[31mx\u202e"
	for _, args := range [][]string{
		{hostile}, {"serve", hostile}, {"--http", hostile}, {"--" + hostile}, {"check", hostile}, {hostile, "more"},
		{"explain", "--workflow", "orders", "--file", hostile},
		{"explain", "--access-control", hostile, "a.b.c"},
		{"explain", "--workflow", hostile, "a.b.c"},
		{"explain", "--workspace", hostile, "a.b.c"},
		{"explain", "--server", hostile, "a.b.c"},
		{"token", "--resource", hostile}, {"token", "--bad", hostile},
		{"refusals", hostile}, {"refusals", "--server", hostile},
		{"healthcheck", "--http", hostile},
		{"probe", "--url", "http://127.0.0.1/" + hostile}, {"probe", "--url", "x", "--ca", hostile},
	} {
		var out, errs bytes.Buffer
		status := run(t.Context, args, strings.NewReader(""), &out, &errs)
		said := out.String() + errs.String()
		if status == exitOK || said == "" || strings.ContainsFunc(said, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("%q: exit %d, %q", args, status, said)
		}
	}
}
