package workflow

import (
	"slices"
	"strconv"

	"flowgate/expression"
	"flowgate/workflow/template"
)

// loop reads a copy loop's name and count.
func (n node) loop() (name string, count int, ok bool) {
	n, ok = n.object()
	if !ok {
		return "", 0, false
	}
	name, okName := n.getText("name")
	c, okCount := n.get("count")
	if !okName || !okCount {
		if n.lacks("name") || n.lacks("count") {
			n.errorf("", "a copy loop needs a name and a count")
		}
		return "", 0, false
	}
	count, err := strconv.Atoi(string(expression.Encode(c.value)))
	if err != nil || count < 0 || count > maxCopies {
		c.errorf("", "a copy loop's count must be an integer up to %d, found %s", maxCopies, expression.Encode(c.value))
		return "", 0, false
	}
	return name, count, true
}

// inTurn is a scope within turn i of a copy loop.
func inTurn(scope *template.Scope, name string, i int) *template.Scope {
	inner := *scope
	inner.Copies = append(slices.Clone(scope.Copies), template.Copy{Name: name, Index: i})
	return &inner
}

// unrolled replaces the property loops of a template's object,
// copy: [{name, count, input}], by the arrays that they make, once its members
// are named. False: a name or a loop failed, which is reported.
func (n node) unrolled() (node, bool) {
	n, all := n.renamed()
	o, isObject := n.value.(*expression.Object)
	if !isObject || n.scope == nil {
		return n, all
	}
	list := n.property("copy")
	loops, ok := list.value.([]any)
	if !ok {
		return n, all
	}
	out := &expression.Object{}
	for _, name := range o.Names() {
		if v, _ := o.Get(name); name != "copy" {
			out.Set(name, v)
		}
	}
	for i, l := range loops {
		name, made, ok := list.child(strconv.Itoa(i), l).turnsOfInput()
		if all = all && ok; ok {
			out.Set(name, evaluated{made})
		}
	}
	n.value = out
	return n, all
}

func (n node) turnsOfInput() (name string, made []any, ok bool) {
	name, count, ok := n.loop()
	if !ok {
		return "", nil, false
	}
	input := n.property("input")
	scope := n.scope
	made = []any{}
	for i := range count {
		if !n.spends(nil) {
			return "", nil, false
		}
		input.scope = inTurn(scope, name, i)
		v, ok := input.plain()
		if !ok {
			return "", nil, false
		}
		made = append(made, v)
	}
	return name, made, true
}
