package entra

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"
)

// Keys are the signing keys of a directory. The zero value is the public one alone.
type Keys struct {
	mu      sync.RWMutex
	newest  *signer // nil: the public key
	old     []oldKey
	changes int // how often the set of keys has changed
}

// oldKey signs no more, and is believed until its time is over.
type oldKey struct {
	*signer
	until time.Time
}

// maxOldKeys bounds the keys that are published beside the newest.
const maxOldKeys = 8

// Rotate makes a new key and signs with it from now on. The one before it stays
// published, and believed, for the time of grace.
func (k *Keys) Rotate(now time.Time, grace time.Duration) error {
	next, err := newSigner(now)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var kept []oldKey
	if grace > 0 { // or it would come back with the clock set back
		kept = append(kept, oldKey{k.signerLocked(), now.Add(grace)})
	}
	for _, o := range k.old {
		if now.Before(o.until) {
			kept = append(kept, o)
		}
	}
	if len(kept) > maxOldKeys { // dropping one would break the grace that it was given
		return fmt.Errorf("%d keys are in their time of grace already; wait until one is over", maxOldKeys)
	}
	k.old = kept
	k.newest = next
	k.changes++
	return nil
}

// Reset returns to the public key alone.
func (k *Keys) Reset() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.newest, k.old = nil, nil
	k.changes++
}

// signer returns the key to sign with.
func (k *Keys) signer() *signer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.signerLocked()
}

func (k *Keys) signerLocked() *signer {
	if k.newest == nil {
		return publicSigner()
	}
	return k.newest
}

// published returns the keys that are believed at a time, the newest first, and a
// number that is another one whenever they are other keys.
func (k *Keys) published(now time.Time) ([]*signer, int) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	all := []*signer{k.signerLocked()}
	for _, o := range k.old {
		if now.Before(o.until) {
			all = append(all, o.signer)
		}
	}
	return all, k.versionLocked(now)
}

// Version tells key sets apart without making them: it is another one whenever
// other keys are believed.
func (k *Keys) Version(now time.Time) int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.versionLocked(now)
}

func (k *Keys) versionLocked(now time.Time) int {
	version := k.changes << maxOldKeys
	for i, o := range k.old {
		if now.Before(o.until) {
			version |= 1 << i
		}
	}
	return version
}

// newSigner makes a key with a certificate of its own, whose thumbprint names it.
func newSigner(now time.Time) (*signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	serial := make([]byte, 16)
	rand.Read(serial) // never fails
	serial[0] &= 0x7f // positive
	template := &x509.Certificate{SerialNumber: new(big.Int).SetBytes(serial), Subject: pkix.Name{CommonName: "accounts.accesscontrol.windows.net"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("make a signing certificate: %w", err)
	}
	thumbprint := sha1.Sum(certificate) // what Entra uses; it names the key and protects nothing
	return &signer{key: key, certificate: certificate, kid: base64.RawURLEncoding.EncodeToString(thumbprint[:])}, nil
}

// publishedKey is a key of a key set, its members in the order of Entra's.
type publishedKey struct {
	Kty               string   `json:"kty"`
	Use               string   `json:"use"`
	Kid               string   `json:"kid"`
	X5t               string   `json:"x5t"`
	N                 string   `json:"n"`
	E                 string   `json:"e"`
	X5c               []string `json:"x5c"`
	CloudInstanceName string   `json:"cloud_instance_name,omitempty"`
	Issuer            string   `json:"issuer,omitempty"`
}

func (s *signer) publish(instance, issuer string) publishedKey {
	enc := base64.RawURLEncoding
	return publishedKey{
		Kty: "RSA", Use: "sig", Kid: s.kid, X5t: s.kid,
		N:                 enc.EncodeToString(s.key.N.Bytes()),
		E:                 enc.EncodeToString(big.NewInt(int64(s.key.E)).Bytes()),
		X5c:               []string{base64.StdEncoding.EncodeToString(s.certificate)},
		CloudInstanceName: instance, Issuer: issuer,
	}
}

func keySet(signers []*signer, instance, issuer string) map[string][]publishedKey {
	keys := []publishedKey{}
	for _, s := range signers {
		keys = append(keys, s.publish(instance, issuer))
	}
	return map[string][]publishedKey{"keys": keys}
}

// Trusted returns what a gate trusts at a time, as a JWKS document, and a number
// that is another one whenever the document is. It is the key set without the
// issuer. A token whose issuer and tenant were overridden, and do not go together,
// must reach the policies to be refused there, where Entra would never have issued it.
func (k *Keys) Trusted(now time.Time) (document []byte, version int) {
	signers, version := k.published(now)
	document, err := json.Marshal(keySet(signers, "", ""))
	if err != nil {
		panic(err) // strings always encode
	}
	return document, version
}

// A test makes trusted.json from signing.pem. To make it here would be to read the private
// key at every start, also of those that sign nothing.
//
//go:generate go test -run ^TestTrustedKeysAreOfThePublicKey$ -update
//go:embed trusted.json
var trusted []byte

// TrustedKeys is what a gate trusts before any rotation: what Trusted returns then.
func TrustedKeys() []byte { return bytes.TrimSpace(slices.Clone(trusted)) }

// PublicKeyID is the kid of the public key.
func PublicKeyID() string { return publicSigner().kid }

func (e *exchange) keysV1() (reply, *Error) { return e.keySet("") }

// keysV2 names the cloud beside each key, which v1.0 does not.
func (e *exchange) keysV2() (reply, *Error) {
	return e.keySet(hostsOf(e.directory.Cloud).instance)
}

// keySet answers with the same keys for every tenant: their issuer is a template.
func (e *exchange) keySet(instance string) (reply, *Error) {
	if _, err := e.directory.authority(e.segment); err != nil {
		return reply{}, err
	}
	signers, version := e.keys.published(e.now)
	return e.document(documentKey{kind: "keys", segment: instance, version: version}, func() any {
		return keySet(signers, instance, e.directory.Cloud.IssuerV2("{tenantid}"))
	}), nil
}
