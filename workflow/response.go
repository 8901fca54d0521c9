package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"flowgate/expression"
)

// candidate is a Response action of a definition.
type candidate struct {
	name  string
	node  node
	needs []string // of actions, because of where it stands; empty: it runs when all goes well
}

// response finds the Response that answers, and reads it. Actions are taken to
// succeed, so it is the first, in the order of running, that then runs whatever the
// actions give. Where there is none such, one that depends on actions stands for
// it, and never answers.
func (d *definition) response(n node) {
	actions, ok := n.getObject("actions")
	if !ok {
		return
	}
	all := responses(actions, nil)
	if len(all) == 0 {
		return
	}
	chosen := max(0, slices.IndexFunc(all, func(c candidate) bool { return len(c.needs) == 0 }))
	for _, c := range all[:chosen] {
		c.node.notef("", "the Response %q is passed over, for it depends on %s: %q answers", c.name, strings.Join(c.needs, " and "), all[chosen].name)
	}
	d.read(all[chosen])
}

// branches are the actions that decide whether, or how often, those within them
// run, and what that depends on.
var branches = map[string]string{
	"if": "the outcome of the condition %q", "switch": "the case of the switch %q",
	"foreach": "the items of the loop %q", "until": "the turns of the loop %q",
}

// responses lists the Response actions in the order of running, those within scopes,
// branches and loops included.
func responses(actions node, needs []string) []candidate {
	var all []candidate
	for _, s := range steps(actions) {
		kind := strings.ToLower(literalText(s.node, "type"))
		within := needs
		if s.failed != "" {
			within = append(slices.Clone(needs), fmt.Sprintf("the failure of %q", s.failed))
		}
		switch kind {
		case "response":
			all = append(all, candidate{s.name, s.node, within})
		case "scope":
			all = append(all, responses(s.node.property("actions"), within)...)
		case "if", "switch", "foreach", "until":
			within = append(slices.Clone(within), fmt.Sprintf(branches[kind], s.name))
			for _, inner := range s.node.branches() {
				all = append(all, responses(inner, within)...)
			}
		}
	}
	return all
}

// branches are the groups of actions within an action.
func (n node) branches() []node {
	groups := []node{n.property("actions"), n.property("else").property("actions")}
	for _, c := range n.property("cases").members() {
		groups = append(groups, c.property("actions"))
	}
	return append(groups, n.property("default").property("actions"))
}

// read reads the Response that was chosen.
func (d *definition) read(c candidate) {
	n, ok := c.node.object()
	if !ok {
		return
	}
	r := &Response{Name: c.name, Needs: slices.Clone(c.needs)}
	options := n.options()
	r.SuppressWorkflowHeaders = options[suppressHeaders]
	if options[asynchronous] {
		at, _ := n.raw("operationOptions")
		at.warnf("", "the asynchronous pattern is not emulated: the Response %q answers at once", c.name)
	}
	inputs, _ := n.getObject("inputs")
	r.StatusCode = d.template(inputs, "statusCode", r)
	r.Headers = d.template(inputs, "headers", r)
	r.Body = d.template(inputs, "body", r)
	if r.StatusCode != nil {
		if v, ok := r.StatusCode.Literal(); ok {
			at, _ := inputs.raw("statusCode")
			at.checkStatus(v)
		}
	}
	if len(r.Needs) > 0 {
		n.warnf("use the trigger's outputs alone to see it answer here", "the Response %q depends on %s, and actions are not run: callers get NoResponse", c.name, strings.Join(r.Needs, " and "))
	}
	d.workflow.Response = r
}

// template parses one of a Response's inputs; nil when there is none.
func (d *definition) template(inputs node, name string, r *Response) *expression.Template {
	n, ok := inputs.raw(name)
	if !ok {
		return nil
	}
	v, ok := n.plain()
	if !ok || v == nil {
		return nil
	}
	t, err := expression.Parse(v)
	if err != nil {
		n.expressionError(err)
		return nil
	}
	d.evaluates(v)
	for _, need := range t.NeedsActions() {
		if !slices.Contains(r.Needs, need) {
			r.Needs = append(r.Needs, need)
		}
	}
	return t
}

// checkStatus wants a status code that the service sends: 2xx, 4xx or 5xx
// (documented), as a number or as its digits.
func (n node) checkStatus(v any) {
	written := fmt.Sprint(v)
	switch v.(type) {
	case json.Number, string:
		if code, err := strconv.Atoi(written); err == nil && (code/100 == 2 || code/100 == 4 || code/100 == 5) {
			return
		}
	default:
		written = expression.Kind(v)
	}
	n.errorf("use 200-299 or 400-599", "the status code %s is none that a Response can have: the service sends 2xx, 4xx and 5xx", written)
}
