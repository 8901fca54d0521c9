package jwks

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// maxCandidates bounds how many sources' keys are tried on one token when their kids collide:
// what a caller can make us compute.
const maxCandidates = 8

// Verify judges a bearer token (the text after "Bearer ") at the time now. It waits for nothing:
// a token whose key is not at hand is refused, and the key sets are fetched in the background.
// The error is always a *Failure.
func (v *Verifier) Verify(token string, now time.Time) (Token, error) {
	verified, failure := v.verify(token, now)
	if failure != nil {
		return Token{}, failure // not "return verified, failure": a nil *Failure is a non-nil error
	}
	return verified, nil
}

func (v *Verifier) verify(text string, now time.Time) (Token, *Failure) {
	if v == nil {
		v = &Verifier{}
	}

	// Shape: what is no JWT, or asks for something that is not done here, is looked at no further.
	u, failure := read(text)
	if failure != nil {
		return Token{}, failure
	}
	if failure := u.checkHeader(); failure != nil {
		return Token{}, failure
	}

	// typ may be absent (RFC 7519 §5.1). Entra writes "JWT", others "at+jwt" (RFC 9068).
	if _, named := u.header["typ"]; named {
		if failure := u.checkType("JWT", "at+jwt"); failure != nil {
			return Token{}, failure
		}
	}

	// Signature before time: of a token that nobody vouches for it is not said that it expired.
	source, kid, failure := v.checkSignature(u)
	if failure != nil {
		return Token{}, failure
	}
	if failure := u.checkTimes(now, v.skew); failure != nil {
		return Token{}, failure
	}

	return Token{
		Header: u.header, Claims: u.claims, Source: source, KeyID: kid,
		Issued: u.issued, NotBefore: u.notBefore, Expires: u.expires,
	}, nil
}

// checkSignature finds the trusted key that signed the token and may have signed it.
func (v *Verifier) checkSignature(u *unverified) (source, kid string, failure *Failure) {
	// The token must name its key. Microsoft.IdentityModel tries every key when kid is absent or
	// unknown; Entra's tokens all have one (v1.0 as x5t too), so trying would only serve tokens
	// that Entra did not issue, at the price of a signature check for every trusted key.
	kid, _ = u.header["kid"].(string)
	if kid == "" || len(kid) > maxKeyID {
		return "", "", u.fail(Key, "the token's kid is %s; it must name a trusted key in 1 to %d bytes, and x5t does not stand for it%s",
			display(u.header["kid"]), maxKeyID, u.ownKeys())
	}

	// Two sources may use one kid for different keys, so each that has it gets its turn.
	tried := 0
	for _, s := range v.sources {
		set := s.usable()
		if set == nil {
			continue
		}
		issuer, known := set.issuers[kid]
		if !known || tried == maxCandidates {
			continue
		}
		tried++
		if err := verifySignature(u.text, set.keyfunc); err != nil {
			continue
		}
		// Only now, when the key is known to have signed: is it a key for this token's tenant?
		if err := issuer.admits(u.claims); err != nil {
			failure = u.fail(Key, "the token is signed with the key %q of source %s, but %v", clip(kid), s.name, err)
			continue
		}
		return s.name, kid, nil
	}
	if failure != nil {
		return "", "", failure
	}

	if tried > 0 {
		failure = u.fail(Signature, "the signature does not fit the trusted key %q; the token was changed, or signed with another key of that name", clip(kid))
	} else {
		failure = u.fail(Key, "no trusted key has kid %q; trusted: %s%s", clip(kid), v.describe(), u.ownKeys())
	}
	// Unknown key, or known kid and wrong signature, as when a local directory makes a new key
	// under its old name: either way newer sets may know better, for the next call.
	for _, s := range v.sources {
		s.ask()
	}
	return "", "", failure
}

// describe lists the trusted keys, source by source.
func (v *Verifier) describe() string {
	if len(v.sources) == 0 {
		return "nothing"
	}
	parts := make([]string, len(v.sources))
	for i, s := range v.sources {
		parts[i] = s.describe()
	}
	return strings.Join(parts, "; ")
}

// ownKeys tells a developer whose token brings its key along why that does not help. A token that
// could name its own key would be its own witness: nothing of it is used, or fetched, ever.
func (u *unverified) ownKeys() string {
	for _, member := range []string{"jwk", "jku", "x5u", "x5c"} {
		if _, present := u.header[member]; present {
			return fmt.Sprintf(" (the header's %s is not used: keys come from the trust sources, by kid)", member)
		}
	}
	return ""
}

// checkTimes compares nbf and exp with now, forgiving skew either way. A token is dead at the very
// second of exp (RFC 7519 §4.1.4: "on or after"). iat in the future is no reason to refuse: the RFC
// gives it no such meaning, and nbf has it.
func (u *unverified) checkTimes(now time.Time, skew time.Duration) *Failure {
	if u.expires.IsZero() {
		return u.fail(NoExpiry, "the token has no exp, so it would never end; have it issued with one")
	}
	if !now.Before(u.expires.Add(skew)) {
		failure := u.fail(Expired, "the token expired at %s, it is %s (clock skew %s); get a new one",
			u.expires.Format(time.RFC3339), now.UTC().Format(time.RFC3339), skew)
		failure.Expires = u.expires
		return failure
	}
	if u.notBefore.After(now.Add(skew)) {
		return u.fail(NotYetValid, "the token is not valid before %s, it is %s (clock skew %s); compare the clocks",
			u.notBefore.Format(time.RFC3339), now.UTC().Format(time.RFC3339), skew)
	}
	return nil
}

// parser is golang-jwt's, pinned to one algorithm. Claims are checked here and not by it: it would
// take a token without exp, and it knows nothing of the time that Verify is given.
var parser = jwt.NewParser(
	jwt.WithValidMethods([]string{algorithm}),
	jwt.WithStrictDecoding(),
	jwt.WithoutClaimsValidation(),
)

// verifySignature has golang-jwt verify the token with the key that keyOf picks.
func verifySignature(text string, keyOf jwt.Keyfunc) error {
	token, err := parser.ParseWithClaims(text, &unread{}, keyOf)
	if err != nil {
		return err
	}
	if !token.Valid {
		return errors.New("not verified")
	}
	return nil
}

// unread is claims that golang-jwt need not decode: they have been, more strictly.
type unread struct{ jwt.MapClaims }

// UnmarshalJSON ignores the claims.
func (*unread) UnmarshalJSON([]byte) error { return nil }
