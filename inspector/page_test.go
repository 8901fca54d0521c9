package inspector_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/entra"
	"flowgate/fixtures"
	"flowgate/server"
	"flowgate/workspace"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// site is a running emulator whose pages are looked at.
type site struct {
	*testing.T
	gate *server.Server
	*httptest.Server
}

// openSite serves the embedded workspace, or the one in files.
func openSite(t *testing.T, files fstest.MapFS) site {
	t.Helper()
	from := fixtures.Workspace()
	if files != nil {
		from = files
	}
	ws, problems := workspace.LoadFS(from)
	if ws == nil {
		t.Fatal(problems)
	}
	s, err := server.New(context.Background(), server.Options{Workspace: ws, Journal: 1000, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() { web.Close(); s.Close() })
	return site{t, s, web}
}

// token makes a token of the workspace.
func (s site) token(r entra.Request) string {
	s.Helper()
	r.Now = noon
	token, err := s.gate.Workspace().Directory.Issue(r)
	if err != nil {
		s.Fatal(err)
	}
	return token
}

// bad makes a token that is wrong on purpose.
func (s site) bad(name string) string {
	s.Helper()
	b, err := entra.FindBadToken(name)
	if err != nil {
		s.Fatal(err)
	}
	token, err := b.Issue(s.gate.Workspace().Directory, entra.Request{Now: noon})
	if err != nil {
		s.Fatal(err)
	}
	return token
}

// call calls a workflow's first trigger, and returns the address of the call's page.
func (s site) call(workflow, token, body string, header http.Header) string {
	s.Helper()
	for _, w := range s.gate.Workspace().Workflows {
		if w.Name != workflow {
			continue
		}
		bare, _ := server.URLs(s.URL, w, w.Triggers[0].Name)
		r, err := http.NewRequest(http.MethodPost, bare, strings.NewReader(body))
		if err != nil {
			s.Fatal(err)
		}
		for name, values := range header {
			r.Header[name] = values
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := s.Client().Do(r)
		if err != nil {
			s.Fatal(err)
		}
		defer answer.Body.Close()
		_, id, _ := strings.Cut(answer.Header.Get("x-ms-request-id"), ":")
		return "/_emulator/calls/" + id
	}
	s.Fatalf("no workflow %q", workflow)
	return ""
}

// get asks for a page and checks what holds for every one.
func (s site) get(path string) string { return s.page(http.MethodGet, path, nil, http.StatusOK) }

// post sends a form as a browser does.
func (s site) post(path string, fields url.Values, want int) string {
	return s.page(http.MethodPost, path, fields, want)
}

func (s site) page(method, path string, fields url.Values, want int) string {
	s.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(fields.Encode()))
	if err != nil {
		s.Fatal(err)
	}
	if fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.URL)
	}
	answer, err := s.Client().Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		s.Fatalf("%s %s: %d, %v, want %d\n%.2000s", method, path, answer.StatusCode, err, want, body)
	}
	s.sound(method+" "+path, answer.Header, string(body))
	return string(body)
}

var (
	tags       = regexp.MustCompile(`<[a-zA-Z][^<>]*>`)
	sentBack   = regexp.MustCompile(`(?s) value="[^"]*"|<textarea id="claims"[^<]*<`)
	attributes = regexp.MustCompile(`\s([a-zA-Z:-]+)(?:="([^"]*)"|='([^']*)')?`)
)

// attribute returns the value that a tag gives to an attribute.
func attribute(tag, name string) (string, bool) {
	for _, m := range attributes.FindAllStringSubmatch(tag, -1) {
		if m[1] == name {
			return html.UnescapeString(m[2] + m[3]), true
		}
	}
	return "", false
}

// allowed are the elements that the pages are made of.
var allowed = strings.Fields(`html head meta title link script body a header svg rect path nav ul li main footer p strong div h1 h2 h3 h4
	form label select option optgroup button span table thead tbody tr th td time code mark em dl dt dd section details summary pre
	blockquote figure figcaption line circle textarea input datalist defs pattern desc wbr`)

