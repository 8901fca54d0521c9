// Package probe asks a trigger, of an emulator or of the real service, what the
// catalogue of refusals says it answers, and tells where it answers otherwise. It
// never starts a run unless it is told to, and repeats neither token nor signature.
package probe

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"time"

	"flowgate/pattern"
	"flowgate/policy"
	"flowgate/server"
)

// Options says what to probe, and with what.
type Options struct {
	Target  *Target
	Token   *Token         // nil: none is known
	Run     bool           // start a run with each credential that is known
	Timeout time.Duration  // of a call
	Roots   *x509.CertPool // whom to trust; nil: the system's
	Now     func() time.Time
}

// Verdict says how an answer stands to the catalogue.
type Verdict string

// The verdicts.
const (
	Same     Verdict = "same"      // as the catalogue says
	Differs  Verdict = "differs"   // otherwise than was observed
	Presumed Verdict = "presumed"  // otherwise, and the catalogue only presumed
	NoAnswer Verdict = "no-answer" // there was none
)

// Plan returns what would be sent, in its order.
func Plan(o Options) ([]string, error) {
	calls, err := matrix(o.Target, o.Token, o.Now(), o.Run)
	var sends []string
	for _, c := range calls {
		sends = append(sends, c.sends)
	}
	return sends, err
}

// Run sends every probe, one after the other, until ctx is done. That the first gets
// no answer is an error.
func Run(ctx context.Context, o Options) (*Report, error) {
	calls, err := matrix(o.Target, o.Token, o.Now(), o.Run)
	if err != nil {
		return nil, err
	}
	c := client(o.Timeout, o.Roots)
	defer c.CloseIdleConnections()
	p := &prober{Options: o, client: c, redact: redactor(o.Target, o.Token), method: http.MethodPost,
		report: &Report{URL: o.Target.String(), Probes: []Result{}}}
	for i := range calls {
		if err := ctx.Err(); err != nil {
			return p.report, err
		}
		result := p.ask(ctx, &calls[i])
		if i == 0 && result.Verdict == NoAnswer {
			return nil, errors.New(result.Differences[0]) // nor will the others get one
		}
		p.report.add(result)
	}
	return p.report, nil
}

// prober learns of the gate as it goes.
type prober struct {
	Options
	client *http.Client
	redact func(string) string
	report *Report
	gate   gate
	method string // of the trigger, as far as is known
}

func (p *prober) ask(ctx context.Context, c *call) Result {
	result := Result{Name: c.name, Sends: c.sends, Expected: []Expected{}}
	method := c.method
	switch {
	case c.run:
		method = p.method
	case method == "":
		method = http.MethodPost
	}
	a, err := c.send(ctx, p.client, p.Target.origin, method)
	if err != nil {
		result.Verdict, result.Differences = NoAnswer, []string{p.redact(err.Error())}
		return result
	}
	p.report.Emulator = p.report.Emulator || a.header.Get("X-Emulator-Explain") != ""
	result.Answer = p.answerOf(a)
	if c.run {
		p.judgeRun(&result, a)
	} else {
		p.judge(&result, c, a)
	}
	p.learn(c, a, result.Refusal)
	return result
}

// judge holds an answer against the rows that are expected, and reports how it
// differs from the nearest of them.
func (p *prober) judge(result *Result, c *call, a *response) {
	var rows []server.Refusal
	for _, number := range c.expect(p.gate) {
		r, err := server.FindRefusal(number)
		if err != nil {
			panic(err) // a mistake in the matrix
		}
		rows = append(rows, r)
		result.Expected = append(result.Expected, Expected{r.Number, r.Status, r.Code, r.Message, string(r.Evidence)})
	}
	result.Refusal = identify(a, rows)
	nearest, found := rows[0], differences(a, rows[0], c.fill, p.Target.flow)
	for _, r := range rows[1:] {
		if differs := differences(a, r, c.fill, p.Target.flow); len(differs) < len(found) {
			nearest, found = r, differs
		}
	}
	for _, d := range found {
		result.Differences = append(result.Differences, p.redact(d))
	}
	if !c.good && passed(a, result.Refusal) {
		result.Differences = append([]string{"the call was let through: only good credentials earn this answer"}, result.Differences...)
	}
	switch {
	case len(result.Differences) == 0:
		result.Verdict, result.Confirms = Same, nearest.Evidence != policy.Observed
	case nearest.Evidence != policy.Observed && (c.good || !passed(a, result.Refusal)):
		result.Verdict = Presumed
	default:
		result.Verdict = Differs
	}
}

// passed reports whether an answer is one that a call earns whose credentials are
// good: a refusal that comes after them, a success, or a run.
func passed(a *response, refusal int) bool {
	return refusal >= 21 && refusal <= 25 || a.status/100 == 2 || a.header.Get(runHeader) != ""
}

// judgeRun holds the answer to a call that is meant to start a run: any but a
// refusal will do, for the answer is the workflow's own.
func (p *prober) judgeRun(result *Result, a *response) {
	result.Verdict = Same
	if result.Refusal = identify(a, nil); result.Refusal != 0 || a.status >= http.StatusInternalServerError {
		result.Verdict, result.Differences = Differs, []string{"it was refused"}
	}
}

var expectedMethod = pattern.New(`expected '([A-Z]+)'`)

func (p *prober) learn(c *call, a *response, refusal int) {
	if c.name == "no-credentials" {
		p.gate = gate(refusal)
	}
	if found := expectedMethod().FindSubmatch(a.body); refusal == 22 && found != nil {
		p.method = string(found[1])
	}
}
