package workflow

import (
	"encoding/json"
	"fmt"
	"strings"

	"flowgate/expression"
	"flowgate/workflow/template"
)

// parameters gives a template's parameters their values.
type parameters struct {
	declared    node
	definitions node // types that parameters may name with $ref
	scope       *template.Scope
	given       func(name string, declared node) (node, bool)
}

// value is the value of one declared parameter: what is given, or else its
// default, or a problem that names it.
func (ps *parameters) value(n node) (any, *Problem) {
	name := n.pointer[strings.LastIndexByte(n.pointer, '/')+1:]
	name = unescape.Replace(name)
	kind := ps.typed(n)
	v, ok := ps.given(name, n)
	switch {
	case !ok && n.has("defaultValue"):
		v = n.property("defaultValue")
		v.scope = ps.scope
	case !ok && kind.property("nullable").value == true:
		return nil, nil
	case !ok:
		return nil, n.problem(SeverityError, fmt.Sprintf("the template's parameter %q has no value", name),
			fmt.Sprintf("give %s under parameters: of the workflow in emulator.yaml", name))
	}
	value, p := v.worked()
	if p != nil {
		return nil, p
	}
	if text := mistyped(value, kind); text != "" {
		return nil, v.problem(SeverityError, fmt.Sprintf("the template's parameter %q %s", name, text), "")
	}
	return value, nil
}

// typed follows $ref to where the parameter's type is defined.
func (ps *parameters) typed(n node) node {
	for range maxDeployments {
		name, ok := strings.CutPrefix(literalText(n, "$ref"), "#/definitions/")
		if !ok {
			break
		}
		n = ps.definitions.property(name)
	}
	return n
}

// mistyped says what is wrong with a value for a parameter of a declared type;
// nothing when it fits.
func mistyped(value any, declared node) string {
	if value == nil && declared.property("nullable").value == true {
		return ""
	}
	written := literalText(declared, "type")
	fits := true
	switch strings.ToLower(written) {
	case "string", "securestring":
		_, fits = value.(string)
	case "int":
		n, ok := value.(json.Number)
		fits = ok && !strings.ContainsAny(string(n), ".eE")
	case "bool":
		_, fits = value.(bool)
	case "array":
		_, fits = value.([]any)
	case "object", "secureobject":
		_, fits = value.(*expression.Object)
	case "": // a $ref that leads nowhere is the template's business
	default:
		return fmt.Sprintf("has the unknown type %q; use string, securestring, int, bool, array, object or secureObject", written)
	}
	if !fits {
		return fmt.Sprintf("must be of type %s, given %s", written, expression.Kind(value))
	}
	allowed, ok := declared.property("allowedValues").value.([]any)
	if !ok {
		return ""
	}
	given := string(expression.Encode(value)) // once: a file may allow thousands of values
	for _, a := range allowed {
		// That the service ignores letter case in allowed values is presumed.
		if strings.EqualFold(string(expression.Encode(a)), given) {
			return ""
		}
	}
	if strings.HasPrefix(strings.ToLower(written), "secure") {
		value = "…" // never shown
	}
	return fmt.Sprintf("is %s, and allowed are %s", shown(value), expression.Encode(allowed))
}

// shown writes a value for a message, not all of it when it is long.
func shown(v any) string {
	s := string(expression.Encode(v))
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "") + "…"
	}
	return s
}
