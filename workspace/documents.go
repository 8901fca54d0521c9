package workspace

import (
	"encoding/json"
	"fmt"
	"strings"

	"flowgate/expression"
	"flowgate/pattern"
	"flowgate/policy"
	"flowgate/workflow"
)

func (l *loader) workflows() {
	if len(l.config.Workflows) == 0 {
		l.bad("$.workflows", "name a document under workflows", "there is no workflow to call")
	}
	names, ids := map[string]string{}, map[string]string{}
	for i := range l.config.Workflows {
		path := fmt.Sprintf("$.workflows[%d]", i)
		for _, w := range l.document(path, &l.config.Workflows[i]) {
			if other := names[w.Name]; other != "" {
				l.bad(path, "rename one", "workflow %q of %s is in %s already", w.Name, w.Source, other)
			}
			if other := ids[w.ID]; other != "" && names[w.Name] == "" {
				l.bad(path, "give each its own", "workflow id %s of %s is taken already by %s", w.ID, w.Source, other)
			}
			names[w.Name], ids[w.ID] = w.Source, w.Source
			l.ws.Workflows = append(l.ws.Workflows, w)
		}
	}
}

// document reads one entry of workflows.
func (l *loader) document(path string, c *WorkflowConfig) []*Workflow {
	if c.File == "" {
		l.bad(path, "name its document with file", "a workflow has no file")
		return nil
	}
	deployment, ok := l.deployment(path, c)
	if !ok {
		return nil
	}
	name := l.folder.path(c.File)
	data, err := l.folder.read(c.File, workflow.MaxFile)
	if err != nil {
		l.bad(path+".file", "name a readable file, relative to emulator.yaml", "%s: %v", name, err)
		return nil
	}
	read, problems := workflow.Load(name, data, deployment)
	for i, p := range problems {
		if p.Parameter != "" { // it stands in emulator.yaml
			problems[i] = l.doc.atKey(path+".parameters", p.Parameter, p.Text, p.Fix)
		}
	}
	l.problems = append(l.problems, problems...)
	l.ownID(path, c, read)
	var all []*Workflow
	for i := range read {
		all = append(all, l.gate(path, &read[i], c))
	}
	return all
}

// ownID gives the workflow of a document the id that the workspace names.
func (l *loader) ownID(path string, c *WorkflowConfig, read []workflow.Workflow) {
	id := strings.ToLower(strings.ReplaceAll(c.ID, "-", ""))
	switch {
	case c.ID == "":
	case !workflowID().MatchString(id):
		l.bad(path+".id", "write the 32 digits that follow /workflows/ in its URL", "workflow id %q is none", c.ID)
	case len(read) > 1:
		l.bad(path+".id", "leave it out: their ids follow from their names", "%s holds %d workflows, which cannot share the id %q", c.File, len(read), c.ID)
	case len(read) == 1:
		read[0].ID = id
	}
}

var workflowID = pattern.New(`^[0-9a-f]{32}$`)

func (l *loader) deployment(path string, c *WorkflowConfig) (workflow.Deployment, bool) {
	before := len(l.problems)
	d := workflow.Deployment{Name: c.Name, Profile: workflow.Profile(c.Profile), Cloud: l.ws.Cloud, Location: l.ws.Region,
		SubscriptionID: strings.ToLower(c.Subscription), ResourceGroup: c.ResourceGroup, State: workflow.State(c.State)}
	switch d.Profile {
	case "", workflow.Consumption, workflow.PowerAutomate:
	default:
		l.bad(path+".profile", "use consumption or powerautomate", "unknown profile %q", c.Profile)
	}
	switch d.State {
	case "", workflow.Enabled, workflow.Disabled, workflow.Suspended, workflow.Deleted:
	default:
		l.bad(path+".state", "use Enabled, Disabled, Suspended or Deleted", "unknown state %q", c.State)
	}
	if c.Subscription != "" && !pattern.IsGUID(c.Subscription) {
		l.bad(path+".subscription", "write a subscription's GUID", "subscription %q is no GUID", c.Subscription)
	}
	if c.SAS != nil {
		l.accessKey(path+".sas", "primary", c.SAS.Primary)
		l.accessKey(path+".sas", "secondary", c.SAS.Secondary)
		if c.SAS.Primary == nil && c.SAS.Secondary == nil {
			l.bad(path+".sas", "give primary, secondary or both, or leave sas out", "sas gives no access key, so that both would be public")
		}
	}
	if c.Tenant != "" {
		if t, err := l.ws.Directory.Tenant(c.Tenant); err != nil {
			l.bad(path+".tenant", "add it under tenants, or name one that is there", "%v", err)
		} else {
			d.Tenant = t.ID
		}
	} else if len(l.ws.Directory.Tenants) > 0 {
		d.Tenant = l.ws.Directory.Tenants[0].ID
	}
	if c.Parameters != nil {
		values, err := parameterValues(c.Parameters)
		if err != nil {
			l.bad(path+".parameters", "", "%v", err)
		}
		d.Parameters = values
	}
	return d, len(l.problems) == before
}

// accessKey refuses a key that protects nothing. The key itself is not repeated.
func (l *loader) accessKey(path, which string, key *string) {
	switch {
	case key == nil:
	case *key == "":
		l.bad(path+"."+which, "write 16 characters or more; if a variable fills it in, it is not set", "the %s access key is empty", which)
	case len(*key) < 16:
		l.bad(path+"."+which, "use 16 characters or more", "the %s access key is too short", which)
	}
}

// parameterValues turns what YAML read into values of the language.
func parameterValues(m map[string]any) (*expression.Object, error) {
	data, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("a parameter is no JSON value: %v", err)
	}
	v, err := expression.Decode(data)
	if err != nil {
		return nil, err
	}
	return v.(*expression.Object), nil
}

// gate decides what each trigger asks of its caller.
func (l *loader) gate(path string, w *workflow.Workflow, c *WorkflowConfig) *Workflow {
	gated := &Workflow{Workflow: w, Gates: map[string]Gate{}, Keys: keysOf(w.ID, c.SAS)}
	for i := range w.Triggers {
		t := &w.Triggers[i]
		g := Gate{Trigger: t, Policies: w.Policies, SAS: !w.SASDisabled}
		if w.Profile == workflow.PowerAutomate {
			// In the OAuth modes SAS is off, and in the other it is all there is.
			g.SAS = t.Mode == policy.AnyoneMode || t.Mode == ""
			set, err := policy.Flow(t.Mode, l.ws.Cloud, w.Tenant, l.allowed(w.Tenant, t))
			if err != nil {
				l.bad(path, "", "%s: trigger %q: %v", w.Source, t.Name, err)
			}
			g.Policies = set
		}
		gated.Gates[t.Name] = g
	}
	return gated
}

// allowed are the specific users of a flow of the tenant.
func (l *loader) allowed(tenant string, t *workflow.Trigger) []policy.AllowedUser {
	var users []policy.AllowedUser
	for _, written := range t.Users {
		id, ok := l.ws.Directory.ObjectID(tenant, written)
		if !ok {
			l.problems = append(l.problems, lint("user-unknown", t.UsersAt, workflow.SeverityWarning, "add the user under tenants in emulator.yaml",
				"trigger %q allows user %q, whom no tenant of the workspace has, so nobody is admitted as that user", t.Name, written))
		}
		users = append(users, policy.AllowedUser{Written: written, ObjectID: id})
	}
	return users
}
