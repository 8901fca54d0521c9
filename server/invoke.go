package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"flowgate/expression"
	"flowgate/journal"
	"flowgate/policy"
	"flowgate/workflow"
	"flowgate/workspace"
)

// call is one request to a trigger, from its arrival to its answer.
type call struct {
	server  *Server
	arrived time.Time // really, for how long it took
	edition *edition
	request *http.Request
	writer  http.ResponseWriter // for its deadlines alone: only answer writes
	now     time.Time           // the gate's clock
	id      string              // tracking id, and the journal entry's

	shape                              shape
	workflowID, trigger, version, rest string // out of the path; rest is still escaped
	query                              query
	parameters                         [4]parameter // where a usual query has its place
	maxBody                            int64

	// What the checks find out.
	workflow *workspace.Workflow
	gate     workspace.Gate
	token    *journal.Token     // nil: none was read
	read     journal.Token      // the place of one that is believed
	asked    policy.Set         // the policies that were asked; empty: none
	decision *policy.Decision   // theirs, when it is a no; see decided
	path     *expression.Object // relative path parameters
	body     []byte
	bodyRead int64
	bodyLeft bool // the body goes on behind what was read
	content  any  // the body as the trigger's outputs have it
	hasBody  bool

	undecoded bool   // content is still to be decoded from body
	runID     string // set when a run starts

	withoutSecrets bool // of kept: neither are those of the workflow's parameters there
}

// verdict is what becomes of a call. The zero value is no admission: it is
// answered 500.
type verdict struct {
	outcome journal.Outcome
	reason  Reason
	detail  string // for the developer
	fix     string // what to change; of a refusal by claims the policies' explanation says it
	refusal *Refusal
	fill    []string // placeholders of the refusal's message and their values

	// Of an answer that no refusal words:
	status int
	header http.Header
	body   []byte
}

func refuse(r *Refusal, reason Reason, detail string, fill ...string) *verdict {
	return &verdict{outcome: journal.Refused, reason: reason, detail: detail, refusal: r, fill: fill}
}

// advise says what to change, in one sentence.
func (v *verdict) advise(format string, args ...any) *verdict {
	v.fix = fmt.Sprintf(format, args...)
	return v
}

// invoke takes a call through the service's checks in the service's order, and
// answers the first that says no.
func (c *call) invoke() *verdict {
	for _, check := range checks {
		if no := check(c); no != nil {
			return no
		}
	}
	return c.run()
}

var checks = [...]func(*call) *verdict{
	(*call).checkURL,
	(*call).checkVersion,
	(*call).checkWorkflow,
	(*call).checkAddress,
	(*call).checkCredentials, // schemes, then the signature or the token, then the policies
	(*call).checkState,
	(*call).checkMethod,
	(*call).checkPath,
	(*call).checkBody,
	(*call).checkConditions,
}

func (c *call) checkWorkflow() *verdict {
	w, ok := c.edition.byID[strings.ToLower(c.workflowID)]
	switch {
	case !ok:
		return refuse(&refusedWorkflow, ReasonWorkflow, "no workflow of the workspace has this id; /_emulator/api/workflows lists them", "{name}", c.workflowID).
			advise("call a workflow that GET /_emulator/api/workflows lists, or add the document of this one under workflows in emulator.yaml, with the id %q", journal.Text(c.workflowID))
	case c.shape == flowShape && w.Profile != workflow.PowerAutomate:
		path := logicShape.path(w.ID, journal.Text(c.trigger)) // whether there is such a trigger comes later
		return refuse(&refusedWorkflow, ReasonWorkflow, "workflow "+w.Name+" is no Power Automate flow: it is reached at "+path, "{name}", c.workflowID).
			advise("call %s?api-version=%s", path, logicVersion)
	case c.version != "" && c.version != w.Version:
		return refuse(&refusedWorkflow, ReasonWorkflow, fmt.Sprintf("workflow %s has version %s, not %q", w.Name, w.Version, journal.Text(c.version)), "{name}", c.workflowID).
			advise("write version %s in the URL, or leave /versions/… out", w.Version)
	}
	c.workflow = w
	g, ok := w.Gates[c.trigger]
	if !ok {
		return refuse(&refusedTrigger, ReasonTrigger, fmt.Sprintf("workflow %s has no request trigger %q", w.Name, journal.Text(c.trigger)), "{trigger}", c.trigger).
			advise("call a trigger of workflow %s that GET /_emulator/api/workflows lists", w.Name)
	}
	c.gate = g
	return nil
}

