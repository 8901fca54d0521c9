package expression

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxExpression is the longest expression that the service takes, in characters.
const maxExpression = 8192

type tokenKind byte

const (
	endOfText    tokenKind = iota
	closingBrace           // ends an expression inside text
	nameToken
	stringToken
	numberToken
	signToken // ( ) [ ] , . ?
)

type token struct {
	kind tokenKind
	text string // the name, the string's value, the number's JSON text, the sign
	at   int    // offset in the string that holds the expression
}

func (t token) is(sign string) bool { return t.kind == signToken && t.text == sign }

// String describes t for somebody who did not expect it.
func (t token) String() string {
	switch t.kind {
	case endOfText:
		return "the end of the expression"
	case closingBrace:
		return "}"
	case stringToken:
		return "the string '" + strings.ReplaceAll(t.text, "'", "''") + "'"
	}
	return t.text
}

// lexer cuts one expression into tokens.
type lexer struct {
	src  string // the whole string
	pos  int    // offset of what comes next
	left int    // characters that the expression may still have
}

func (l *lexer) next() (token, *Error) {
	from := l.pos
	for l.pos < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.pos]) >= 0 {
		l.pos++
	}
	t, err := l.scan()
	if err != nil {
		return token{}, err
	}
	l.left -= utf16Len(l.src[from:l.pos])
	if l.left < 0 {
		return token{}, errorAt(from, "the expression is longer than %d characters; split it over several actions", maxExpression)
	}
	return t, nil
}

func (l *lexer) scan() (token, *Error) {
	t := token{at: l.pos}
	if l.pos == len(l.src) {
		return t, nil
	}
	c := l.src[l.pos]
	switch r, n := utf8.DecodeRuneInString(l.src[l.pos:]); {
	case c == '}':
		t.kind = closingBrace
		l.pos++
	case strings.IndexByte("()[],?", c) >= 0, c == '.' && !isDigit(l.peek(1)):
		t.kind, t.text = signToken, l.src[l.pos:l.pos+1]
		l.pos++
	case c == '\'':
		return l.quoted()
	case isDigit(c), c == '.', c == '+', c == '-':
		return l.numeral()
	case startsName(r):
		t.kind = nameToken
		for l.pos < len(l.src) && (startsName(r) || unicode.IsDigit(r)) {
			l.pos += n
			r, n = utf8.DecodeRuneInString(l.src[l.pos:])
		}
		t.text = l.src[t.at:l.pos]
	case c == '"':
		return t, errorAt(l.pos, `strings of an expression stand in single quotes; write 'text', not "text"`)
	case c == '@':
		return t, errorAt(l.pos, "an @ inside an expression; write it once, at the start")
	default:
		return t, errorAt(l.pos, "unexpected %q in an expression", r)
	}
	return t, nil
}

// peek returns the byte i further on, or 0 after the end.
func (l *lexer) peek(i int) byte {
	if l.pos+i < len(l.src) {
		return l.src[l.pos+i]
	}
	return 0
}

// quoted reads a string, in which two quotes stand for one.
func (l *lexer) quoted() (token, *Error) {
	t := token{kind: stringToken, at: l.pos}
	l.pos++
	for from := l.pos; ; {
		i := strings.IndexByte(l.src[l.pos:], '\'')
		if i < 0 {
			return t, errorAt(t.at, "the string is not closed; add a ' (two stand for one inside a string)")
		}
		l.pos += i + 1
		if l.peek(0) != '\'' {
			t.text = strings.ReplaceAll(l.src[from:l.pos-1], "''", "'")
			return t, nil
		}
		l.pos++
	}
}

// numeral reads a number and writes it as JSON would: the language also takes
// a plus sign, leading zeros, and a point without a digit before it.
func (l *lexer) numeral() (token, *Error) {
	t := token{kind: numberToken, at: l.pos}
	sign := ""
	if c := l.src[l.pos]; c == '-' || c == '+' {
		l.pos++
		sign = strings.TrimPrefix(string(c), "+")
	}
	whole := l.digits()
	fraction, exponent := "", ""
	if l.peek(0) == '.' {
		l.pos++
		if fraction = l.digits(); fraction == "" {
			return t, errorAt(t.at, "the number %q lacks a digit after its point", l.src[t.at:l.pos])
		}
		fraction = "." + fraction
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		from := l.pos
		l.pos++
		if c := l.peek(0); c == '-' || c == '+' {
			l.pos++
		}
		if l.digits() == "" {
			return t, errorAt(t.at, "the number %q lacks an exponent", l.src[t.at:l.pos])
		}
		exponent = l.src[from:l.pos]
	}
	if whole+fraction == "" {
		return t, errorAt(t.at, "a sign without a number; use add and sub for arithmetic")
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	t.text = sign + whole + fraction + exponent
	return t, nil
}

func (l *lexer) digits() string {
	from := l.pos
	for isDigit(l.peek(0)) {
		l.pos++
	}
	return l.src[from:l.pos]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func startsName(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) }
