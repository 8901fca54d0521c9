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
	h := headOf(c.request, w)
	status, body := v.status, v.body
	var worded *Refusal
	switch {
	case v.refusal != nil:
		worded = c.edition.worded(v.refusal)
		status, body = worded.Status, worded.body(c.shape == flowShape, v.fill...)
		w.Header()["Content-Type"] = jsonContent
	case v.outcome == "" || status == 0:
		status = http.StatusInternalServerError
	}
	if status == http.StatusNoContent || status == http.StatusResetContent {
		body = nil // RFC 9110 gives them none: a caller that relies on it would lose step
	}
	// net/http has to know what is said of the body, and what the Response action says.
	// Of an empty body it says itself that it is empty.
	for name, values := range v.header {
		w.Header()[name] = values
	}
	if len(body) > 0 {
		if w.Header()["Content-Type"] == nil {
			w.Header()["Content-Type"] = bytesContent // or net/http would guess one
		}
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	if !plain && len(body) > 0 && !isData(w.Header()["Content-Type"]) {
		// A browser gives it an origin of its own: what a caller made a Response say may be
		// no script beside the inspector, which has no password.
		w.Header()["Content-Security-Policy"] = append(w.Header()["Content-Security-Policy"], "sandbox allow-scripts allow-forms")
	}
	h.own, h.suppressed = v.header, v.outcome == journal.Admitted && v.refusal == nil && c.suppressed()
	c.headers(&h, plain)
	h.done()
	w.WriteHeader(status)
	_, _ = w.Write(body) // a caller that has gone is nobody to tell
	return status, worded
}

// isData reports whether no browser makes a document, which can hold scripts, of a body with
// these values of Content-Type. What is not known to be data is taken for a document: a
// browser looks into a body whose type is none or says nothing, and of a list it takes the last.
func isData(contentType []string) bool {
	if len(contentType) != 1 || strings.Contains(contentType[0], ",") {
		return false
	}
	if contentType[0] == jsonContent[0] {
		return true
	}
	kind, _, _ := strings.Cut(contentType[0], ";")
	kind = strings.Trim(kind, " \t")
	if top, sub, _ := strings.Cut(kind, "/"); !headerName(top) || !headerName(sub) {
		return false // before letter case is looked at, for which Go knows letters that no browser does
	}
	switch kind = strings.ToLower(kind); kind {
	case "application/json", "text/plain", "application/octet-stream":
		return true
	}
	return strings.HasSuffix(kind, "+json")
}

// Values that many answers share; nobody changes a header's values.
var (
	jsonContent  = []string{"application/json; charset=utf-8"}
	bytesContent = []string{"application/octet-stream"}
)

// headers are the service's, and one of ours.
func (c *call) headers(h *head, plain bool) {
	h.set("x-ms-request-id", c.edition.Region, ":", c.id)
	if !plain {
		scheme := "http://"
		if c.request.TLS != nil {
			scheme = "https://"
		}
		h.set("x-emulator-explain", scheme, cut(c.request.Host), "/_emulator/api/requests/", c.id)
	}
	if c.workflow != nil {
		c.workflowHeaders(h)
	}
	if c.runID != "" {
		c.runHeaders(h)
	}
}

// suppressed reports whether the trigger or the Response asks that the x-ms-*
// headers be left out.
func (c *call) suppressed() bool {
	response := c.workflow.Response
	return c.gate.Trigger.SuppressWorkflowHeaders || response != nil && response.SuppressWorkflowHeaders
}

// workflowHeaders are those of every answer given after the workflow was found.
func (c *call) workflowHeaders(h *head) {
	w := c.workflow
	h.set("x-ms-workflow-system-id", "/locations/", c.edition.Region, "/scaleunits/prod-"+scaleUnit+"/workflows/", w.ID)
	h.set("x-ms-workflow-id", w.ID)
	h.set("x-ms-workflow-version", w.Version)
	h.set("x-ms-workflow-name", c.publicName())
	h.set("x-ms-tracking-id", c.id)
}

// runHeaders are added when a run started (observed on consumption).
func (c *call) runHeaders(h *head) {
	tracking := c.runID
	if given := c.request.Header.Get("x-ms-client-tracking-id"); given != "" {
		tracking = cut(given)
	}
	limit := "x-ms-ratelimit-burst-remaining-workflow-writes"
	if c.request.Method == http.MethodGet {
		limit = "x-ms-ratelimit-burst-remaining-workflow-reads"
	}
	h.set("Cache-Control", "no-cache")
	h.set("Pragma", "no-cache")
	h.set("Expires", "-1")
	h.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.set("x-ms-workflow-run-id", c.runID)
	h.set("x-ms-correlation-id", c.id)
	h.set("x-ms-client-tracking-id", tracking)
	h.set("x-ms-trigger-history-name", c.runID)
	h.set("x-ms-execution-location", c.edition.Region)
	h.set(limit, "2999")
	h.set("x-ms-ratelimit-remaining-workflow-download-contentsize", "214748138")
	h.set("x-ms-ratelimit-remaining-workflow-upload-contentsize", "214748046")
	h.set("x-ms-ratelimit-time-remaining-directapirequests", "19999586")
}
