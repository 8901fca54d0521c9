package expression

import (
	"encoding/json"
	"strconv"
	"strings"
)

// selection is .name or [key] after a value, which the ? makes null where there
// is nothing to select.
type selection struct {
	of, key  node
	optional bool
}

func (s *selection) eval(e *evaluation) (any, *EvalError) {
	of, err := e.eval(s.of)
	if err != nil {
		return nil, err
	}
	if of == nil && s.optional {
		return nil, nil
	}
	key, err := e.eval(s.key)
	if err != nil {
		return nil, err
	}
	if err := e.read(key); err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case nil:
		return nil, e.cannotSelect(key, "")
	case *Object:
		return s.property(e, of, key)
	case []any:
		return s.element(e, of, key)
	}
	return nil, e.cannotSelect(key, " Property selection is not supported on values of type '"+typeName(of)+"'.")
}

func (s *selection) property(e *evaluation, o *Object, key any) (any, *EvalError) {
	var name string
	switch key := key.(type) {
	case string:
		name = key
	case json.Number:
		name = string(key)
	default:
		return nil, e.fail("a property is selected by its name, and not by a value of type '%s'", typeName(key))
	}
	if v, ok := property(o, name); ok || s.optional {
		return v, nil
	}
	return nil, e.fail("The template language expression '%s' cannot be evaluated because property '%s' doesn't exist, available properties are '%s'. Please see https://aka.ms/logicexpressions for usage details.",
		e.source, name, listing(o.names))
}

// property returns the member called name. A name with slashes that is not
// itself the name of a member leads down a path, as Power Automate writes it:
// triggerOutputs()?['body/subject'].
func property(o *Object, name string) (any, bool) {
	v, ok := o.Get(name)
	if ok || !strings.Contains(name, "/") {
		return v, ok
	}
	v = o
	for step := range strings.SplitSeq(name, "/") {
		o, ok = v.(*Object)
		if !ok {
			return nil, false
		}
		if v, ok = o.Get(step); !ok {
			return nil, false
		}
	}
	return v, true
}

func (s *selection) element(e *evaluation, list []any, key any) (any, *EvalError) {
	n, ok := key.(json.Number)
	if !ok || !isInteger(n) {
		return nil, e.cannotSelect(key, " Array elements can only be selected using an integer index.")
	}
	i, err := strconv.Atoi(string(n))
	switch {
	case err == nil && 0 <= i && i < len(list):
		return list[i], nil
	case s.optional:
		return nil, nil
	case len(list) == 0:
		return nil, e.fail("The template language expression '%s' cannot be evaluated because array index '%s' cannot be selected from empty array. Please see https://aka.ms/logicexpressions for usage details.", e.source, n)
	}
	return nil, e.fail("The template language expression '%s' cannot be evaluated because array index '%s' is outside bounds (0, %d) of array. Please see https://aka.ms/logicexpressions for usage details.", e.source, n, len(list)-1)
}

func (e *evaluation) cannotSelect(key any, why string) *EvalError {
	k, err := e.text(key)
	if err != nil {
		return err
	}
	return e.fail("The template language expression '%s' cannot be evaluated because property '%s' cannot be selected.%s Please see https://aka.ms/logicexpressions for usage details.", e.source, k, why)
}

// listing joins names, as many as a person would read.
func listing(names []string) string {
	const most = 50
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
