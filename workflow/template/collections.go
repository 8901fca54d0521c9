package template

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"flowgate/expression"
)

// arrayFunctions work on arrays, some of them on strings as well.
var arrayFunctions = []function{
	{name: "array", min: 1, max: 1, plain: func(args []any) (any, error) {
		if list, ok := args[0].([]any); ok {
			return list, nil
		}
		return []any{args[0]}, nil
	}},
	{name: "createArray", min: 0, max: -1, plain: func(args []any) (any, error) { return args, nil }},
	{name: "length", min: 1, max: 1, plain: length},
	{name: "empty", min: 1, max: 1, plain: func(args []any) (any, error) {
		n, err := length(args)
		return n == number(0), err
	}},
	{name: "first", min: 1, max: 1, plain: func(args []any) (any, error) { return part(args[0], 0, 1, true) }},
	{name: "last", min: 1, max: 1, plain: func(args []any) (any, error) { return part(args[0], -1, 1, true) }},
	{name: "take", min: 2, max: 2, plain: func(args []any) (any, error) {
		n, ok := integer(args[1])
		if !ok {
			return nil, fmt.Errorf("argument 2 must be an integer, found %s", show(args[1]))
		}
		return part(args[0], 0, n, false)
	}},
	{name: "skip", min: 2, max: 2, plain: func(args []any) (any, error) {
		n, ok := integer(args[1])
		if !ok {
			return nil, fmt.Errorf("argument 2 must be an integer, found %s", show(args[1]))
		}
		return part(args[0], max(n, 0), 1<<31, false)
	}},
	{name: "range", min: 2, max: 2, plain: integers},
	{name: "contains", min: 2, max: 2, comparing: contains},
	{name: "indexOf", min: 2, max: 2, comparing: func(b *Budget, args []any) (any, error) { return b.position(args, strings.Index, 1) }},
	{name: "lastIndexOf", min: 2, max: 2, comparing: func(b *Budget, args []any) (any, error) { return b.position(args, strings.LastIndex, -1) }},
	{name: "flatten", min: 1, max: 1, plain: flatten},
	{name: "union", min: 1, max: -1, plain: union},
	{name: "intersection", min: 1, max: -1, comparing: intersection},
}

func length(args []any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return number(0), nil
	case string:
		return number(int64(len(units(v)))), nil
	case []any:
		return number(int64(len(v))), nil
	case object:
		return number(int64(v.Len())), nil
	}
	return nil, fmt.Errorf("the argument must be a string, an array or an object, found %s", expression.Kind(args[0]))
}

// part returns count elements or characters from start on, counted from the end
// when negative; as many as there are. A single one of an array is the element.
func part(of any, start, count int64, single bool) (any, error) {
	cut := func(n int) (from, to int64) {
		from = start
		if from < 0 {
			from += int64(n)
		}
		from = min(max(from, 0), int64(n))
		return from, min(from+max(count, 0), int64(n))
	}
	switch of := of.(type) {
	case nil:
		return nil, nil
	case string:
		text := units(of)
		from, to := cut(len(text))
		return string(utf16.Decode(text[from:to])), nil
	case []any:
		from, to := cut(len(of))
		switch {
		case !single:
			return of[from:to:to], nil
		case from == to:
			return nil, nil
		}
		return of[from], nil
	}
	return nil, fmt.Errorf("argument 1 must be a string or an array, found %s", expression.Kind(of))
}

func integers(args []any) (any, error) {
	start, okStart := integer(args[0])
	count, okCount := integer(args[1])
	if okStart && okCount && count >= 0 && count <= maxElements && (start < -1<<31 || start > 1<<31-1-count) {
		return nil, fmt.Errorf("the arguments must be 32-bit integers whose sum is 2147483647 at most, found %s and %s", show(args[0]), show(args[1]))
	}
	if !okStart || !okCount || count < 0 || count > maxElements {
		return nil, fmt.Errorf("the arguments must be integers, the second up to %d, found %s and %s", maxElements, show(args[0]), show(args[1]))
	}
	list := make([]any, count)
	for i := range list {
		list[i] = number(start + int64(i))
	}
	return list, nil
}

func contains(b *Budget, args []any) (any, error) {
	switch in := args[0].(type) {
	case []any:
		i, err := b.find(in, args[1], 1)
		return i >= 0, err
	case string, object:
		wanted, ok := args[1].(string)
		if !ok {
			return nil, fmt.Errorf("argument 2 must be a string, found %s", expression.Kind(args[1]))
		}
		if s, ok := in.(string); ok {
			return strings.Contains(s, wanted), nil
		}
		_, found := property(in.(object), wanted)
		return found, nil
	}
	return nil, fmt.Errorf("argument 1 must be a string, an array or an object, found %s", expression.Kind(args[0]))
}

// position finds a text in a text, or an element in an array; -1: nowhere.
func (b *Budget) position(args []any, find func(s, what string) int, step int) (any, error) {
	switch in := args[0].(type) {
	case string:
		wanted, ok := args[1].(string)
		if !ok {
			return nil, fmt.Errorf("argument 2 must be a string, found %s", expression.Kind(args[1]))
		}
		folded := fold(in)
		i := find(folded, fold(wanted))
		if i > 0 {
			i = len(units(folded[:i]))
		}
		return number(int64(i)), nil
	case []any:
		i, err := b.find(in, args[1], step)
		return number(int64(i)), err
	}
	return nil, fmt.Errorf("argument 1 must be a string or an array, found %s", expression.Kind(args[0]))
}

func flatten(args []any) (any, error) {
	lists, ok := args[0].([]any)
	if !ok {
		return nil, fmt.Errorf("the argument must be an array of arrays, found %s", expression.Kind(args[0]))
	}
	all := []any{}
	for _, e := range lists {
		list, ok := e.([]any)
		if !ok {
			return nil, fmt.Errorf("the argument must be an array of arrays, found %s in it", expression.Kind(e))
		}
		all = append(all, list...)
	}
	return all, nil
}
