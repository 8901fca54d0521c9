package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"flowgate/expression"
	"flowgate/inspector"
	"flowgate/journal"
	"flowgate/jwks"
	"flowgate/policy"
	"flowgate/workspace"
)

// Explain says what would become of a call to a trigger with a token, at the gate's
// clock: with the same keys, policies, state and words, and without an entry in the
// journal. The checks are a call's own; those that need a real request (address,
// api-version, method, path, body, conditions) and signed URLs are left out. A token
// that does not verify is explained as far as it can be read.
//
// Its errors are the asker's: no token in the text, no such workflow or trigger.
func (s *Server) Explain(r inspector.ExplainRequest) (inspector.Explained, error) {
	pasted, err := inspector.ReadPasted(r.Token)
	if err != nil {
		return inspector.Explained{}, err
	}
	pasted.Scheme = scheme(pasted)
	request, err := http.NewRequest(http.MethodPost, "http://localhost/", http.NoBody)
	if err != nil {
		return inspector.Explained{}, err
	}
	request.Header.Set("Authorization", pasted.Scheme+" "+pasted.Token)
	answer := &answerText{header: http.Header{}}
	c := s.arrive(answer, request, logicShape)
	w, trigger, err := choose(c.edition.Workspace, r)
	if err != nil {
		return inspector.Explained{}, err
	}
	c.shape, c.workflow, c.gate, c.trigger, c.path = shapeOf(w), w, w.Gates[trigger], trigger, &expression.Object{}
	v := s.decide(c, (*call).judgeToken)
	return c.explained(v, pasted, answer), nil
}

// scheme is the scheme that a pasted token goes with: the one that was pasted, as the
// service spells it, or else the one that the token is made for.
func scheme(p inspector.Pasted) string {
	kind, ok := policyType(p.Scheme)
	switch {
	case p.Scheme != "" && !ok:
		return p.Scheme
	case kind == policy.AADPOP, p.Scheme == "" && jwks.IsPoP(p.Token):
		return "PoP"
	}
	return "Bearer"
}

// Refresh fetches the key sets that live at URLs, now, and waits for them or for ctx.
func (s *Server) Refresh(ctx context.Context) error { return s.edition.Load().verifier.Refresh(ctx) }

// choose finds the workflow and the trigger that are asked about. Either may be left
// out where there is one alone.
func choose(ws *workspace.Workspace, r inspector.ExplainRequest) (*workspace.Workflow, string, error) {
	var found *workspace.Workflow
	var names, triggers []string
	for _, w := range ws.Workflows {
		names = append(names, w.Name)
		if w.Name == r.Workflow || found == nil && strings.EqualFold(w.ID, r.Workflow) {
			found = w
		}
	}
	if r.Workflow == "" && len(ws.Workflows) == 1 {
		found = ws.Workflows[0]
	}
	if found == nil {
		return nil, "", unknown("workflow", r.Workflow, names)
	}
	for i := range found.Triggers {
		triggers = append(triggers, found.Triggers[i].Name)
	}
	if r.Trigger == "" && len(triggers) == 1 {
		return found, triggers[0], nil
	}
	if _, ok := found.Gates[r.Trigger]; !ok {
		return nil, "", unknown("trigger", r.Trigger, triggers)
	}
	return found, r.Trigger, nil
}

// unknown says that there is no such thing, or that one must be named, and what
// there is.
func unknown(what, name string, there []string) error {
	const most = 50
	var list strings.Builder
	for i, n := range there {
		if i == most {
			fmt.Fprintf(&list, ", and %d more", len(there)-most)
			break
		}
		if i > 0 {
			list.WriteString(", ")
		}
		fmt.Fprintf(&list, "%q", n)
	}
	are := "are"
	if len(there) == 1 {
		are = "is"
	}
	if name == "" {
		return fmt.Errorf("name the %s; there %s %s", what, are, &list)
	}
	return fmt.Errorf("no %s %q; there %s %s", what, journal.Text(cut(name)), are, &list)
}

// judgeToken takes a call through the checks that its token decides.
func (c *call) judgeToken() *verdict {
	for _, check := range []func() *verdict{c.checkCredentials, c.checkState} {
		if no := check(); no != nil {
			return no
		}
	}
	return c.run()
}

// answerText takes an answer as a caller gets it.
type answerText struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answerText) Header() http.Header         { return a.header }
func (a *answerText) WriteHeader(status int)      { a.status = status }
func (a *answerText) Write(b []byte) (int, error) { return a.body.Write(b) }

