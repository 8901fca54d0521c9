package jwks

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	popType = "pop"
	// popLifetime is how long a signed request is good for. Presumed: the lifetime that
	// Microsoft.IdentityModel's SignedHttpRequest has by default.
	popLifetime = 5 * time.Minute
)

// VerifyPoP judges a signed request (the text after "PoP ") at the time now: a JWT of typ "pop"
// around an access token, at, signed with the key that the access token names in cnf. Shape, algorithm
// and extensions are judged in both as Verify does; of the request's own times ts alone counts
// (presumed).
//
// The Token is the access token's, with the request's m, u and p among its claims: a policy of
// type AADPOP compares all of them in one list. They are not compared with any HTTP request.
//
// The shape follows draft-ietf-oauth-signed-http-request-03 as Microsoft's libraries write it.
// What the real service does with it is presumed. The error is always a *Failure.
func (v *Verifier) VerifyPoP(signedRequest string, now time.Time) (Token, error) {
	verified, failure := v.verifyPoP(signedRequest, now)
	if failure != nil {
		return Token{}, failure
	}
	return verified, nil
}

func (v *Verifier) verifyPoP(text string, now time.Time) (Token, *Failure) {
	request, failure := read(text)
	if failure != nil {
		return Token{}, failure
	}
	if failure := request.checkHeader(); failure != nil {
		return Token{}, failure
	}
	// Not optional here: what was signed for another purpose must not become a signed request.
	if failure := request.checkType(popType); failure != nil {
		return Token{}, failure
	}
	signed, err := numericDate(request.claims, "ts")
	if err != nil {
		return Token{}, request.fail(Malformed, "%v", err)
	}
	at, ok := request.claims["at"].(string)
	if !ok || signed.IsZero() {
		return Token{}, request.fail(Malformed, "the signed request needs at, an access token, and ts, when it was signed; at is %s and ts %s",
			presence(ok), display(request.claims["ts"]))
	}

	// The access token comes first: until it is believed, the key it names means nothing.
	// A nil Verifier gets no further than this.
	//
	// The cache has no part in this. A signed request is made for one call and is never seen again;
	// its access token is as rare, and is believed only together with the proof around it.
	if v == nil {
		v = &Verifier{}
	}
	b, failure := v.judge(at, now)
	if failure != nil {
		failure.Detail = "the signed request's access token: " + failure.Detail
		return Token{}, failure
	}
	token := b.token()
	key, err := confirmationKey(token.Claims, request.claims)
	if err != nil {
		return Token{}, request.fail(Key, "%v", err)
	}
	if err := request.verifySignature(func(*jwt.Token) (any, error) { return key, nil }, jwt.SigningMethodRS256); err != nil {
		return Token{}, request.fail(Signature, "the signed request is not signed with the key that the access token's cnf names (thumbprint %q)", thumbprint(key))
	}
	if failure := request.checkSigned(signed, now, v.skew); failure != nil {
		return Token{}, failure
	}

	claims, err := requestClaims(token.Claims, request.claims)
	if err != nil {
		return Token{}, request.fail(Malformed, "%v", err)
	}
	token.Claims = claims
	return token, nil
}

// checkSigned holds a signed request to its short life, counted from ts.
func (u *unverified) checkSigned(signed, now time.Time, skew time.Duration) *Failure {
	expires := signed.Add(popLifetime)
	if !now.Before(expires.Add(skew)) {
		failure := u.fail(Expired, "the signed request was signed at %s and is good for %s, it is %s (clock skew %s); sign a new one for each call",
			signed.Format(time.RFC3339), popLifetime, now.UTC().Format(time.RFC3339), skew)
		failure.Expires = expires
		return failure
	}
	if signed.After(now.Add(skew)) {
		return u.fail(NotYetValid, "the signed request was signed at %s, it is %s (clock skew %s); compare the clocks",
			signed.Format(time.RFC3339), now.UTC().Format(time.RFC3339), skew)
	}
	return nil
}

// confirmationKey returns the key that a verified access token is bound to. Its cnf holds either
// the key itself (jwk) or the key's thumbprint (kid), which is Entra's way; the key is then in the
// cnf of the signed request, and is the right one only because the thumbprint says so.
func confirmationKey(token, request map[string]any) (*rsa.PublicKey, error) {
	cnf, ok := token["cnf"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the access token's cnf is %s, so it is bound to no key; ask for a PoP token, or send it with the scheme Bearer", display(token["cnf"]))
	}
	kid, byThumbprint := cnf["kid"]
	jwk, byKey := cnf["jwk"]
	switch {
	case byThumbprint == byKey:
		// Both might name different keys, and the next reader might believe the other one.
		return nil, errors.New("the access token's cnf must hold exactly one of kid and jwk")
	case byKey:
		return parseConfirmation("the access token's cnf.jwk", jwk)
	}
	brought, _ := request["cnf"].(map[string]any)
	key, err := parseConfirmation("the signed request's cnf.jwk", brought["jwk"])
	if err != nil {
		return nil, err
	}
	if actual := thumbprint(key); kid != actual {
		return nil, fmt.Errorf("the access token is bound to the key with thumbprint %s, but the signed request's cnf.jwk has %q", display(kid), actual)
	}
	return key, nil
}

func parseConfirmation(where string, jwk any) (*rsa.PublicKey, error) {
	members, ok := jwk.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s is no object; it must hold the public RSA key that signed the request", where)
	}
	key, err := parseRSAKey(members)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used: %w", where, err)
	}
	return key, nil
}

// requestClaims adds the signed request's m, u and p to the access token's claims. A token that has
// one of its own is refused: letting it win would let a claim stand for the request, and dropping it
// would hide what was issued.
func requestClaims(token, request map[string]any) (map[string]any, error) {
	claims := maps.Clone(token)
	for _, name := range []string{"m", "u", "p"} {
		if _, taken := token[name]; taken {
			return nil, fmt.Errorf("the access token has a claim %q, which only the signed request may have", name)
		}
		value, present := request[name]
		if !present {
			continue // whether it is needed is for the policy to say
		}
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("the signed request's %s is %s instead of a string", name, display(value))
		}
		claims[name] = text
	}
	return claims, nil
}

func presence(present bool) string {
	if present {
		return "present"
	}
	return "absent or no string"
}
