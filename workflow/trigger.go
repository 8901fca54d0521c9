package workflow

import (
	"slices"
	"strings"

	"flowgate/expression"
	"flowgate/policy"
)

// The operation options that mean something here, in lower case, and those that
// only a slip of the hand is compared with.
const (
	includeAuthorization = "includeauthorizationheadersinoutputs"
	suppressHeaders      = "suppressworkflowheadersonresponse"
	validateSchema       = "enableschemavalidation"
	asynchronous         = "asynchronous"
)

var operationOptions = []string{"IncludeAuthorizationHeadersInOutputs", "SuppressWorkflowHeadersOnResponse",
	"SuppressWorkflowHeaders", "EnableSchemaValidation", "Asynchronous", "DisableAsyncPattern", "SingleInstance",
	"Sequential", "DisableAutomaticDecompression", "OptimizedForHighThroughput", "FailWhenLimitsReached"}

// misspelt returns the known option that an unknown one was likely meant to be.
func misspelt(option string) (string, bool) {
	if slices.ContainsFunc(operationOptions, func(known string) bool { return strings.EqualFold(known, option) }) {
		return "", false
	}
	near := expression.Nearest(option, operationOptions)
	return near, near != ""
}

// internalKinds are the kinds of Request triggers that want an internal token as
// well, in lower case.
var internalKinds = []string{"powerapp", "powerappv2", "button", "apiconnection", "powerpages", "skills", "eventgrid", "virtualagent"}

var methods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

// trigger reads a trigger. One that is not of type Request is nobody's to call
// and is passed over.
func (d *definition) trigger(name string, n node) {
	n, ok := n.object()
	if !ok {
		return
	}
	well := n.spelled(triggerType)
	kind, ok := n.getText("type")
	if !ok {
		if n.lacks("type") && well {
			n.errorf(`add "type": "Request"`, "the trigger %q has no type", name)
		}
		return
	}
	manual := strings.EqualFold(kind, "Manual")
	if !manual && !strings.EqualFold(kind, "Request") {
		return
	}
	n.spelled(triggerMembers)
	d.callersBeside(n)
	t := Trigger{Name: name}
	t.Kind, _ = n.getText("kind")
	switch {
	case manual:
		n.warnf("", "the trigger %q of type Manual is not emulated: the service wants an internal token as well", name)
	case slices.Contains(internalKinds, strings.ToLower(t.Kind)):
		n.warnf("", "the kind %q of the trigger %q is not emulated: the service wants an internal token as well", t.Kind, name)
	case t.Kind != "" && !strings.EqualFold(t.Kind, "Http"):
		n.warnf("", "the kind %q of the trigger %q is not known here; it is treated as Http", t.Kind, name)
	}
	if inputs, ok := n.getObject("inputs"); ok {
		d.inputs(inputs, &t)
	}
	options := n.options()
	t.IncludeAuthorization = options[includeAuthorization]
	t.SuppressWorkflowHeaders = options[suppressHeaders]
	d.conditions(n, &t)
	n.notEmulated(options)
	d.workflow.Triggers = append(d.workflow.Triggers, t)
}

// notEmulated says what of a trigger has no effect here.
func (n node) notEmulated(options map[string]bool) {
	if options[validateSchema] {
		at, _ := n.raw("operationOptions")
		at.warnf("", "schema validation is not emulated: a body that fails the schema is admitted here")
	}
	if split, ok := n.raw("splitOn"); ok {
		split.warnf("", "splitOn is not emulated: the body is handled as one")
	}
	runtime, _ := n.getObject("runtimeConfiguration")
	if concurrency, ok := runtime.raw("concurrency"); ok {
		concurrency.notef("", "concurrency is not emulated: no call waits for another")
	}
}

