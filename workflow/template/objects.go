package template

import (
	"fmt"
	"slices"
	"strings"

	"flowgate/expression"
)

// objectFunctions work on objects.
var objectFunctions = []function{
	{name: "createObject", min: 0, max: -1, plain: createObject},
	{name: "items", min: 1, max: 1, plain: items},
	{name: "objectKeys", min: 1, max: 1, plain: func(args []any) (any, error) {
		o, ok := args[0].(object)
		if !ok {
			return nil, fmt.Errorf("the argument must be an object, found %s", expression.Kind(args[0]))
		}
		keys := []any{}
		for _, name := range sortedNames(o) {
			keys = append(keys, name)
		}
		return keys, nil
	}},
	{name: "shallowMerge", min: 1, max: 1, plain: shallowMerge},
	{name: "tryGet", min: 2, max: -1, plain: func(args []any) (any, error) {
		v := args[0]
		for _, key := range args[1:] {
			next, err := member(v, key)
			if err != nil {
				return nil, nil
			}
			v = next
		}
		return v, nil
	}},
}

func createObject(args []any) (any, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("the arguments must be names and values in turn, the last name has no value")
	}
	o := &expression.Object{}
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("argument %d must be a name, found %s", i+1, expression.Kind(args[i]))
		}
		if _, twice := o.Get(name); twice {
			return nil, fmt.Errorf("the name %q is given twice", name)
		}
		o.Set(name, args[i+1])
	}
	return o, nil
}

// items gives an object's members as objects with key and value, in the order
// of their keys (documented).
func items(args []any) (any, error) {
	o, ok := args[0].(object)
	if !ok {
		return nil, fmt.Errorf("the argument must be an object, found %s", expression.Kind(args[0]))
	}
	list := []any{}
	for _, name := range sortedNames(o) {
		v, _ := o.Get(name)
		list = append(list, members("key", name, "value", v))
	}
	return list, nil
}

func sortedNames(o object) []string {
	names := slices.Clone(o.Names())
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(fold(a), fold(b)) })
	return names
}

func shallowMerge(args []any) (any, error) {
	list, _ := args[0].([]any)
	all, ok := objects(list)
	if !ok || list == nil {
		return nil, fmt.Errorf("the argument must be an array of objects")
	}
	out := &expression.Object{}
	for _, o := range all {
		for _, name := range o.Names() {
			v, _ := o.Get(name)
			out.Set(name, v)
		}
	}
	return out, nil
}
