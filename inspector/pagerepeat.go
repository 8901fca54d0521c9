package inspector

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"flowgate/journal"
	"flowgate/pattern"
)

// repeat is how to make a call again, in a shell. Credentials are none of it: the
// emulator is asked for fresh ones.
type repeat struct {
	Command string
	Note    string // what the command cannot do; empty: it does all
}

// maxRepeatBody is the longest body that a command has in it: 4 kB.
const maxRepeatBody = 4 << 10

// redactedMark is what the journal has in the place of a secret.
const redactedMark = "[redacted"

func (i pages) repeat(r *http.Request, e *journal.Entry) repeat {
	origin := originOf(r)
	call := curl{program: "curl"}
	var lines []string
	if strings.HasPrefix(origin, "https:") {
		call.program = "curl --cacert ca.pem"
		lines = append(lines, "curl -sk -o ca.pem "+shellQuote(origin+"/_emulator/ca.pem"))
	}
	query, notes := queryOf(e)
	if !journal.Whole(e.Method) || !journal.Whole(e.Path) {
		notes = append(notes, "The journal does not keep the method and the path as they were sent: put yours in their place.")
	}
	address := shellQuote(origin + strings.TrimPrefix(e.Path, "*") + query)
	switch sig, signed := e.Query["sig"]; {
	case signed && sig == "":
		address += `"&sig="`
	case signed:
		line, note := i.signature(origin, e, call.program)
		lines, notes = append(lines, line), append(notes, note)
		address += `"&sig=$sig"`
	}
	switch authorization, sent := e.Headers["Authorization"]; {
	case sent && authorization == "":
		call.header(emptyHeader("Authorization"))
	case sent:
		line, credential, note := i.credential(origin, e, call.program)
		lines, notes = append(lines, line), append(notes, note)
		call.header(credential)
	}
	notes = append(notes, call.headers(e), call.body(e))
	call.asIs(e.Path)
	lines = append(lines, fmt.Sprintf("%s %s %s%s", call.program, methodOption(e.Method), address, call.arguments.String()))
	blank := func(s string) bool { return s == "" }
	return repeat{strings.Join(slices.DeleteFunc(lines, blank), "\n"), strings.Join(slices.DeleteFunc(notes, blank), " ")}
}

// methodOption is what has curl call with a method, and show the answer's headers. With -X
// HEAD it would wait for the body that they announce.
func methodOption(method string) string {
	if method == http.MethodHead {
		return "-I"
	}
	return "-i -X " + shellQuote(method)
}

// originOf is the origin at which the page was asked for: the call can be made
// there as well.
func originOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// queryOf is the query without sig, and what of it is missing.
func queryOf(e *journal.Entry) (query string, missing []string) {
	var pairs []string
	joined, left := false, false
	for _, name := range slices.Sorted(maps.Keys(e.Query)) {
		if name == "…" || name != "sig" && !(journal.Whole(name) && journal.Whole(e.Query[name])) {
			left = true
			continue
		}
		if values, again := e.Repeated[name]; again && values == nil {
			joined = true
		}
		if name == "sig" {
			continue
		}
		for _, value := range e.Values(name) {
			pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
		}
	}
	if joined {
		missing = append(missing, "A query parameter came more than once, and its values are not kept apart: the command sends it once.")
	}
	if left {
		missing = append(missing, "Query parameters that the journal does not keep as they were sent are left out.")
	}
	if _, signed := e.Query["sig"]; len(pairs) == 0 && !signed {
		return "", missing
	}
	return "?" + strings.Join(pairs, "&"), missing
}

// curl is a call being written as a command.
type curl struct {
	program   string
	arguments strings.Builder
}

// header adds a header that is quoted for the shell already.
func (c *curl) header(word string) { c.arguments.WriteString(" -H " + word) }

// emptyHeader is a header without a value: with a colon curl would leave it out.
func emptyHeader(name string) string { return shellQuote(name + ";") }

