package inspector_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"flowgate/entra"
)

// A call's page says why, and marks where wanted and got part.
func TestCallPage(t *testing.T) {
	s := openSite(t, nil)
	page := s.get(s.call("invoices", s.bad("aud-without-slash"), `{"invoice":7}`, http.Header{"Content-Type": {"application/json"}}))
	for what, want := range map[string]string{
		"the answer":          `<strong>403</strong> <code>Mis<wbr>Matching<wbr>OAuth<wbr>Claims</code>`,
		"its words":           `<blockquote>One or more claims either missing or does not match with the open authentication access control policy.</blockquote>`,
		"the cause":           `<code class="quiet">double-slash-scope</code>`,
		"the fix":             `https://service.flow.microsoft.com//.default`,
		"the difference":      `<code>https://service.flow.microsoft.com<mark>/</mark></code>`,
		"the gap":             `<code>https://service.flow.microsoft.com<span class="gap">`,
		"a claim that fits":   `<span class="quiet">matches</span>`,
		"when the token ends": `good for another 60 min`,
		"the body":            `{&#34;invoice&#34;:7}`,
		"how to repeat it":    `_emulator/api/tokens`,
		"what is left out":    `Bearer [redacted]`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing: %s", what, want)
		}
	}
	if strings.Contains(page, "eyJ") {
		t.Error("the page has a token")
	}
	admitted := s.get(s.call("orders", s.token(entra.Request{Resource: "https://management.azure.com/"}), `{}`, nil))
	if !strings.Contains(admitted, "Why it was admitted") || strings.Contains(admitted, `class="fix"`) {
		t.Error("an admitted call's page reads as if it was refused")
	}
	s.page(http.MethodGet, "/_emulator/calls/none", nil, http.StatusNotFound)
}

// A body that was not read is not shown as none, and the command that makes the call
// again has one.
func TestCallPageOfAnUnreadBody(t *testing.T) {
	s := openSite(t, nil)
	unread := s.get(s.call("orders", "", strings.Repeat("a", 100<<10), nil))
	for _, want := range []string{`<h3>Body <span class="quiet">not read</span></h3>`, "The call was answered before its body was read.",
		"--data-binary @body", "Save the body that you sent as the file body: the call was answered before all of it was read."} {
		if !strings.Contains(unread, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	none := s.get(s.call("orders", "", "", nil))
	if !strings.Contains(none, `<h3>Body <span class="quiet">0 bytes</span></h3>`) || strings.Contains(none, "@body") {
		t.Error("a call without a body has one")
	}
}

// The list shows a hundred calls at a time, chooses, and never shows a body.
func TestCallsPage(t *testing.T) {
	s := openSite(t, nil)
	if empty := s.get("/_emulator/"); !strings.Contains(empty, "Nothing has called yet") {
		t.Error("an empty list says nothing")
	}
	good := s.token(entra.Request{Resource: "https://management.azure.com/"})
	for range 150 {
		s.call("orders", good, `{"a":"body-of-a-call"}`, nil)
	}
	for range 3 {
		s.call("hooks", "", "", nil)
	}
	rows := func(page string) int { return strings.Count(page, `<tr role="row" class="`) }
	first := s.get("/_emulator/")
	if rows(first) != 100 || !strings.Contains(first, "1 to 100 of 153 calls") || strings.Contains(first, "body-of-a-call") {
		t.Errorf("%d rows", rows(first))
	}
	older := regexp.MustCompile(`href="([^"]+)">Older<`).FindStringSubmatch(first)
	if older == nil {
		t.Fatal("nothing leads on")
	}
	next := s.get(html.UnescapeString(older[1]))
	if rows(next) != 53 || !strings.Contains(next, "101 to 153 of 153 calls") || strings.Contains(next, ">Older<") || strings.Contains(next, "sse-connect") {
		t.Errorf("then %d rows", rows(next))
	}
	for query, want := range map[string]int{"workflow=hooks": 3, "outcome=refused": 3, "outcome=admitted&workflow=hooks": 0, "reason=no-credentials": 3,
		"code=DirectApiAuthorizationRequired": 3, "code=None": 0, "before=gone": 0} {
		if got := rows(s.get("/_emulator/?" + query)); got != want {
			t.Errorf("%s: %d rows, want %d", query, got, want)
		}
	}
	for _, bad := range entra.BadTokens() {
		if !strings.Contains(first, `<option value="`+bad.Reason+`">`) {
			t.Errorf("the reason %s cannot be chosen", bad.Reason)
		}
	}
	if paused := s.get("/_emulator/?live=off"); strings.Contains(paused, "sse-connect") || !strings.Contains(first, "sse-connect") {
		t.Error("live=off does not stop the list, or nothing starts it")
	}
	s.page(http.MethodGet, "/_emulator/?wrokflow=hooks", nil, http.StatusBadRequest)
}

// A workflow's page sets its state, and counts what became of its calls.
func TestWorkflowPage(t *testing.T) {
	s := openSite(t, nil)
	good := s.token(entra.Request{Resource: "https://management.azure.com/"})
	s.call("orders", good, "{}", nil)
	page := s.post("/_emulator/workflows/orders/state", url.Values{"state": {"Disabled"}}, http.StatusOK) // after it was led on
	if !strings.Contains(page, `<option value="Disabled" selected>`) {
		t.Error("the page does not say that the workflow is disabled")
	}
	s.call("orders", good, "{}", nil)
	page = s.get("/_emulator/workflows/orders")
	for what, want := range map[string]string{"a policy": "https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0", "the counts": "1 admitted and 1 refused",
		"the reason": "/_emulator/?workflow=orders&amp;reason=state", "the plot": "url(#hatch)", "the callback URL": "&amp;sig="} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing: %s", what, want)
		}
	}
	s.post("/_emulator/workflows/orders/state", url.Values{"state": {"Broken"}}, http.StatusBadRequest)
	s.post("/_emulator/workflows/orders/state", url.Values{"state": {"Enabled"}, "other": {"1"}}, http.StatusBadRequest)
	s.post("/_emulator/workflows/nobody/state", url.Values{"state": {"Enabled"}}, http.StatusNotFound)
}
