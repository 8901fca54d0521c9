package inspector_test

import (
	"encoding/json"
	"html"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// needs skips a test of commands where a program for them is missing, and fails it in CI, or
// nobody would ever run it.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal("the command cannot be run:", err)
			}
			t.Skip("the command cannot be run:", err)
		}
	}
}

// The command that makes a signed call again has the sig of the very trigger that was
// called: not of another one of its workflow, nor of one that is called as the workflow is.
func TestSignedCallIsMadeAgain(t *testing.T) {
	needs(t, "sh", "curl", "sed")
	request := `{ "type": "Request", "kind": "Http" }`
	s := openSite(t, fstest.MapFS{
		"emulator.yaml": {Data: []byte("workflows: [{ file: two.json, name: first }, { file: one.json, name: manual }, { file: one.json, name: with space }]\n")},
		"two.json":      {Data: []byte(`{ "triggers": { "manual": ` + request + `, "an_other": ` + request + `, "its $5 + 100% [*^é]\\'|&;" : ` + request + ` }, "actions": {} }`)},
		"one.json":      {Data: []byte(`{ "triggers": { "manual": ` + request + ` }, "actions": {} }`)},
	})
	for _, url := range s.signedURLs() {
		answer, err := s.Client().Post(url, "application/json", strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		_, id, _ := strings.Cut(answer.Header.Get("x-ms-request-id"), ":")
		found := regexp.MustCompile(`(?s)<pre[^>]*>(sig=.*?)</pre>`).FindStringSubmatch(s.get("/_emulator/calls/" + id))
		if found == nil {
			t.Fatalf("%s: no command makes the call again", url)
		}
		command := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(found[1], ""))
		again, err := exec.Command("sh", "-c", command).Output()
		if err != nil || answer.StatusCode != http.StatusAccepted || !strings.HasPrefix(string(again), "HTTP/1.1 202 ") {
			t.Errorf("%s: %s, and then %v, %.40q, of\n%s", url, answer.Status, err, again, command)
		}
	}
}

// signedURLs are the callback URLs of all triggers.
func (s site) signedURLs() []string {
	s.Helper()
	answer, err := s.Client().Get(s.URL + "/_emulator/api/workflows")
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	var workflows []struct {
		Triggers []struct{ CallbackURL struct{ Value string } }
	}
	if err := json.NewDecoder(answer.Body).Decode(&workflows); err != nil || len(workflows) == 0 {
		s.Fatal(err, len(workflows))
	}
	var all []string
	for _, w := range workflows {
		for _, t := range w.Triggers {
			all = append(all, t.CallbackURL.Value)
		}
	}
	return all
}

// curl would say that a body without a Content-Type is a form, and leave a header without
// a value out.
func TestCallIsMadeAgainWithItsOwnHeadersAlone(t *testing.T) {
	s := openSite(t, nil)
	for _, c := range []struct {
		header     http.Header
		body       string
		with, less string
	}{
		{http.Header{"X-Own": {""}}, "", "-H 'X-Own;'", "Content-Type"},
		{nil, "a", "-H Content-Type: --data", "-H 'Content-Type"},
		{http.Header{"Content-Type": {"text/plain"}}, "a", "-H 'Content-Type: text/plain'", "-H Content-Type: "},
		{nil, strings.Repeat("a", 100<<10), "-H Content-Type: --data", "-H 'Content-Type"},
	} {
		page := html.UnescapeString(s.get(s.call("hooks", "", c.body, c.header)))
		_, command, _ := strings.Cut(page, "curl -i")
		command, _, _ = strings.Cut(command, "</pre>")
		if !strings.Contains(command, c.with) || strings.Contains(command, c.less) {
			t.Errorf("%v and a body of %d bytes: %s", c.header, len(c.body), command)
		}
	}
}

// What the journal does not keep of a query, or not as it came, the command sends not, or
// otherwise, and the page says so.
func TestCallIsMadeAgainWithoutWhatIsNotKept(t *testing.T) {
	s := openSite(t, nil)
	many := ""
	for n := range 150 {
		many += "&p" + strconv.Itoa(n) + "=1"
	}
	const left, once = "Query parameters that the journal does not keep as they were sent are left out.", "A query parameter came more than once, and its values are not kept apart"
	for query, want := range map[string]string{"&a=1": "", "&a=1&a=2": "", "&a=1&code=of-a-login&b=2": left, "&a=1&password=x&password=y": left,
		"&a=1" + many: left, "&a=1&b=" + strings.Repeat("3", 3<<10): left, "&a=1&b=%FF": left, "&a=1&%FF=b": left, "&a=1&x=" + strings.Repeat("y", 17<<10): left,
		"&a=1" + strings.Repeat("&b=2", 101): once} {
		answer, err := s.Client().Get(s.URL + "/workflows/none/triggers/none/paths/invoke?api-version=2016-10-01" + query)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		_, id, _ := strings.Cut(answer.Header.Get("x-ms-request-id"), ":")
		page := html.UnescapeString(s.get("/_emulator/calls/" + id))
		_, command, _ := strings.Cut(page, "curl -i")
		command, _, _ = strings.Cut(command, "</pre>")
		if strings.Contains(command, "redacted") || strings.Contains(command, "a=1&") == (len(query) > 16<<10) {
			t.Errorf("%.40s: %.300s", query, command)
		}
		for _, note := range []string{left, once} {
			if strings.Contains(page, note) != (note == want) {
				t.Errorf("%.40s: the page says, or does not say: %s", query, note)
			}
		}
	}
}
