// Package jwks decides which tokens to believe. It keeps the key sets that are trusted, fetching
// and refreshing those that live at a URL, and verifies signed tokens against them: bearer access
// tokens of Microsoft Entra ID (Verify) and the signed requests of the PoP scheme (VerifyPoP).
//
// It judges a token, not a call: audience, issuer and every other claim are for a policy to
// compare. It does not decrypt, does not fetch anything that a token points at, and knows one
// algorithm, RS256, because Entra signs access tokens with no other.
//
// The zero Verifier, and a nil one, believe nothing.
package jwks

import (
	"time"
	"unicode/utf8"
)

// Reason says in one word why a token is not believed. The set is closed.
type Reason string

// The reasons, in the order in which Verify looks for them; Key and Signature are one step.
const (
	Malformed   Reason = "token-malformed"     // not a signed JWT as RFC 7515 and 7519 write one
	Algorithm   Reason = "token-algorithm"     // signed, or not signed, with something else than RS256
	Key         Reason = "token-key"           // no trusted key is named, or the key is not for this tenant
	Signature   Reason = "token-signature"     // the key is trusted and did not sign this
	NoExpiry    Reason = "token-no-expiry"     // verified, without exp
	Expired     Reason = "token-expired"       // verified, exp has passed
	NotYetValid Reason = "token-not-yet-valid" // verified, nbf is still to come
)

// Failure is the error of Verify and VerifyPoP.
type Failure struct {
	Reason Reason
	// Detail is one sentence for the developer, with the values and the fix in it. It is never
	// for the caller, and never holds the signature or the whole token.
	Detail string
	// Fix is what to change, where Reason alone does not tell; empty otherwise.
	Fix string
	// Expires is when the token expired, in UTC, if Reason is Expired; zero otherwise.
	Expires time.Time
	// Header and Claims are what could be read of the token, nil if nothing could. Unless Reason
	// is NoExpiry, Expired or NotYetValid they are unverified: for display only. As those of a
	// Token, they must not be changed.
	Header, Claims map[string]any
}

// Error returns the reason and the detail.
func (f *Failure) Error() string { return string(f.Reason) + ": " + f.Detail }

// Token is a verified token.
type Token struct {
	// Header and Claims hold the members as JSON spells them: string, json.Number, bool, nil,
	// []any or map[string]any. Names keep their letter case. Calls with the same token are given
	// the same maps: nobody may change them.
	Header, Claims map[string]any
	// Source is the name of the trust source whose key verified the token, KeyID that key's kid.
	Source, KeyID string
	// Issued, NotBefore and Expires are iat, nbf and exp in UTC; the first two are zero if absent.
	Issued, NotBefore, Expires time.Time
}

// clip shortens a value out of a token or a key set to what a one-sentence detail can carry.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
