package template

import (
	"fmt"
	"slices"

	"flowgate/expression"
)

// lists and objects want all arguments to be arrays, or all to be objects.
func lists(args []any) ([][]any, bool) {
	all := make([][]any, len(args))
	for i, a := range args {
		list, ok := a.([]any)
		if !ok {
			return nil, false
		}
		all[i] = list
	}
	return all, true
}

func objects(args []any) ([]object, bool) {
	all := make([]object, len(args))
	for i, a := range args {
		o, ok := a.(object)
		if !ok {
			return nil, false
		}
		all[i] = o
	}
	return all, true
}

// elementKey makes sets of values cheap: values have equal keys that are written alike, whatever the
// order of members within.
func elementKey(v any) string { return string(expression.Encode(ordered(v))) }

// ordered returns v with the members of its objects in the order of their names.
func ordered(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = ordered(e)
		}
		return list
	case object:
		o := &expression.Object{}
		for _, name := range slices.Sorted(slices.Values(v.Names())) {
			member, _ := v.Get(name)
			o.Set(name, ordered(member))
		}
		return o
	}
	return v
}

// union gives every element once, or the members of all objects; objects within
// objects are united as well, and the last value wins elsewhere (documented).
func union(args []any) (any, error) {
	if all, ok := lists(args); ok {
		seen := make(map[string]bool)
		out := []any{}
		for _, list := range all {
			for _, e := range list {
				if key := elementKey(e); !seen[key] {
					seen[key] = true
					out = append(out, e)
				}
			}
		}
		return out, nil
	}
	all, ok := objects(args)
	if !ok {
		return nil, fmt.Errorf("the arguments must be all arrays or all objects")
	}
	out := &expression.Object{}
	for _, o := range all {
		merge(out, o)
	}
	return out, nil
}

func merge(into, from object) {
	for _, name := range from.Names() {
		v, _ := from.Get(name)
		if o, ok := v.(object); ok {
			merged := &expression.Object{}
			if before, ok := into.Get(name); ok {
				if b, ok := before.(object); ok {
					merge(merged, b)
				}
			}
			merge(merged, o)
			v = merged
		}
		into.Set(name, v)
	}
}

// intersection gives what all arguments have in common.
func intersection(b *Budget, args []any) (any, error) {
	if all, ok := lists(args); ok {
		count := make(map[string]int)
		for i, list := range all {
			for _, e := range list {
				if key := elementKey(e); count[key] == i {
					count[key] = i + 1
				}
			}
		}
		out := []any{}
		for _, e := range all[0] {
			key := elementKey(e)
			if count[key] == len(all) {
				count[key] = 0 // each of them once
				out = append(out, e)
			}
		}
		return out, nil
	}
	all, ok := objects(args)
	if !ok {
		return nil, fmt.Errorf("the arguments must be all arrays or all objects")
	}
	return b.commonMembers(all)
}

func (b *Budget) commonMembers(all []object) (any, error) {
	out := &expression.Object{}
	for _, name := range all[0].Names() {
		v, _ := all[0].Get(name)
		common := true
		for i := 1; i < len(all) && common; i++ {
			other, ok := all[i].Get(name)
			same, err := b.equal(v, other)
			if err != nil {
				return nil, err
			}
			common = ok && same
		}
		if common {
			out.Set(name, v)
		}
	}
	return out, nil
}
