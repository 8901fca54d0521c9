package workflow

import (
	"flowgate/policy"
)

// LoadAccessControl reads an access control object alone: a document with the member
// accessControl, or with one in its properties, whatever else it holds. What it gives
// is a workflow that has that gate and nothing behind it: a trigger called manual, and
// no definition.
func LoadAccessControl(file string, data []byte, d Deployment) (Workflow, Problems) {
	setDefault(&d.Tenant, "00000000-0000-0000-0000-000000000000")
	l := newLoading(file, d)
	w := Workflow{
		Name: l.deployment.Name, ID: idOfName(l.deployment.Name), Profile: Consumption, State: Enabled, Tenant: d.Tenant,
		Location: region(l.deployment.Location), Callers: policy.Everybody(), Triggers: []Trigger{{Name: "manual"}}, Source: file,
	}
	if len(data) > MaxFile {
		l.fileError("", "%d bytes are more than the %d MB that a document may have", len(data), MaxFile>>20)
		return w, l.settle()
	}
	doc, p := readDocument(file, data)
	if p != nil {
		return w, Problems{p}
	}
	n := l.root(doc)
	n.scope = l.bareScope()
	if !isObject(n, "accessControl") {
		n = n.property("properties")
	}
	if !isObject(n, "accessControl") {
		l.fileError(`give {"accessControl": {"triggers": {"openAuthenticationPolicies": …}}}`, "holds no access control object")
		return w, l.settle()
	}
	w.Version = version(l.root(doc), w.Name)
	l.accessControl(n.property("accessControl"), &w)
	return w, l.settle()
}
