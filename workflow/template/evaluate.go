package template

import (
	"fmt"
	"strconv"
	"strings"

	"flowgate/expression"
)

type object = *expression.Object

// term is a node of a parsed expression.
type term interface {
	eval(scope *Scope) (any, error)
}

type literal struct{ value any }

func (l literal) eval(*Scope) (any, error) { return l.value, nil }

// access is a property or an element of a value. A safe one gives null where
// there is none.
type access struct {
	of   term
	at   int
	key  term
	safe bool
}

func (a *access) eval(scope *Scope) (any, error) {
	of, err := a.of.eval(scope)
	if err != nil {
		return nil, err
	}
	key, err := a.key.eval(scope)
	if err != nil {
		return nil, err
	}
	if a.safe && of == nil {
		return nil, nil
	}
	if err := scope.Budget.spendUnits(1 + width(of)/16); err != nil {
		return nil, located(err, a.at)
	}
	v, err := member(of, key)
	if err != nil {
		if _, absent := err.(*absentError); absent && a.safe {
			return nil, nil
		}
		return nil, located(err, a.at)
	}
	if u, ok := v.(*unknown); ok {
		return nil, &Error{Offset: a.at, Msg: u.msg, Fix: u.fix}
	}
	return v, nil
}

// absentError says that there is no such property or element.
type absentError struct{ of, key any }

func (e *absentError) Error() string {
	if o, ok := e.of.(object); ok {
		name, _ := e.key.(string)
		return fmt.Sprintf("no property %q%s", name, didYouMean(name, o.Names()))
	}
	return fmt.Sprintf("no element %s in an array of %d", show(e.key), width(e.of))
}

// width counts the members of an object or the elements of an array.
func width(v any) int {
	switch v := v.(type) {
	case []any:
		return len(v)
	case object:
		return v.Len()
	}
	return 0
}

// member returns a property of an object, whatever the letter case of its name
// (documented), or an element of an array.
func member(of, key any) (any, error) {
	switch of := of.(type) {
	case object:
		name, ok := key.(string)
		if !ok {
			return nil, fmt.Errorf("a property's name must be a string, found %s", expression.Kind(key))
		}
		if v, ok := property(of, name); ok {
			return v, nil
		}
		return nil, &absentError{of, key}
	case []any:
		i, ok := integer(key)
		if !ok {
			return nil, fmt.Errorf("an array's element is named by an integer, found %s", expression.Kind(key))
		}
		if i < 0 || i >= int64(len(of)) {
			return nil, &absentError{of, key}
		}
		return of[i], nil
	}
	return nil, fmt.Errorf("%s has no property or element %s", expression.Kind(of), show(key))
}

func property(of object, name string) (any, bool) {
	if v, ok := of.Get(name); ok {
		return v, true
	}
	for _, n := range of.Names() {
		if strings.EqualFold(n, name) {
			return of.Get(n)
		}
	}
	return nil, false
}

// call is a function call.
type call struct {
	name string
	at   int
	args []term
}

func (c *call) eval(scope *Scope) (any, error) {
	if strings.Contains(c.name, ".") {
		return c.userFunction(scope)
	}
	f, ok := functions()[strings.ToLower(c.name)]
	if !ok {
		return nil, c.noFunction(scope)
	}
	if len(c.args) < f.min || f.max >= 0 && len(c.args) > f.max {
		return nil, c.errorf("%s takes %s, given %d", c.name, arity(f.min, f.max), len(c.args))
	}
	if f.special != nil {
		return f.special(c, scope)
	}
	args, err := c.evalArgs(scope)
	if err != nil {
		return nil, err
	}
	v, err := f.of(args, scope.Budget)
	if err == errBudget {
		return nil, located(err, c.at)
	}
	if err != nil {
		return nil, located(fmt.Errorf("%s: %w", c.name, err), c.at)
	}
	return v, located(scope.Budget.Spend(v), c.at)
}

func (c *call) errorf(format string, args ...any) error {
	return located(fmt.Errorf(format, args...), c.at)
}

func (c *call) evalArgs(scope *Scope) ([]any, error) {
	args := make([]any, len(c.args))
	for i, a := range c.args {
		v, err := a.eval(scope)
		if err != nil {
			return nil, err
		}
		if err := scope.Budget.Spend(v); err != nil {
			return nil, located(err, c.at)
		}
		args[i] = v
	}
	return args, nil
}

// userFunction calls a function that the template defines. It sees its
// arguments and nothing of the scope around (documented).
func (c *call) userFunction(scope *Scope) (any, error) {
	f, ok := scope.Functions[strings.ToLower(c.name)]
	if !ok {
		return nil, c.errorf("the template defines no function %q", c.name)
	}
	if len(c.args) != len(f.Parameters) {
		return nil, c.errorf("%s takes %s, given %d", c.name, plural(len(f.Parameters), "argument"), len(c.args))
	}
	if scope.depth >= maxNesting {
		return nil, c.errorf("functions call one another deeper than %d levels", maxNesting)
	}
	args, err := c.evalArgs(scope)
	if err != nil {
		return nil, err
	}
	inner := &Scope{Deployment: scope.Deployment, Functions: scope.Functions, Budget: scope.Budget, depth: scope.depth + 1}
	given := &expression.Object{}
	for i, name := range f.Parameters {
		given.Set(name, args[i])
	}
	inner.Parameters = Values(given)
	return f.Output(inner)
}

// Values returns names that have their values already, the members of o, which
// may be nil.
func Values(o *expression.Object) Names { return values{o} }

type values struct{ object *expression.Object }

func (v values) Names() []string {
	if v.object == nil {
		return nil
	}
	return v.object.Names()
}

func (v values) Value(name string) (any, error) {
	value, _ := v.object.Get(name)
	return value, nil
}

// located gives an error without a place the place of the term that raised it.
func located(err error, at int) error {
	if err == nil {
		return nil
	}
	if own, ok := err.(*Error); ok {
		if own.Offset > 0 {
			return own
		}
		return &Error{Offset: at, Msg: own.Msg, Fix: own.Fix}
	}
	msg, fix, _ := strings.Cut(err.Error(), "; ")
	return &Error{Offset: at, Msg: msg, Fix: fix}
}

func arity(minimum, maximum int) string {
	switch {
	case maximum < 0:
		return "at least " + plural(minimum, "argument")
	case minimum == maximum:
		return plural(minimum, "argument")
	}
	return fmt.Sprintf("%d to %s", minimum, plural(maximum, "argument"))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
