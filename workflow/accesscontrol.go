package workflow

import (
	"fmt"
	"slices"
	"strings"

	"flowgate/policy"

	"flowgate/expression"
)

// accessControl reads who may call a workflow's triggers. It is strict, as the
// service is when it saves one: a member that it does not know is refused, in
// the service's words. What it says of contents, actions and management is
// checked for its shape and has no other effect here.
func (l *loading) accessControl(n node, w *Workflow) {
	w.Callers = policy.Everybody()
	n, ok := n.object()
	if !ok {
		return
	}
	n.known("FlowAccessControlConfiguration", "triggers", "contents", "actions", "workflowManagement")
	for _, name := range []string{"contents", "actions", "workflowManagement"} {
		if section, ok := n.getObject(name); ok {
			l.section(section)
		}
	}
	triggers, ok := n.getObject("triggers")
	if !ok {
		return
	}
	mark := len(l.problems)
	read := l.section(triggers)
	w.Policies, w.policyPlaces = policy.NewSet(read.policies...), read.places
	w.SASDisabled, w.Callers = read.sasDisabled, read.callers
	if l.understood(mark) {
		set, _ := triggers.getObject("openAuthenticationPolicies")
		set, _ = set.getObject("policies")
		set.violations(w)
		w.lintAccess(triggers)
	}
	if w.SASDisabled && w.Policies.Len() == 0 {
		at, _ := triggers.raw("sasAuthenticationPolicy")
		at.warnf("add an open authentication policy", "SAS is disabled and there is no policy: nobody can call")
	}
}

// understood reports whether everything since mark could be read: an error of
// ours leaves values out, and rules that miss them would only mislead. The
// service's own errors do not.
func (l *loading) understood(mark int) bool {
	return !slices.ContainsFunc(l.problems[mark:], func(p *Problem) bool { return p.Severity == SeverityError && p.Code == "" })
}

// section is a FlowAccessControlConfigurationPolicy.
type section struct {
	policies    []policy.Policy
	places      map[string][]Place // of the policies, as a Workflow has them
	sasDisabled bool
	callers     policy.Callers
}

func (l *loading) section(n node) section {
	s := section{places: make(map[string][]Place)}
	n.known("FlowAccessControlConfigurationPolicy", "allowedCallerIpAddresses", "openAuthenticationPolicies", "sasAuthenticationPolicy")
	if open, ok := n.getObject("openAuthenticationPolicies"); ok {
		open.known("OpenAuthenticationAccessPolicies", "policies")
		named, _ := open.getObject("policies")
		for name, p := range named.members() {
			if p, ok := p.object(); ok {
				read, places := p.policy(name)
				s.policies, s.places[name] = append(s.policies, read), places
			}
		}
	}
	if sas, ok := n.getObject("sasAuthenticationPolicy"); ok {
		sas.known("SasAuthenticationPolicy", "state")
		s.sasDisabled = sas.sasDisabled()
	}
	s.callers = n.callers()
	return s
}

func (n node) sasDisabled() bool {
	state, ok := n.getText("state")
	if !ok {
		return false
	}
	if state != "Enabled" && state != "Disabled" {
		at, _ := n.raw("state")
		at.errorf("use Enabled or Disabled", "the state %q of the SAS policy is not known", state)
	}
	return state == "Disabled"
}

// policy reads an OpenAuthenticationAccessPolicy. The places are its own, then its
// claims'.
func (n node) policy(name string) (policy.Policy, []Place) {
	n.known("OpenAuthenticationAccessPolicy", "type", "claims")
	kind, _ := n.getText("type")
	p, places := policy.Policy{Name: name, Type: policy.Type(kind)}, []Place{n.place()}
	claims, _ := n.getList("claims")
	for _, c := range claims {
		claim := policy.Claim{}
		if c, ok := c.object(); ok {
			complete := c.known("OpenAuthenticationPolicyClaim", "name", "value")
			claim.Name = c.claimPart("name", complete)
			claim.Value = c.claimPart("value", complete)
		}
		p.Claims, places = append(p.Claims, claim), append(places, c.place())
	}
	return p, places
}

