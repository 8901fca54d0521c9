package workflow

import (
	"strconv"

	"flowgate/expression"
	"flowgate/workflow/template"
)

// node is a value of a document, where it stands. Strings of a template are
// evaluated when they are looked at and not before: what nobody needs cannot
// stop a load. Evaluating keeps the structure, so a pointer into what was
// evaluated is a pointer into the source.
type node struct {
	load    *loading
	doc     *document
	pointer string
	value   any
	scope   *template.Scope // nil: strings mean what they say
	named   bool            // the names of its members are evaluated
	made    *moved          // what a template made around n, or of it: the document does not show it; nil: nothing
}

// evaluated is a value in a template that needs no evaluation any more.
type evaluated struct{ value any }

// moved is a value that stands elsewhere in the document than where it is found.
type moved struct {
	pointer string
	value   any
}

// child is the value below n at token.
func (n node) child(token string, value any) node {
	c := n
	c.pointer += "/" + expression.EscapePointer(token)
	c.value, c.named = value, false
	switch v := value.(type) {
	case evaluated:
		c.value, c.scope = v.value, nil
		c.made = &moved{c.pointer, c.value}
	case moved:
		c.pointer, c.value = v.pointer, v.value
	}
	return c
}

// eval returns n with its expression evaluated. False: it failed, and the
// problem is reported.
func (n node) eval() (node, bool) {
	v, p := n.evaluate()
	if p != nil {
		n.load.report(p)
		return n, false
	}
	return v, true
}

func (n node) evaluate() (node, *Problem) {
	s, ok := n.value.(string)
	if !ok || n.scope == nil {
		return n, nil
	}
	var err error
	if template.IsExpression(s) {
		var e *template.Expression
		if e, err = template.Parse(s); err == nil {
			n.value, err = e.Evaluate(n.scope)
		}
		if err == nil {
			n.scope = nil
			n.made = &moved{n.pointer, n.value}
		}
	} else {
		n.value, n.scope = template.Text(s), nil
	}
	return n, n.failed(err)
}

// failed turns an error of an evaluation into a problem with its place.
func (n node) failed(err error) *Problem {
	switch err := err.(type) {
	case nil:
		return nil
	case *Problem:
		return err
	case *template.Error:
		p := n.problem(SeverityError, err.Msg, err.Fix)
		p.Line, p.Column = n.doc.source.position(n.doc.within(n.pointer, err.Offset))
		return p
	}
	return n.problem(SeverityError, err.Error(), "")
}

// get returns a member, evaluated. False: there is none, it is null, or
// evaluating it failed, which is reported.
func (n node) get(name string) (node, bool) {
	c, ok := n.raw(name)
	if !ok {
		return c, false
	}
	c, ok = c.eval()
	return c, ok && c.value != nil
}

// raw returns a member as it is written. False: there is none, or it is null.
func (n node) raw(name string) (node, bool) {
	o, ok := n.value.(*expression.Object)
	if !ok {
		return n.child(name, nil), false
	}
	v, ok := o.Get(name)
	return n.child(name, v), ok && v != nil
}

// has reports whether an object has a member, whatever it holds.
func (n node) has(name string) bool {
	o, _ := n.value.(*expression.Object)
	_, ok := o.Get(name)
	return ok
}

// object wants n to be an object, its members named and its property loops unrolled. False: it
// is not, or something of that failed, which is reported.
func (n node) object() (node, bool) {
	n, ok := n.eval()
	if !ok {
		return n, false
	}
	if _, ok := n.value.(*expression.Object); !ok {
		n.errorf("write it in braces: {…}", "%s must be an object, found %s", n.path(), expression.Kind(n.value))
		return n, false
	}
	return n.unrolled()
}

// getObject is get for a member that has to be an object.
func (n node) getObject(name string) (node, bool) {
	c, ok := n.get(name)
	if !ok {
		return c, false
	}
	return c.object()
}

// getList returns the elements of a member that has to be an array.
func (n node) getList(name string) ([]node, bool) {
	c, ok := n.get(name)
	if !ok {
		return nil, false
	}
	return c.list()
}

func (n node) list() ([]node, bool) {
	n, ok := n.eval()
	if !ok {
		return nil, false
	}
	list, ok := n.value.([]any)
	if !ok {
		n.errorf("write it in brackets: […]", "%s must be an array, found %s", n.path(), expression.Kind(n.value))
		return nil, false
	}
	nodes := make([]node, len(list))
	for i, v := range list {
		nodes[i] = n.child(strconv.Itoa(i), v)
	}
	return nodes, true
}

// getText returns a member that has to be a string.
func (n node) getText(name string) (string, bool) {
	c, ok := n.get(name)
	if !ok {
		return "", false
	}
	return c.text()
}

func (n node) text() (string, bool) {
	n, ok := n.eval()
	if !ok {
		return "", false
	}
	s, ok := n.value.(string)
	if !ok {
		n.errorf(`write it in quotes: "…"`, "%s must be a string, found %s", n.path(), expression.Kind(n.value))
	}
	return s, ok
}

// spends takes the size of a value, or one step where there is none, from what a load may
// do. False: that is used up, which is reported once; whoever goes round a loop is to leave it.
func (n node) spends(value any) bool {
	if n.load.exhausted {
		return false
	}
	if err := n.load.budget.Spend(value); err != nil {
		n.load.exhausted = true
		n.load.report(n.failed(err))
	}
	return !n.load.exhausted
}

// plain evaluates n from end to end. False: something in it failed; every
// failure is reported.
func (n node) plain() (any, bool) {
	if n.scope == nil {
		return n.value, true
	}
	switch v := n.value.(type) {
	case []any:
		list, all := make([]any, len(v)), n.spends(nil)
		for i, e := range v {
			value, ok := n.child(strconv.Itoa(i), e).plain()
			list[i], all = value, all && ok
			if n.load.exhausted {
				return nil, false
			}
		}
		return list, all
	case *expression.Object:
		n, all := n.unrolled()
		all = n.spends(nil) && all
		out := &expression.Object{}
		for name, c := range n.members() {
			value, ok := c.plain()
			all = all && ok
			out.Set(name, value)
			if n.load.exhausted {
				return nil, false
			}
		}
		return out, all
	}
	n, ok := n.eval()
	return n.value, ok && n.spends(n.value)
}
