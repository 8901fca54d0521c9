package entra

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"
)

const (
	jwtBearerAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

	assertionSkew = 5 * time.Minute
	maxAssertion  = 24 * time.Hour // how long one may live: their uses are remembered so long
	maxUsed       = 10_000         // assertions whose use is remembered
)

// assertion is a client assertion, or a user's token, taken apart and not yet believed.
type assertion struct {
	header    assertionHeader
	claims    map[string]any
	signed    string // what the signature is over
	signature []byte
}

type assertionHeader struct {
	Alg     string `json:"alg"`
	Kid     string `json:"kid"`
	X5t     string `json:"x5t"`
	X5tS256 string `json:"x5t#S256"`

	Crit json.RawMessage `json:"crit"` // extensions that must be understood: none is
	B64  json.RawMessage `json:"b64"`
}

// parseAssertion takes a compact JWS apart. It reports false for any other text.
func parseAssertion(text string) (*assertion, bool) {
	if len(text) > maxParameter || strings.Count(text, ".") != 2 {
		return nil, false
	}
	last := strings.LastIndexByte(text, '.')
	a := &assertion{signed: text[:last]}
	header, claims, _ := strings.Cut(a.signed, ".")
	enc := base64.RawURLEncoding.Strict()
	rawHeader, err1 := enc.DecodeString(header)
	rawClaims, err2 := enc.DecodeString(claims)
	signature, err3 := enc.DecodeString(text[last+1:])
	if err1 != nil || err2 != nil || err3 != nil || json.Unmarshal(rawHeader, &a.header) != nil {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(rawClaims))
	dec.UseNumber()
	if dec.Decode(&a.claims) != nil || a.claims == nil || a.header.Crit != nil || a.header.B64 != nil {
		return nil, false
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, false
	}
	if _, present := a.claims["jti"]; present && a.text("jti") == "" {
		return nil, false // it would pass for absent
	}
	if hasDuplicates(rawHeader) || hasDuplicates(rawClaims) {
		return nil, false
	}
	a.signature = signature
	return a, true
}

// hasDuplicates reports whether an object has a member twice: who checks one and who
// uses the other must not differ.
func hasDuplicates(object []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(object))
	if _, err := dec.Token(); err != nil {
		return true
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		var value json.RawMessage
		if err != nil || !ok || seen[name] || dec.Decode(&value) != nil {
			return true
		}
		seen[name] = true
	}
	return false
}

func (a *assertion) text(claim string) string {
	s, _ := a.claims[claim].(string)
	return s
}

// time reads a claim that is a time; it reports false when there is none.
func (a *assertion) time(claim string) (time.Time, bool) {
	n, ok := a.claims[claim].(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := n.Float64()
	if err != nil || seconds < 0 || seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// signedBy reports whether the key made the signature. alg decides how it is read,
// and only these two are.
func (a *assertion) signedBy(key *rsa.PublicKey) bool {
	digest := sha256.Sum256([]byte(a.signed))
	switch a.header.Alg {
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], a.signature) == nil
	case "PS256":
		return rsa.VerifyPSS(key, crypto.SHA256, digest[:], a.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
	}
	return false
}

// names reports whether the header names the certificate by a thumbprint. MSAL Go
// writes x5t#S256 in padded standard base64, others in base64url as RFC 7515 has it.
func (h assertionHeader) names(c *x509.Certificate) bool {
	s256, s1 := sha256.Sum256(c.Raw), sha1.Sum(c.Raw)
	if h.X5tS256 != "" {
		return sameThumbprint(h.X5tS256, s256[:])
	}
	return sameThumbprint(h.X5t, s1[:]) || h.X5t == "" && sameThumbprint(h.Kid, s1[:])
}

func sameThumbprint(written string, want []byte) bool {
	for _, enc := range []*base64.Encoding{base64.RawURLEncoding, base64.StdEncoding, base64.URLEncoding} {
		if got, err := enc.DecodeString(written); err == nil && bytes.Equal(got, want) {
			return true
		}
	}
	return false
}

// checkAssertion believes a client assertion that one of the application's
// certificates signed, that is for this directory and of this time, and whose id no
// other had (RFC 7523 section 3).
func (e *exchange) checkAssertion(c *client, p parameters) *Error {
	if err := p.need("client_assertion_type"); err != nil {
		return err
	}
	if p["client_assertion_type"] != jwtBearerAssertion {
		return errMalformed()
	}
	a, ok := parseAssertion(p["client_assertion"])
	if !ok || !c.app.signed(a) {
		return errBadAssertion()
	}
	if !strings.EqualFold(a.text("iss"), c.app.ClientID) || !strings.EqualFold(a.text("sub"), c.app.ClientID) {
		return errOtherIssuer()
	}
	if !slices.Contains(e.audiences(c), strings.TrimSuffix(a.text("aud"), "/")) {
		return errOtherAudience()
	}
	from, hasFrom := a.time("nbf")
	to, hasTo := a.time("exp")
	if _, present := a.claims["nbf"]; present != hasFrom {
		return errBadAssertion()
	}
	if !hasTo || e.now.After(to.Add(assertionSkew)) || hasFrom && e.now.Before(from.Add(-assertionSkew)) || to.Sub(e.now) > maxAssertion {
		return errAssertionExpiry(e.now, from, to)
	}
	if !e.firstUse(c, a, to) {
		return errBadAssertion()
	}
	return nil
}

// firstUse remembers the assertion by its id or, without one, by what was signed. It
// reports false when another assertion had that id. The very same one may come again
// until it expires, unless the application wants each used once: msal-node and MSAL
// for Python sign one and send it for minutes, so refusing it would keep them out.
func (e *exchange) firstUse(c *client, a *assertion, expires time.Time) bool {
	id := sha256.Sum256([]byte(c.app.ClientID + "\n" + a.text("jti")))
	if a.text("jti") == "" {
		id = sha256.Sum256([]byte(a.signed))
	}
	this := sha256.Sum256([]byte(a.signed)) // not the signature: PS256 makes another one each time
	if e.used.add(string(id[:]), this, e.now, expires.Add(assertionSkew)) {
		return true
	}
	first, is := e.used.get(string(id[:]), e.now)
	return is == present && first == this && !c.app.SingleUseAssertions
}

// signed reports whether one of the application's certificates signed the assertion.
func (a *Application) signed(by *assertion) bool {
	for _, c := range a.Certificates {
		if key, ok := c.PublicKey.(*rsa.PublicKey); ok && by.header.names(c) && by.signedBy(key) {
			return true
		}
	}
	return false
}

// audiences are what an assertion for this directory may be for: a token endpoint,
// here or at Microsoft's host, or an issuer.
func (e *exchange) audiences(c *client) []string {
	var all []string
	cloud := e.directory.Cloud
	for _, origin := range []string{e.origin, "https://" + cloud.LoginHost()} {
		for _, tenant := range []string{c.authority.written, c.authority.segment, c.tenant.ID} {
			for _, rest := range []string{"", "/v2.0", "/oauth2/token", "/oauth2/v2.0/token"} {
				all = append(all, origin+"/"+tenant+rest)
			}
		}
	}
	return append(all, strings.TrimSuffix(cloud.Issuer(c.tenant.ID), "/"))
}
