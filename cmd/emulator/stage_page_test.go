package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	// pageBreak ends a line of what somebody reads; other tags stand within one.
	pageBreak = regexp.MustCompile(`</?(?:p|h[1-6]|div|li|dt|tr|section|pre|blockquote|title|option|summary|textarea)\b[^>]*>`)
	pageTag   = regexp.MustCompile(`<[^>]*>`)
	pageSpace = regexp.MustCompile(`[ \t\n]*\n[ \t\n]*`)
)

// page PATH [name=value]… asks for a page below /_emulator, or sends its form when
// there are values, and follows where it leads. It writes the status and what is to be
// read, a line for each piece of text, to the file page.
func stagePage(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg)
	s := stageOf(ts)
	s.started(ts)
	address := s.server.URL + "/_emulator" + args[0]
	var answer *http.Response
	var err error
	if len(args) == 1 {
		answer, err = http.Get(address)
	} else {
		fields := url.Values{}
		for _, arg := range args[1:] {
			name, value, _ := strings.Cut(arg, "=")
			fields.Set(name, strings.ReplaceAll(value, `\t`, "\t"))
		}
		answer, err = http.PostForm(address, fields)
	}
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	text := pageTag.ReplaceAllString(pageBreak.ReplaceAllString(string(body), "\n"), "")
	text = html.UnescapeString(pageSpace.ReplaceAllString(text, "\n"))
	ts.Check(os.WriteFile(ts.MkAbs("page"), fmt.Appendf(nil, "%d%s\n", answer.StatusCode, strings.TrimRight(text, "\n")), 0o600))
}
