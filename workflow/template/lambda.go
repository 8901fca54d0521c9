package template

import (
	"slices"
	"strings"

	"flowgate/expression"
)

// lambdaFunctions take a lambda, which Bicep writes as
// lambda('name', …, expression with lambdaVariables('name')).
var lambdaFunctions = []function{
	{name: "lambdaVariables", min: 1, max: 1, special: lambdaVariable},
	{name: "map", min: 2, max: 2, special: func(c *call, scope *Scope) (any, error) {
		return c.each(scope, func(out []any, _, result any) ([]any, error) { return append(out, result), nil })
	}},
	{name: "filter", min: 2, max: 2, special: func(c *call, scope *Scope) (any, error) {
		return c.each(scope, func(out []any, element, result any) ([]any, error) {
			keep, ok := result.(bool)
			if !ok {
				return nil, c.errorf("filter: the lambda must give a boolean, found %s", expression.Kind(result))
			}
			if keep {
				out = append(out, element)
			}
			return out, nil
		})
	}},
	{name: "toObject", min: 2, max: 3, special: toObject},
}

func lambdaVariable(c *call, scope *Scope) (any, error) {
	texts, err := c.evalTexts(scope)
	if err != nil {
		return nil, err
	}
	for _, b := range slices.Backward(scope.arguments) {
		if strings.EqualFold(b.name, texts[0]) {
			return b.value, nil
		}
	}
	return nil, c.errorf("there is no lambda with the variable %q around", texts[0])
}

// lambda evaluates argument i of the call, a lambda, for an element and its index.
func (c *call) lambda(scope *Scope, i int, element any, index int) (any, error) {
	l, ok := c.args[i].(*call)
	if !ok || !strings.EqualFold(l.name, "lambda") || len(l.args) < 2 || len(l.args) > 3 {
		return nil, c.errorf("%s: argument %d must be a lambda with one or two variables", c.name, i+1)
	}
	inner := *scope
	inner.arguments = slices.Clone(scope.arguments)
	for n, value := range []any{element, number(int64(index))}[:len(l.args)-1] {
		name, ok := l.args[n].(literal)
		text, isText := name.value.(string)
		if !ok || !isText {
			return nil, l.errorf("lambda: a variable is named by a 'text'")
		}
		inner.arguments = append(inner.arguments, binding{text, value})
	}
	v, err := l.args[len(l.args)-1].eval(&inner)
	if err != nil {
		return nil, err
	}
	return v, located(scope.Budget.Spend(v), c.at)
}

// list evaluates argument 0, an array.
func (c *call) list(scope *Scope) ([]any, error) {
	v, err := c.args[0].eval(scope)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, c.errorf("%s: argument 1 must be an array, found %s", c.name, expression.Kind(v))
	}
	return list, nil
}

// each collects what the lambda gives for the array's elements.
func (c *call) each(scope *Scope, add func(out []any, element, result any) ([]any, error)) (any, error) {
	list, err := c.list(scope)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for i, element := range list {
		result, err := c.lambda(scope, 1, element, i)
		if err != nil {
			return nil, err
		}
		if out, err = add(out, element, result); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// toObject makes an object of an array: the first lambda gives an element's
// name, the second its value, or the element itself is the value.
func toObject(c *call, scope *Scope) (any, error) {
	list, err := c.list(scope)
	if err != nil {
		return nil, err
	}
	out := &expression.Object{}
	for i, element := range list {
		key, err := c.lambda(scope, 1, element, i)
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, c.errorf("toObject: a name must be a string, found %s", expression.Kind(key))
		}
		value := element
		if len(c.args) == 3 {
			if value, err = c.lambda(scope, 2, element, i); err != nil {
				return nil, err
			}
		}
		out.Set(name, value)
	}
	return out, nil
}
