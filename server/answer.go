package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"flowgate/journal"
	"flowgate/policy"
)

// scaleUnit is the two digits of the scale unit that answers name; every
// workflow's is the same.
const scaleUnit = "18"

// answer writes the verdict to the caller: status, headers and body, once. It is
// the only place that does. It returns the status and the refusal as worded.
func (c *call) answer(w http.ResponseWriter, v *verdict, plain bool) (int, *Refusal) {
	// Names are set as the service writes them, in lower case: Header.Set would
	// change their letters.
	h := w.Header()
	region := c.edition.Region
	h["x-ms-request-id"] = []string{region + ":" + c.id}
	if !plain {
		h["x-emulator-explain"] = []string{origin(c.request) + "/_emulator/api/requests/" + c.id}
	}
	if c.workflow != nil {
		c.workflowHeaders(h)
	}
	if c.runID != "" {
		c.runHeaders(h)
	}
	if v.outcome == journal.Admitted && v.refusal == nil && c.suppressed() {
		for name := range h {
			if strings.HasPrefix(name, "x-ms-") {
				delete(h, name)
			}
		}
	}
	status, body := v.status, v.body
	var worded *Refusal
	switch {
	case v.refusal != nil:
		worded = c.edition.worded(v.refusal)
		status, body = worded.Status, worded.body(c.shape == flowShape, v.fill...)
		h["Content-Type"] = []string{"application/json; charset=utf-8"}
	case v.outcome == "" || status == 0:
		status = http.StatusInternalServerError
	}
	for name, values := range v.header {
		// Ours are spelled in lower case: a Response's own takes the place of one.
		delete(h, strings.ToLower(name))
		h[name] = values
	}
	if len(body) > 0 && h["Content-Type"] == nil {
		h["Content-Type"] = []string{"application/octet-stream"} // or net/http would guess one
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a caller that has gone is nobody to tell
	return status, worded
}

// suppressed reports whether the trigger or the Response asks that the x-ms-*
// headers be left out.
func (c *call) suppressed() bool {
	response := c.workflow.Response
	return c.gate.Trigger.SuppressWorkflowHeaders || response != nil && response.SuppressWorkflowHeaders
}

// workflowHeaders are those of every answer given after the workflow was found.
func (c *call) workflowHeaders(h http.Header) {
	w := c.workflow
	h["x-ms-workflow-system-id"] = []string{"/locations/" + c.edition.Region + "/scaleunits/prod-" + scaleUnit + "/workflows/" + w.ID}
	h["x-ms-workflow-id"] = []string{w.ID}
	h["x-ms-workflow-version"] = []string{w.Version}
	h["x-ms-workflow-name"] = []string{c.publicName()}
	h["x-ms-tracking-id"] = []string{c.id}
}

// runHeaders are added when a run started (observed on consumption).
func (c *call) runHeaders(h http.Header) {
	tracking := c.runID
	if own := c.request.Header.Get("x-ms-client-tracking-id"); own != "" {
		tracking = cut(own)
	}
	limit := "x-ms-ratelimit-burst-remaining-workflow-writes"
	if c.request.Method == http.MethodGet {
		limit = "x-ms-ratelimit-burst-remaining-workflow-reads"
	}
	for _, pair := range [][2]string{
		{"Cache-Control", "no-cache"},
		{"Pragma", "no-cache"},
		{"Expires", "-1"},
		{"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
		{"x-ms-workflow-run-id", c.runID},
		{"x-ms-correlation-id", c.id},
		{"x-ms-client-tracking-id", tracking},
		{"x-ms-trigger-history-name", c.runID},
		{"x-ms-execution-location", c.edition.Region},
		{limit, "2999"},
		{"x-ms-ratelimit-remaining-workflow-download-contentsize", "214748138"},
		{"x-ms-ratelimit-remaining-workflow-upload-contentsize", "214748046"},
		{"x-ms-ratelimit-time-remaining-directapirequests", "19999586"},
	} {
		h[pair[0]] = []string{pair[1]}
	}
}

// entry is what the journal keeps of the call.
func (c *call) entry(v *verdict, status int, worded *Refusal, took time.Duration) *journal.Entry {
	e := &journal.Entry{
		ID: c.id, Time: c.now.UTC(), Trigger: journal.Text(c.trigger),
		Method: journal.Text(c.request.Method), Path: journal.Text(c.request.URL.EscapedPath()),
		Query: journal.Query(c.query), Headers: journal.Headers(c.request.Header),
		Body: journal.Body(c.body), BodyBytes: c.bodyRead,
		Status: status, Outcome: v.outcome, Reason: string(v.reason), Detail: journal.Sentence(v.detail), Fix: journal.Sentence(v.fix),
		DurationMS: float64(took.Microseconds()) / 1000,
	}
	if e.Outcome == "" {
		e.Outcome = journal.Refused // a verdict that decided nothing admitted nothing
	}
	if c.workflow != nil {
		e.Workflow = c.workflow.Name
	}
	if t := c.token; t != nil {
		e.Token = &journal.Token{Verified: t.Verified, Header: journal.Claims(t.Header), Claims: journal.Claims(t.Claims)}
	}
	if c.decision != nil {
		e.Decision = kept(*c.decision)
	}
	if v.reason == ReasonClaims && c.decision != nil {
		x := explain(*c.decision, c.token.Claims, e.Decision.(policy.Decision), e.Token.Claims, c.edition.Known())
		e.Cause, e.Policy, e.Fix = string(x.Cause), journal.Text(x.Policy), journal.Sentence(x.Fix)
	}
	if worded != nil {
		e.Code, e.Refusal, e.Evidence = worded.Code, worded.Number, string(worded.Evidence)
	}
	return e
}

// kept is a decision as the journal may keep it.
func kept(d policy.Decision) policy.Decision {
	d.Policies = slices.Clone(d.Policies)
	for i, p := range d.Policies {
		d.Policies[i].Claims = slices.Clone(p.Claims)
		for j, c := range p.Claims {
			d.Policies[i].Claims[j].Got = journal.Value(c.Got)
		}
	}
	return d
}
