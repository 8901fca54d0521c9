package expression

import (
	"encoding/json"
	"strings"
)

// if, and, or and coalesce evaluate no more arguments than they need, from left
// to right, as the service does: if(true, 'ok', int('abc')) is 'ok'.

func ifElse(e *evaluation, c *call) (any, *EvalError) {
	v, err := e.eval(c.args[0])
	if err != nil {
		return nil, err
	}
	yes, ok := v.(bool)
	if !ok {
		return nil, invocation{e, c, []any{v}}.wrong(0, "to be of type boolean")
	}
	if yes {
		return e.eval(c.args[1])
	}
	return e.eval(c.args[2])
}

func and(e *evaluation, c *call) (any, *EvalError) { return until(e, c, false) }

func or(e *evaluation, c *call) (any, *EvalError) { return until(e, c, true) }

// until evaluates arguments as long as they are not decisive.
func until(e *evaluation, c *call, decisive bool) (any, *EvalError) {
	for _, n := range c.args {
		v, err := e.eval(n)
		if err != nil {
			return nil, err
		}
		b, ok := v.(bool)
		if !ok {
			return nil, invocation{e, c, nil}.invalid("expects all of its parameters to be booleans. Found invalid parameter types: '%s'.", typeName(v))
		}
		if b == decisive {
			return b, nil
		}
	}
	return !decisive, nil
}

func coalesce(e *evaluation, c *call) (any, *EvalError) {
	for _, n := range c.args {
		if v, err := e.eval(n); v != nil || err != nil {
			return v, err
		}
	}
	return nil, nil
}

func not(in invocation) (any, *EvalError) {
	b, ok := in.args[0].(bool)
	if !ok {
		return nil, in.wrong(0, "to be a boolean")
	}
	return !b, nil
}

// equals compares as many values as it is given with the first. Text is equal in
// the same letters only, and null is not an empty string. A boolean equals the
// number 1 or 0: the documentation's own example is equals(true, 1).
func equals(in invocation) (any, *EvalError) {
	a := in.args[0]
	for _, b := range in.args[1:] {
		a, b := a, b
		if _, ok := a.(json.Number); ok {
			b = asNumber(b)
		} else if _, ok := b.(json.Number); ok {
			a = asNumber(a)
		}
		if same, err := in.equal(a, b); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

func asNumber(v any) any {
	switch v {
	case true:
		return json.Number("1")
	case false:
		return json.Number("0")
	}
	return v
}

// equal tells whether a and b are the same value; the order of members does not
// matter.
func (e *evaluation) equal(a, b any) (bool, *EvalError) {
	if err := e.spend(1); err != nil {
		return false, err
	}
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		if !ok {
			return false, nil
		}
		order, err := e.compareNumbers(a, b)
		return order == 0, err
	case string:
		b, ok := b.(string)
		return ok && a == b, e.read(a)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false, nil
		}
		for i := range a {
			if same, err := e.equal(a[i], b[i]); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case *Object:
		b, ok := b.(*Object)
		if !ok || a.Len() != b.Len() {
			return false, nil
		}
		for _, name := range a.names {
			v, ok := b.values[name]
			if !ok {
				return false, nil
			}
			if same, err := e.equal(a.values[name], v); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	}
	return a == b, nil // null and booleans
}

// comparison makes a function of two numbers, or of two texts in any letter case.
func comparison(holds func(int) bool) func(invocation) (any, *EvalError) {
	return func(in invocation) (any, *EvalError) {
		a, b := in.args[0], in.args[1]
		switch a := a.(type) {
		case json.Number:
			if b, ok := b.(json.Number); ok {
				order, err := in.compareNumbers(a, b)
				return holds(order), err
			}
		case string:
			if b, ok := b.(string); ok {
				return holds(compareFold(a, b)), nil
			}
		}
		var neither []string
		for _, v := range in.args {
			if t := typeName(v); t != "String" && t != "Integer" && t != "Float" {
				neither = append(neither, t)
			}
		}
		if neither == nil {
			return nil, in.invalid("expects two parameter of matching types. The function was invoked with values of type '%s' and '%s' that do not match.", typeName(a), typeName(b))
		}
		return nil, in.invalid("expects all of its parameters to be either integer or decimal numbers. Found invalid parameter types: '%s'.", strings.Join(neither, "', '"))
	}
}
