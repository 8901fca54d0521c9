package workflow

import (
	"strings"

	"flowgate/expression"
	"flowgate/policy"
)

// lint is a problem at n's place that a lint found.
func (n node) lint(name string, severity Severity, text, fix string) *Problem {
	p := n.problem(severity, text, fix)
	p.Lint = name
	return p
}

// policyLint puts what a lint found of a policy at its place.
func (w *Workflow) policyLint(l policy.Lint) *Problem {
	severity := SeverityWarning
	if l.Note {
		severity = SeverityNote
	}
	p := w.PolicyAt(l.Policy, l.Claim).Problem(severity, l.Text, l.Fix)
	p.Lint = l.Name
	return p
}

// lint keeps what a lint found: of more than a load reports, only enough to know it.
func (w *Workflow) lint(p *Problem) {
	if len(w.Lints) <= maxProblems {
		w.Lints = append(w.Lints, p)
	}
}

// lintAccess looks at who may call, triggers being what the access control says of
// the triggers.
func (w *Workflow) lintAccess(triggers node) {
	for _, l := range w.Policies.Lint() {
		w.lint(w.policyLint(l))
	}
	if !w.SASDisabled && w.Policies.Len() > 0 {
		at, ok := triggers.raw("sasAuthenticationPolicy")
		fix := `set its state to "Disabled" if tokens alone are to admit`
		if !ok {
			at, _ = triggers.raw("openAuthenticationPolicies")
			fix = `add "sasAuthenticationPolicy": {"state": "Disabled"} beside it if tokens alone are to admit`
		}
		w.lint(at.lint("sas-open", SeverityWarning, "whoever has the signed URL can call without a token: policies do not switch SAS off", fix))
	}
	if w.Callers.Nobody() {
		at, _ := triggers.raw("allowedCallerIpAddresses")
		w.lint(at.lint("callers-empty", SeverityWarning, "the list of callers is empty: only other Logic Apps may call, and every direct call is refused",
			`name ranges, such as {"addressRange": "10.0.0.0/24"}, or leave the list out to let every address call`))
	}
}

// lintCondition looks at a condition of a trigger, whose outputs have the header
// Authorization only when asked to, and a flow's never.
func (w *Workflow) lintCondition(n node, t *Trigger) {
	if !namesAuthorization(n.value) {
		return
	}
	switch {
	case w.Profile == PowerAutomate:
		w.lint(n.lint("authorization-hidden", SeverityWarning, "the condition looks at the header Authorization, which no flow ever sees",
			"let triggerAuthenticationType say who may call"))
	case !t.IncludeAuthorization:
		w.lint(n.lint("authorization-hidden", SeverityWarning, "the condition looks at the header Authorization, which is left out of the trigger's outputs",
			`add "operationOptions": "IncludeAuthorizationHeadersInOutputs" to the trigger`))
	}
}

// namesAuthorization reports whether an expression has 'Authorization' as a text in
// it, in any letter case: headers are looked up so.
func namesAuthorization(v any) bool {
	return strings.Contains(strings.ToLower(string(expression.Encode(v))), "'authorization'")
}
