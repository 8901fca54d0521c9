package entra

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
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
		aud, iss = t.resource.ClientID, t.directory.Cloud.IssuerV2(t.tenant.ID)
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
	slices.Sort(roles)           // the map's order must not show
	return slices.Compact(roles) // two identifiers may name one resource
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