// sound checks what holds for every page: its headers, that it is whole, and that
// nothing in it runs or is styled but by our own files.
func (s site) sound(what string, h http.Header, page string) {
	s.Helper()
	for name, want := range map[string]string{"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "no-store", "Referrer-Policy": "same-origin",
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"} {
		if h.Get(name) != want {
			s.Errorf("%s: %s is %q", what, name, h.Get(name))
		}
	}
	ids := map[string]bool{}
	count := map[string]int{}
	for _, tag := range tags.FindAllString(page, -1) {
		name := strings.Trim(strings.Fields(tag)[0], "<>/")
		count[name]++
		if !slices.Contains(allowed, name) {
			s.Errorf("%s: an element of another kind: %s", what, tag)
		}
		for _, m := range attributes.FindAllStringSubmatch(tag, -1) {
			if m[1] == "style" || strings.HasPrefix(m[1], "on") || strings.HasPrefix(m[1], "hx-on") {
				s.Errorf("%s: inline: %s", what, tag)
			}
		}
		if id, ok := attribute(tag, "id"); ok {
			if ids[id] {
				s.Errorf("%s: id %q stands twice", what, id)
			}
			ids[id] = true
		}
		if src, ok := attribute(tag, "src"); name == "script" && (!ok || !strings.HasPrefix(src, "/_emulator/page/")) {
			s.Errorf("%s: a script of its own: %s", what, tag)
		}
	}
	for name, want := range map[string]int{"html": 1, "title": 0, "h1": 1, "main": 1, "nav": 0, "header": 1, "footer": 1, "script": 3} {
		if count[name] < max(want, 1) || want > 0 && count[name] != want {
			s.Errorf("%s: %d of %s", what, count[name], name)
		}
	}
	// What a form sends back is exact; all else is shown.
	if strings.ContainsFunc(sentBack.ReplaceAllString(page, ""), func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e }) {
		s.Errorf("%s: a character that acts on the text around it", what)
	}
	if !strings.HasSuffix(page, "</html>\n") {
		s.Errorf("%s: it ends early", what)
	}
}

// Every address that a page names answers, and every place in a page is there.
func TestEveryLinkOnThePagesLeadsSomewhere(t *testing.T) {
	s := openSite(t, nil)
	s.call("orders", s.token(entra.Request{Resource: "https://management.azure.com/"}), `{"order":1}`, nil)
	s.call("orders", s.bad("expired"), "", nil)
	s.call("invoices", s.bad("aud-without-slash"), "", nil)
	s.call("hooks", "", "", nil)
	pages, places, queue := map[string]string{}, map[string][]string{}, []string{"/_emulator/", "/_emulator"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if _, seen := pages[path]; seen {
			continue
		}
		answer, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		pages[path] = string(body)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
		if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			continue
		}
		s.sound(path, answer.Header, string(body))
		for _, tag := range tags.FindAllString(string(body), -1) {
			for _, name := range []string{"href", "src", "hx-get"} {
				if to, ok := attribute(tag, name); ok {
					to, place, _ := strings.Cut(to, "#")
					if to == "" {
						to = path
					}
					queue = append(queue, to)
					places[to] = append(places[to], place)
				}
			}
		}
	}
	if len(pages) < 25 {
		t.Errorf("only %d addresses were found: %q", len(pages), pages)
	}
	for path, wanted := range places {
		for _, place := range wanted {
			if place != "" && !strings.Contains(pages[path], ` id="`+place+`"`) {
				t.Errorf("%s has no place %q", path, place)
			}
		}
	}
}