// dotSegment matches a path with what may be a dot segment: versions of curl differ in how
// one is spelled, and what is none needs no option, but takes it.
var dotSegment = pattern.New(`(?i)/(\.|%2e)`)

// asIs has curl leave a path as it is.
func (c *curl) asIs(path string) {
	if dotSegment().MatchString(path) {
		c.arguments.WriteString(" --path-as-is") // or /x/../y would be /y, which does something else
	}
	if strings.ContainsAny(path, "[]{}") {
		c.arguments.WriteString(" --globoff") // or curl makes many calls of one
	}
	if path == "*" {
		c.arguments.WriteString(" --request-target '*'") // no URL has it
	}
}

// ownHeaders are the credential, which is looked at before, and those of the way here, which
// curl makes by itself.
var ownHeaders = []string{"Authorization", "Connection", "Content-Length", "Expect", "Host", "Transfer-Encoding"}

// curlsOwn matches, of the headers that curl sends unless told otherwise, what it sends.
var curlsOwn = map[string]func() *regexp.Regexp{
	"Accept":     pattern.New(`^\*/\*$`),
	"User-Agent": pattern.New(`^curl/[0-9.]+$`),
}

// headers adds the headers that were sent, and says whether some are missing.
func (c *curl) headers(e *journal.Entry) (note string) {
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		value := e.Headers[name]
		switch {
		case slices.Contains(ownHeaders, name), curlsOwn[name] != nil && curlsOwn[name]().MatchString(value):
		case name == "…" || !journal.Whole(name) || !journal.Whole(value):
			note = "Headers that the journal does not keep as they were sent are left out."
		case value == "":
			c.header(emptyHeader(name))
		default:
			c.header(shellQuote(name + ": " + value))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(curlsOwn)) {
		if _, sent := e.Headers[name]; !sent {
			c.header(name + ":") // or curl would send its own
		}
	}
	return note
}

// body adds the body that was sent, and says what to do where the command has none.
func (c *curl) body(e *journal.Entry) (note string) {
	if e.BodyBytes == 0 && !e.BodyUnread {
		return ""
	}
	if e.Method == http.MethodHead {
		return "The body is left out: with HEAD curl sends none."
	}
	if _, typed := e.Headers["Content-Type"]; !typed {
		c.header("Content-Type:") // or curl would say that the body is a form
	}
	switch {
	case e.BodyUnread:
		note = "Save the body that you sent as the file body: the call was answered before all of it was read."
	case e.BodyBytes > maxRepeatBody, strings.Contains(e.Body, "\x00"):
		note = "Save the body that you sent as the file body: it is too long for a command, or has a NUL, which no command has."
	case e.BodyBytes != int64(len(e.Body)), strings.Contains(e.Body, redactedMark), strings.Contains(e.Body, "\ufffd"):
		note = "Save the body that you sent as the file body: the journal does not keep it as it was."
	default:
		// Raw: a body that begins with @ names no file to send.
		c.arguments.WriteString(" --data-raw " + shellQuote(e.Body))
		return ""
	}
	c.arguments.WriteString(" --data-binary @body")
	return note
}

// shellPlain matches what a shell leaves as it is. To zsh a word that begins with = is the
// path of a program.
var shellPlain = pattern.New(`^[A-Za-z0-9_./:@%+-][A-Za-z0-9_./:@%+=-]*$`)

// shellSafe is s where it is plain enough to stand inside double quotes.
func shellSafe(s string) string {
	if shellPlain().MatchString(s) {
		return s
	}
	return "Bearer"
}

// shellQuote quotes text for a shell. Characters that a terminal would act on are
// spelled as bash, zsh and POSIX.1-2024 have them.
func shellQuote(s string) string {
	switch {
	case shellPlain().MatchString(s):
		return s
	case !strings.ContainsFunc(s, func(r rune) bool { return unseen(r) && r != '\n' && r != '\t' }):
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for _, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + string(r))
		case unseen(r):
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + "'"
}
