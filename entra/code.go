package entra

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"
)

// Bounds of authorization codes. Entra's live some ten minutes.
const (
	maxCodes     = 1_000
	codeLifetime = 10 * time.Minute
)

// code is what stands behind an authorization code.
type code struct {
	session
	redirectURI string
	challenge   string // of PKCE (RFC 7636); empty: none
	plain       bool   // the challenge is the verifier itself
	used        bool
}

// newCode makes an authorization code.
func (e *exchange) newCode(c code) string {
	handle := "1." + opaque(86)
	e.codes.add(handle, c, e.now, e.now.Add(codeLifetime))
	return handle
}

// redeem is the grant of an application that was sent an authorization code.
func (e *exchange) redeem(version int, p parameters) (reply, *Error) {
	kept, is := e.codes.get(p["code"], e.now)
	c, w, u, err := e.resume(kept.session, is, version, p, "code", "redirect_uri")
	if err != nil {
		return reply{}, err
	}
	if p["redirect_uri"] != kept.redirectURI {
		return reply{}, errOtherReply(p["redirect_uri"], kept.redirectURI)
	}
	if !kept.verified(p["code_verifier"]) {
		return reply{}, errOtherVerifier()
	}
	// Of two who send it at once, one gets the tokens.
	first := false
	e.codes.look(p["code"], e.now, func(k *code) { first, k.used = !k.used, true })
	if !first {
		return reply{}, errRedeemed()
	}
	return e.answerUser(signedIn{client: c, user: u, want: kept.want.renewed(w), nonce: kept.nonce, clientInfo: p["client_info"] == "1"})
}

// verified reports whether the verifier is the one that the challenge was made from.
func (c code) verified(verifier string) bool {
	if c.challenge == "" {
		return verifier == ""
	}
	made := verifier
	if !c.plain {
		sum := sha256.Sum256([]byte(verifier))
		made = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return subtle.ConstantTimeCompare([]byte(made), []byte(c.challenge)) == 1
}