// hostile is text that is markup, moves a terminal's cursor, and turns text around.
const hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[31m\u202egnp"

// What a caller sends is text on every page, whatever it is.
func TestHostileTextIsText(t *testing.T) {
	name := `<b onclick=\"x\">\u202e`
	s := openSite(t, fstest.MapFS{
		"emulator.yaml": {Data: []byte(`
tenants:
  - id: aaaabbbb-0000-cccc-1111-dddd2222eeee
    domain: contoso.example
    applications:
      - { name: "<i>\u202e", clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb }
workflows: [ { file: w.json, tenant: contoso.example } ]
`)},
		"w.json": {Data: []byte(`{"type":"Microsoft.Logic/workflows","name":"` + name + `","properties":{"accessControl":{"triggers":{"openAuthenticationPolicies":{"policies":{"<u>\u202e":{"type":"AAD","claims":[
			{"name":"iss","value":"https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/"},{"name":"<s>","value":"</td>\u001b"}]}}}}},
			"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{}}},"actions":{}}}}`)},
	})
	workflow := s.gate.Workspace().Workflows[0].Name
	token := s.token(entra.Request{Resource: "https://management.azure.com/", Claims: []entra.Override{{Name: "aud", Value: hostile}, {Name: "<s>", Value: hostile}, {Name: hostile, Value: []any{hostile}}}})
	page := s.call(workflow, token, hostile, http.Header{"X-Note": {`<script>alert(2)</script>`}, "Content-Type": {"text/<b>"}})
	for _, path := range []string{page, "/_emulator/", "/_emulator/workflows", "/_emulator/workflows/" + url.PathEscape(workflow), "/_emulator/tokens", "/_emulator/explain",
		"/_emulator/?workflow=" + url.QueryEscape(workflow)} {
		s.get(path) // which looks for elements and characters that are not ours
	}
	s.page(http.MethodGet, "/_emulator/?code="+url.QueryEscape(hostile)+"&reason=%1b%e2%80%ae", nil, http.StatusOK)
	s.page(http.MethodGet, "/_emulator/?"+url.QueryEscape(hostile), nil, http.StatusBadRequest)
	s.page(http.MethodGet, "/_emulator/calls/"+url.PathEscape(hostile), nil, http.StatusNotFound)
	s.page(http.MethodGet, "/_emulator/workflows/"+url.PathEscape(hostile), nil, http.StatusNotFound)
	s.post("/_emulator/explain", url.Values{"target": {workflow + "\tmanual"}, "token": {token}}, http.StatusOK)
	s.post("/_emulator/explain", url.Values{"target": {hostile}, "token": {hostile}}, http.StatusBadRequest)
	s.post("/_emulator/tokens", url.Values{"resource": {"https://management.azure.com/"}, "claims": {"a=" + hostile}}, http.StatusOK)
	s.post("/_emulator/tokens", url.Values{"resource": {hostile}, "claims": {hostile}}, http.StatusBadRequest)
	s.post("/_emulator/workflows/"+url.PathEscape(workflow)+"/state", url.Values{"state": {hostile}}, http.StatusBadRequest)

	shown := s.get(page)
	for _, want := range []string{"&lt;script&gt;alert(1)", "alert(2)&lt;/script&gt;", `title="U+001B">␛<`, `title="U+202E">\u202e<`, "&lt;s&gt;", "text/&lt;b&gt;"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the call's page does not show %s", want)
		}
	}
}

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

