package expression

import "strings"

// contains minds letter case, except in the names of headers.
func contains(in invocation) (any, *EvalError) {
	switch c := in.args[0].(type) {
	case string:
		s, ok := in.args[1].(string)
		if !ok {
			return nil, in.fail("%s looks for text in text; the second parameter is of type '%s', so wrap it in string()", in.call.written, typeName(in.args[1]))
		}
		return strings.Contains(c, s), nil
	case []any:
		return in.has(c, in.args[1])
	case *Object:
		name, ok := in.args[1].(string)
		if !ok {
			return nil, in.fail("%s looks for the name of a property in an object; the second parameter is of type '%s'", in.call.written, typeName(in.args[1]))
		}
		_, ok = c.Get(name)
		return ok, nil
	}
	return nil, in.invalid("expects its first argument 'collection' to be a dictionary (object), an array or a string. The provided value is of type '%s'.", typeName(in.args[0]))
}

// has tells whether an element of list equals v.
func (e *evaluation) has(list []any, v any) (bool, *EvalError) {
	for _, x := range list {
		if same, err := e.equal(x, v); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

// empty of null is true, though the documentation names strings, arrays and
// objects only: flows test with it what ?['name'] gave them.
func empty(in invocation) (any, *EvalError) {
	switch c := in.args[0].(type) {
	case nil:
		return true, nil
	case string:
		return c == "", nil
	case []any:
		return len(c) == 0, nil
	case *Object:
		return c.Len() == 0, nil
	}
	return nil, in.wrong(0, "to be an object, an array or a string")
}

func length(in invocation) (any, *EvalError) {
	switch c := in.args[0].(type) {
	case string:
		return count(utf16Len(c)), nil
	case []any:
		return count(len(c)), nil
	}
	return nil, in.wrong(0, "to be an array or a string")
}

func first(in invocation) (any, *EvalError) {
	return in.one(func(n int) int { return 0 })
}

func last(in invocation) (any, *EvalError) {
	return in.one(func(n int) int { return n - 1 })
}

// one returns the element or character that at picks of n, and null of none.
func (in invocation) one(at func(n int) int) (any, *EvalError) {
	switch c := in.args[0].(type) {
	case string:
		if n := utf16Len(c); n > 0 {
			return utf16Slice(c, at(n), at(n)+1), nil
		}
		return nil, nil
	case []any:
		if n := len(c); n > 0 {
			return c[at(n)], nil
		}
		return nil, nil
	}
	// The service's message lacks the word "to".
	return nil, in.wrong(0, "be an array or a string")
}

func skip(in invocation) (any, *EvalError) {
	return in.cut(func(n, count int) (int, int) { return min(count, n), n })
}

func take(in invocation) (any, *EvalError) {
	return in.cut(func(n, count int) (int, int) { return 0, min(count, n) })
}

// cut returns what between tells to keep of n elements or characters.
func (in invocation) cut(between func(n, count int) (int, int)) (any, *EvalError) {
	switch in.args[0].(type) {
	case string, []any:
	default:
		return nil, in.wrong(0, "'collection' to be an array or a string")
	}
	count, err := in.index(1)
	if err != nil {
		return nil, err
	}
	if count < 0 {
		return nil, in.invalid("parameters are out of range: 'count' must be a positive integer. The provided value is '%d'.%s", count, in.usage())
	}
	if s, ok := in.args[0].(string); ok {
		i, j := between(utf16Len(s), count)
		return utf16Slice(s, i, j), nil
	}
	list := in.args[0].([]any)
	i, j := between(len(list), count)
	return list[i:j:j], nil
}

func join(in invocation) (any, *EvalError) {
	list, ok := in.args[0].([]any)
	if !ok {
		return nil, in.wrong(0, "to be an array")
	}
	sep, err := in.str(1, ofTypeString)
	if err != nil {
		return nil, err
	}
	if err := in.spend(len(list)); err != nil {
		return nil, err
	}
	texts, err := in.eachText(list)
	if err != nil {
		return nil, err
	}
	return in.evaluation.join(texts, sep)
}
