package entra

import (
	"net/http"
	"strconv"
)

// expiresIn is what answers say a token lives, in seconds; identityExpiresIn for a
// managed identity. The tokens themselves say another (entra.md section 1).
const (
	expiresIn         = 3599
	identityExpiresIn = 86399
)

// grantTypes are the grants that the token endpoints take.
var grantTypes map[string]func(*exchange, int, parameters) (reply, *Error)

func init() { // not an initialiser: grants refer to the endpoint again
	grantTypes = map[string]func(*exchange, int, parameters) (reply, *Error){
		"client_credentials": (*exchange).clientCredentials,
		"password":           (*exchange).password,
		"refresh_token":      (*exchange).refresh,
		"authorization_code": (*exchange).redeem,

		"urn:ietf:params:oauth:grant-type:device_code": (*exchange).poll,
		"device_code": (*exchange).poll, // as MSAL for Go and msal-node write it
		"urn:ietf:params:oauth:grant-type:jwt-bearer": (*exchange).onBehalfOf,
	}
}

func (e *exchange) tokenV1() (reply, *Error) { return e.token(1) }
func (e *exchange) tokenV2() (reply, *Error) { return e.token(2) }

// token answers a token request at the endpoint of that version.
func (e *exchange) token(version int) (reply, *Error) {
	if _, err := e.directory.authority(e.segment); err != nil {
		return reply{}, err
	}
	p, err := e.form()
	if err != nil {
		return reply{}, err
	}
	if err := p.need("grant_type"); err != nil {
		return reply{}, err
	}
	grant, known := grantTypes[p["grant_type"]]
	if !known {
		return reply{}, errUnsupportedGrant(p["grant_type"])
	}
	if err := e.basic(p); err != nil {
		return reply{}, err
	}
	return grant(e, version, p)
}

// clientCredentials is the grant of an application that acts for itself.
func (e *exchange) clientCredentials(version int, p parameters) (reply, *Error) {
	c, err := e.client(p, nil)
	if err != nil {
		return reply{}, err
	}
	if err := p.need(wanted(version)); err != nil {
		return reply{}, err
	}
	w, err := e.want(version, p)
	if err != nil {
		return reply{}, err
	}
	// Some clients ask for openid, offline_access and profile beside it: tolerated.
	if len(w.permissions) == 0 || len(compact(w.permissions)) > 1 || w.permissions[0] != defaultScope {
		return reply{}, errNotDefaultScope(p["scope"])
	}
	if err := e.authenticate(c, p, false); err != nil {
		return reply{}, err
	}
	t, err := e.newToken(c, w)
	if err != nil {
		return reply{}, err
	}
	t.appOnly()
	if t.resource.AssignmentRequired && len(t.grantedRoles()) == 0 {
		return reply{}, errNotAssigned(c.app, w.audience, t.resource)
	}
	return e.answerToken(t, w, extras{}), nil
}

// newToken begins a token for what is wanted.
func (e *exchange) newToken(c *client, w want) (*token, *Error) {
	r, err := c.tenant.resource(w.audience)
	if err != nil {
		return nil, errNoResource(w.audience, c.authority.written)
	}
	return &token{directory: e.directory, tenant: c.tenant, app: c.app, resource: r, audience: w.audience,
		now: e.now, key: e.keys.signer(), proof: c.proof}, nil
}

// extras are what only an answer for a user has.
type extras struct {
	Scope, RefreshToken, IDToken, ClientInfo string
}

// answerV2 is a token answer of the v2.0 endpoint: its times are numbers.
type answerV2 struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope,omitempty"` // not for an application: MSAL Go would compare it
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	ClientInfo   string `json:"client_info,omitempty"`
}

// answerV1 is one of the v1.0 endpoint: its times are strings.
type answerV1 struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    string `json:"expires_in"`
	ExtExpiresIn string `json:"ext_expires_in"`
	ExpiresOn    string `json:"expires_on"`
	NotBefore    string `json:"not_before"`
	Resource     string `json:"resource"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	ClientInfo   string `json:"client_info,omitempty"`
}

// answerToken signs the token and answers as the endpoint that was asked does; the
// resource, not the endpoint, decided the token's own version.
func (e *exchange) answerToken(t *token, w want, x extras) reply {
	signed := t.mustSign()
	if w.version == 2 {
		return asJSON(http.StatusOK, answerV2{"Bearer", x.Scope, expiresIn, expiresIn, signed, x.RefreshToken, x.IDToken, x.ClientInfo})
	}
	from, to := t.times()
	seconds := strconv.Itoa(expiresIn)
	return asJSON(http.StatusOK, answerV1{"Bearer", x.Scope, seconds, seconds, to, from, t.audience, signed, x.RefreshToken, x.IDToken, x.ClientInfo})
}

// times are the token's nbf and exp as v1.0 answers write them.
func (t *token) times() (notBefore, expiresOn string) {
	issued := t.now.Add(-backdated)
	return strconv.FormatInt(issued.Unix(), 10), strconv.FormatInt(issued.Add(t.lifetime()).Unix(), 10)
}

// mustSign signs claims that the directory made itself: they always encode, and its
// keys always sign.
func (t *token) mustSign() string {
	signed, err := t.sign()
	if err != nil {
		panic(err)
	}
	return signed
}