func (c *call) checkAddress() *verdict {
	if c.workflow.Callers.Allow(netip.Addr{}) {
		return nil // what allows nobody in particular allows everybody
	}
	peer, _ := netip.ParseAddrPort(c.request.RemoteAddr) // the zero address, which no range holds
	if c.workflow.Callers.Allow(peer.Addr()) {
		return nil
	}
	ip := peer.Addr().Unmap().WithZone("").String()
	return refuse(&refusedAddress, ReasonAddress, "allowedCallerIpAddresses of workflow "+c.workflow.Name+" does not hold "+ip, "{ip}", ip).
		advise("add an addressRange with %s to allowedCallerIpAddresses of workflow %s, or call from an address that stands there", ip, c.workflow.Name)
}

func (c *call) checkState() *verdict {
	if c.workflow.State == workflow.Enabled {
		return nil
	}
	no := refuse(&refusedState, ReasonState, fmt.Sprintf("workflow %s is %s", c.workflow.Name, c.workflow.State),
		"{workflow}", c.publicName(), "{trigger}", c.trigger, "{state}", string(c.workflow.State))
	if c.edition.stateGiven(c.workflow) {
		return no.advise(`enable workflow %s: PUT {"state":"Enabled"} to /_emulator/api/workflows/%s/state`, c.workflow.Name, url.PathEscape(c.workflow.Name))
	}
	return no.advise("enable workflow %s: set its state to Enabled in its document or in emulator.yaml", c.workflow.Name)
}

// publicName is what the service calls a workflow: a flow by its GUID.
func (c *call) publicName() string {
	id := c.workflow.ID
	if c.workflow.Profile != workflow.PowerAutomate || len(id) != 32 {
		return c.workflow.Name
	}
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}

func (c *call) checkMethod() *verdict {
	allowed := c.gate.Trigger.ExpectedMethod()
	if c.request.Method == allowed {
		return nil
	}
	return refuse(&refusedMethod, ReasonMethod, "call trigger "+c.trigger+" with "+allowed, "{allowed}", allowed, "{sent}", cut(c.request.Method)).
		advise("call trigger %s with %s, or set method %s in its inputs", c.trigger, allowed, journal.Text(c.request.Method))
}

// checkPath holds the path after /paths/invoke against the trigger's. Nobody has
// published what the service says here; refusing is the safe guess.
func (c *call) checkPath() *verdict {
	values, ok := matchPath(c.gate.Trigger.RelativePath, c.rest)
	if !ok {
		return refuse(&refusedRoute, ReasonRoute, fmt.Sprintf("the path after /paths/invoke is %q; trigger %s has relativePath %q", journal.Text(c.rest), c.trigger, c.gate.Trigger.RelativePath),
			"{uri}", requestURI(c.request)).
			advise("write after /paths/invoke what relativePath %q of trigger %s says", c.gate.Trigger.RelativePath, c.trigger)
	}
	c.path = values
	return nil
}

// checkConditions evaluates the trigger's conditions. When one is not met the
// trigger is skipped and no run starts; that the caller gets a 202 all the same is
// presumed.
func (c *call) checkConditions() *verdict {
	if len(c.gate.Trigger.Conditions) == 0 {
		return nil
	}
	scope := c.scope()
	for i, condition := range c.gate.Trigger.Conditions {
		result, err := condition.Eval(scope)
		if met, _ := result.(bool); err == nil && met {
			continue
		}
		detail := fmt.Sprintf("condition %d of trigger %s is not met, so the trigger is Skipped and no run starts", i+1, c.trigger)
		if err != nil {
			detail = fmt.Sprintf("condition %d of trigger %s: evaluation failed: '%s', so no run starts", i+1, c.trigger, c.told(func(s *expression.Scope) error { _, err := condition.Eval(s); return err }))
		}
		no := &verdict{outcome: journal.Refused, reason: ReasonCondition, detail: detail + "; that the caller still gets a 202 is presumed", status: http.StatusAccepted}
		return no.advise("send a call that condition %d of trigger %s holds of, or change the condition", i+1, c.trigger)
	}
	return nil
}

// requestURI is the URI as the caller wrote it, with the origin it called.
func requestURI(r *http.Request) string {
	return origin(r) + r.URL.RequestURI()
}

// origin returns scheme and host as the caller addressed them.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
