package inspector

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"flowgate/journal"
)

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
	if request != nil && strings.EqualFold(scheme, "Bearer") {
		line = fmt.Sprintf(`token=$(%s -s %s -d %s | sed -n 's/.*"access_token": "\([^"]*\)".*/\1/p')`,
			program, shellQuote(origin+"/_emulator/api/tokens"), shellQuote(jsonText(request)))
		return line, `"Authorization: ` + scheme + ` $token"`, note
	}
	if e.Token == nil && e.Reason == "token-malformed" {
		return "", shellQuote("Authorization: " + cmp.Or(strings.Trim(scheme, "[]"), "Bearer") + " not-a-token"), "What was sent instead of a token is not kept; this is no token either."
	}
	if request != nil {
		note = "Put a token of yours in the place of the ellipsis."
	}
	return "token='…'", `"Authorization: ` + shellSafe(scheme) + ` $token"`, note
}

// volatile claims are new in each token, and none of what a policy could want.
var volatile = []string{"iat", "nbf", "exp", "uti", "aio", "rh", "xms_ftd", "sid", "auth_time"}

// asked is the request for a token that says the same as the call's, as POST
// api/tokens has it, and what that token says otherwise; no request when the workspace
// cannot make one.
func (i pages) asked(e *journal.Entry) (request map[string]any, note string) {
	const foreign = "The workspace makes no token like this one: put one of yours in the place of the ellipsis."
	switch {
	case e.Token == nil && !strings.HasPrefix(e.Reason, "token-"):
		return nil, "The token was not looked at, and is not kept: put one of yours in the place of the ellipsis."
	case e.Token == nil:
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
		changed, left := changes(claims, e.Token.Claims)
		if len(changed) > 0 {
			request["claims"] = changed
		}
		if left {
			note = "Claims that the journal does not keep as they were sent are left as the emulator makes them."
		}
		return request, note
	}
	return nil, foreign
}

// changes are the claims that make one token say what another does, and whether some are
// left out, for they are not kept as they were.
func changes(from, to map[string]any) (changed map[string]any, left bool) {
	changed = map[string]any{}
	for name, value := range to {
		switch text := jsonText(value); {
		case slices.Contains(volatile, name), text == jsonText(from[name]):
		case !journal.Whole(name), strings.Contains(text, redactedMark), strings.Contains(text, "…"):
			left = true
		default:
			changed[name] = value
		}
	}
	_, more := to["…"] // which may be any
	for name := range from {
		if _, there := to[name]; !there && !more && !slices.Contains(volatile, name) {
			changed[name] = nil
		}
	}
	return changed, left
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
