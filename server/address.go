package server

import (
	"net/url"
	"strings"

	"flowgate/expression"
	"flowgate/workflow"
	"flowgate/workspace"
)

// shape is one of the two families of trigger URLs.
type shape int

const (
	logicShape shape = iota // *.logic.azure.com, old flows included
	flowShape               // *.environment.api.powerplatform.com
)

// shapeOf returns the shape in which a workflow's URL is handed out: a flow is
// reached by both, and gets the new one.
func shapeOf(w *workspace.Workflow) shape {
	if w.Profile == workflow.PowerAutomate {
		return flowShape
	}
	return logicShape
}

func (s shape) version() string {
	if s == flowShape {
		return flowVersion
	}
	return logicVersion
}

func (s shape) path(id, trigger string) string {
	path := "/workflows/" + id + "/triggers/" + url.PathEscape(trigger) + "/paths/invoke"
	if s == flowShape {
		path = "/powerautomate/automations/direct" + path
	}
	return path
}

// methodOf returns the method that a trigger expects: POST when it names none.
func methodOf(t *workflow.Trigger) string {
	if t.Method == "" {
		return "POST"
	}
	return t.Method
}

// pathParameters lists the names in a relative path such as address/{postalCode}.
func pathParameters(relative string) []string {
	var names []string
	for _, segment := range strings.Split(relative, "/") {
		if name, ok := parameterName(segment); ok {
			names = append(names, name)
		}
	}
	return names
}

func parameterName(segment string) (string, bool) {
	if len(segment) > 2 && segment[0] == '{' && segment[len(segment)-1] == '}' {
		return segment[1 : len(segment)-1], true
	}
	return "", false
}

// matchPath holds the path after /paths/invoke, still escaped, against a trigger's
// relative path and returns the values of its parameters. What the service answers
// to a path that does not fit is not published.
func matchPath(relative, escaped string) (*expression.Object, bool) {
	values := &expression.Object{}
	if relative == "" {
		return values, strings.Trim(escaped, "/") == ""
	}
	wanted, given := strings.Split(relative, "/"), strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	if len(wanted) != len(given) {
		return nil, false
	}
	for i, segment := range given {
		value, err := url.PathUnescape(segment)
		if err != nil || value == "" {
			return nil, false
		}
		if name, ok := parameterName(wanted[i]); ok {
			values.Set(name, value)
		} else if value != wanted[i] {
			return nil, false
		}
	}
	return values, true
}
