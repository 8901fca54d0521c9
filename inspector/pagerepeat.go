package inspector

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
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
	var lines, notes []string
	if strings.HasPrefix(origin, "https:") {
		call.program = "curl --cacert ca.pem"
		lines = append(lines, "curl -sk -o ca.pem "+shellQuote(origin+"/_emulator/ca.pem"))
	}
	query, missing := queryOf(e)
	notes = append(notes, missing)
	address := shellQuote(origin + e.Path + query)
	if _, signed := e.Query["sig"]; signed {
		line, note := i.signature(origin, e, call.program)
		lines, notes = append(lines, line), append(notes, note)
		address += `"&sig=$sig"`
	}
	if _, sent := e.Headers["Authorization"]; sent {
		line, credential, note := i.credential(origin, e, call.program)
		lines, notes = append(lines, line), append(notes, note)
		call.header(credential)
	}
	notes = append(notes, call.request(e))
	if strings.ContainsAny(e.Path, "[]{}") {
		call.arguments.WriteString(" --globoff") // or curl makes many calls of one
	}
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
func queryOf(e *journal.Entry) (query, missing string) {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(e.Query)) {
		if values, again := e.Repeated[name]; again && values == nil {
			missing = "A query parameter came more than once, and its values are not kept apart: the command sends it once."
		}
		if name == "sig" || name == "…" {
			continue
		}
		for _, value := range e.Values(name) {
			pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
		}
	}
	return "?" + strings.Join(pairs, "&"), missing
}

// curl is a call being written as a command.
type curl struct {
	program   string
	arguments strings.Builder
}

// header adds a header that is quoted already.
func (c *curl) header(quoted string) { c.arguments.WriteString(" -H " + quoted) }

// ownHeaders are those that curl, or the way here, makes by itself.
var ownHeaders = []string{"Authorization", "Accept", "Accept-Encoding", "Connection", "Content-Length", "Host", "Transfer-Encoding", "User-Agent", "Expect"}

// request adds headers and body, and says what of them is missing.
func (c *curl) request(e *journal.Entry) (note string) {
	left := 0
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		value := e.Headers[name]
		switch {
		case slices.Contains(ownHeaders, name):
		case name == "…" || strings.Contains(value, redactedMark):
			left++
		default:
			c.header(shellQuote(name + ": " + value))
		}
	}
	if left > 0 {
		note = "Headers that the journal does not keep are left out."
	}
	switch {
	case e.Method == http.MethodHead && (e.BodyUnread || e.BodyBytes > 0):
		note = strings.TrimSpace(note + " The body is left out: with HEAD curl sends none.")
	case e.BodyUnread:
		c.arguments.WriteString(" --data-binary @body")
		note = strings.TrimSpace(note + " Save the body that you sent as the file body: the call was answered before all of it was read.")
	case e.BodyBytes == 0:
	case e.BodyBytes > maxRepeatBody || strings.Contains(e.Body, redactedMark) || strings.Contains(e.Body, "\ufffd"):
		c.arguments.WriteString(" --data-binary @body")
		note = strings.TrimSpace(note + " Save the body that you sent as the file body: it is too long for a command, or not kept as it was.")
	default:
		// Raw: a body that begins with @ names no file to send.
		c.arguments.WriteString(" --data-raw " + shellQuote(e.Body))
	}
	return note
}

// signature is the line that asks for a signed URL's sig: that of the trigger's own URL.
func (i pages) signature(origin string, e *journal.Entry, program string) (line, note string) {
	switch e.Reason {
	case "sas-signature":
		return "sig=made-by-neither-key", ""
	case "sas-scope":
		return "sig='…'", "Put the sig of a URL that was signed for another trigger in the place of the ellipsis."
	}
	w, there := i.findWorkflow(nil, e.Workflow)
	if !there || !slices.ContainsFunc(w.Triggers, func(t Trigger) bool { return t.Name == e.Trigger }) {
		return "sig='…'", "Put the sig of the workflow's callback URL in the place of the ellipsis."
	}
	address := origin + "/_emulator/api/workflows"
	if end := e.Values("se")[0]; end != "" {
		address += "?notAfter=" + url.QueryEscape(end)
	}
	path := "/workflows/" + w.ID + "/triggers/" + url.PathEscape(e.Trigger) + "/paths/invoke"
	find := `s|.*` + strings.ReplaceAll(path, ".", `\.`) + `[/?][^"]*&sig=\([^"]*\)".*|\1|p`
	return fmt.Sprintf("sig=$(%s -s %s | sed -n %s)", program, shellQuote(address), shellQuote(find)), ""
}

