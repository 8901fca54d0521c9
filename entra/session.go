package entra

import (
	"encoding/base64"
	"strings"
	"time"
)

// Bounds of refresh tokens: Entra's live 90 days, each use giving another of as long
// a life.
const (
	maxSessions     = 10_000
	sessionLifetime = 90 * 24 * time.Hour
)

// session is a user's sign-in to an application: what a code, a refresh token or a
// device code stands for. It names things by their ids, since a reload may replace
// or remove them.
type session struct {
	tenant, client, user string
	want                 want
	nonce                string // of an authorization request, for its id_token
}

// signedIn is a user at an application, and what for.
type signedIn struct {
	*client
	user       *User
	want       want
	nonce      string
	clientInfo bool // whether it was asked for
	refreshing bool // a refresh token leads to another one, asked for or not
}

// userOf finds a session's user again.
func (c *client) userOf(s session) (*User, *Error) {
	u, err := c.tenant.user(s.user)
	if err != nil || c.tenant.ID != s.tenant || !strings.EqualFold(c.app.ClientID, s.client) {
		return nil, errBadGrant()
	}
	return u, nil
}

// answerUser answers with a token for a user, and what comes with it.
func (e *exchange) answerUser(s signedIn) (reply, *Error) {
	w := s.want.orGraph(e.graph())
	t, err := e.newToken(s.client, w)
	if err != nil {
		return reply{}, err
	}
	scopes, err := w.scopes(t.resource)
	if err != nil {
		return reply{}, err
	}
	t.delegated(s.user, strings.Join(scopes, " "))
	x := extras{Scope: w.granted(scopes)}
	// The v1.0 endpoint knows no offline_access: it always gives one.
	if w.offline() || w.version == 1 || s.refreshing {
		x.RefreshToken = e.newRefreshToken(s)
	}
	if w.openid() {
		x.IDToken = e.idToken(s)
	}
	if s.clientInfo {
		x.ClientInfo = clientInfo(s.user, s.tenant)
	}
	return e.answerToken(t, w, x), nil
}

func (e *exchange) newRefreshToken(s signedIn) string {
	token := "1." + opaque(86)
	e.sessions.add(token, session{tenant: s.tenant.ID, client: s.app.ClientID, user: s.user.ObjectID, want: s.want}, e.now, e.now.Add(sessionLifetime))
	return token
}

// clientInfo tells a client's cache whose tokens it got: base64url of a JSON object.
func clientInfo(u *User, t *Tenant) string {
	var info members
	info.set("uid", u.ObjectID)
	info.set("utid", t.ID)
	data, err := info.encode()
	if err != nil {
		panic(err) // strings always encode
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// idToken tells the application who signed in. Its version is the endpoint's.
func (e *exchange) idToken(s signedIn) string {
	t := &token{directory: e.directory, tenant: s.tenant, app: s.app, now: e.now, key: e.keys.signer(),
		resource: Resource{ClientID: s.app.ClientID, TokenVersion: s.want.version}, audience: s.app.ClientID}
	t.common()
	given, family := s.user.names()
	if t.v2() {
		t.claims.set("aio", opaque(36))
	} else {
		t.claims.set("amr", []string{"pwd"})
		t.claims.set("family_name", family)
		t.claims.set("given_name", given)
		t.claims.set("ipaddr", "127.0.0.1")
	}
	t.claims.set("name", given+" "+family)
	if s.nonce != "" {
		t.claims.set("nonce", s.nonce)
	}
	t.claims.set("oid", s.user.ObjectID)
	if t.v2() {
		t.claims.set("preferred_username", s.user.Name)
	}
	t.claims.set("rh", "1."+opaque(40)+".")
	t.claims.set("sub", pairwise(s.user.ObjectID, s.app.ClientID))
	t.end("unique_name", s.user.Name, "upn", s.user.Name)
	return t.mustSign()
}
