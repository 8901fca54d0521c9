package expression

import (
	"encoding/json"
	"strings"
)

// expression reads the expression at offset from of s, up to the token that end
// tells, and returns the offset after that token.
func (t *templateParser) expression(s string, from int, end tokenKind) (node, int, *Error) {
	p := parser{lexer: lexer{src: s, pos: from, left: maxExpression}, needs: t.needs}
	n, err := p.all(end)
	if err != nil {
		if end == closingBrace && p.tok.kind == endOfText && p.tok.at == len(s) {
			err = errorAt(from-len("@{"), "the @{ here is not closed; add a }, or write @@{ for the text @{")
		}
		return nil, 0, err
	}
	return &expression{source: strings.TrimSpace(s[from:p.tok.at]), root: n}, p.pos, nil
}

// parser is a recursive descent over
//
//	value  = primary { ["?"] "." name | ["?"] "[" value "]" }
//	primary = string | number | "true" | "false" | "null" | name "(" [ value { "," value } ] ")"
type parser struct {
	lexer
	tok   token
	depth int
	needs map[string]bool
}

func (p *parser) all(end tokenKind) (node, *Error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.value()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != end {
		return nil, p.unexpected(token{kind: end}.String())
	}
	return n, nil
}

func (p *parser) advance() (err *Error) {
	p.tok, err = p.next()
	return err
}

func (p *parser) unexpected(wanted string) *Error {
	return errorAt(p.tok.at, "expected %s and found %s", wanted, p.tok)
}

func (p *parser) value() (node, *Error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, errorAt(p.tok.at, "nested deeper than %d levels", maxDepth)
	}
	n, err := p.primary()
	for err == nil && (p.tok.is("?") || p.tok.is(".") || p.tok.is("[")) {
		n, err = p.selection(n)
	}
	return n, err
}

// selection reads one .name or [value] after of, either with a ? before it.
func (p *parser) selection(of node) (node, *Error) {
	s := &selection{of: of}
	if p.tok.is("?") {
		s.optional = true
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	switch {
	case p.tok.is("."):
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.tok.kind != nameToken {
			return nil, p.unexpected("the name of a property")
		}
		s.key = literal{p.tok.text}
		return s, p.advance()
	case p.tok.is("["):
		if err := p.advance(); err != nil {
			return nil, err
		}
		key, err := p.value()
		if err != nil {
			return nil, err
		}
		if !p.tok.is("]") {
			return nil, p.unexpected("]")
		}
		s.key = key
		return s, p.advance()
	}
	return nil, p.unexpected("a . or a [ after the ?")
}

func (p *parser) primary() (node, *Error) {
	t := p.tok
	switch t.kind {
	case stringToken:
		return literal{t.text}, p.advance()
	case numberToken:
		return literal{json.Number(t.text)}, p.advance()
	case nameToken:
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.tok.is("(") {
			return p.call(t)
		}
		switch strings.ToLower(t.text) {
		case "true":
			return literal{true}, nil
		case "false":
			return literal{false}, nil
		case "null":
			return literal{nil}, nil
		}
		if p.depth == 1 {
			return nil, errorAt(t.at, "%q is no call; write %s(…) to call it, or @@ at the start of a string that is text", t.text, t.text)
		}
		return nil, errorAt(t.at, "%q is neither a call nor a value; write %s(…) to call it, '%s' for text", t.text, t.text, t.text)
	case signToken:
		if t.text == "[" {
			return nil, errorAt(t.at, "an expression has no [ ] lists; write createArray(…)")
		}
	}
	return nil, p.unexpected("a value")
}

// call reads the arguments of the function that t names.
func (p *parser) call(t token) (node, *Error) {
	f, err := lookup(t)
	if err != nil {
		return nil, err
	}
	c := &call{function: f, written: t.text}
	if err := p.advance(); err != nil {
		return nil, err
	}
	for !p.tok.is(")") {
		if len(c.args) > 0 {
			if !p.tok.is(",") {
				return nil, p.unexpected(", or )")
			}
			if err := p.advance(); err != nil {
				return nil, err
			}
		}
		arg, err := p.value()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, arg)
	}
	if err := f.accepts(c, t.at); err != nil {
		return nil, err
	}
	if f.ofRun {
		p.needs[c.describe()] = true
	}
	return c, p.advance()
}
