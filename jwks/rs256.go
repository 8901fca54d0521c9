package jwks

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"

	"filippo.io/bigmod"
	"github.com/golang-jwt/jwt/v5"
)

// rs256 is RS256 (RFC 7518 §3.3) with the keys of one set, as a method of golang-jwt's. That one's
// own hands the key to crypto/rsa, which works out the constants of the modulus anew for every
// signature, a third of what it costs. Here they are worked out once, by the same arithmetic:
// bigmod is the one of Go's standard library, exported by its author.
type rs256 map[*rsa.PublicKey]*readyKey

var _ jwt.SigningMethod = rs256(nil)

// Alg returns the method's name in a header.
func (rs256) Alg() string { return algorithm }

// Sign always fails: there are only public keys here.
func (rs256) Sign(string, any) ([]byte, error) { return nil, errors.New("jwks signs nothing") }

// Verify returns nil only for a signature that the key, one of the set's, made of the text.
func (keys rs256) Verify(text string, signature []byte, key any) error {
	public, _ := key.(*rsa.PublicKey)
	ready := keys[public]
	if ready == nil {
		return fmt.Errorf("no key of this set: a %T", key)
	}
	return ready.verify(text, signature)
}

// digestInfo is what stands before a SHA-256 digest in a signature (RFC 8017 §9.2, note 1).
var digestInfo = []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}

// readyKey is a public key, ready to verify RSASSA-PKCS1-v1_5 signatures over SHA-256.
type readyKey struct {
	modulus  *bigmod.Modulus
	exponent uint
	encoded  []byte // the encoded message up to the digest; it is the same for every text
}

// newReadyKey prepares a key that parseRSAKey let pass: odd, and with room for any digest.
func newReadyKey(public *rsa.PublicKey) (*readyKey, error) {
	modulus, err := bigmod.NewModulus(public.N.Bytes())
	if err != nil {
		return nil, err
	}
	// EM = 0x00 || 0x01 || PS || 0x00 || T, as long as the modulus (RFC 8017 §9.2).
	encoded := bytes.Repeat([]byte{0xff}, modulus.Size()-len(digestInfo)-sha256.Size)
	encoded[0], encoded[1], encoded[len(encoded)-1] = 0x00, 0x01, 0x00
	return &readyKey{modulus: modulus, exponent: uint(public.E), encoded: append(encoded, digestInfo...)}, nil
}

// wrongLength says of how many bytes the signatures of a key are, to whom gave another number.
type wrongLength int

func (n wrongLength) Error() string {
	return fmt.Sprintf("the key makes signatures of %d bytes", int(n))
}

// verify makes of a text the one encoding that its signature can hold, and compares it whole
// (RFC 8017 §8.2.2). Reading the signature's encoding instead, piece by piece, is how verifiers
// came to believe forgeries. No time needs to be constant: nothing in here is secret.
func (k *readyKey) verify(text string, signature []byte) error {
	if len(signature) != k.modulus.Size() {
		return wrongLength(k.modulus.Size())
	}
	s, err := bigmod.NewNat().SetBytes(signature, k.modulus)
	if err != nil { // not below the modulus: another spelling of a signature
		return rsa.ErrVerification
	}
	message := bigmod.NewNat().ExpShortVarTime(s, k.exponent, k.modulus).Bytes(k.modulus)
	digest := sum(text)
	if !bytes.Equal(message[:len(k.encoded)], k.encoded) || !bytes.Equal(message[len(k.encoded):], digest[:]) {
		return rsa.ErrVerification
	}
	return nil
}
