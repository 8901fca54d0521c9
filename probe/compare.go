package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"flowgate/pattern"
	"flowgate/server"
)

// refusalText is the body of a refusal.
type refusalText struct {
	Code            string `json:"code"`
	Message         string `json:"message"`
	MessageTemplate string `json:"messageTemplate,omitempty"`
}

// readRefusal reads a body in the form in which the service refuses. exact tells
// whether it is written as the service writes it, to the byte.
func readRefusal(body []byte) (text refusalText, exact, ok bool) {
	var whole struct {
		Error refusalText `json:"error"`
	}
	if json.Unmarshal(body, &whole) != nil || whole.Error.Code == "" {
		return refusalText{}, false, false
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(whole) != nil {
		return refusalText{}, false, false
	}
	return whole.Error, string(body) == strings.TrimSuffix(b.String(), "\n"), true
}

var placeholder = pattern.New(`\{[a-z]+\}`)

// words is a row's message as a pattern: what is known is filled in, and anything
// may stand for the rest.
func words(r server.Refusal, fill []string) *regexp.Regexp {
	message := strings.NewReplacer(fill...).Replace(r.Message)
	if len(fill) == 0 {
		message = r.Message
	}
	var b strings.Builder
	for {
		at := placeholder().FindStringIndex(message)
		if at == nil {
			return regexp.MustCompile(`(?s)\A` + b.String() + regexp.QuoteMeta(message) + `\z`)
		}
		b.WriteString(regexp.QuoteMeta(message[:at[0]]) + ".+")
		message = message[at[1]:]
	}
}

// unresolved are the refusals of calls whose workflow was not looked up, or is not
// there: their answers name none.
var unresolved = []int{1, 2, 3, 19, 27}

// workflowHeaders stand in every answer that was given after the workflow was found.
var workflowHeaders = []string{"X-Ms-Workflow-System-Id", "X-Ms-Workflow-Id", "X-Ms-Workflow-Version", "X-Ms-Workflow-Name", "X-Ms-Tracking-Id"}

// runHeader tells that a run has started.
const runHeader = "X-Ms-Workflow-Run-Id"

// differences says in what an answer is not what the row announces.
func differences(a *response, r server.Refusal, fill []string, flow bool) []string {
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if a.status != r.Status {
		say("status %d, not %d", a.status, r.Status)
	}
	text, exact, ok := readRefusal(a.body)
	if !ok {
		say("the body is no refusal of the service")
		return all
	}
	template := ""
	if flow {
		template = r.Template
	}
	if text.Code != r.Code {
		say("code %q, not %q", text.Code, r.Code)
	}
	if pattern := words(r, fill); !pattern.MatchString(text.Message) {
		say("message %q, not %q", text.Message, strings.NewReplacer(fill...).Replace(r.Message))
	}
	if text.MessageTemplate != template {
		say("messageTemplate %q, not %q", text.MessageTemplate, template)
	}
	if !exact {
		say("the body is not compact JSON of code and message in this order")
	}
	return append(all, headerDifferences(a.header, r.Number)...)
}

var requestID = pattern.New(`^[a-z0-9-]+:[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

func headerDifferences(h http.Header, number int) []string {
	var all []string
	if got := h.Get("Content-Type"); got != "application/json; charset=utf-8" {
		all = append(all, fmt.Sprintf("Content-Type %q, not \"application/json; charset=utf-8\"", got))
	}
	if !requestID().MatchString(h.Get("X-Ms-Request-Id")) {
		all = append(all, "no x-ms-request-id of region and GUID")
	}
	for _, name := range workflowHeaders {
		there := h.Get(name) != ""
		switch {
		case number == 20: // whether the workflow counts as found there is not published
		case slices.Contains(unresolved, number) && there:
			all = append(all, strings.ToLower(name)+" is there")
		case !slices.Contains(unresolved, number) && !there:
			all = append(all, "no "+strings.ToLower(name))
		}
	}
	for _, name := range []string{runHeader, "X-Ms-Correlation-Id", "X-Ms-Client-Tracking-Id", "X-Ms-Trigger-History-Name", "Www-Authenticate"} {
		if h.Get(name) != "" {
			all = append(all, strings.ToLower(name)+" is there")
		}
	}
	return all
}

// identify returns the number of the row whose code and message an answer has, 0 if
// none; of rows with the same words, one that was expected.
func identify(a *response, expected []server.Refusal) int {
	text, _, ok := readRefusal(a.body)
	if !ok {
		return 0
	}
	for _, r := range append(slices.Clone(expected), server.Catalogue()...) {
		if r.Code == text.Code && words(r, nil).MatchString(text.Message) {
			return r.Number
		}
	}
	return 0
}
