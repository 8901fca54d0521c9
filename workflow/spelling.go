package workflow

import (
	"fmt"
	"slices"
	"strings"

	"flowgate/expression"
)

// The members of a document that decide who may call, and when. Whoever wrote one of them
// in other letters, or in another place, meant it: to pass it over would open the gate.
var (
	resourceMembers   = []string{"properties", "accessControl"}
	propertiesMembers = []string{"accessControl", "definition", "parameters", "state"}
	definitionMembers = []string{"triggers", "actions", "parameters"}
	triggerType       = []string{"type"}
	triggerMembers    = []string{"kind", "inputs", "conditions", "operationOptions"} // of type Request
	inputsMembers     = []string{"method", "relativePath"}
)

// spelled reports every member of an object that has the name of one that is read, but
// for letter case, and whether there was none. The service may take it for that one; what
// it does is not published.
func (n node) spelled(names []string) bool {
	o, ok := n.value.(*expression.Object)
	if !ok {
		return true
	}
	well := true
	for _, written := range o.Names() {
		if n.property(written).value == nil {
			continue // it says nothing, in whatever letters
		}
		for _, name := range names {
			if written != name && strings.EqualFold(written, name) {
				n.property(written).misnamed(fmt.Sprintf("rename %q to %q", written, name), "no member is called %q: names are read with their letter case", written)
				well = false
			}
		}
	}
	return well
}

// misnamed reports an error at the name of a member.
func (n node) misnamed(fix, format string, args ...any) {
	p := n.problem(SeverityError, fmt.Sprintf(format, args...), fix)
	_, start := n.doc.colon(n.pointer)
	p.Line, p.Column = n.doc.source.position(start)
	n.load.report(p)
}

// callersOf are the members of a trigger's inputs that say who may call a flow.
var callersOf = []string{"triggerAuthenticationType", "triggerAllowedUsers"}

// callersBeside reports what belongs into a trigger's inputs and stands elsewhere, where
// it has no effect.
func (d *definition) callersBeside(n node) {
	if !d.isFlow {
		return
	}
	for _, name := range callersOf {
		if at, ok := n.raw(name); ok {
			at.warnf("move it into the inputs of the trigger", "%s here has no effect: who may call is up to the trigger's inputs", name)
		}
	}
}

// callersOnly reports members of a trigger's inputs that are likely meant to say who may
// call, and do not.
func (d *definition) callersOnly(n node) {
	if !d.isFlow {
		return
	}
	n.spelled(callersOf)
	o, ok := n.value.(*expression.Object)
	if !ok {
		return
	}
	for _, written := range o.Names() {
		lower := strings.ToLower(written)
		isMeant := strings.HasPrefix(lower, "triggerauth") || strings.HasPrefix(lower, "triggerallow")
		if isMeant && !slices.ContainsFunc(callersOf, func(name string) bool { return strings.EqualFold(name, written) }) {
			n.property(written).misnamed("use "+strings.Join(callersOf, " and "), "the member %q is not known", written)
		}
	}
}
