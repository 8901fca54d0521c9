package workflow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"flowgate/expression"
)

// lazy is a template's parameters or variables: worked out when first asked for,
// once, so that what nobody uses cannot fail.
type lazy struct {
	names []string
	what  string
	nodes map[string]node
	work  func(node) (any, *Problem)
	done  map[string]outcome
	busy  []string // being worked out, outermost first
}

type outcome struct {
	value   any
	problem *Problem
}

// maxChain bounds how many parameters or variables need one another in a row.
const maxChain = 200

func newLazy(declared node, what string, work func(node) (any, *Problem)) *lazy {
	z := &lazy{what: what, work: work, nodes: make(map[string]node), done: make(map[string]outcome)}
	if o, ok := declared.value.(*expression.Object); ok {
		z.names = o.Names()
		for _, name := range z.names {
			v, _ := o.Get(name)
			z.nodes[name] = declared.child(name, v)
		}
	}
	return z
}

// Names returns the names as the template declares them.
func (z *lazy) Names() []string { return z.names }

// Value works out the value of one of the names. The error is a *Problem.
func (z *lazy) Value(name string) (any, error) {
	if o, ok := z.done[name]; ok {
		return o.value, orNil(o.problem)
	}
	n := z.nodes[name]
	if i := slices.Index(z.busy, name); i >= 0 {
		chain := strings.Join(append(slices.Clone(z.busy[i:]), name), " → ")
		return nil, n.problem(SeverityError, fmt.Sprintf("the %s %q needs itself: %s", z.what, name, chain), "")
	}
	if len(z.busy) >= maxChain {
		return nil, n.problem(SeverityError, fmt.Sprintf("more than %d %ss need one another in a row", maxChain, z.what), "")
	}
	z.busy = append(z.busy, name)
	v, p := z.work(n)
	z.busy = z.busy[:len(z.busy)-1]
	z.done[name] = outcome{v, p}
	return v, orNil(p)
}

// newVariables is a template's variables, those that copy loops make included.
func newVariables(declared node) *lazy {
	z := newLazy(declared, "variable", func(n node) (any, *Problem) { return n.worked() })
	list := declared.child("copy", nil)
	loops, ok := z.nodes["copy"].value.([]any)
	if !ok {
		return z
	}
	z.names = slices.DeleteFunc(slices.Clone(z.names), func(name string) bool { return name == "copy" })
	for i, l := range loops {
		loop := list.child(strconv.Itoa(i), l)
		name := literalText(loop, "name")
		loop.value = variableLoop{loop.value}
		z.names = append(z.names, name)
		z.nodes[name] = loop
	}
	return z
}

// variableLoop marks the copy loop of a variable.
type variableLoop struct{ loop any }

// orNil keeps a nil *Problem from becoming an error that is not nil.
func orNil(p *Problem) error {
	if p == nil {
		return nil
	}
	return p
}

// worked evaluates n from end to end and returns the first thing that failed
// instead of reporting it.
func (n node) worked() (v any, failed *Problem) {
	work := func() { v, _ = n.plain() }
	if loop, ok := n.value.(variableLoop); ok {
		n.value = loop.loop
		work = func() {
			_, made, _ := n.turnsOfInput()
			v = made
		}
	}
	for _, p := range n.load.quietly(work) {
		if p.Severity == SeverityError {
			return nil, p
		}
	}
	return v, nil
}