// A form of another site's page is refused, whatever it asks for.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := openSite(t, nil)
	for _, path := range []string{"/_emulator/workflows/orders/state", "/_emulator/tokens", "/_emulator/explain"} {
		r, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader("state=Disabled&resource=x&token=x"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://elsewhere.example")
		answer, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}

// A pasted token is explained as a call's is, and neither shown again nor kept.
func TestExplainPage(t *testing.T) {
	s := openSite(t, nil)
	token := s.bad("aud-without-slash")
	page := s.post("/_emulator/explain", url.Values{"target": {"invoices\tmanual"}, "token": {"Authorization: Bearer " + token}}, http.StatusOK)
	for _, want := range []string{"would be refused: 403 Mis<wbr>Matching<wbr>OAuth<wbr>Claims", "double-slash-scope", "https://service.flow.microsoft.com<mark>/</mark>", `value="invoices	manual" selected`} {
		if !strings.Contains(page, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Contains(page, "eyJ") || strings.Contains(page, token[strings.LastIndexByte(token, '.')+1:]) {
		t.Error("the token is shown again")
	}
	good := s.token(entra.Request{Resource: "https://management.azure.com/"})
	if page := s.post("/_emulator/explain", url.Values{"target": {"orders\tmanual"}, "token": {good}}, http.StatusOK); !strings.Contains(page, "would be admitted") {
		t.Error("a good token is not admitted")
	}
	for _, fields := range []url.Values{{"target": {"orders\tmanual"}, "token": {" "}}, {"target": {"nobody\tmanual"}, "token": {good}}, {"tokne": {good}},
		{"target": {"orders\tmanual"}, "token": {strings.Repeat("a", 300<<10)}}} {
		s.post("/_emulator/explain", fields, http.StatusBadRequest)
	}
	s.page(http.MethodGet, "/_emulator/explain?token="+good, nil, http.StatusBadRequest)
	if kept := s.get("/_emulator/"); !strings.Contains(kept, "No call yet") {
		t.Error("explaining is in the journal")
	}
}

// A token that the page makes is good where the page says.
func TestTokensPage(t *testing.T) {
	s := openSite(t, nil)
	if page := s.get("/_emulator/tokens"); !strings.Contains(page, `<option value="ana@contoso.example">`) || strings.Contains(page, "local-secret") {
		t.Error("whom tokens can be made for is missing, or their secrets are there")
	}
	page := s.post("/_emulator/tokens", url.Values{"application": {"stranger"}, "resource": {"https://management.azure.com/"},
		"claims": {"appid=00001111-aaaa-2222-bbbb-3333cccc4444"}}, http.StatusOK)
	made := regexp.MustCompile(`(?s)<textarea id="made-token"[^>]*>([^<]+)<`).FindStringSubmatch(page)
	if made == nil {
		t.Fatal("no token")
	}
	if call := s.get(s.call("orders", made[1], "{}", nil)); !strings.Contains(call, "Why it was admitted") {
		t.Error("the token is refused")
	}
	if page := s.post("/_emulator/tokens", url.Values{"bad": {"expired"}}, http.StatusOK); !strings.Contains(page, "issued a day ago") || !strings.Contains(page, "Expired<wbr>Authentication<wbr>Token") {
		t.Error("what is wrong with a bad token is not said")
	}
	for _, fields := range []url.Values{{}, {"resource": {"x"}, "bad": {"none-such"}}, {"resource": {"x"}, "tenant": {"nobody"}}, {"resource": {"x"}, "claims": {"a"}}} {
		s.post("/_emulator/tokens", fields, http.StatusBadRequest)
	}
}

// The catalogue is on one page, row for row.
func TestRefusalsPage(t *testing.T) {
	s := openSite(t, nil)
	page := s.get("/_emulator/refusals")
	for _, r := range server.Catalogue() {
		if !strings.Contains(page, fmt.Sprintf(`id="refusal-%d"`, r.Number)) || !strings.Contains(page, html.EscapeString(r.When)) {
			t.Errorf("refusal %d is missing", r.Number)
		}
	}
}

// A moved clock is told on every page, and the times of tokens follow it.
func TestMovedClockIsTold(t *testing.T) {
	s := openSite(t, nil)
	if strings.Contains(s.get("/_emulator/refusals"), "The clock is moved") {
		t.Error("a clock that is not moved is told of")
	}
	r, err := http.NewRequest(http.MethodPut, s.URL+"/_emulator/api/clock", strings.NewReader(`{"offset":"3h"}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	if !strings.Contains(s.get("/_emulator/refusals"), "2026-11-23 15:00:00 UTC</time>, 3 h ahead of this machine") {
		t.Error("the clock is not told of")
	}
}

// Files of the pages may be kept for ever under the address that the pages give, and
// are asked for again under any other.
func TestPageFiles(t *testing.T) {
	s := openSite(t, nil)
	address := regexp.MustCompile(`href="(/_emulator/page/style\.css\?v=[0-9a-f]{16})"`).FindStringSubmatch(s.get("/_emulator/"))
	if address == nil {
		t.Fatal("no style sheet")
	}
	ask := func(path, tag string) *http.Response {
		r, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		answer, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	named, plain := ask(address[1], ""), ask("/_emulator/page/style.css", "")
	if got := named.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("kept: %s", got)
	}
	if got := plain.Header.Get("Cache-Control"); got != "no-cache" || plain.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("asked for again: %s", got)
	}
	if got := ask("/_emulator/page/style.css", plain.Header.Get("ETag")).StatusCode; got != http.StatusNotModified {
		t.Errorf("the same file again: %d", got)
	}
	for _, path := range []string{"layout.html", "LICENSES", "..%2fpage.go", "none.css"} {
		if got := ask("/_emulator/page/"+path, "").StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}
