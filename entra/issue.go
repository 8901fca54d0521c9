package entra

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What Entra writes into every access token that is no managed identity's
// (entra.md section 1): it is dated five minutes back and lives 65 minutes, while
// the answer says 3599 seconds.
const (
	backdated = 5 * time.Minute
	lifetime  = 65 * time.Minute

	identityLifetime = 86700 * time.Second // of a managed identity's token
)

// Request asks for a token. Of Resource (v1.0) and Scope (v2.0) exactly one is
// given. Without User the token is app-only.
type Request struct {
	Tenant      string // id or domain; empty: the application's
	Application string // name or client id; empty: the first of the tenant
	User        string // user principal name or object id
	Resource    string
	Scope       string
	Claims      []Override // applied last, in order
	Now         time.Time
}

// Override sets one claim to a value that encoding/json can write, or removes it.
type Override struct {
	Name   string
	Value  any
	Remove bool
}

// ParseOverride reads a claim override as the command line gives it: name=text
// sets a string, name:=json any JSON value, and name:=null removes the claim.
func ParseOverride(s string) (Override, error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok || strings.TrimSuffix(name, ":") == "" {
		return Override{}, fmt.Errorf("claim %q is not name=value; write oid=text for a string, roles:=[\"A\"] for JSON, tid:=null to leave it out", s)
	}
	name, isJSON := strings.CutSuffix(name, ":")
	if !isJSON {
		return Override{Name: name, Value: value}, nil
	}
	var v any
	dec := json.NewDecoder(strings.NewReader(value))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil || dec.More() {
		return Override{}, fmt.Errorf("claim %q: %q is not one JSON value; use = for a plain string", name, value)
	}
	return Override{Name: name, Value: v, Remove: v == nil}, nil
}

// Issue returns the signed access token that Entra would give for the request.
// Errors name what the directory does not know and what it has instead.
func (d *Directory) Issue(r Request) (string, error) {
	t, err := d.token(r)
	if err != nil {
		return "", err
	}
	return t.sign()
}

// Claims returns the claims of the token that Issue would give, unsigned: for
// asking what a gate would say of it.
func (d *Directory) Claims(r Request) (map[string]any, error) {
	t, err := d.token(r)
	if err != nil {
		return nil, err
	}
	data, err := t.claims.encode()
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return claims, dec.Decode(&claims)
}

func (d *Directory) token(r Request) (*token, error) {
	tenant, app, err := d.application(r.Tenant, r.Application)
	if err != nil {
		return nil, err
	}
	asked, permission := r.Resource, ".default"
	switch {
	case r.Resource == "" && r.Scope == "", r.Resource != "" && r.Scope != "":
		return nil, errors.New("give a resource or a scope, one of the two, such as --resource https://management.azure.com/ or --scope https://service.flow.microsoft.com//.default")
	case r.Scope != "":
		if asked, permission, err = splitScope(r.Scope); err != nil {
			return nil, err
		}
	}
	resource, err := tenant.resource(asked)
	if err != nil {
		return nil, err
	}
	t := &token{directory: d, tenant: tenant, app: app, resource: resource, audience: asked, now: r.Now}
	if r.User == "" {
		if permission != ".default" {
			return nil, fmt.Errorf("scope %q: an application without a user asks for %s/.default", r.Scope, asked)
		}
		t.appOnly()
	} else {
		user, err := tenant.user(r.User)
		if err != nil {
			return nil, err
		}
		if permission == ".default" {
			permission = resource.allScopes()
		}
		t.delegated(user, permission)
	}
	for _, o := range r.Claims {
		t.claims.override(o)
	}
	return t, nil
}

// token is an access token in the making.
type token struct {
	directory *Directory
	tenant    *Tenant
	app       *Application
	resource  Resource
	audience  string // as asked for
	now       time.Time
	claims    members

	key      *signer          // nil: the public one
	proof    proof            // how the application proved itself; empty: with a secret
	identity *ManagedIdentity // whose token it is, when it is a managed identity's
}

// proof is how an application proved itself, as appidacr and azpacr say it.
type proof string

const (
	byNothing     proof = "0" // a public client
	bySecret      proof = "1"
	byCertificate proof = "2" // or a managed identity
)

func (t *token) v2() bool { return t.resource.TokenVersion == 2 }

// common sets the claims that every token begins with. The audience of a v1.0
// token echoes what was asked for, the slash included; that of a v2.0 token is the
// API's client id.
func (t *token) common() {
	aud, iss := t.audience, t.directory.Cloud.Issuer(t.tenant.ID)
	if t.v2() {
		aud, iss = t.resource.ClientID, issuerV2(t.directory.Cloud, t.tenant.ID)
	}
	issued := t.now.Add(-backdated).Unix()
	t.claims.set("aud", aud)
	t.claims.set("iss", iss)
	t.claims.set("iat", issued)
	t.claims.set("nbf", issued)
	t.claims.set("exp", issued+int64(t.lifetime()/time.Second))
}

func (t *token) lifetime() time.Duration {
	if t.identity != nil {
		return identityLifetime
	}
	return lifetime
}

