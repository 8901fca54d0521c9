package template

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads a string for which IsExpression holds. The error is an *Error.
func Parse(s string) (*Expression, error) {
	if n := utf8.RuneCountInString(s); n > maxExpression {
		return nil, &Error{Msg: fmt.Sprintf("the expression has %d characters, more than the %d that a template may have", n, maxExpression)}
	}
	if !IsExpression(s) {
		return nil, &Error{Msg: "no template expression; it would begin with [ and end with ]"}
	}
	p := &parser{text: s[:len(s)-1], at: 1}
	root, err := p.term()
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(p.text) {
		return nil, p.errorf("%s after the end of the expression", p.found())
	}
	return &Expression{root}, nil
}

type parser struct {
	text  string // the closing bracket cut off
	at    int
	depth int
}

func (p *parser) errorf(format string, args ...any) *Error {
	return &Error{Offset: p.at, Msg: fmt.Sprintf(format, args...)}
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// take passes over the byte c, if it comes next.
func (p *parser) take(c byte) bool {
	if p.space(); p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// found says, for a message, what comes next.
func (p *parser) found() string {
	if p.at >= len(p.text) {
		return "the end of the expression"
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return fmt.Sprintf("%q", r)
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// name reads a function's or a property's name; empty when none comes next.
func (p *parser) name() string {
	p.space()
	start := p.at
	for p.at < len(p.text) && isNameByte(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

// term reads a value with the properties and elements taken of it.
func (p *parser) term() (term, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.errorf("nested deeper than %d levels", maxNesting)
	}
	defer func() { p.depth-- }()
	t, err := p.primary()
	for links := 0; err == nil; links++ {
		if links > maxNesting {
			return nil, p.errorf("more than %d properties in a row", maxNesting)
		}
		p.space()
		at := p.at
		switch {
		case p.take('.'):
			safe := p.take('?')
			name := p.name()
			if name == "" {
				return nil, p.errorf("%s where a property's name should be", p.found())
			}
			t = &access{of: t, at: at, key: literal{name}, safe: safe}
		case p.take('['):
			safe := p.take('?')
			key, err := p.term()
			if err != nil {
				return nil, err
			}
			if !p.take(']') {
				return nil, p.errorf("%s where ] should be", p.found())
			}
			t = &access{of: t, at: at, key: key, safe: safe}
		default:
			return t, nil
		}
	}
	return nil, err
}

func (p *parser) primary() (term, error) {
	p.space()
	at := p.at
	switch {
	case at < len(p.text) && p.text[at] == '\'':
		return p.quoted()
	case at < len(p.text) && (p.text[at] == '-' || p.text[at] >= '0' && p.text[at] <= '9'):
		return p.number()
	}
	name := p.name()
	if name == "" {
		return nil, p.errorf("%s where a function, a 'text' or a number should be", p.found())
	}
	if p.take('.') { // a function of the template's own: namespace.name(…)
		member := p.name()
		name += "." + member
	}
	if !p.take('(') {
		p.at = at
		e := p.errorf("%q is no function call", name)
		e.Fix = fmt.Sprintf("write %s(), or '%s' if text is meant", name, name)
		return nil, e
	}
	args, err := p.arguments()
	return &call{name: name, at: at, args: args}, err
}

// arguments reads what stands between the parentheses, the opening one passed.
func (p *parser) arguments() ([]term, error) {
	var args []term
	for !p.take(')') {
		if len(args) > 0 && !p.take(',') {
			return nil, p.errorf("%s where , or ) should be", p.found())
		}
		arg, err := p.term()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	return args, nil
}

// quoted reads a text in single quotes, in which two quotes stand for one.
func (p *parser) quoted() (term, error) {
	start := p.at
	var b strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		if p.text[p.at] != '\'' {
			b.WriteByte(p.text[p.at])
			continue
		}
		if p.at++; p.at >= len(p.text) || p.text[p.at] != '\'' {
			return literal{b.String()}, nil
		}
		b.WriteByte('\'')
	}
	return nil, &Error{Offset: start, Msg: "the text in quotes has no end"}
}

func (p *parser) number() (term, error) {
	start := p.at
	for p.at < len(p.text) && (strings.IndexByte("+-.", p.text[p.at]) >= 0 || isNameByte(p.text[p.at])) {
		p.at++
	}
	written := p.text[start:p.at]
	if !json.Valid([]byte(written)) {
		return nil, &Error{Offset: start, Msg: fmt.Sprintf("%q is no number", written)}
	}
	return literal{json.Number(written)}, nil
}