// explained writes up what was found out about the token.
func (c *call) explained(v *verdict, pasted inspector.Pasted, answer *answerText) inspector.Explained {
	status, worded := c.answer(answer, v, true)
	e := inspector.Explained{
		Workflow: c.workflow.Name, Trigger: c.trigger, Time: c.now.UTC(), Scheme: pasted.Scheme,
		Outcome: string(cmp.Or(v.outcome, journal.Refused)), Reason: string(v.reason), Detail: journal.Sentence(v.detail), Fix: journal.Sentence(v.fix),
		Also: []string{}, Answer: inspector.ExplainedAnswer{Status: status},
	}
	if worded != nil {
		e.Answer.Refusal, e.Answer.Evidence, e.Answer.Note = worded.Number, string(worded.Evidence), worded.Note
		e.Answer.Body = answer.body.String()
		var said struct {
			Error struct{ Code, Message string }
		}
		if json.Unmarshal(answer.body.Bytes(), &said) == nil {
			e.Answer.Code, e.Answer.Message = said.Error.Code, said.Error.Message
		}
	}
	c.decision = decided(c.asked, c.decision, c.token)
	claims := c.explainToken(&e, pasted)
	if claims != nil && !e.Verified {
		// Whoever makes it believed is told at once what comes next.
		if failure := c.edition.verifier.CheckTimes(claims, c.now); failure != nil && failure.Detail != v.detail {
			e.Also = append(e.Also, journal.Sentence("apart from that, "+failure.Detail))
		}
	}
	if claims != nil && e.Verified {
		e.Also = append(e.Also, c.forgiven(claims)...)
	}
	c.explainPolicies(&e, v, claims)
	if !c.workflow.Callers.Allow(netip.Addr{}) { // only everybody is also nobody in particular
		e.Also = append(e.Also, "the caller's address is not judged here, and the workflow has allowedCallerIpAddresses")
	}
	if v.refusal == &refusedNoResponse && len(c.workflow.Response.Needs) == 0 {
		e.Also = append(e.Also, fmt.Sprintf("the call that is judged here is empty: one with what Response action %q reads of a call's body, path, query or headers may be answered otherwise", c.workflow.Response.Name))
	}
	if n := len(c.gate.Trigger.Conditions); n > 0 {
		e.Also = append(e.Also, fmt.Sprintf("trigger conditions are not judged here, and trigger %q has %d", c.trigger, n))
	}
	return e
}

// forgiven says which of the token's times are good by the clock skew alone: how much of it the
// service forgives, nobody has published.
func (c *call) forgiven(claims policy.Claims) []string {
	verifier, skew := c.edition.verifier, c.edition.Workspace.ClockSkew
	if skew == 0 || verifier.CheckTimes(claims, c.now) != nil {
		return nil
	}
	const only = "only the clock skew of %s makes the token good %s, and how much the service forgives is presumed"
	switch {
	case verifier.CheckTimes(claims, c.now.Add(skew)) != nil:
		return []string{fmt.Sprintf("exp has passed: "+only, skew, "still")}
	case verifier.CheckTimes(claims, c.now.Add(-skew)) != nil:
		return []string{fmt.Sprintf("nbf has not come: "+only, skew, "already")}
	}
	return nil
}

// explainToken shows the token, and returns the claims that policies are held against.
func (c *call) explainToken(e *inspector.Explained, pasted inspector.Pasted) policy.Claims {
	if c.token == nil {
		return nil
	}
	e.Verified, e.Header = c.token.Verified, journal.Claims(c.token.Header)
	claims := c.token.Claims
	if kind, _ := policyType(pasted.Scheme); kind == policy.AADPOP && c.decision == nil {
		if read := jwks.ReadPoP(pasted.Token); read != nil {
			claims = read
			// Whose m, u and p these are is known once the request's own signature is.
			typ, _ := c.token.Header["typ"].(string)
			e.Verified = e.Verified && strings.EqualFold(typ, "pop")
		}
	}
	e.Claims = journal.Claims(claims)
	return claims
}

// explainPolicies says what the policies found, or would find once a token that is
// refused before them is believed.
func (c *call) explainPolicies(e *inspector.Explained, v *verdict, claims policy.Claims) {
	decision, apart := c.decision, false
	if decision == nil && claims != nil && v.reason != ReasonNoPolicy {
		kind, _ := policyType(e.Scheme)
		set := c.gate.Policies.Of(kind)
		if set.Len() == 0 {
			e.Also = append(e.Also, fmt.Sprintf("apart from that, trigger %q has no policy of type %s, so no %s token is admitted", c.trigger, kind, e.Scheme))
			return
		}
		judged := set.Authorize(claims)
		decision, apart = &judged, true
	}
	if decision == nil {
		return
	}
	shown := kept(*decision)
	e.Decision = &shown
	why := explain(*decision, claims, shown, e.Claims, c.edition.Known())
	switch {
	case apart && decision.Admitted:
		e.Also = append(e.Also, fmt.Sprintf("apart from that, its claims pass policy %q", decision.By))
	case apart:
		e.Policy = journal.Text(why.Policy)
		e.Also = append(e.Also, journal.Sentence(fmt.Sprintf("apart from that, the policies refuse its claims (%s): %s", why.Cause, why.Fix)))
	case v.reason == ReasonClaims:
		e.Cause, e.Policy, e.Fix = string(why.Cause), journal.Text(why.Policy), journal.Sentence(why.Fix)
	}
}
