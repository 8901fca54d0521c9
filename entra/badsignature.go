package entra

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"sync"
)

func (f *forgery) noKeyID() error {
	f.header.set("x5t", f.key.kid)
	f.header.override(Override{Name: "kid", Remove: true})
	return nil
}

func (f *forgery) unknownKeyID() error {
	thumbprint := sha1.Sum([]byte("a certificate that nobody has"))
	kid := base64.RawURLEncoding.EncodeToString(thumbprint[:])
	if f.header.has("x5t") {
		f.header.set("x5t", kid)
	}
	f.header.set("kid", kid)
	return nil
}

// strangersKey is a key that nobody trusts, made on first use: one that is published
// would be worth no less.
var strangersKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func (f *forgery) wrongKey() error {
	key, err := strangersKey()
	if err != nil {
		return err
	}
	f.seal = (&signer{key: key}).compact
	return nil
}

// tampered keeps the signature of what was there before.
func (f *forgery) tampered() error {
	f.seal = func(header, claims members) (string, error) {
		good, err := f.key.compact(header, claims)
		if err != nil {
			return "", err
		}
		claims.set("oid", "ffffffff-ffff-4fff-8fff-ffffffffffff")
		changed, err := unsigned(header, claims)
		return changed + good[strings.LastIndexByte(good, '.'):], err
	}
	return nil
}

func (f *forgery) unsigned() error {
	f.header.set("alg", "none")
	f.seal = func(header, claims members) (string, error) {
		text, err := unsigned(header, claims)
		return text + ".", err
	}
	return nil
}

// hmacWithPublicKey is made by anybody, since everybody has the key set: it is good
// wherever the token's own alg decides how a key's bytes are used.
func (f *forgery) hmacWithPublicKey() error {
	f.header.set("alg", "HS256")
	public, err := x509.MarshalPKIXPublicKey(&f.key.key.PublicKey)
	if err != nil {
		return err
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	f.seal = func(header, claims members) (string, error) {
		text, err := unsigned(header, claims)
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), err
	}
	return nil
}

func (f *forgery) critical() error {
	f.header.set("crit", []string{"exp"})
	return nil
}

// unsigned returns the two parts of a token that its signature is over.
func unsigned(header, claims members) (string, error) {
	h, err := header.encode()
	if err != nil {
		return "", err
	}
	c, err := claims.encode()
	enc := base64.RawURLEncoding
	return enc.EncodeToString(h) + "." + enc.EncodeToString(c), err
}

// encrypted puts the signed token into a JWE (RFC 7516), as for APIs that asked for
// one: here it is for the holder of the signing key, as anyone can check.
func (f *forgery) encrypted() error {
	f.seal = func(header, claims members) (string, error) {
		good, err := f.key.compact(header, claims)
		if err != nil {
			return "", err
		}
		return encryptFor(&f.key.key.PublicKey, f.key.kid, []byte(good))
	}
	return nil
}

// encryptFor returns a compact JWE: RSA-OAEP around a key for A256GCM.
func encryptFor(to *rsa.PublicKey, kid string, content []byte) (string, error) {
	fresh := make([]byte, 32+12) // a key and a nonce
	rand.Read(fresh)             // never fails
	key, nonce := fresh[:32], fresh[32:]
	wrapped, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, to, key, nil)
	if err != nil {
		return "", fmt.Errorf("encrypt the token's key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	protected := enc.EncodeToString([]byte(`{"alg":"RSA-OAEP","enc":"A256GCM","typ":"JWT","cty":"JWT","kid":"` + kid + `"}`))
	sealed := gcm.Seal(nil, nonce, content, []byte(protected))
	text, tag := sealed[:len(content)], sealed[len(content):]
	return strings.Join([]string{protected, enc.EncodeToString(wrapped), enc.EncodeToString(nonce), enc.EncodeToString(text), enc.EncodeToString(tag)}, "."), nil
}
