package workflow

import (
	"fmt"
	"strings"

	"flowgate/expression"
	"flowgate/workflow/template"
)

// Limits of deploying a template.
const (
	maxCopies      = 800 // turns of a copy loop (documented)
	maxDeployments = 10  // templates in one another
)

// template reads the workflows of an ARM template. Of the other resources it
// looks at the type alone.
func (l *loading) template(n node) {
	l.isTemplate = true
	l.deploy(n, l.templateDeployment(), func(name string, declared node) (node, bool) {
		v, ok := l.deploymentParameter(name)
		declared.value = v
		return declared, ok
	}, 0)
}

// deploy reads a template's resources in a scope of its own. given returns the
// value of a parameter, at the place that problems with it are reported at.
func (l *loading) deploy(n node, d *template.Deployment, given func(name string, declared node) (node, bool), nesting int) {
	scope := &template.Scope{Deployment: d, Budget: l.budget}
	scope.Functions = l.userFunctions(n.property("functions"))
	declared := n.property("parameters")
	defaults := *scope
	defaults.Defaults = true
	parameters := &parameters{declared: declared, definitions: n.property("definitions"), scope: &defaults, given: given}
	scope.Parameters = newLazy(declared, "parameter", parameters.value)
	defaults.Parameters = scope.Parameters
	variables := n.property("variables")
	variables.scope = scope
	scope.Variables = newVariables(variables)
	if nesting == 0 {
		for _, name := range scope.Parameters.Names() {
			l.deploymentParameter(name)
		}
	}
	n.scope = scope
	l.resources(n.property("resources"), nesting)
}

// resources reads an array of resources, or the object of them by symbolic name
// that Bicep writes.
func (l *loading) resources(n node, nesting int) {
	switch v := n.value.(type) {
	case []any:
		for i, r := range v {
			l.resource(n.child(fmt.Sprint(i), r), nesting)
		}
	case *expression.Object:
		for _, r := range n.members() {
			l.resource(r, nesting)
		}
	case nil:
	default:
		n.errorf("", "%s must be an array or an object, found %s", n.path(), expression.Kind(n.value))
	}
}

func (l *loading) resource(n node, nesting int) {
	if !n.spends(nil) {
		return
	}
	n, ok := n.renamed()
	if !ok {
		return
	}
	kind := strings.ToLower(literalText(n, "type"))
	if template.IsExpression(kind) {
		kind, _ = n.getText("type")
		kind = strings.ToLower(kind)
	}
	if existing, _ := n.raw("existing"); existing.value == true {
		return
	}
	switch kind {
	case typeWorkflow:
		l.turns(n, l.workflowResource)
	case typeDeployment:
		l.turns(n, func(n node) { l.nested(n, nesting+1) })
	}
}

// turns reads a resource as often as its copy loop says, and where its condition
// holds.
func (l *loading) turns(n node, read func(node)) {
	loop, ok := n.raw("copy")
	if !ok {
		if n.holds() {
			read(n)
		}
		return
	}
	name, count, ok := loop.loop()
	if !ok {
		return
	}
	for i := range count {
		if !n.spends(nil) {
			return
		}
		turn := n
		turn.scope = inTurn(n.scope, name, i)
		if turn.holds() {
			read(turn)
		}
	}
}

// holds evaluates a resource's condition.
func (n node) holds() bool {
	condition, ok := n.get("condition")
	if !ok && (!n.has("condition") || !n.lacks("condition")) { // there is none, or it is told already what is wrong with it
		return !n.has("condition")
	}
	switch v := condition.value.(type) {
	case bool:
		return v
	case string:
		if strings.EqualFold(v, "true") || strings.EqualFold(v, "false") {
			return strings.EqualFold(v, "true")
		}
	}
	condition.errorf("", "a condition must be true or false, found %s", expression.Kind(condition.value))
	return false
}

// nested reads a deployment within the template: in its own scope when it says
// so, as Bicep's modules do, else in the one around (documented).
func (l *loading) nested(n node, nesting int) {
	properties, _ := n.raw("properties")
	inline, ok := properties.raw("template")
	if !ok {
		n.warnf("put the template inline, or name it as a workflow of its own", "the linked template of %s is not read", n.path())
		return
	}
	if nesting > maxDeployments {
		n.errorf("", "templates within templates deeper than %d levels", maxDeployments)
		return
	}
	options, _ := properties.raw("expressionEvaluationOptions")
	if scope, _ := options.getText("scope"); !strings.EqualFold(scope, "inner") {
		l.resources(inline.property("resources"), nesting)
		return
	}
	d := *n.scope.Deployment
	n.override("name", &d.Name)
	n.override("resourceGroup", &d.ResourceGroup)
	n.override("subscriptionId", &d.Subscription)
	values := properties.property("parameters")
	inline.scope = nil
	l.deploy(inline, &d, func(name string, _ node) (node, bool) {
		for written, p := range values.members() {
			if strings.EqualFold(written, name) {
				return p.raw("value")
			}
		}
		return node{}, false
	}, nesting)
}

// override sets what a member says, if it says anything.
func (n node) override(member string, value *string) {
	if s, ok := n.getText(member); ok {
		*value = s
	}
}

// userFunctions reads the functions that a template defines.
func (l *loading) userFunctions(n node) map[string]template.Function {
	functions := make(map[string]template.Function)
	namespaces, _ := n.value.([]any)
	for i, v := range namespaces {
		space := n.child(fmt.Sprint(i), v)
		for name, f := range space.property("members").members() {
			function := template.Function{Output: func(scope *template.Scope) (any, error) {
				out := f.property("output").property("value")
				out.scope = scope
				v, p := out.worked()
				return v, orNil(p)
			}}
			if list, ok := f.property("parameters").value.([]any); ok {
				for i, p := range list {
					function.Parameters = append(function.Parameters, literalText(f.child(fmt.Sprint(i), p), "name"))
				}
			}
			functions[strings.ToLower(literalText(space, "namespace")+"."+name)] = function
		}
	}
	return functions
}
