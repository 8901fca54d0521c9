package server

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"flowgate/journal"
	"flowgate/policy"
	"flowgate/workspace"
)

// pending is what the journal's entry of an answered call is made from, later and off
// the call's path. It is bounded, as an entry is, and holds neither the request nor
// a credential.
type pending struct {
	server   *Server
	edition  *edition
	workflow *workspace.Workflow // nil: none was found
	id       string
	trigger  string
	method   string
	path     string
	query    journal.Query
	headers  journal.Fields
	body     []byte
	bodyRead int64
	unread   bool // there was more of the body; of a chunked one that nobody read, any at all
	token    *journal.Token
	read     journal.Token // what token points to
	asked    policy.Set
	decision *policy.Decision
	outcome  journal.Outcome
	reason   Reason
	detail   string
	fix      string
	status   int
	worded   *Refusal      // nil: no refusal
	fill     []string      // what its message was filled with; see verdict
	now      time.Time     // the gate's
	took     time.Duration // really
}

// Bounds of what waits to be written up: more is cut before, which is dear.
const (
	maxPendingText  = 16 << 10 // bytes of a path, a detail
	maxPendingFill  = 2 << 10  // bytes of what an answer repeats: the journal keeps no more of a text
	maxPendingToken = 8 << 10  // bytes of the Authorization header; decoded, it may take twenty times as much
)

// pend captures the call. The slow work, such as looking for secrets, is Entry's.
func (c *call) pend(v *verdict, status int, worded *Refusal) *pending {
	p := &pending{
		server: c.server, edition: c.edition, workflow: c.workflow,
		id: c.id, trigger: short(c.trigger), method: short(c.request.Method), path: short(c.request.URL.EscapedPath()),
		query: journal.HoldQuery(c.query.Each), headers: journal.HoldHeaders(c.request.Header),
		body: c.body, bodyRead: c.bodyRead, unread: c.bodyLeft || c.request.ContentLength > c.bodyRead || c.request.ContentLength < 0 && c.body == nil, asked: c.asked, decision: c.decision,
		outcome: cmp.Or(v.outcome, journal.Refused), // a verdict that decided nothing admitted nothing
		reason:  v.reason, detail: short(v.detail), fix: short(v.fix), status: status, worded: worded, fill: v.fill,
		now: c.now, took: time.Since(c.arrived),
	}
	for i := 1; i < len(p.fill); i += 2 { // the values; copies, for one may be a piece of a long header
		p.fill[i] = strings.Clone(p.fill[i][:min(len(p.fill[i]), maxPendingFill)])
	}
	if len(c.request.Method)+len(c.request.RequestURI) > maxURL {
		p.letLineGo()
	}
	if c.token != nil {
		p.read = *c.token // the call, and the request with it, are let go
		p.token = &p.read
	}
	if cap(p.body) > 2*journal.MaxBody {
		p.body = bytes.Clone(p.body[:min(len(p.body), journal.MaxBody)])
	}
	if len(c.request.Header.Get("Authorization")) > maxPendingToken {
		p.cutToken()
	}
	return p
}

// letLineGo keeps no piece of the request line: net/http cuts method, path and query out
// of one text, which is kept whole for the shortest of them. The query of a line too long
// for any URL is not kept at all.
func (p *pending) letLineGo() {
	p.query = p.query.LetGo()
	for _, piece := range [...]*string{&p.method, &p.trigger, &p.path} {
		*piece = strings.Clone(*piece)
	}
}

// short cuts a text that could otherwise be as large as a request.
func short(s string) string { return cutTo(s, maxPendingText) }

func cutTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.Clone(s[:most]) // a copy: the request is let go
}

// decided returns what the policies said of the token, with every comparison; nil when
// they were not asked. A call that they let in does not wait for that.
func decided(asked policy.Set, decision *policy.Decision, token *journal.Token) *policy.Decision {
	if decision == nil && asked.Len() > 0 && token != nil {
		d := asked.Authorize(token.Claims)
		return &d
	}
	return decision
}

