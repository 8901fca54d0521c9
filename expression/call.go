package expression

import (
	"fmt"
	"strings"
)

// call is a function with its arguments.
type call struct {
	*function
	written string // the name as it was written, which is how the service quotes it
	args    []node
}

func (c *call) eval(e *evaluation) (any, *EvalError) {
	switch {
	case c.ofRun:
		return nil, e.fail("%s looks at a run's actions, and only the trigger is known here", c.describe())
	case c.lazy != nil:
		return c.lazy(e, c)
	}
	from := len(e.stack)
	for _, n := range c.args {
		v, err := e.eval(n)
		if err != nil {
			return nil, err
		}
		if err := e.read(v); err != nil {
			return nil, err
		}
		e.stack = append(e.stack, v)
	}
	v, err := c.eager(invocation{e, c, e.stack[from:]})
	e.stack = e.stack[:from]
	return v, err
}

// describe writes the call as far as it is known before a run.
func (c *call) describe() string {
	if len(c.args) == 0 {
		return c.name + "()"
	}
	if l, ok := c.args[0].(literal); ok {
		if s, ok := l.value.(string); ok {
			return c.name + "('" + strings.ReplaceAll(s, "'", "''") + "')"
		}
	}
	return c.name + "(…)"
}

// invocation is a call whose arguments have been evaluated. A function must not
// keep args: the next call takes their place.
type invocation struct {
	*evaluation
	call *call
	args []any
}

// wrong says that argument i is not what the function expects, such as
// "to be of type string".
func (in invocation) wrong(i int, expected string) *EvalError {
	place := "parameter"
	if in.call.max != 1 && i < len(ordinals) {
		place = ordinals[i] + " parameter"
	}
	if in.call.help == "" {
		return in.fail("%s expects its %s %s; the value is of type '%s'", in.call.written, place, expected, typeName(in.args[i]))
	}
	return in.fail("The template language function '%s' expects its %s %s. The provided value is of type '%s'.%s", in.call.written, place, expected, typeName(in.args[i]), in.usage())
}

var ordinals = []string{"first", "second", "third"}

// invalid says that the values of the arguments do not go together, in the
// words in which the service says so.
func (in invocation) invalid(format string, args ...any) *EvalError {
	return in.fail("The template language function '%s' %s", in.call.written, fmt.Sprintf(format, args...))
}

// usage is the sentence that ends most of the service's messages.
func (in invocation) usage() string {
	return " Please see https://aka.ms/logicexpressions#" + in.call.help + " for usage details."
}

const ofTypeString = "to be of type string"

// str returns argument i, a string, or says that it is not what was expected.
func (in invocation) str(i int, expected string) (string, *EvalError) {
	s, ok := in.args[i].(string)
	if !ok {
		return "", in.wrong(i, expected)
	}
	return s, nil
}

// strs returns the first two arguments, both strings.
func (in invocation) strs() (string, string, *EvalError) {
	a, err := in.str(0, ofTypeString)
	if err != nil {
		return "", "", err
	}
	b, err := in.str(1, ofTypeString)
	return a, b, err
}
