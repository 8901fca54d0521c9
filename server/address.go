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

// shapeOfPath returns the shape of a path, whether or not a trigger has it.
func shapeOfPath(path string) shape {
	if strings.HasPrefix(path, "/powerautomate/") {
		return flowShape
	}
	return logicShape
}

// versions are the api-versions that the service lists for URLs of the shape.
func (s shape) versions() []string {
	if s == flowShape {
		return flowVersions
	}
	return logicVersions
}

// version is that of the URLs that this emulator hands out.
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

// pathParameters lists the names in a relative path such as address/{postalCode}.
func pathParameters(relative string) []string {
	var names []string
	for {
		_, rest, found := strings.Cut(relative, "{")
		if !found {
			return names
		}
		name, after, _ := strings.Cut(rest, "}")
		names, relative = append(names, name), after
	}
}

// matchPath holds the path after /paths/invoke, still escaped, against a trigger's
// relative path and returns the values of its parameters. What the service answers
// to a path that does not fit is not published.
func matchPath(relative, escaped string) (*expression.Object, bool) {
	if relative == "" {
		return noValues, strings.Trim(escaped, "/") == ""
	}
	values := &expression.Object{}
	wanted, given := strings.Split(relative, "/"), strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	if len(wanted) != len(given) {
		return nil, false
	}
	for i, segment := range given {
		value, err := url.PathUnescape(segment)
		if err != nil || value == "" || !matchSegment(wanted[i], value, values) {
			return nil, false
		}
	}
	return values, true
}

// matchSegment holds one segment, such as item-{id}, against what came for it. A
// parameter takes as little as it can, and something.
func matchSegment(wanted, value string, values *expression.Object) bool {
	before, rest, hasParameter := strings.Cut(wanted, "{")
	value, ok := strings.CutPrefix(value, before)
	if !hasParameter || !ok {
		return ok && value == ""
	}
	name, after, _ := strings.Cut(rest, "}")
	literal, _, more := strings.Cut(after, "{")
	end := len(value)
	if literal != "" {
		end = strings.Index(value, literal)
		if !more { // the last parameter reaches up to the end's own text
			end = strings.LastIndex(value, literal)
		}
	}
	if end <= 0 {
		return false
	}
	values.Set(name, value[:end])
	return matchSegment(after, value[end:], values)
}

// noValues are those of a trigger without a relative path; nobody sets any.
var noValues = &expression.Object{}
