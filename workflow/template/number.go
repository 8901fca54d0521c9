package template

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"flowgate/expression"
)

// numberFunctions count in 64-bit integers, as the service does.
var numberFunctions = []function{
	{name: "int", min: 1, max: 1, plain: func(args []any) (any, error) {
		if i, ok := integer(args[0]); ok {
			return number(i), nil
		}
		if s, ok := args[0].(string); ok {
			if i, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
				return number(i), nil
			}
		}
		return nil, fmt.Errorf("%s is no integer", show(args[0]))
	}},
	{name: "float", min: 1, max: 1, plain: func(args []any) (any, error) {
		s, ok := args[0].(string)
		if n, isNumber := args[0].(json.Number); isNumber {
			s, ok = string(n), true
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if !ok || err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, fmt.Errorf("%s is no number", show(args[0]))
		}
		return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), nil
	}},
	arithmetic("add", func(a, b int64) (int64, bool) { return a + b, (a+b > a) == (b > 0) }),
	arithmetic("sub", func(a, b int64) (int64, bool) { return a - b, (a-b < a) == (b > 0) }),
	arithmetic("mul", func(a, b int64) (int64, bool) {
		p := a * b
		return p, a == 0 || p/a == b && !(a == -1 && b == math.MinInt64)
	}),
	arithmetic("div", func(a, b int64) (int64, bool) {
		if b == 0 || a == math.MinInt64 && b == -1 {
			return 0, false
		}
		return a / b, true
	}),
	arithmetic("mod", func(a, b int64) (int64, bool) {
		if b == 0 || b == -1 {
			return 0, b != 0
		}
		return a % b, true
	}),
	{name: "min", min: 1, max: -1, comparing: func(b *Budget, args []any) (any, error) { return b.extreme(args, -1) }},
	{name: "max", min: 1, max: -1, comparing: func(b *Budget, args []any) (any, error) { return b.extreme(args, 1) }},
}

func arithmetic(name string, op func(a, b int64) (int64, bool)) function {
	return function{name: name, min: 2, max: 2, plain: func(args []any) (any, error) {
		a, okA := integer(args[0])
		b, okB := integer(args[1])
		if !okA || !okB {
			return nil, fmt.Errorf("the arguments must be two integers, found %s and %s", show(args[0]), show(args[1]))
		}
		result, ok := op(a, b)
		if !ok {
			return nil, fmt.Errorf("%d and %d have no 64-bit result", a, b)
		}
		return number(result), nil
	}}
}

// extreme returns the least or the greatest of integers, or of an array of them.
func (b *Budget) extreme(args []any, sign int) (any, error) {
	if list, ok := args[0].([]any); ok && len(args) == 1 {
		args = list
	}
	var best json.Number
	for _, a := range args {
		n, ok := a.(json.Number)
		if !ok {
			return nil, fmt.Errorf("the arguments must be integers, found %s", expression.Kind(a))
		}
		if best == "" {
			best = n
			continue
		}
		order, err := b.compareNumbers(n, best)
		if err != nil {
			return nil, err
		}
		if order == sign {
			best = n
		}
	}
	if best == "" {
		return nil, fmt.Errorf("the array is empty")
	}
	return best, nil
}