// cutToken keeps of the token what the entry will have, and of the decision.
func (p *pending) cutToken() {
	if t := p.token; t != nil {
		p.token = &journal.Token{Verified: t.Verified, Header: journal.Claims(t.Header), Claims: journal.Claims(t.Claims)}
		p.read = journal.Token{} // let go
	}
	if p.decision != nil {
		d := kept(*p.decision)
		p.decision = &d
	}
}

// Entry writes the call up for the journal. A failure of ours costs the entry's
// details, and nothing else.
func (p *pending) Entry() (e *journal.Entry) {
	defer func() {
		if failure := recover(); failure != nil {
			p.server.failed(failure, p.id)
			e = p.outline()
			e.Detail = "this call could not be written up; the emulator's log says where, please report it"
		}
	}()
	e = p.outline()
	e.Method, e.Trigger, e.Path = journal.Text(p.method), journal.Text(p.trigger), journal.Text(p.path)
	e.Query, e.Repeated = p.query.Kept()
	e.Headers = p.headers.Kept()
	e.Body, e.BodyBytes, e.BodyUnread = journal.Body(p.body), p.bodyRead, p.unread
	e.Message, e.Detail, e.Fix = p.message(), journal.Sentence(p.detail), journal.Sentence(p.fix)
	p.decision = decided(p.asked, p.decision, p.token)
	decision := p.decision
	var claims policy.Claims // as they are: what is kept of them may lack what matters
	if p.token != nil {
		claims = p.token.Claims
	}
	p.cutToken()
	e.Token = p.token
	if decision != nil {
		e.Decision = *p.decision
	}
	if p.reason == ReasonClaims && decision != nil {
		x := explain(*decision, claims, *p.decision, p.token.Claims, p.edition.Known())
		e.Cause, e.Policy, e.Fix = string(x.Cause), journal.Text(x.Policy), journal.Sentence(x.Fix)
	}
	return e
}

// outline is the part of the entry that is ours.
func (p *pending) outline() *journal.Entry {
	e := &journal.Entry{ID: p.id, Time: p.now.UTC(), Status: p.status, Outcome: p.outcome, Reason: string(p.reason),
		Workflow: p.workflowName(), DurationMS: milliseconds(p.took)}
	if r := p.worded; r != nil {
		e.Code, e.Refusal, e.Evidence = r.Code, r.Number, string(r.Evidence)
	}
	return e
}

// message is what the answer said, as the journal may keep it: the words are the
// service's, and what they repeat of the call is a caller's.
func (p *pending) message() string {
	switch {
	case p.worded == nil:
		return ""
	case len(p.fill) == 0:
		return p.worded.Message
	}
	fill := slices.Clone(p.fill)
	for i := 1; i < len(fill); i += 2 {
		if fill[i-1] == "{scheme}" {
			fill[i] = journal.Scheme(fill[i])
			continue
		}
		fill[i] = journal.Text(fill[i])
	}
	return journal.Sentence(strings.NewReplacer(fill...).Replace(p.worded.Message))
}

// kept is a decision as the journal may keep it.
func kept(d policy.Decision) policy.Decision {
	d.Policies = slices.Clone(d.Policies)
	for i, p := range d.Policies {
		d.Policies[i].Claims = slices.Clone(p.Claims)
		for j, c := range p.Claims {
			d.Policies[i].Claims[j] = keptComparison(c)
		}
	}
	return d
}

// keptComparison is a comparison as the journal may keep it. Of a claim that matched, what
// the policy wants is what the token has.
func keptComparison(c policy.Comparison) policy.Comparison {
	if c.Present {
		c.Got = journal.Claim(c.Name, c.Got)
	}
	if c.Matched {
		c.Wanted = journal.Claim(c.Name, c.Wanted).(string)
	}
	return c
}

// workflowName is empty when no workflow was found.
func (p *pending) workflowName() string {
	if p.workflow == nil {
		return ""
	}
	return p.workflow.Name
}

// milliseconds is how the journal and the log tell how long a call took.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// shownTrigger is the trigger for the log; empty when no workflow has it, and its name is
// a caller's text.
func (p *pending) shownTrigger() string {
	if p.workflow == nil || p.reason == ReasonTrigger {
		return ""
	}
	return p.trigger
}

func shownMethod(method string) string {
	if method == http.MethodPost || method == http.MethodGet {
		return method
	}
	return journal.Text(method)
}
