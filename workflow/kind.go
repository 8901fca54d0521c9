package workflow

import (
	"strings"

	"flowgate/expression"
)

// Resource types, in lower case: the service ignores letter case in them.
const (
	typeWorkflow   = "microsoft.logic/workflows"
	typeDeployment = "microsoft.resources/deployments"
	typeFlow       = "microsoft.flow/flows"
	typeEnvFlow    = "microsoft.processsimple/environments/flows"
)

const expected = "a workflow resource, an ARM template, a workflow definition, a flow definition, a solution export or a legacy package"

// document recognises what a document is and reads it.
func (l *loading) document(n node) {
	if _, ok := n.value.(*expression.Object); !ok {
		n.errorf("", "found %s where %s should be", expression.Kind(n.value), expected)
		return
	}
	schema := strings.ToLower(literalText(n, "$schema"))
	kind := strings.ToLower(literalText(n, "type"))
	switch {
	case strings.Contains(schema, "deploymenttemplate.json"):
		l.template(n)
	case strings.Contains(schema, "deploymentparameters.json"):
		n.errorf("name the template, and give the values under parameters: of the workflow in emulator.yaml", "a parameter file, and no template")
	case n.has("resources") && n.has("contentVersion"):
		l.template(n)
	case isSchema(n, schema):
		l.schema(n)
	case kind == typeWorkflow:
		l.workflowResource(n)
	case kind == typeFlow, kind == typeEnvFlow:
		l.flowDocument(n)
	case n.property("properties").has("definition"):
		l.wrapped(n)
	case isObject(n, "definition"):
		if strings.HasPrefix(strings.ToLower(literalText(n, "kind")), "state") {
			n.notef("", "a workflow of Logic Apps Standard: it is read under the rules of Consumption")
		}
		l.wrapped(l.asProperties(n))
	case n.has("triggers"), strings.Contains(schema, "workflowdefinition.json"):
		l.wrapped(l.asDefinition(n))
	default:
		l.fragment(n, kind)
	}
}

// wrapped reads {properties: {definition}} without a type: the body of a PUT of
// either service, or what stands in for one.
func (l *loading) wrapped(n node) {
	if l.isFlow(n) {
		l.flowDocument(n)
		return
	}
	l.workflowResource(n)
}

// isFlow tells a flow from a workflow of Logic Apps by what only flows have.
// Where nothing tells, the workspace does, or it is a workflow.
func (l *loading) isFlow(n node) bool {
	properties, _ := n.raw("properties")
	for _, mark := range []string{"connectionReferences", "displayName", "apiId", "flowFailureAlertSubscribed"} {
		if properties.has(mark) {
			return true
		}
	}
	definition, _ := properties.raw("definition")
	switch {
	case n.has("schemaVersion"), definition.property("parameters").has("$authentication"):
		return true
	case l.deployment.Profile != "":
		return l.deployment.Profile == PowerAutomate
	}
	for _, trigger := range definition.property("triggers").members() {
		if trigger.property("inputs").has("triggerAuthenticationType") {
			return true
		}
	}
	return false
}

// property is a member as it is written; the zero value's members are none.
func (n node) property(name string) node {
	c, _ := n.raw(name)
	return c
}

func isObject(n node, name string) bool {
	_, ok := n.property(name).value.(*expression.Object)
	return ok
}

// literalText returns a member that is a string as it is written, or nothing.
func literalText(n node, name string) string {
	c, _ := n.raw(name)
	s, _ := c.value.(string)
	return s
}

// asProperties puts a document that is the properties of a resource into one,
// asDefinition one that is a definition. The values keep their places.
func (l *loading) asProperties(n node) node {
	o := &expression.Object{}
	o.Set("properties", moved{n.pointer, n.value})
	n.value = o
	return n
}

func (l *loading) asDefinition(n node) node {
	o := &expression.Object{}
	o.Set("definition", moved{n.pointer, n.value})
	n.value = o
	return l.asProperties(n)
}

// fragment reads a part of a document, for Check, or says what was found.
func (l *loading) fragment(n node, kind string) {
	access := isObject(n, "accessControl")
	switch {
	case l.fragments && access:
		l.isFragment = true
		n.scope = l.bareScope()
		w := &Workflow{Source: n.doc.file}
		l.accessControl(n.property("accessControl"), w)
		if !l.problems.Fatal() {
			l.lint(w)
		}
	case l.fragments && isActions(n):
		l.isFragment = true
		o := &expression.Object{}
		o.Set("actions", moved{n.pointer, n.value})
		n.value = o
		(&definition{load: l, workflow: &Workflow{}, quoted: make(map[string]bool)}).response(n)
	case access:
		n.errorf("check takes it; to call it, give the whole workflow", "an access control object alone holds no workflow")
	case kind != "" && isObject(n, "properties"):
		n.errorf("", "a resource of type %q; expected %s", literalText(n, "type"), expected)
	default:
		o := n.value.(*expression.Object)
		if o.Len() == 0 {
			n.errorf("", "an empty object; expected %s", expected)
			return
		}
		names := o.Names()
		n.errorf("", "an object with %s; expected %s", quoted(names[:min(5, len(names))]), expected)
	}
}

// isSchema recognises a JSON schema by its $schema, its type, or what it says of
// properties.
func isSchema(n node, schema string) bool {
	if strings.Contains(schema, "json-schema.org/") || n.property("type").isList() {
		return true
	}
	switch literalText(n, "type") {
	case "object", "array", "string", "number", "integer", "boolean", "null":
		return true
	}
	return isObject(n, "properties") && (n.property("required").isList() || n.has("additionalProperties"))
}

// schema says of a schema where it belongs; for Check that is all there is to say.
func (l *loading) schema(n node) {
	const found, fix = "a JSON schema, which holds no workflow", "put it into the workflow's trigger, as its inputs.schema"
	if !l.fragments {
		n.errorf(fix, "%s", found)
		return
	}
	l.isFragment = true
	n.notef(fix, "%s: nothing in it is checked", found)
}

func (n node) isList() bool {
	_, ok := n.value.([]any)
	return ok
}

// isActions recognises the actions of a definition, by their names.
func isActions(n node) bool {
	found := false
	for _, action := range n.members() {
		if literalText(action, "type") == "" || !action.has("inputs") && !action.has("runAfter") {
			return false
		}
		found = true
	}
	return found
}
