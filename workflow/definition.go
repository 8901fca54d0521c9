package workflow

import (
	"strings"

	"flowgate/expression"
)

// definition is a workflow definition that is being read.
type definition struct {
	load     *loading
	workflow *Workflow
	isFlow   bool            // or may be meant for one: nothing says that it is not
	quoted   map[string]bool // texts in quotes in what is evaluated for a call, in lower case
}

// definition reads the definition beside which properties has its parameters.
// isFlow says that it is a flow's, or that nothing tells. False: the workflow has nothing
// to call, or an error stopped it.
func (l *loading) definition(properties node, w *Workflow, isFlow bool) bool {
	well := properties.spelled(propertiesMembers)
	n, ok := properties.getObject("definition")
	if !ok {
		if properties.lacks("definition") && well {
			properties.errorf(`put its triggers and actions into "definition"`, "the workflow has no definition")
		}
		return false
	}
	n.spelled(definitionMembers)
	d := &definition{load: l, workflow: w, isFlow: isFlow, quoted: make(map[string]bool)}
	d.callersBeside(properties)
	d.callersBeside(n)
	mark := len(l.problems)
	triggers, _ := n.getObject("triggers")
	for name, t := range triggers.members() {
		d.trigger(name, t)
	}
	if len(w.Triggers) == 0 {
		if l.problems[mark:].Fatal() {
			return false
		}
		n.warnf("", "the workflow %q has no trigger of type Request: nothing can call it, it is passed over", w.Name)
		return false
	}
	d.response(n)
	d.parameters(n, properties)
	return true
}

// evaluates remembers what a value that is evaluated for a call has in single
// quotes: the parameters that it names are among that.
func (d *definition) evaluates(v any) {
	for part := range strings.SplitSeq(string(expression.Encode(v)), "'") {
		d.quoted[strings.ToLower(part)] = true
	}
}

// names reports whether anything evaluated for a call may name a parameter.
func (d *definition) names(parameter string) bool {
	return d.quoted[strings.ToLower(parameter)]
}

// parameters gives the definition's parameters their values: what the workspace
// gives (to a template it gives the template's), else what stands beside the
// definition, else the default. A value that fails is an error only where
// something that is evaluated names it: connections, above all, need a deployed
// Azure and nothing here does.
func (d *definition) parameters(n, properties node) {
	values := &expression.Object{}
	declared, _ := n.getObject("parameters")
	beside, _ := properties.getObject("parameters")
	for name, p := range declared.members() {
		if strings.HasPrefix(strings.ToLower(literalText(p, "type")), "secure") {
			d.workflow.Secrets = append(d.workflow.Secrets, name)
		}
		if !d.load.isTemplate {
			if v, ok := d.load.deploymentParameter(name); ok {
				values.Set(name, v)
				continue
			}
		}
		source, ok := beside.property(name).raw("value")
		if !ok {
			source, ok = p.raw("defaultValue")
		}
		if !ok {
			if d.names(name) {
				p.errorf("give it a defaultValue, or a value under parameters: of the workflow in emulator.yaml", "the parameter %q has no value", name)
			}
			continue
		}
		if v, p := source.worked(); p == nil {
			values.Set(name, v)
		} else if d.names(name) {
			d.load.report(p)
		}
	}
	d.workflow.Parameters = values
}

// options reads an operationOptions: names separated by commas.
func (n node) options() map[string]bool {
	set := make(map[string]bool)
	written, _ := n.getText("operationOptions")
	for option := range strings.SplitSeq(written, ",") {
		if option = strings.TrimSpace(option); option == "" {
			continue
		}
		set[strings.ToLower(option)] = true
		if near, ok := misspelt(option); ok {
			at, _ := n.raw("operationOptions")
			at.warnf("", "the operation option %q is not known; did you mean %q", option, near)
		}
	}
	return set
}
