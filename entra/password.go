package entra

import "strings"

// password is the grant of an application that was given a user's password (ROPC).
func (e *exchange) password(version int, p parameters) (reply, *Error) {
	hasUser := func(t *Tenant) bool { return t.userNamed(p["username"]) != nil }
	c, err := e.client(p, hasUser)
	if err != nil {
		return reply{}, err
	}
	if err := p.need("username", "password", wanted(version)); err != nil {
		return reply{}, err
	}
	w, err := e.want(version, p)
	if err != nil {
		return reply{}, err
	}
	if err := e.authenticate(c, p, true); err != nil {
		return reply{}, err
	}
	u := c.tenant.userNamed(p["username"])
	if u == nil {
		return reply{}, errNoUser(p["username"], c.authority.written)
	}
	if !sameSecret(u.Password, p["password"]) {
		return reply{}, errWrongPassword()
	}
	return e.answerUser(signedIn{client: c, user: u, want: w, clientInfo: p["client_info"] == "1"})
}

// resume checks a request that goes on where a user signed in before: the client,
// what must be there, what is wanted, the client's credentials, and that the sign-in
// is still known.
func (e *exchange) resume(s session, is found, version int, p parameters, needs ...string) (*client, want, *User, *Error) {
	c, err := e.client(p, func(t *Tenant) bool { return t.ID == s.tenant })
	if err != nil {
		return nil, want{}, nil, err
	}
	if err := p.need(needs...); err != nil {
		return nil, want{}, nil, err
	}
	w, err := e.want(version, p)
	if err != nil {
		return nil, want{}, nil, err
	}
	if err := e.authenticate(c, p, true); err != nil {
		return nil, want{}, nil, err
	}
	switch is {
	case absent:
		return nil, want{}, nil, errBadGrant()
	case expired:
		return nil, want{}, nil, errExpiredGrant()
	}
	u, err := c.userOf(s)
	return c, w, u, err
}

// refresh is the grant of an application whose user signed in before. The token may
// be used again, as Entra's may, and for another resource.
func (e *exchange) refresh(version int, p parameters) (reply, *Error) {
	s, is := e.sessions.get(p["refresh_token"], e.now)
	c, w, u, err := e.resume(s, is, version, p, "refresh_token")
	if err != nil {
		return reply{}, err
	}
	return e.answerUser(signedIn{client: c, user: u, want: s.want.renewed(w), clientInfo: p["client_info"] == "1", refreshing: true})
}

// renewed is what is wanted now: of what the request does not name, what was wanted
// at the sign-in.
func (w want) renewed(now want) want {
	if now.audience == "" {
		now.audience, now.permissions, now.written = w.audience, w.permissions, w.written
	}
	if now.openID == nil {
		now.openID = w.openID
	}
	return now
}

// userNamed returns the user of that principal name; nil if nobody is called so.
func (t *Tenant) userNamed(name string) *User {
	for i := range t.Users {
		if strings.EqualFold(t.Users[i].Name, name) {
			return &t.Users[i]
		}
	}
	return nil
}