// credential is the line that asks for a token, and the header that carries it.
func (i pages) credential(origin string, e *journal.Entry, program string) (line, header, note string) {
	scheme, _, _ := strings.Cut(e.Headers["Authorization"], " ")
	request, note := i.asked(e)
	if note == "" && strings.EqualFold(scheme, "Bearer") {
		line = fmt.Sprintf(`token=$(%s -s %s -d %s | sed -n 's/.*"access_token": "\([^"]*\)".*/\1/p')`,
			program, shellQuote(origin+"/_emulator/api/tokens"), shellQuote(jsonText(request)))
		return line, `"Authorization: ` + scheme + ` $token"`, ""
	}
	if e.Token == nil && e.Reason == "token-malformed" {
		return "", shellQuote("Authorization: " + cmp.Or(strings.Trim(scheme, "[]"), "Bearer") + " not-a-token"), "What was sent instead of a token is not kept; this is no token either."
	}
	return "token='…'", `"Authorization: ` + shellSafe(scheme) + ` $token"`, cmp.Or(note, "Put a token of yours in the place of the ellipsis.")
}

// volatile claims are new in each token, and none of what a policy could want.
var volatile = []string{"iat", "nbf", "exp", "uti", "aio", "rh", "xms_ftd", "sid", "auth_time"}

// asked is the request for a token that says the same as the call's, as POST
// api/tokens has it; a note when the workspace cannot make one.
func (i pages) asked(e *journal.Entry) (request map[string]any, note string) {
	const foreign = "The workspace makes no token like this one: put one of yours in the place of the ellipsis."
	if e.Token == nil {
		return nil, foreign
	}
	for _, t := range i.requestsFor(e.Token.Claims) {
		request = map[string]any{}
		for name, value := range map[string]string{"tenant": t.Tenant, "application": t.Application, "user": t.User, "resource": t.Resource} {
			if value != "" {
				request[name] = value
			}
		}
		if strings.HasPrefix(e.Reason, "token-") { // an expired one is signed well
			if t.Bad = i.defect(e); t.Bad == "" {
				return nil, "Nothing here makes a token with this defect: put one of yours in the place of the ellipsis."
			}
			request["bad"] = t.Bad
			return request, ""
		}
		fresh, err := i.Issue(t)
		if err != nil {
			continue
		}
		_, claims := tokenParts(fresh.AccessToken)
		if changed := changes(claims, e.Token.Claims); len(changed) > 0 {
			request["claims"] = changed
		}
		return request, ""
	}
	return nil, foreign
}

// changes are the claims that make one token say what another does.
func changes(from, to map[string]any) map[string]any {
	changed := map[string]any{}
	for name, value := range to {
		text := jsonText(value)
		if !slices.Contains(volatile, name) && text != jsonText(from[name]) && !strings.Contains(text, redactedMark) && !strings.Contains(text, "…") {
			changed[name] = value
		}
	}
	for name := range from {
		if _, there := to[name]; !there && !slices.Contains(volatile, name) {
			changed[name] = nil
		}
	}
	return changed
}

// requestsFor are the requests whose tokens are like one with these claims, the most
// alike first: who asked and for what, as the claims tell; then whoever is known, for
// what can be had. What differs still is changed claim by claim.
func (i pages) requestsFor(claims map[string]any) []TokenRequest {
	text := func(names ...string) string {
		for _, name := range names {
			if s, ok := claims[name].(string); ok {
				return s
			}
		}
		return ""
	}
	d := i.Directory()
	at := max(slices.IndexFunc(d.Tenants, func(t DirectoryTenant) bool { return strings.EqualFold(t.ID, text("tid")) }), 0)
	if len(d.Tenants) == 0 || len(d.Tenants[at].Applications) == 0 {
		return nil
	}
	t := d.Tenants[at]
	r := TokenRequest{Tenant: cmp.Or(t.Domain, t.ID), Application: t.Applications[0].Name, Resource: text("aud")}
	for _, a := range t.Applications {
		if a.ClientID == text("appid", "azp") {
			r.Application = a.Name
		}
	}
	for _, u := range t.Users {
		if u.ObjectID == text("oid") {
			r.User = u.Name
		}
	}
	for _, known := range t.Resources {
		if known.ClientID == r.Resource {
			r.Resource = known.Identifier
		}
	}
	requests := []TokenRequest{r}
	for _, r.Resource = range d.Resources {
		requests = append(requests, r)
	}
	return requests[:min(len(requests), maxRequests)]
}

// maxRequests bounds how many tokens are made for one command.
const maxRequests = 4

// defect names the bad token that earns what the call did.
func (i pages) defect(e *journal.Entry) string {
	if alg, _ := e.Token.Header["alg"].(string); strings.EqualFold(alg, "none") {
		return "alg-none"
	}
	for _, bad := range i.Directory().Bad {
		if bad.Reason == e.Reason && e.Reason != "claims" {
			return bad.Name
		}
	}
	return ""
}

// shellPlain matches what a shell leaves as it is.
var shellPlain = pattern.New(`^[A-Za-z0-9_./:@%+=-]+$`)

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
