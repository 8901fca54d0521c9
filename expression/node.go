package expression

import "strconv"

// node is a part of a parsed template.
type node interface {
	eval(*evaluation) (any, *EvalError)
}

// literal is a value that was written out.
type literal struct{ value any }

func (l literal) eval(*evaluation) (any, *EvalError) { return l.value, nil }

// expression is what stands behind an @.
type expression struct {
	source string // without the @ and the braces, as the service quotes it
	root   node
}

func (x *expression) eval(e *evaluation) (any, *EvalError) {
	e.source = x.source
	return e.eval(x.root)
}

// interpolation is text with expressions inside; its value is text.
type interpolation struct {
	parts []part
	tail  string
}

type part struct {
	text string // what stands before expr
	expr node
}

func (in *interpolation) eval(e *evaluation) (any, *EvalError) {
	texts := make([]string, 0, 2*len(in.parts)+1)
	for _, p := range in.parts {
		v, err := e.eval(p.expr)
		if err != nil {
			return nil, err
		}
		s, err := e.text(v)
		if err != nil {
			return nil, err
		}
		texts = append(texts, p.text, s)
	}
	return e.join(append(texts, in.tail), "")
}

// array is a list with an expression somewhere inside.
type array struct{ items []node }

func (a *array) eval(e *evaluation) (any, *EvalError) {
	list := make([]any, len(a.items))
	for i, n := range a.items {
		v, err := e.eval(n)
		if err != nil {
			return nil, err.below(strconv.Itoa(i))
		}
		list[i] = v
	}
	return list, nil
}

// object is an object with an expression somewhere inside.
type object struct {
	like    *Object // gives the names
	members []node  // in the order of the names
}

func (t *object) eval(e *evaluation) (any, *EvalError) {
	o := &Object{FoldCase: t.like.FoldCase}
	for i, name := range t.like.names {
		v, err := e.eval(t.members[i])
		if err != nil {
			return nil, err.below(name)
		}
		o.Set(name, v)
	}
	return o, nil
}

// constants returns the values of nodes when all of them are literals.
func constants(nodes []node) ([]any, bool) {
	values := make([]any, len(nodes))
	for i, n := range nodes {
		l, ok := n.(literal)
		if !ok {
			return nil, false
		}
		values[i] = l.value
	}
	return values, true
}
