package jwks

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

const (
	maxDocument = 1 << 20 // bytes of a JWKS document: 1 MiB; Entra's has under 20 KiB
	maxKeys     = 100     // keys of a set; Entra publishes fewer than ten
)

// KeySet says what became of a JWKS document.
type KeySet struct {
	Keys    []KeyStatus  `json:"keys"`    // the usable keys, in the order of the document
	Dropped []DroppedKey `json:"dropped"` // the others
}

// KeyStatus describes a key that verifies tokens.
type KeyStatus struct {
	KID          string `json:"kid"`
	Issuer       string `json:"issuer,omitempty"`       // as published; empty if the key names none
	Bits         int    `json:"bits"`                   // of the modulus
	Certificates int    `json:"certificates,omitempty"` // entries of x5c, which are never looked at
}

// DroppedKey describes a key of a set that is not used.
type DroppedKey struct {
	Index int    `json:"index"`         // place in the document, from 0
	KID   string `json:"kid,omitempty"` // empty if it could not be read
	Why   string `json:"why"`
}

// keySet is a parsed set, never changed once made: a refresh replaces the whole.
type keySet struct {
	KeySet
	issuers map[string]keyIssuer // by kid, of every usable key
	keyfunc jwt.Keyfunc          // picks the key that a token's kid names
	rs256   rs256                // verifies with it
	digest  [sha256.Size]byte    // of the document
}

// parseKeySet keeps every usable key and reports the others. The document around the keys is read
// strictly, except that members it does not know are ignored, as RFC 7517 §5 asks for.
func parseKeySet(document []byte) (*keySet, error) {
	if len(document) > maxDocument {
		return nil, fmt.Errorf("the key set has more than %d bytes", maxDocument)
	}
	elements, err := keyElements(document)
	if err != nil {
		return nil, fmt.Errorf("the key set %w", err)
	}
	if len(elements) > maxKeys {
		return nil, fmt.Errorf("the key set has %d keys, more than %d", len(elements), maxKeys)
	}

	set := &keySet{
		KeySet:  KeySet{Keys: []KeyStatus{}, Dropped: []DroppedKey{}}, // [] in JSON, never null
		issuers: map[string]keyIssuer{},
		rs256:   rs256{},
		digest:  sha256.Sum256(document),
	}
	store := storage{byID: map[string]jwkset.JWK{}}
	for i, element := range elements {
		// One bad key is its own misfortune: the error stays with it.
		if kid, err := set.add(store, element); err != nil {
			set.Dropped = append(set.Dropped, DroppedKey{Index: i, KID: clip(kid), Why: err.Error()})
		}
	}
	if len(set.Keys) == 0 {
		return nil, set.unusable()
	}
	selector, err := keyfunc.New(keyfunc.Options{Storage: store})
	if err != nil {
		return nil, err
	}
	set.keyfunc = selector.Keyfunc
	return set, nil
}

// keyElements returns the elements of the document's "keys", each still unread.
func keyElements(document []byte) ([]json.RawMessage, error) {
	if !utf8.Valid(document) {
		return nil, errors.New("is not UTF-8")
	}
	if !json.Valid(document) {
		return nil, errors.New("is not JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return nil, errors.New("is not a JSON object")
	}
	members := map[string]json.RawMessage{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key, _ := name.(string)
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("has the member %q twice", clip(key))
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		members[key] = value
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(members["keys"], &elements); err != nil || elements == nil {
		return nil, errors.New(`has no "keys" array`)
	}
	return elements, nil
}

// add puts one key into the set. The kid is returned with an error as well, if it could be read.
func (s *keySet) add(store storage, element json.RawMessage) (kid string, err error) {
	jwk, err := decodeObject(string(element))
	if err != nil {
		return "", fmt.Errorf("it %w", err)
	}
	if kid, err = jwkID(jwk); err != nil {
		return "", err
	}
	// RFC 7517 §4.5 wants distinct kids. The first one stays: which key a token is verified with
	// must not depend on what comes later in the document.
	if _, taken := s.issuers[kid]; taken {
		return kid, errors.New("an earlier key has the same kid")
	}
	public, err := parseRSAKey(jwk)
	if err != nil {
		return kid, err
	}
	issuer, err := parseKeyIssuer(jwk)
	if err != nil {
		return kid, err
	}
	ready, err := newReadyKey(public)
	if err != nil {
		return kid, err
	}
	// jwkset is given the bare numbers: nothing else of the document, an x5u say, reaches it.
	key, err := jwkset.NewJWKFromKey(public, jwkset.JWKOptions{
		Metadata: jwkset.JWKMetadataOptions{KID: kid, ALG: jwkset.AlgRS256, USE: jwkset.UseSig},
	})
	if err != nil {
		return kid, err
	}
	store.byID[kid] = key
	certificates, _ := jwk["x5c"].([]any)
	s.issuers[kid] = issuer
	s.rs256[public] = ready
	s.Keys = append(s.Keys, KeyStatus{
		KID: kid, Issuer: string(issuer), Bits: public.N.BitLen(), Certificates: len(certificates),
	})
	return kid, nil
}

// unusable is the error of a set that has no key left.
func (s *keySet) unusable() error {
	if len(s.Dropped) == 0 {
		return errors.New("the key set is empty")
	}
	reasons := make([]string, len(s.Dropped))
	for i, key := range s.Dropped {
		reasons[i] = fmt.Sprintf("key %d (kid %q): %s", key.Index, key.KID, key.Why)
	}
	return fmt.Errorf("the key set holds no usable key: %s", strings.Join(reasons, "; "))
}

// storage is the key storage that keyfunc reads: one set, filled once. keyfunc calls the two
// methods below and no other.
type storage struct {
	jwkset.Storage // nil
	byID           map[string]jwkset.JWK
}

// KeyRead returns the key with the kid, or jwkset.ErrKeyNotFound.
func (s storage) KeyRead(_ context.Context, kid string) (jwkset.JWK, error) {
	if key, ok := s.byID[kid]; ok {
		return key, nil
	}
	return jwkset.JWK{}, jwkset.ErrKeyNotFound
}

// KeyReadAll is what keyfunc calls for a token without kid, to try one key after the other. Such
// a token never gets to keyfunc; should one, it finds nothing.
func (s storage) KeyReadAll(context.Context) ([]jwkset.JWK, error) {
	return nil, errors.New("a token must name its key")
}
