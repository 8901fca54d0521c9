package inspector

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	ofToken = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_." // the characters of a token
	begin   = "eyJ"                                                               // how it begins: a JSON object, in base64
	ends    = "\"'`\\,;:=&|()[]{}<>#?"                                            // what may stand beside it, but not what base64 has
)

// tokensIn finds the tokens that stand amid other text, each once. One that may go on in the
// next line, or has a sign beside it that may be its own, is left out: a part of a token
// would be judged for the whole.
func tokensIn(text string) []Pasted {
	var found []Pasted
	for from := 0; ; {
		i := strings.Index(text[from:], begin)
		if i < 0 || len(found) == maxFound {
			return found
		}
		start := from + i
		rest := strings.TrimLeft(text[start:], ofToken)
		from = len(text) - len(rest)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		if token := text[start:from]; (start == 0 || beside(before)) && strings.Count(token, ".") >= 2 && !goesOn(rest) {
			if !slices.ContainsFunc(found, func(p Pasted) bool { return p.Token == token }) {
				found = append(found, Pasted{schemeBefore(text[:start]), token})
			}
		}
	}
}

// maxFound bounds how many tokens are told apart: each is held against all before it.
const maxFound = 100

// goesOn reports whether what follows a token may belong to it.
func goesOn(rest string) bool {
	next := strings.TrimLeftFunc(rest, broken)
	gap := rest[:len(rest)-len(next)]
	if gap == "" {
		after, size := utf8.DecodeRuneInString(rest)
		return size > 0 && (!beside(after) || after == '=')
	}
	// What a line was broken in goes on in the next: an empty line ends the headers of a request.
	if strings.Count(gap, "\n") != 1 || named(next) {
		return false
	}
	if i := strings.IndexFunc(next, broken); i >= 0 {
		next = next[:i]
	}
	behind := strings.TrimLeft(next, ofToken)
	sign, _ := utf8.DecodeRuneInString(behind)
	// What is no token's has ( or the like behind it; the end of a token, what closes it.
	return len(behind) < len(next) && (behind == "" || closes(sign))
}

// named reports whether a line begins with a name, of a header or a member: it has : or = behind
// it, also behind the blanks with which lists are aligned.
func named(line string) bool {
	behind := strings.TrimLeft(line, ofToken)
	sign := strings.TrimLeft(behind, " \t")
	return len(behind) < len(line) && sign != "" && strings.ContainsAny(sign[:1], ":=")
}

// unwrapped joins the lines of a text, as they were before a terminal wrapped it. What begins
// with a name was a line of its own, and so was what follows an empty one.
func unwrapped(text string) string {
	var whole strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(strings.TrimLeftFunc(line, blank), "\r\n\\`")
		switch {
		case line == "":
			whole.WriteString("\n\n")
		case named(line):
			whole.WriteByte('\n')
		}
		whole.WriteString(line)
	}
	return whole.String()
}

// closes reports whether a sign may stand behind the end of a token whose beginning is in the line before.
func closes(r rune) bool { return around(r) || strings.ContainsRune(")]}<&", r) }

// beside reports whether a sign may stand beside a token.
func beside(r rune) bool { return around(r) || strings.ContainsRune(ends, r) }

// schemeBefore returns the last word of a text, if it is a scheme.
func schemeBefore(text string) string {
	words := strings.FieldsFunc(text[max(0, len(text)-maxScheme):], beside)
	if len(words) == 0 || !slices.Contains(schemes, strings.ToLower(words[len(words)-1])) {
		return ""
	}
	return words[len(words)-1]
}
