package entra

import "strings"

// onBehalfOf is the grant of an API that calls another one for the user who called
// it: the user's token for the API is exchanged for one for the other.
func (e *exchange) onBehalfOf(version int, p parameters) (reply, *Error) {
	a, ok := parseAssertion(p["assertion"])
	// Below common and organizations the token tells the tenant of its user.
	c, err := e.client(p, func(t *Tenant) bool { return ok && a.text("tid") == t.ID })
	if err != nil {
		return reply{}, err
	}
	if err := p.need("assertion", "requested_token_use", wanted(version)); err != nil {
		return reply{}, err
	}
	if p["requested_token_use"] != "on_behalf_of" {
		return reply{}, errMalformed()
	}
	w, err := e.want(version, p)
	if err != nil {
		return reply{}, err
	}
	if err := e.authenticate(c, p, false); err != nil {
		return reply{}, err
	}
	if !ok {
		return reply{}, errBadUserToken()
	}
	u, err := e.userOfToken(c, a)
	if err != nil {
		return reply{}, err
	}
	return e.answerUser(signedIn{client: c, user: u, want: w, clientInfo: p["client_info"] == "1"})
}

// userOfToken returns the user whose access token for the application this is. The
// directory takes its own tokens alone, and none of an application.
func (e *exchange) userOfToken(c *client, a *assertion) (*User, *Error) {
	if !e.issued(a) {
		return nil, errBadUserToken()
	}
	expires, ok := a.time("exp")
	if !ok || e.now.After(expires) || a.text("tid") != c.tenant.ID || a.text("scp") == "" {
		return nil, errBadUserToken()
	}
	from, hasFrom := a.time("nbf")
	if _, present := a.claims["nbf"]; present != hasFrom || hasFrom && e.now.Before(from.Add(-assertionSkew)) {
		return nil, errBadUserToken()
	}
	audience := a.text("aud")
	r, err := c.tenant.resource(audience)
	if !strings.EqualFold(audience, c.app.ClientID) && (err != nil || !strings.EqualFold(r.ClientID, c.app.ClientID)) {
		return nil, errOtherUserToken(audience, c.app.ClientID)
	}
	u, err := c.tenant.user(a.text("oid"))
	if err != nil {
		return nil, errBadUserToken()
	}
	return u, nil
}

// issued reports whether one of the directory's own keys signed it, as it signs.
func (e *exchange) issued(a *assertion) bool {
	signers, _ := e.keys.published(e.now)
	for _, s := range signers {
		if s.kid == a.header.Kid && a.header.Alg == "RS256" && a.signedBy(&s.key.PublicKey) {
			return true
		}
	}
	return false
}
