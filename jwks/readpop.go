package jwks

// ReadPoP returns the claims that VerifyPoP would return of a signed request, if it
// believed it: those of its access token, with the request's m, u and p. It verifies
// nothing; what it returns is for display only, and nil when it cannot be read.
func ReadPoP(signedRequest string) map[string]any {
	request, failure := read(signedRequest)
	if failure != nil {
		return nil
	}
	at, ok := request.claims["at"].(string)
	if !ok {
		return nil
	}
	token, failure := read(at)
	if failure != nil {
		return nil
	}
	claims, err := requestClaims(token.claims, request.claims)
	if err != nil {
		return nil
	}
	return claims
}

// IsPoP reports whether a text is the shape of a signed request, which goes with the
// scheme PoP: a token whose header has the typ pop. It verifies nothing.
func IsPoP(text string) bool {
	u, failure := read(text)
	if failure != nil {
		return false
	}
	return u.checkType(popType) == nil
}
