package jwks

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
)

const (
	algorithm = "RS256" // the only one: Entra signs access tokens with nothing else
	maxKeyID  = 256     // bytes of a kid; Entra's have 27

	minModulus = 2048 // bits; RFC 7518 §3.3 asks for no less
	maxModulus = 8192 // bits; verifying gets quadratically slower, and no issuer goes above 4096
)

// parseRSAKey takes the public key out of a JWK that may verify RS256 signatures. The error says
// what is wrong with it. Only kty, use, key_ops, alg, n and e are read; x5c and x5u are ignored.
func parseRSAKey(jwk map[string]any) (*rsa.PublicKey, error) {
	// An oct key is what lets HS256 in when methods are not pinned; it never gets this far.
	if kty, _ := jwk["kty"].(string); kty != "RSA" {
		return nil, fmt.Errorf("its kty is %s; only RSA keys verify %s", display(jwk["kty"]), algorithm)
	}
	// A key for encryption verifies nothing (RFC 7517 §4.2, §4.3), whatever its numbers could do.
	if use, present := jwk["use"]; present && use != "sig" {
		return nil, fmt.Errorf("its use is %s instead of \"sig\"", display(use))
	}
	if ops, present := jwk["key_ops"]; present {
		list, ok := ops.([]any)
		if !ok || !slices.Contains(list, any("verify")) {
			return nil, fmt.Errorf("its key_ops are %s, without \"verify\"", display(ops))
		}
	}
	// Absent is the rule at Entra, which publishes no alg.
	if alg, present := jwk["alg"]; present && alg != algorithm {
		return nil, fmt.Errorf("its alg is %s instead of %q", display(alg), algorithm)
	}
	// Whoever can read the set can sign with this key, so its signatures prove nothing.
	for _, member := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if _, present := jwk[member]; present {
			return nil, fmt.Errorf("it holds private key material (%s); publish the public part alone", member)
		}
	}
	n, err := jwkInteger(jwk, "n")
	if err != nil {
		return nil, err
	}
	if bits := n.BitLen(); bits < minModulus || bits > maxModulus || n.Bit(0) == 0 {
		return nil, fmt.Errorf("its modulus n is no odd number of %d to %d bits but has %d", minModulus, maxModulus, bits)
	}
	e, err := jwkInteger(jwk, "e")
	if err != nil {
		return nil, err
	}
	if !e.IsInt64() || e.Int64() < 3 || e.Int64() > math.MaxInt32 || e.Bit(0) == 0 {
		return nil, fmt.Errorf("its exponent e is no odd number between 3 and %d", math.MaxInt32)
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

// jwkInteger reads a Base64urlUInt. Leading zero octets are tolerated, as RFC 7518 §6.3.1.1 warns
// that some issuers write one.
func jwkInteger(jwk map[string]any, name string) (*big.Int, error) {
	text, ok := jwk[name].(string)
	if !ok {
		return nil, fmt.Errorf("its %s is %s instead of a string", name, display(jwk[name]))
	}
	octets, err := decodeBase64URL(text)
	if err != nil {
		return nil, fmt.Errorf("its %s %w", name, err)
	}
	return new(big.Int).SetBytes(octets), nil
}

// jwkID reads the kid of a JWK. A key without one is of no use: a token must name its key.
func jwkID(jwk map[string]any) (string, error) {
	kid, ok := jwk["kid"].(string)
	switch {
	case !ok || kid == "":
		return "", errors.New("it has no kid, and a token must name its key")
	case len(kid) > maxKeyID:
		return "", fmt.Errorf("its kid has %d bytes, more than %d", len(kid), maxKeyID)
	}
	return kid, nil
}

// thumbprint is the SHA-256 JWK thumbprint of RFC 7638, in base64url: what Entra writes into
// cnf.kid of a token that is bound to a key.
func thumbprint(key *rsa.PublicKey) string {
	e := big.NewInt(int64(key.E)).Bytes()
	var canonical strings.Builder // members in lexical order, no white space: RFC 7638 §3
	fmt.Fprintf(&canonical, `{"e":%q,"kty":"RSA","n":%q}`,
		base64.RawURLEncoding.EncodeToString(e), base64.RawURLEncoding.EncodeToString(key.N.Bytes()))
	sum := sha256.Sum256([]byte(canonical.String()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