func (t *token) application() {
	proof := cmp.Or(t.proof, bySecret)
	if t.v2() {
		t.claims.set("azp", t.app.ClientID)
		t.claims.set("azpacr", proof)
		return
	}
	t.claims.set("appid", t.app.ClientID)
	t.claims.set("appidacr", proof)
}

// appOnly sets the claims of a token without a user. sub and oid are the service
// principal's object id, never the client id.
func (t *token) appOnly() {
	t.common()
	t.claims.set("aio", opaque(36))
	t.application()
	if !t.v2() {
		t.claims.set("idp", t.directory.Cloud.Issuer(t.tenant.ID))
		if t.identity != nil {
			t.claims.set("idtyp", "app")
		}
	}
	t.claims.set("oid", t.app.ObjectID)
	t.claims.set("rh", "1."+opaque(40)+".")
	if roles := t.grantedRoles(); len(roles) > 0 {
		t.claims.set("roles", roles)
	}
	t.claims.set("sub", t.app.ObjectID)
	t.end()
	if t.identity != nil && !t.v2() {
		t.claims.set("xms_mirid", t.identity.mirID())
	}
}

func (t *token) grantedRoles() []string {
	var roles []string
	for identifier, granted := range t.app.Roles {
		if r, err := t.tenant.resource(identifier); err == nil && r.ClientID == t.resource.ClientID {
			roles = append(roles, granted...)
		}
	}
	slices.Sort(roles) // the map's order must not show
	return roles
}

// delegated sets the claims of a token for a user.
func (t *token) delegated(u *User, scope string) {
	t.common()
	if !t.v2() {
		t.claims.set("acr", "1")
	}
	t.claims.set("aio", opaque(36))
	if !t.v2() {
		t.claims.set("amr", []string{"pwd"})
	}
	t.application()
	given, family := u.names()
	if !t.v2() {
		t.claims.set("family_name", family)
		t.claims.set("given_name", given)
		t.claims.set("ipaddr", "127.0.0.1")
	}
	t.claims.set("name", given+" "+family)
	t.claims.set("oid", u.ObjectID)
	if t.v2() {
		t.claims.set("preferred_username", u.Name)
	}
	t.claims.set("rh", "1."+opaque(40)+".")
	t.claims.set("scp", scope)
	t.claims.set("sub", pairwise(u.ObjectID, t.resource.ClientID))
	t.end("unique_name", u.Name, "upn", u.Name)
}

// end sets the claims that every token ends with; v1 are pairs that only a v1.0
// token has between them.
func (t *token) end(v1 ...string) {
	t.claims.set("tid", t.tenant.ID)
	for i := 0; i < len(v1) && !t.v2(); i += 2 {
		t.claims.set(v1[i], v1[i+1])
	}
	t.claims.set("uti", opaque(16))
	if t.v2() {
		t.claims.set("ver", "2.0")
	} else {
		t.claims.set("ver", "1.0")
	}
}

func (t *token) sign() (string, error) { return t.signer().compact(t.header(), t.claims) }

func (t *token) signer() *signer {
	if t.key == nil {
		return publicSigner()
	}
	return t.key
}

// header names the key; a v1.0 token does so twice.
func (t *token) header() members {
	kid := t.signer().kid
	var h members
	h.set("typ", "JWT")
	h.set("alg", "RS256")
	if !t.v2() {
		h.set("x5t", kid)
	}
	h.set("kid", kid)
	return h
}

// compact encodes and signs.
func (s *signer) compact(header, claims members) (string, error) {
	h, err := header.encode()
	if err != nil {
		return "", err
	}
	c, err := claims.encode()
	if err != nil {
		return "", err
	}
	return s.sign(h, c)
}

// names returns what the user is called, made up from the principal name where
// the workspace does not say.
func (u *User) names() (given, family string) {
	local, domain, _ := strings.Cut(u.Name, "@")
	label, _, _ := strings.Cut(domain, ".")
	return orTitle(u.GivenName, local), orTitle(u.FamilyName, label)
}

func orTitle(name, made string) string {
	if name != "" || made == "" {
		return name
	}
	first, size := utf8.DecodeRuneInString(made)
	return string(unicode.ToUpper(first)) + made[size:]
}

// pairwise returns the subject of a user at one resource: stable, and another at
// each resource.
func pairwise(oid, resource string) string {
	sum := sha256.Sum256([]byte(oid + "\n" + resource))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// opaque returns n random characters for the claims that only Entra can read.
func opaque(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)[:n]
}

// members is a JSON object in the making: tokens show Entra's order.
type members []member

type member struct {
	name  string
	value any
}

func (m *members) set(name string, value any) { m.override(Override{Name: name, Value: value}) }

func (m *members) override(o Override) {
	i := slices.IndexFunc(*m, func(x member) bool { return x.name == o.Name })
	switch {
	case o.Remove && i >= 0:
		*m = slices.Delete(*m, i, i+1)
	case o.Remove:
	case i >= 0:
		(*m)[i].value = o.Value
	default:
		*m = append(*m, member{o.Name, o.Value})
	}
}

func (m members) encode() ([]byte, error) {
	b := []byte{'{'}
	for i, x := range m {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := encode(x.name)
		if err != nil {
			return nil, err
		}
		value, err := encode(x.value)
		if err != nil {
			return nil, fmt.Errorf("claim %q: %w", x.name, err)
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