// inputs reads how a trigger is called, and by whom.
func (d *definition) inputs(n node, t *Trigger) {
	n.spelled(inputsMembers)
	d.callersOnly(n)
	if method, ok := n.getText("method"); ok {
		t.Method = strings.ToUpper(method)
		if !slices.Contains(methods, t.Method) {
			at, _ := n.raw("method")
			at.errorf("use one of "+strings.Join(methods, ", "), "%q is no HTTP method", method)
		}
	}
	if path, ok := n.getText("relativePath"); ok {
		t.RelativePath = strings.TrimPrefix(path, "/")
		at, _ := n.raw("relativePath")
		switch {
		case t.RelativePath == "":
		case t.Method == "":
			at.errorf(`add "method": "GET" beside it, or whichever is meant`, "a relativePath needs an explicit method")
		case !isPathTemplate(t.RelativePath):
			at.errorf("write parameters as address/{postalCode}", "the relativePath %q has a brace without its partner, or an empty parameter", path)
		}
	}
	d.gate(n, t)
}

// isPathTemplate reports whether every brace of a path belongs to a {parameter}.
func isPathTemplate(path string) bool {
	for {
		before, rest, found := strings.Cut(path, "{")
		if strings.Contains(before, "}") {
			return false
		}
		if !found {
			return true
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" || strings.ContainsAny(name, "{/") {
			return false
		}
		path = after
	}
}

// gate reads who may call a flow.
func (d *definition) gate(n node, t *Trigger) {
	written, ok := n.getText("triggerAuthenticationType")
	at, _ := n.raw("triggerAuthenticationType")
	if d.workflow.Profile != PowerAutomate {
		if ok {
			at.notef(`if this is a flow, give it "profile: powerautomate" in emulator.yaml`, "triggerAuthenticationType belongs to Power Automate; here it has no effect")
		}
		return
	}
	t.Mode = policy.AnyoneMode
	if ok {
		t.Mode = policy.Mode(written)
	}
	written, ok = n.getText("triggerAllowedUsers")
	allowed, present := n.raw("triggerAllowedUsers")
	if ok {
		t.Users, t.UsersAt = policy.SplitUsers(written), allowed.place()
	}
	switch t.Mode {
	case policy.AnyoneMode:
		t.usersIdle(allowed, "anyone who has its signed URL may call the flow")
		return
	case policy.UserMode:
		if len(t.Users) == 0 && ok == present { // or it is told already that they cannot be read
			n.load.report(at.lint("users-blank", SeverityWarning, "specific users may call, and none is named: the service lets any user in the tenant call", "name them in triggerAllowedUsers"))
		}
	case policy.TenantMode:
		t.usersIdle(allowed, "any user in the tenant may call the flow")
	default:
		at.errorf("use All, Tenant or User", "the triggerAuthenticationType %q is not known", t.Mode)
		return
	}
	if d.load.deployment.Tenant == "" {
		at.errorf("give the workflow a tenant in emulator.yaml", "the flow admits users of its tenant, and has none")
	}
}

// usersIdle drops the users of a flow that admits others as well, and says so: whoever named
// them may believe that nobody else is let in.
func (t *Trigger) usersIdle(n node, admits string) {
	if len(t.Users) == 0 {
		return
	}
	n.warnf(`write "triggerAuthenticationType": "User" if they alone are to call, or leave triggerAllowedUsers out`,
		"triggerAllowedUsers of trigger %q has no effect: %s", t.Name, admits)
	t.Users, t.UsersAt = nil, Place{}
}

// conditions reads a trigger's conditions: [{"expression": "@…"}].
func (d *definition) conditions(n node, t *Trigger) {
	list, _ := n.getList("conditions")
	for _, c := range list {
		c, ok := c.object()
		if !ok {
			continue
		}
		e, ok := c.get("expression")
		if !ok {
			if c.lacks("expression") {
				c.errorf(`write {"expression": "@…"}`, "the condition has no expression")
			}
			continue
		}
		condition, err := expression.ParseCondition(e.value)
		if err != nil {
			e.expressionError(err)
			continue
		}
		d.evaluates(e.value)
		if needs := condition.NeedsActions(); len(needs) > 0 {
			e.errorf("let it look at the trigger alone", "the condition looks at %s: a trigger's condition is decided before any action runs", strings.Join(needs, ", "))
			continue
		}
		t.Conditions = append(t.Conditions, condition)
		d.workflow.lintCondition(e, t)
	}
}
