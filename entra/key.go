package entra

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"sync"
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
