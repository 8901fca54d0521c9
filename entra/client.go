package entra

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strings"
)

// client is the application that asks, in the tenant that it is asked of.
type client struct {
	authority authority
	tenant    *Tenant
	app       *Application
	proof     proof
}

// basic adds the client id and secret of an Authorization header to the form, where
// each is form-encoded before it is joined (RFC 6749 section 2.3.1).
func (e *exchange) basic(p parameters) *Error {
	scheme, encoded, _ := strings.Cut(e.request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return nil
	}
	if p["client_secret"] != "" || p["client_assertion"] != "" {
		return errMalformed() // one method a request (RFC 6749 section 2.3)
	}
	joined, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return errMalformed()
	}
	rawID, rawSecret, _ := strings.Cut(string(joined), ":")
	id, err := url.QueryUnescape(rawID)
	if err != nil {
		return errMalformed()
	}
	secret, err := url.QueryUnescape(rawSecret)
	if err != nil {
		secret = rawSecret // a percent sign that nobody encoded
	}
	if given := p["client_id"]; given != "" && !strings.EqualFold(given, id) {
		return errMalformed()
	}
	p["client_id"], p["client_secret"] = id, secret
	return nil
}

// client finds the application that a form names. Below common and organizations it
// is looked for in every tenant; prefer picks among several that have it, or is nil.
func (e *exchange) client(p parameters, prefer func(*Tenant) bool) (*client, *Error) {
	a, err := e.directory.authority(e.segment)
	if err != nil {
		return nil, err
	}
	if err := p.need("client_id"); err != nil {
		return nil, err
	}
	var found *client
	for i := range e.directory.Tenants {
		t := &e.directory.Tenants[i]
		if a.tenant != nil && a.tenant != t || a.segment == "consumers" {
			continue
		}
		app := t.client(p["client_id"])
		if app != nil && (found == nil || prefer != nil && prefer(t)) {
			found = &client{authority: a, tenant: t, app: app}
		}
	}
	if found == nil {
		directory := a.written
		if a.segment == "consumers" {
			directory = consumersName
		}
		return nil, errNoApplication(p["client_id"], directory)
	}
	return found, nil
}

// client returns the application of that client id; nil if there is none.
func (t *Tenant) client(id string) *Application {
	for i := range t.Applications {
		if strings.EqualFold(t.Applications[i].ClientID, id) {
			return &t.Applications[i]
		}
	}
	return nil
}

// confidential reports whether the application has a credential to prove itself with.
func (a *Application) confidential() bool { return a.Secret != "" || len(a.Certificates) > 0 }

// authenticate holds what the form brings against the application's credentials.
// Where a public client will do, an application may bring none.
func (e *exchange) authenticate(c *client, p parameters, publicWillDo bool) *Error {
	switch {
	case p["client_assertion"] != "" && p["client_secret"] != "":
		return errMalformed() // one method a request
	case p["client_assertion"] != "":
		c.proof = byCertificate
		return e.checkAssertion(c, p)
	case p["client_secret"] != "" && publicWillDo && !c.app.confidential():
		return errPublicClient()
	case p["client_secret"] != "":
		c.proof = bySecret
		if !sameSecret(c.app.Secret, p["client_secret"]) {
			return errWrongSecret(c.app.ClientID)
		}
		return nil
	case publicWillDo && (c.app.PublicClient || !c.app.confidential()):
		c.proof = byNothing
		return nil
	}
	return errNoCredential()
}

// sameSecret compares in a time that tells neither how much of the secret fits nor
// how long it is. An empty secret is none, and nothing is equal to it.
func sameSecret(kept, given string) bool {
	k, g := sha256.Sum256([]byte(kept)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(k[:], g[:]) == 1 && kept != ""
}
