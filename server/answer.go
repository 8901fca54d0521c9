package server

import (
	"net/http"
	"strconv"
	"strings"

	"flowgate/journal"
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
