package entra

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// authorization is a checked authorization request: who asks for a code, and where
// the answer goes.
type authorization struct {
	*client
	redirectURI string
	mode        string // query, fragment or form_post
	state       string
}

// authorize answers a browser that an application sent to sign in. Nobody types a
// password: the page lets the tester pick a user, and login_hint with prompt=none
// picks one without a page.
func (e *exchange) authorize() (reply, *Error) {
	if _, err := e.directory.authority(e.segment); err != nil {
		return reply{}, err
	}
	if len(e.request.URL.RawQuery) > maxParameter {
		return reply{}, errMalformed()
	}
	p, err := parseForm(e.request.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	c, err := e.client(p, func(t *Tenant) bool { return t.userNamed(p["login_hint"]) != nil })
	if err != nil {
		return reply{}, err
	}
	a := authorization{client: c, redirectURI: p["redirect_uri"], mode: p["response_mode"], state: p["state"]}
	if a.redirectURI == "" && len(c.app.RedirectURIs) == 1 {
		a.redirectURI = c.app.RedirectURIs[0]
	}
	// Before this holds nothing may be sent there, not even an error.
	if !c.app.redirectsTo(a.redirectURI) {
		return reply{}, errNoReply(a.redirectURI, c.app.ClientID)
	}
	kept, err := e.code(a, p)
	if err != nil {
		return e.sendBack(a, e.errorParameters(err)), nil
	}
	u := c.tenant.userNamed(p["login_hint"])
	switch {
	case p["prompt"] == "none" && u == nil:
		return e.sendBack(a, e.errorParameters(errLoginRequired())), nil
	case p["prompt"] != "none":
		return e.pickUser(c, p), nil
	}
	kept.user = u.ObjectID
	back := pairs{{"code", e.newCode(kept)}}
	if p["client_info"] == "1" {
		back = append(back, pair{"client_info", clientInfo(u, c.tenant)})
	}
	return e.sendBack(a, back), nil
}

// Bounds of what is kept of a request beside its scope: a challenge has at most 128
// characters (RFC 7636 section 4.2), and a nonce is some random text.
const (
	maxChallenge = 128
	maxNonce     = 1 << 10
)

// code reads what the request wants a code for; the user is still to be found.
func (e *exchange) code(a authorization, p parameters) (code, *Error) {
	if err := p.need("response_type", "scope"); err != nil {
		return code{}, err
	}
	if p["response_type"] != "code" {
		return code{}, errResponseType(p["response_type"])
	}
	w, err := e.want(2, p)
	if err != nil {
		return code{}, err
	}
	if asked := w.orGraph(e.graph()).audience; asked != "" {
		if _, missing := a.tenant.resource(asked); missing != nil {
			return code{}, errNoResource(asked, a.authority.written)
		}
	}
	switch {
	case !slices.Contains([]string{"", "query", "fragment", "form_post"}, p["response_mode"]),
		!slices.Contains([]string{"", "plain", "S256"}, p["code_challenge_method"]),
		p["code_challenge"] == "" && p["code_challenge_method"] != "",
		len(p["code_challenge"]) > maxChallenge, len(p["nonce"]) > maxNonce:
		return code{}, errMalformed()
	}
	return code{session: session{tenant: a.tenant.ID, client: a.app.ClientID, want: w, nonce: p["nonce"]}, redirectURI: a.redirectURI,
		challenge: p["code_challenge"], plain: p["code_challenge_method"] != "S256"}, nil
}

// redirectsTo reports whether a code may be sent to the address: to the letter one
// that is registered, but for the port of a loopback address, which an application
// on a desktop cannot know beforehand (RFC 8252 section 7.3; Entra does so for
// http://localhost and http://127.0.0.1).
func (a *Application) redirectsTo(address string) bool {
	return slices.ContainsFunc(a.RedirectURIs, func(registered string) bool {
		return address == registered || withoutLoopbackPort(address) == withoutLoopbackPort(registered)
	})
}

// withoutLoopbackPort takes the port out of an http URL of this computer, and the
// slash that stands for no path; any other it returns as it is.
func withoutLoopbackPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.User != nil || u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" {
		return address
	}
	rest, _ := strings.CutPrefix(address, "http://"+u.Host)
	if port := u.Port(); strings.HasSuffix(u.Host, ":") || port != "" && !isPort(port) {
		return address
	}
	if rest == "/" {
		rest = ""
	}
	return "http://" + u.Hostname() + rest
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

// pairs are parameters in the order in which they are sent.
type pairs []pair

type pair struct{ Name, Value string }

func (p pairs) encode() string {
	var parts []string
	for _, one := range p {
		parts = append(parts, url.QueryEscape(one.Name)+"="+url.QueryEscape(one.Value))
	}
	return strings.Join(parts, "&")
}

func (e *exchange) errorParameters(err *Error) pairs {
	err.stamp(e.now, e.trace, e.correlation, e.directory.Cloud.LoginHost())
	return pairs{{"error", err.Name}, {"error_description", err.Description}}
}

// sendBack leads the browser back to the application.
func (e *exchange) sendBack(a authorization, back pairs) reply {
	if a.state != "" {
		back = append(back, pair{"state", a.state})
	}
	if back[0].Name == "code" {
		back = append(back, pair{"session_state", e.options.NewID()})
	}
	if a.mode == "form_post" {
		return formPost(a.redirectURI, back)
	}
	separator := "?"
	switch {
	case a.mode == "fragment":
		separator = "#"
	case strings.Contains(a.redirectURI, "?"):
		separator = "&"
	}
	return reply{status: http.StatusFound, kind: "text/html; charset=utf-8", header: http.Header{"Location": {a.redirectURI + separator + back.encode()}}}
}

// pickUser is the page that stands for the whole of signing in.
func (e *exchange) pickUser(c *client, p parameters) reply {
	page := choice{Title: "Sign in to " + c.app.Name, Text: "Pick who you are. This is a local test double of Microsoft Entra ID: it asks nobody for a password."}
	for _, u := range c.tenant.Users {
		query := url.Values{}
		for name, value := range p {
			query.Set(name, value)
		}
		query.Set("login_hint", u.Name)
		query.Set("prompt", "none")
		page.Users = append(page.Users, link{u.Name, "?" + query.Encode()})
	}
	return page.reply()
}
