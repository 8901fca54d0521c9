package server

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"flowgate/expression"
	"flowgate/journal"
)

// run answers an admitted call: with 202 at once, or as the Response action says.
func (c *call) run() *verdict {
	c.runID = newRunID(c.now)
	response := c.workflow.Response
	if response == nil {
		return &accepted
	}
	if len(response.Needs) > 0 {
		return c.noResponse(fmt.Sprintf("Response action %q needs %s, and actions are not run here", response.Name, strings.Join(response.Needs, ", "))).
			advise("have Response action %q answer from the trigger alone, without %s", response.Name, strings.Join(response.Needs, ", "))
	}
	scope := c.scope()
	status, err := evalStatus(response.StatusCode, scope)
	if err != nil {
		return c.noResponse(fmt.Sprintf("Response action %q: status code: %s", response.Name, c.told(func(s *expression.Scope) error { _, err := evalStatus(response.StatusCode, s); return err }))).
			advise("write a statusCode in Response action %q that is 2xx, 4xx or 5xx for this call", response.Name)
	}
	header, err := evalHeaders(response.Headers, scope)
	if err != nil {
		return c.noResponse(fmt.Sprintf("Response action %q: headers: %s", response.Name, c.told(func(s *expression.Scope) error { _, err := evalHeaders(response.Headers, s); return err }))).
			advise("%s", evaluable("headers", response.Headers, response.Name))
	}
	body, contentType, err := evalBody(response.Body, scope)
	if err != nil {
		return c.noResponse(fmt.Sprintf("Response action %q: body: %s", response.Name, c.told(func(s *expression.Scope) error { _, _, err := evalBody(response.Body, s); return err }))).
			advise("%s", evaluable("a body", response.Body, response.Name))
	}
	if contentType != "" && header.Get("Content-Type") == "" {
		if strings.ContainsFunc(contentType, isControl) { // a caller's own, where the body is what it sent
			return c.noResponse(fmt.Sprintf("Response action %q: body: its $content-type has control characters", response.Name)).
				advise("send a $content-type without control characters")
		}
		header.Set("Content-Type", contentType)
	}
	return &verdict{outcome: journal.Admitted, reason: ReasonNone, status: status, header: header, body: body}
}

// evaluable says what to change where a part of a Response action cannot be evaluated: what it
// reads of the call may be missing there.
func evaluable(part string, t *expression.Template, response string) string {
	fix := fmt.Sprintf("write %s in Response action %q that can be evaluated for this call", part, response)
	if _, literal := t.Literal(); literal {
		return fix
	}
	return "send what the Response reads of the call, or " + fix
}

// accepted is the verdict of every call that starts a run and gets nothing from it.
var accepted = verdict{outcome: journal.Admitted, reason: ReasonNone, status: http.StatusAccepted}

// noResponse is the answer to a call that was admitted, and whose run never came
// to its Response.
func (c *call) noResponse(detail string) *verdict {
	v := refuse(&refusedNoResponse, ReasonNone, detail, "{run}", c.runID)
	v.outcome = journal.Admitted
	return v
}

func (c *call) scope() *expression.Scope {
	w := c.workflow
	run, flow := &expression.Object{}, &expression.Object{}
	resource := w.Resource
	if resource == "" {
		resource = "/workflows/" + w.ID
	}
	if c.runID == "" { // a condition is evaluated before the run has its id
		c.runID = newRunID(c.now)
		defer func() { c.runID = "" }()
	}
	run.Set("id", resource+"/runs/"+c.runID)
	run.Set("name", c.runID)
	run.Set("type", "Microsoft.Logic/workflows/runs")
	flow.Set("id", resource)
	flow.Set("name", c.publicName())
	flow.Set("type", "Microsoft.Logic/workflows")
	flow.Set("location", w.Location)
	if w.Tags != nil {
		flow.Set("tags", w.Tags)
	}
	flow.Set("run", run)
	return &expression.Scope{TriggerName: c.trigger, Trigger: c.outputs(), Parameters: c.values(), Workflow: flow,
		Now: func() time.Time { return c.now }, NewGUID: newGUID}
}

// evalStatus returns the Response's status: 200 unless it says otherwise, and 2xx,
// 4xx or 5xx only (documented).
func evalStatus(t *expression.Template, scope *expression.Scope) (int, error) {
	if t == nil {
		return http.StatusOK, nil
	}
	v, err := t.Eval(scope)
	if err != nil {
		return 0, err
	}
	status, err := strconv.Atoi(text(v))
	if err != nil || status < 200 || status > 599 || status/100 == 3 {
		return 0, fmt.Errorf("%s is none of 2xx, 4xx and 5xx", journal.Text(text(v)))
	}
	return status, nil
}

// droppedHeaders never leave a Response action (documented); neither do other
// Content-* headers than those kept below.
var droppedHeaders = []string{"Allow", "Cookie", "Expires", "Last-Modified", "Set-Cookie", "Transfer-Encoding"}

// ownHeaders are the connection's and the emulator's: a Response that set them
// would break the one, as HTTP/2 has no such headers, or speak for the other.
var ownHeaders = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Upgrade", "X-Emulator-Explain"}

var keptContentHeaders = []string{"Content-Disposition", "Content-Encoding", "Content-Type"}

func evalHeaders(t *expression.Template, scope *expression.Scope) (http.Header, error) {
	header := http.Header{}
	if t == nil {
		return header, nil
	}
	v, err := t.Eval(scope)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*expression.Object)
	if !ok {
		if v == nil {
			return header, nil
		}
		return nil, fmt.Errorf("%s is no object", journal.Text(text(v)))
	}
	for _, name := range o.Names() {
		value, _ := o.Get(name)
		canonical := http.CanonicalHeaderKey(name)
		content := strings.HasPrefix(canonical, "Content-") && !slices.Contains(keptContentHeaders, canonical)
		if value == nil || content || slices.Contains(droppedHeaders, canonical) || slices.Contains(ownHeaders, canonical) {
			continue
		}
		// What a caller sent may stand in here: no header may end early.
		if !headerName(name) || strings.ContainsFunc(text(value), isControl) {
			return nil, fmt.Errorf("%q: %q is no header", journal.Text(name), journal.Field(name, text(value)))
		}
		header.Set(name, text(value))
	}
	return header, nil
}

// isControl reports whether a character may not stand in a header's value.
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// headerName reports whether s is a token of RFC 9110 section 5.6.2.
func headerName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
	})
}

// evalBody returns the Response's body and the content type that goes with it
// when its headers name none.
func evalBody(t *expression.Template, scope *expression.Scope) (body []byte, contentType string, err error) {
	if t == nil {
		return nil, "", nil
	}
	v, err := t.Eval(scope)
	if err != nil {
		return nil, "", err
	}
	switch v := v.(type) {
	case nil:
		return nil, "", nil
	case string:
		return []byte(v), "text/plain; charset=utf-8", nil
	case *expression.Object:
		kind, _ := v.Get("$content-type")
		content, ok := v.Get("$content")
		if encoded, isText := content.(string); ok && isText {
			raw, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				return nil, "", fmt.Errorf("$content is no base64: %v", err)
			}
			return raw, text(kind), nil
		}
	}
	return expression.Encode(v), "application/json; charset=utf-8", nil
}

// text is a value as it stands in a header: a string itself, all else its JSON.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return string(expression.Encode(v))
}
