package inspector_test

import (
	"context"
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
