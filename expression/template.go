// Package expression is the workflow definition language of Azure Logic Apps and
// Power Automate: JSON whose strings may hold expressions. A template is parsed
// once, when a workflow is loaded, and evaluated for every call, within bounds.
//
// It evaluates what a trigger alone can answer. Functions that look at actions,
// variables or loops are understood and reported, not evaluated.
package expression

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Error is a defect of a template.
type Error struct {
	Pointer string // where in the parsed value the string is, RFC 6901
	Offset  int    // bytes from the start of that string
	Msg     string // lower case, no full stop, with the fix
}

func (e *Error) Error() string { return e.Msg }

func errorAt(offset int, format string, args ...any) *Error {
	return &Error{Offset: offset, Msg: fmt.Sprintf(format, args...)}
}

// Template is a value whose strings have been parsed. It never changes: any
// number of goroutines may evaluate it at once.
type Template struct {
	root      node
	needs     []string
	condition bool // the result has to be true or false
}

// Parse reads v, a value of the language as Decode gives it. Every string in it
// is text, an expression (@expr), or text with expressions inside (a @{expr} b);
// @@ at the start stands for @, and @@{ anywhere for @{. The names of members are
// never expressions. The error is an *Error.
func Parse(v any) (*Template, error) {
	p := templateParser{needs: map[string]bool{}}
	root, err := p.value(v, 0)
	if err != nil {
		return nil, err
	}
	t := &Template{root: root}
	for name := range p.needs {
		t.needs = append(t.needs, name)
	}
	slices.Sort(t.needs)
	return t, nil
}

// ParseCondition reads the expression of a trigger's condition: one string that
// is one expression. Evaluating it gives true or false, or an error. The error
// of ParseCondition is an *Error.
func ParseCondition(v any) (*Template, error) {
	if _, ok := v.(string); !ok {
		return nil, errorAt(0, "the condition of a trigger is a string such as %q, and not of type %s", "@equals(1, 1)", typeName(v))
	}
	t, err := Parse(v)
	if err != nil {
		return nil, err
	}
	switch t.root.(type) {
	case literal:
		return nil, errorAt(0, "the condition %q is text and never true; start an expression with @", v)
	case *interpolation:
		return nil, errorAt(0, "the condition %q gives text, not true or false; write @expression without the braces", v)
	}
	t.condition = true
	return t, nil
}

// NeedsActions names what a template needs of a run beyond its trigger, sorted,
// such as body('Compose') or variables('n'). Without any, the trigger is enough.
func (t *Template) NeedsActions() []string { return slices.Clone(t.needs) }

// Literal returns the value of a template without expressions, escapes resolved,
// and whether it is one.
func (t *Template) Literal() (any, bool) {
	l, ok := t.root.(literal)
	return l.value, ok
}

type templateParser struct {
	needs map[string]bool
}

func (p *templateParser) value(v any, depth int) (node, *Error) {
	if depth > maxDepth {
		return nil, errorAt(0, "nested deeper than %d levels", maxDepth)
	}
	switch v := v.(type) {
	case nil, bool, json.Number:
		return literal{v}, nil
	case string:
		return p.text(v)
	case []any:
		return p.array(v, depth)
	case *Object:
		if v != nil {
			return p.object(v, depth)
		}
	}
	return nil, errorAt(0, "%T is no value of the language; decode JSON with Decode", v)
}

func (p *templateParser) array(list []any, depth int) (node, *Error) {
	a := &array{items: make([]node, len(list))}
	for i, v := range list {
		n, err := p.value(v, depth+1)
		if err != nil {
			return nil, err.below(strconv.Itoa(i))
		}
		a.items[i] = n
	}
	if values, ok := constants(a.items); ok {
		return literal{values}, nil
	}
	return a, nil
}

func (p *templateParser) object(o *Object, depth int) (node, *Error) {
	t := &object{like: o, members: make([]node, o.Len())}
	for i, name := range o.names {
		n, err := p.value(o.values[name], depth+1)
		if err != nil {
			return nil, err.below(name)
		}
		t.members[i] = n
	}
	values, ok := constants(t.members)
	if !ok {
		return t, nil
	}
	c := &Object{FoldCase: o.FoldCase}
	for i, name := range o.names {
		c.Set(name, values[i])
	}
	return literal{c}, nil
}

func (e *Error) below(name string) *Error {
	e.Pointer = "/" + EscapePointer(name) + e.Pointer
	return e
}

// text reads one string: an expression, or text that may hold expressions.
func (p *templateParser) text(s string) (node, *Error) {
	rest, ok := strings.CutPrefix(s, "@")
	if ok && strings.TrimSpace(rest) == "" {
		return nil, errorAt(0, "an @ without an expression; write @@ for the text @")
	}
	if ok && !strings.HasPrefix(rest, "@") && !strings.HasPrefix(rest, "{") {
		n, _, err := p.expression(s, len("@"), endOfText)
		return n, err
	}
	return p.interpolation(s)
}

// interpolation reads text with any number of @{expr} in it. An @ before
// anything else stands for itself, as in the address of a mailbox, except that
// the text may not start with it: there it is doubled.
func (p *templateParser) interpolation(s string) (node, *Error) {
	var in interpolation
	var text strings.Builder
	from := 0
	if strings.HasPrefix(s, "@@") && !strings.HasPrefix(s, "@@{") {
		text.WriteByte('@')
		from = len("@@")
	}
	for {
		at := strings.Index(s[from:], "@{")
		if at < 0 {
			break
		}
		at += from
		if at > from && s[at-1] == '@' { // @@{ is the text @{
			text.WriteString(s[from:at-1] + "@{")
			from = at + len("@{")
			continue
		}
		text.WriteString(s[from:at])
		n, end, err := p.expression(s, at+len("@{"), closingBrace)
		if err != nil {
			return nil, err
		}
		in.parts = append(in.parts, part{text: text.String(), expr: n})
		text.Reset()
		from = end
	}
	text.WriteString(s[from:])
	if len(in.parts) == 0 {
		return literal{text.String()}, nil
	}
	in.tail = text.String()
	return &in, nil
}
