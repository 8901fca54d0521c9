package template

import (
	"encoding/json"
	"fmt"
	"strings"

	"flowgate/expression"
)

// logicFunctions decide and compare. if, and, or and coalesce evaluate no more
// than they need, so that a branch not taken may name what does not exist here.
var logicFunctions = []function{
	{name: "if", min: 3, max: 3, special: func(c *call, scope *Scope) (any, error) {
		ok, err := c.evalBool(scope, 0)
		if err != nil {
			return nil, err
		}
		if ok {
			return c.args[1].eval(scope)
		}
		return c.args[2].eval(scope)
	}},
	{name: "and", min: 2, max: -1, special: func(c *call, scope *Scope) (any, error) { return c.evalUntil(scope, false) }},
	{name: "or", min: 2, max: -1, special: func(c *call, scope *Scope) (any, error) { return c.evalUntil(scope, true) }},
	{name: "coalesce", min: 1, max: -1, special: func(c *call, scope *Scope) (any, error) {
		for _, arg := range c.args {
			if v, err := arg.eval(scope); v != nil || err != nil {
				return v, err
			}
		}
		return nil, nil
	}},
	{name: "not", min: 1, max: 1, plain: func(args []any) (any, error) {
		b, ok := args[0].(bool)
		if !ok {
			return nil, fmt.Errorf("the argument must be a boolean, found %s", expression.Kind(args[0]))
		}
		return !b, nil
	}},
	{name: "true", plain: func([]any) (any, error) { return true, nil }},
	{name: "false", plain: func([]any) (any, error) { return false, nil }},
	{name: "null", plain: func([]any) (any, error) { return nil, nil }},
	{name: "bool", min: 1, max: 1, plain: toBool},
	{name: "equals", min: 2, max: 2, comparing: func(b *Budget, args []any) (any, error) { return b.equal(args[0], args[1]) }},
	comparison("less", func(order int) bool { return order < 0 }),
	comparison("lessOrEquals", func(order int) bool { return order <= 0 }),
	comparison("greater", func(order int) bool { return order > 0 }),
	comparison("greaterOrEquals", func(order int) bool { return order >= 0 }),
}

func (c *call) evalBool(scope *Scope, i int) (bool, error) {
	v, err := c.args[i].eval(scope)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, c.errorf("%s: argument %d must be a boolean, found %s", c.name, i+1, expression.Kind(v))
	}
	return b, nil
}

// evalUntil evaluates the arguments until one has the value that decides.
func (c *call) evalUntil(scope *Scope, deciding bool) (any, error) {
	for i := range c.args {
		if b, err := c.evalBool(scope, i); b == deciding || err != nil {
			return b, err
		}
	}
	return !deciding, nil
}

func toBool(args []any) (any, error) {
	switch v := args[0].(type) {
	case bool:
		return v, nil
	case json.Number:
		if i, ok := integer(v); ok {
			return i != 0, nil
		}
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	return nil, fmt.Errorf("%s is no boolean", show(args[0]))
}

func comparison(name string, holds func(order int) bool) function {
	return function{name: name, min: 2, max: 2, comparing: func(b *Budget, args []any) (any, error) {
		switch x := args[0].(type) {
		case string:
			if y, ok := args[1].(string); ok {
				return holds(strings.Compare(x, y)), nil
			}
		case json.Number:
			if y, ok := args[1].(json.Number); ok {
				order, err := b.compareNumbers(x, y)
				return holds(order), err
			}
		}
		return nil, fmt.Errorf("the arguments must be two numbers or two strings, found %s and %s", expression.Kind(args[0]), expression.Kind(args[1]))
	}}
}
