package oracle

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// theirKeys reads a key set as go-jose does, and lets those keys verify that flowgate's rules let. Each
// key is read by itself: go-jose drops the whole set for one bad key. Certificates are taken away
// first: go-jose reads them, and flowgate never does.
func theirKeys(document []byte) []jose.JSONWebKey {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(document, &set) != nil {
		return nil
	}
	var keys []jose.JSONWebKey
	taken := map[string]bool{}
	for _, element := range set.Keys {
		var members map[string]any
		if json.Unmarshal(element, &members) != nil || twice(element) {
			continue
		}
		for _, certificate := range []string{"x5c", "x5t", "x5t#S256", "x5u"} {
			delete(members, certificate)
		}
		text, err := json.Marshal(members)
		if err != nil {
			continue
		}
		var key jose.JSONWebKey
		if key.UnmarshalJSON(text) == nil && mayVerify(key, members) && !taken[key.KeyID] {
			taken[key.KeyID] = true // the first one stays
			keys = append(keys, key)
		}
	}
	return keys
}

// mayVerify are the rules by which a key verifies RS256 signatures of tokens; go-jose has none.
func mayVerify(key jose.JSONWebKey, members map[string]any) bool {
	for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if _, present := members[private]; present {
			return false // whoever reads the set can sign with it
		}
	}
	for name, only := range map[string]string{"use": "sig", "alg": "RS256"} {
		if value, present := members[name]; present && value != only {
			return false
		}
	}
	if value, present := members["key_ops"]; present {
		if operations, _ := value.([]any); !slices.Contains(operations, any("verify")) {
			return false
		}
	}
	if value, present := members["issuer"]; present {
		if issuer, _ := value.(string); issuer == "" {
			return false
		}
	}
	for _, number := range []string{"n", "e"} {
		if spelled, _ := members[number].(string); respelled(spelled) {
			return false
		}
	}
	public, ok := key.Key.(*rsa.PublicKey)
	return ok && key.KeyID != "" && len(key.KeyID) <= 256 && public.N.Bit(0) == 1 && public.E%2 == 1 && public.E >= 3 &&
		public.E <= math.MaxInt32 && public.N.BitLen() >= 2048 && public.N.BitLen() <= 8192
}

// respelled says of base64url that it is another spelling of what it means than the one.
func respelled(text string) bool {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	return err != nil || base64.RawURLEncoding.EncodeToString(decoded) != text
}

// twice says of a JSON object that it has a member twice: what is decoded has fewer than are written.
func twice(text []byte) bool {
	value := object(text)
	if value == nil {
		return true
	}
	written, err := json.Marshal(value)
	return err != nil || members(text) != members(written)
}
