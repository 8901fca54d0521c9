package inspector_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"flowgate/entra"
	"flowgate/server"
)

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
