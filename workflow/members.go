package workflow

import (
	"iter"
	"slices"
	"strings"

	"flowgate/expression"
)

// lacks reports whether there is no such member, or one that says nothing: null, or an
// expression that gives it. What an expression fails with is told by whoever gets it.
func (n node) lacks(name string) bool {
	c, ok := n.raw(name)
	if !ok {
		return true
	}
	n.load.quietly(func() { c, ok = c.eval() })
	return ok && c.value == nil
}

// members goes over the members of an object, which are not evaluated yet, and
// their names, which are. A name's expression that fails is reported.
func (n node) members() iter.Seq2[string, node] {
	return func(yield func(string, node) bool) {
		o, ok := n.value.(*expression.Object)
		if !ok {
			return
		}
		for _, written := range o.Names() {
			v, _ := o.Get(written)
			c := n.child(written, v)
			name, ok := n.memberName(written, c)
			if ok && !yield(name, c) {
				return
			}
		}
	}
}

// memberName evaluates the name of a member, which templates let be an
// expression. Doing so for each keeps a walk within the budget.
func (n node) memberName(written string, member node) (string, bool) {
	if n.scope == nil || n.named {
		return written, true
	}
	if !n.spends(nil) {
		return "", false
	}
	member.value, member.scope = written, n.scope
	return member.text()
}

// renamed gives the members of a template's object, whose names may be expressions, the names
// that these give; each stays where it stands. Without it, a member that says who may call would
// be looked for under its name in vain. False: one failed, or a name is there twice, which is
// reported.
func (n node) renamed() (node, bool) {
	o, isObject := n.value.(*expression.Object)
	if !isObject || n.scope == nil || n.named || !slices.ContainsFunc(o.Names(), func(name string) bool { return strings.HasPrefix(name, "[") }) {
		return n, true
	}
	out, all := &expression.Object{}, true
	for _, written := range o.Names() {
		v, _ := o.Get(written)
		c := n.child(written, v)
		name, ok := n.memberName(written, c)
		if !ok {
			all = false
			continue
		}
		if _, twice := out.Get(name); twice {
			c.misnamed("give each member a name of its own", "a member is called %q already", name)
			all = false
			continue
		}
		out.Set(name, moved{c.pointer, v})
	}
	n.value, n.named = out, true
	return n, all
}
