package expression

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A value of the language is one of: nil, bool, json.Number (the number's own
// JSON text, so that what came in goes out unchanged), string, []any, *Object.

// Object is a JSON object that keeps the order of its members, because a
// Response that echoes its input shows that order to the caller. The zero value
// is an empty object, ready to use.
type Object struct {
	// FoldCase makes Get ignore letter case, as the service does for headers.
	FoldCase bool

	names  []string
	values map[string]any
}

// Names returns the members' names in order. The caller must not change it.
func (o *Object) Names() []string { return o.names }

// Len returns the number of members.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.names)
}

// Get returns the member called name and whether it exists. On a FoldCase
// object an exact match wins over one that differs in letter case.
func (o *Object) Get(name string) (any, bool) {
	if o == nil {
		return nil, false
	}
	if v, ok := o.values[name]; ok || !o.FoldCase {
		return v, ok
	}
	for _, n := range o.names {
		if strings.EqualFold(n, name) {
			return o.values[n], true
		}
	}
	return nil, false
}

// Set adds the member called name at the end, or replaces it where it stands.
func (o *Object) Set(name string, value any) {
	if o.values == nil {
		o.values = make(map[string]any)
	}
	if _, ok := o.values[name]; !ok {
		o.names = append(o.names, name)
	}
	o.values[name] = value
}

// clone returns a copy of o that shares its members' values.
func (o *Object) clone() *Object {
	c := &Object{
		FoldCase: o.FoldCase,
		names:    make([]string, 0, len(o.names)+1),
		values:   make(map[string]any, len(o.names)+1),
	}
	for _, n := range o.names {
		c.Set(n, o.values[n])
	}
	return c
}

// typeName is what the service calls the type of v in its messages.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "Null"
	case bool:
		return "Boolean"
	case json.Number:
		if isInteger(v) {
			return "Integer"
		}
		return "Float"
	case string:
		return "String"
	case []any:
		return "Array"
	case *Object:
		return "Object"
	}
	return fmt.Sprintf("%T", v) // no value of the language; Parse refuses it
}
