package workflow

import (
	"fmt"
	"strings"

	"flowgate/expression"
	"flowgate/pattern"
	"flowgate/policy"
)

// workflowResource reads a workflow of Logic Apps: a resource as a template
// deploys it, as GET returns it, or as PUT takes it.
func (l *loading) workflowResource(n node) {
	if l.deployment.Profile == PowerAutomate {
		n.errorf(`remove "profile: powerautomate" from this workflow in emulator.yaml`, "a workflow of Logic Apps cannot have the profile of Power Automate")
		return
	}
	if n.scope == nil && n.has("apiVersion") {
		n.scope = l.bareScope() // cut out of a template: GET returns no apiVersion
	}
	properties, ok := l.properties(n, "workflow")
	if !ok {
		return
	}
	w := Workflow{
		Profile: Consumption, Tenant: l.deployment.Tenant, Callers: policy.Everybody(), Source: n.doc.file,
		Name: l.deployment.Name, Location: region(l.deployment.Location),
	}
	if name, ok := n.getText("name"); ok {
		w.Name = name
	}
	if location, ok := n.getText("location"); ok {
		w.Location = region(location)
	}
	w.Resource = l.resourceID(n, w.Name)
	w.Tags = n.tags()
	w.State = l.state(properties)
	w.Version = version(properties, w.Name)
	w.ID = idOfName(w.Name)
	if endpoint, ok := properties.raw("accessEndpoint"); ok {
		if id, ok := idOfEndpoint(fmt.Sprint(endpoint.value)); ok {
			w.ID = id
		}
	}
	if access, ok := properties.get("accessControl"); ok {
		l.accessControl(access, &w)
	}
	for _, elsewhere := range []node{n, properties.property("definition")} {
		if access, ok := elsewhere.raw("accessControl"); ok && access.pointer != properties.pointer+"/accessControl" {
			access.warnf("move it into the workflow's properties, beside the definition", "an accessControl here has no effect: the workflow is open to whoever has its URL")
		}
	}
	untold := l.deployment.Profile == "" && !n.has("type")
	if l.definition(properties, &w, untold) {
		l.add(w)
	}
}

// properties are those of a resource, which what calls it.
func (l *loading) properties(n node, what string) (node, bool) {
	well := n.spelled(resourceMembers)
	properties, ok := n.getObject("properties")
	if !ok && n.lacks("properties") && well {
		n.errorf(`put its definition, and what goes with it, into "properties"`, "the %s has no properties", what)
	}
	return properties, ok
}

// resourceID is the document's own id, or where the workflow is deployed.
func (l *loading) resourceID(n node, name string) string {
	if id, _ := n.raw("id"); n.scope == nil {
		if s, ok := id.value.(string); ok && strings.HasPrefix(s, "/subscriptions/") {
			return s
		}
	}
	subscription, group := l.deployment.SubscriptionID, l.deployment.ResourceGroup
	if n.scope != nil {
		subscription, group = n.scope.Deployment.Subscription, n.scope.Deployment.ResourceGroup
	}
	return fmt.Sprintf("/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Logic/workflows/%s", subscription, group, name)
}

// tags are a resource's tags; what of them needs a deployed Azure is a note, for
// nothing depends on it.
func (n node) tags() *expression.Object {
	var tags *expression.Object
	failed := n.load.quietly(func() {
		if c, ok := n.getObject("tags"); ok {
			v, _ := c.plain()
			tags, _ = v.(*expression.Object)
		}
	})
	for _, p := range failed {
		p.Severity = SeverityNote
		p.Text = "a tag is left out: " + p.Text
		n.load.report(p)
	}
	return tags
}

// identity is what a package's file names say of a flow.
type identity struct{ name, id string }

func (l *loading) flowDocument(n node) { l.flow(n, identity{}) }

// flow reads a flow: as the Flow API's GET returns it, or out of a package.
func (l *loading) flow(n node, named identity) {
	if l.deployment.Profile == Consumption {
		n.errorf(`remove "profile: consumption" from this workflow in emulator.yaml`, "a flow of Power Automate cannot have the profile of Logic Apps")
		return
	}
	properties, ok := l.properties(n, "flow")
	if !ok {
		return
	}
	w := Workflow{
		Profile: PowerAutomate, Tenant: l.deployment.Tenant, Callers: policy.Everybody(), Source: n.doc.file,
		Name: l.deployment.Name, Location: region(l.deployment.Location),
	}
	guid := literalText(n, "name")
	setDefault(&named.name, literalText(properties, "displayName"))
	switch {
	case named.name != "":
		w.Name = named.name
	case guid != "" && !pattern.IsGUID(guid):
		w.Name = guid
	}
	switch {
	case pattern.IsGUID(guid):
		w.ID = idOfGUID(guid)
	case named.id != "":
		w.ID = named.id
	default:
		w.ID = idOfName(w.Name)
	}
	w.State = l.state(properties)
	w.Version = version(properties, w.Name)
	if access, ok := properties.raw("accessControl"); ok {
		access.warnf("set triggerAuthenticationType in the trigger's inputs", "an accessControl has no effect in a flow of Power Automate")
	}
	if l.definition(properties, &w, true) {
		l.add(w)
	}
}
