package entra

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"

	"flowgate/policy"
)

//go:embed signing.pem
var signingPEM []byte

// signer signs tokens as Entra does: RS256, the key named by the SHA-1
// thumbprint of its certificate.
type signer struct {
	key         *rsa.PrivateKey
	kid         string
	certificate []byte // DER
}

// publicSigner reads the fixed key on first use: parsing it costs a millisecond
// that a start without the emulator's own tokens need not pay.
var publicSigner = sync.OnceValue(func() *signer {
	s := &signer{}
	for rest := signingPEM; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		switch block.Type {
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				panic(fmt.Sprintf("entra: embedded signing key: %v", err))
			}
			s.key = key.(*rsa.PrivateKey)
		case "CERTIFICATE":
			s.certificate = block.Bytes
			thumbprint := sha1.Sum(block.Bytes) // what Entra uses; it names the key and protects nothing
			s.kid = base64.RawURLEncoding.EncodeToString(thumbprint[:])
		}
	}
	if s.key == nil || s.certificate == nil {
		panic("entra: embedded signing key or certificate is missing")
	}
	return s
})

// sign returns the compact JWS over claims, a JSON object.
func (s *signer) sign(header, claims []byte) (string, error) {
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString(header) + "." + enc.EncodeToString(claims)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed + "." + enc.EncodeToString(signature), nil
}

// LoginHost returns the host of the cloud's sign-in service, which stands in v2.0
// issuers.
func LoginHost(c policy.Cloud) string {
	switch c {
	case policy.GCCHigh, policy.DoD:
		return "login.microsoftonline.us"
	case policy.China:
		return "login.partner.microsoftonline.cn"
	}
	return "login.microsoftonline.com" // public, and GCC lives there too
}

// KeySet returns the public half of the signing key as a JWKS document with the
// members that Entra publishes. Its issuer is a template: good for every tenant.
func KeySet(c policy.Cloud) []byte { return keySet("https://" + LoginHost(c) + "/{tenantid}/v2.0") }

// TrustedKeys is KeySet without the issuer: what a gate trusts. A token whose issuer
// and tenant were overridden, and do not go together, must reach the policies to be
// refused there, where Entra would never have issued it.
func TrustedKeys() []byte { return keySet("") }

func keySet(issuer string) []byte {
	type key struct {
		Kty    string   `json:"kty"`
		Use    string   `json:"use"`
		Kid    string   `json:"kid"`
		X5t    string   `json:"x5t"`
		N      string   `json:"n"`
		E      string   `json:"e"`
		X5c    []string `json:"x5c"`
		Issuer string   `json:"issuer,omitempty"`
	}
	s, enc := publicSigner(), base64.RawURLEncoding
	set, err := json.Marshal(map[string][]key{"keys": {{
		Kty: "RSA", Use: "sig", Kid: s.kid, X5t: s.kid,
		N:      enc.EncodeToString(s.key.N.Bytes()),
		E:      enc.EncodeToString(big.NewInt(int64(s.key.E)).Bytes()),
		X5c:    []string{base64.StdEncoding.EncodeToString(s.certificate)},
		Issuer: issuer,
	}}})
	if err != nil {
		panic(err) // strings always encode
	}
	return set
}