// claimPart reads a claim's name or value, which no claim may lack. It is not
// reported where another member is already, which may be it under a wrong name.
func (n node) claimPart(name string, report bool) string {
	if c := n.property(name); c.isList() {
		c.errorf("write a policy for each", "a claim has one %s, found an array", name)
		return ""
	}
	s, ok := n.getText(name)
	if !ok && report && n.property(name).value == nil {
		n.errorf(fmt.Sprintf(`write {"name": "…", "value": "…"}, with a %s`, name), "the claim has no %s", name)
	}
	return s
}

// callers reads allowedCallerIpAddresses: absent, everybody may call; empty,
// nobody may directly (documented).
func (n node) callers() policy.Callers {
	list, ok := n.getList("allowedCallerIpAddresses")
	if !ok {
		return policy.Everybody()
	}
	var ranges []string
	for _, c := range list {
		c, ok := c.object()
		if !ok {
			continue
		}
		complete := c.known("IpAddressRange", "addressRange")
		written, ok := c.getText("addressRange")
		if !ok {
			if complete && c.lacks("addressRange") {
				c.errorf(`write {"addressRange": "10.0.0.0/24"}`, "the address range is empty")
			}
			continue
		}
		if _, err := policy.ParseCallers([]string{written}); err != nil {
			at, _ := c.raw("addressRange")
			text, fix, _ := strings.Cut(err.Error(), "; ")
			at.errorf(fix, "%s", text)
			continue
		}
		ranges = append(ranges, written)
	}
	callers, _ := policy.ParseCallers(ranges) // each was parsed above
	return callers
}

// known reports every member of n that an object of the service's does not
// have, in the words of the service's deserializer; false when there is one. That it
// refuses one for its letter case alone is presumed.
func (n node) known(object string, names ...string) bool {
	all := true
	for name, c := range n.members() {
		if slices.Contains(names, name) {
			continue
		}
		all = false
		p := c.problem(SeverityError, "", "")
		colon, start := c.doc.colon(c.pointer)
		p.Line, p.Column = c.doc.source.position(start)
		// Json.NET has read the colon when it looks the member up, and counts
		// what it has read of the line.
		line, position := c.doc.source.position(colon)
		p.Code, p.Grade = "InvalidRequestContent", policy.Observed
		if slices.ContainsFunc(names, func(known string) bool { return strings.EqualFold(known, name) }) {
			p.Grade = policy.Presumed
		}
		p.Text = fmt.Sprintf("The request content is not valid and could not be deserialized: 'Could not find member '%s' on object of type '%s'. Path '%s', line %d, position %d.'.",
			name, object, c.propertiesPath(), line, position)
		p.Fix = "use " + strings.Join(names, ", ")
		if near := expression.Nearest(name, names); near != "" {
			p.Fix = fmt.Sprintf("rename %q to %q", name, near)
		}
		c.load.report(p)
	}
	return all
}

// propertiesPath is n's path as the service sees it: within the properties of
// one workflow, whatever template it was deployed from.
func (n node) propertiesPath() string {
	full := n.dotted()
	if i := strings.LastIndex(full, "properties.accessControl"); i >= 0 {
		return full[i:]
	}
	return "properties." + full
}

// violations reports the rules of the service that the policies break, n being
// the object of them by name, and what can never match.
func (n node) violations(w *Workflow) {
	for _, v := range w.Policies.Violations() {
		if v.Claim >= 0 && n.lacksValue(v.Policy, v.Claim) {
			continue // it was told already what stands in its place
		}
		at := n.place()
		if v.Policy != "" {
			at = w.PolicyAt(v.Policy, v.Claim)
		}
		p := at.Problem(SeverityError, v.Message, v.Fix)
		p.Code, p.Grade = v.Code, v.Grade
		n.load.report(p)
	}
	for _, dead := range w.Policies.DeadIssuers() {
		n.load.report(w.policyLint(dead))
	}
}

// lacksValue reports whether the claim of an index in a policy has no value, not even an
// empty one.
func (n node) lacksValue(policy string, claim int) bool {
	p, _ := n.property(policy).object()
	claims, _ := p.getList("claims")
	if claim >= len(claims) {
		return false
	}
	c, ok := claims[claim].object()
	return ok && !c.has("value")
}

// PolicyAt is where a policy of the workflow stands, or the claim of an index in
// it. The zero value: there is none.
func (w *Workflow) PolicyAt(policy string, claim int) Place {
	places := w.policyPlaces[policy]
	if i := claim + 1; i >= 0 && i < len(places) {
		return places[i]
	}
	return Place{File: w.Source}
}
