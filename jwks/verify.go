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

// verify judges a token, sparing what has been found out about it before.
func (v *Verifier) verify(text string, now time.Time) (Token, *Failure) {
	if v == nil {
		v = &Verifier{}
	}
	fingerprint, worthwhile := v.cache.fingerprintOf(text)
	// Before anything is verified: what is found out under older keys must not pass for newer.
	generation := v.generation.Load()
	if worthwhile {
		if b := v.cache.recall(fingerprint, generation); b != nil {
			// The times are the one thing that changes by itself, so an expired token is refused
			// to the second, remembered or not.
			if failure := b.checkTimes(now, v.skew); failure != nil {
				return Token{}, failure
			}
			return b.token(), nil
		}
	}
	b, failure := v.judge(text, now)
	if failure != nil {
		return Token{}, failure
	}
	if worthwhile {
		b.generation = generation
		v.cache.remember(fingerprint, b)
	}
	return b.token(), nil
}

// token returns what was verified. The maps are the cache's own, the same for every caller.
func (b *believed) token() Token {
	return Token{
		Header: b.header, Claims: b.claims, Source: b.source.name, KeyID: b.kid,
		Issued: b.issued, NotBefore: b.notBefore, Expires: b.expires,
	}
}

// judge verifies a token from scratch.
func (v *Verifier) judge(text string, now time.Time) (*believed, *Failure) {
	// Shape: what is no JWT, or asks for something that is not done here, is looked at no further.
	u, failure := read(text)
	if failure != nil {
		return nil, failure
	}
	if failure := u.checkHeader(); failure != nil {
		return nil, failure
	}

	// typ may be absent (RFC 7519 §5.1). Entra writes "JWT", others "at+jwt" (RFC 9068).
	if _, named := u.header["typ"]; named {
		if failure := u.checkType("JWT", "at+jwt"); failure != nil {
			return nil, failure
		}
	}

	// Signature before time: of a token that nobody vouches for it is not said that it expired.
	b, failure := v.checkSignature(u)
	if failure != nil {
		return nil, failure
	}
	if failure := b.checkTimes(now, v.skew); failure != nil {
		return nil, failure
	}
	return b, nil
}

// checkSignature finds the trusted key that signed the token and may have signed it.
func (v *Verifier) checkSignature(u *unverified) (*believed, *Failure) {
	// The token must name its key. Microsoft.IdentityModel tries every key when kid is absent or
	// unknown; Entra's tokens all have one (v1.0 as x5t too), so trying would only serve tokens
	// that Entra did not issue, at the price of a signature check for every trusted key.
	kid, _ := u.header["kid"].(string)
	if kid == "" || len(kid) > maxKeyID {
		return nil, u.fail(Key, "the token's kid is %s; it must name a trusted key in 1 to %d bytes, and x5t does not stand for it%s",
			display(u.header["kid"]), maxKeyID, u.ownKeys()).but("have the token issued with the kid of its key, as Entra does")
	}

	// Two sources may use one kid for different keys, so each that has it gets its turn.
	var failure *Failure
	var misfit error
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
		if err := u.verifySignature(set.keyfunc, set.rs256); err != nil {
			if misfit == nil || !errors.As(err, new(wrongLength)) { // as long as one key's, it is not cut off
				misfit = err
			}
			continue
		}
		// Only now, when the key is known to have signed: is it a key for this token's tenant?
		if err := issuer.admits(u.claims); err != nil {
			failure = u.fail(Key, "the token is signed with the key %q of source %s, but %v", clip(kid), s.name, err)
			continue
		}
		b := &believed{unverified: *u, source: s, kid: kid, set: set}
		b.text, b.signature = "", nil // spent, and nothing to keep
		return b, nil
	}
	if failure != nil {
		return nil, failure
	}

	if tried > 0 {
		failure = u.misfit(kid, misfit)
	} else {
		failure = u.fail(Key, "no trusted key has kid %q; trusted: %s%s", clip(kid), v.describe(), u.ownKeys())
	}
	// Unknown key, or known kid and wrong signature, as when a local directory makes a new key
	// under its old name: either way newer sets may know better, for the next call.
	for _, s := range v.sources {
		s.ask()
	}
	return nil, failure
}

// misfit tells why a signature does not fit the trusted key that the token names, as far as it
// shows: no end of a token is lost unseen, and of Entra's own tokens one sort never fits.
func (u *unverified) misfit(kid string, err error) *Failure {
	var size wrongLength
	isShort := errors.As(err, &size) && len(u.signature) < int(size)
	_, hasNonce := u.header["nonce"]
	switch {
	case len(u.signature) == 0:
		return u.fail(Signature, "the token has no signature of the trusted key %q: nothing follows its second dot", clip(kid)).
			but("send the token whole, with the signature after its second dot")
	case isShort:
		return u.fail(Signature, "the token's signature has %d bytes, and those of the trusted key %q have %d: the token's end is missing", len(u.signature), clip(kid), int(size)).
			but("send the token whole: its end is missing")
	case hasNonce:
		// Its signature is over a header with another nonce, which is for the resource to make.
		// Source: AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet#609.
		return u.fail(Signature, "the signature does not fit the trusted key %q; the token's header has a nonce, as tokens for Microsoft Graph have, which nobody but Graph can verify", clip(kid)).
			but("get a token for what the trigger takes, not for Microsoft Graph: one with a nonce in its header cannot be verified here")
	}
	return u.fail(Signature, "the signature does not fit the trusted key %q; the token was changed, or signed with another key of that name", clip(kid))
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

// CheckTimes returns what Verify would say at the time now of the times among claims, had a trusted
// key signed them; nil if nothing.
func (v *Verifier) CheckTimes(claims map[string]any, now time.Time) *Failure {
	if v == nil {
		v = &Verifier{}
	}
	u := &unverified{claims: claims}
	if err := u.readTimes(); err != nil {
		return u.fail(Malformed, "%v", err).but(timesFix)
	}
	return u.checkTimes(now, v.skew)
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

// verifySignature has a method of golang-jwt's verify the signature with the key that keyOf picks. Its
// parser has no part in it: the token has been read, and more strictly. Nothing of the token chooses
// the method: it is RS256 of whoever calls.
func (u *unverified) verifySignature(keyOf jwt.Keyfunc, method jwt.SigningMethod) error {
	key, err := keyOf(&jwt.Token{Raw: u.text, Header: u.header, Method: method})
	if err != nil {
		return err
	}
	return method.Verify(u.text[:strings.LastIndexByte(u.text, '.')], u.signature, key)
}
