package oracle

import (
	"crypto/rsa"
	"errors"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"flowgate/jwks"
)

// now is when every token is judged.
var now = time.Date(2026, 8, 13, 21, 24, 29, 0, time.UTC)

const skew = 5 * time.Minute

// theirs is what go-jose says: which of the keys that the token names signed it, nil if none did.
// It knows nothing of times, and is not asked about them.
func theirs(text string, keys []jose.JSONWebKey) (*rsa.PublicKey, error) {
	parsed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, err
	}
	err = errors.New("no key has this kid")
	for _, key := range keys {
		public, ok := key.Key.(*rsa.PublicKey)
		if !ok || key.KeyID != parsed.Signatures[0].Header.KeyID {
			continue
		}
		if _, err = parsed.Verify(public); err == nil {
			return public, nil
		}
	}
	return nil, err
}

// compare holds both verdicts against each other.
func compare(t *testing.T, text string, document []byte) {
	t.Helper()
	verifier, err := jwks.Open(t.Context(), jwks.Options{ClockSkew: skew, Sources: []jwks.Source{{Name: "s", Static: document}}})
	if err != nil {
		verifier = nil // no usable key: nothing is believed
	} else {
		defer verifier.Close()
	}
	token, failed := verifier.Verify(text, now)
	again, failedAgain := verifier.Verify(text, now) // from the cache, if it is there
	if (failed == nil) != (failedAgain == nil) || token.KeyID != again.KeyID || len(token.Claims) != len(again.Claims) {
		t.Fatalf("first %v, then %v", failed, failedAgain)
	}
	key, err := theirs(text, theirKeys(document))
	switch {
	case failed == nil && err != nil:
		if reason := lenient(text); reason == "" {
			t.Fatalf("flowgate believes %q with %s, go-jose says: %v", text, document, err)
		}
	case failed == nil:
		if key.N.BitLen() < 2048 || token.Header["alg"] != "RS256" {
			t.Fatalf("flowgate believes %q", text)
		}
	case err == nil:
		var failure *jwks.Failure
		if !errors.As(failed, &failure) {
			t.Fatal(failed)
		}
		if strict := stricter(text, document, failure); strict == "" {
			t.Fatalf("go-jose believes %q with %s, flowgate says: %v", text, document, failed)
		}
	}
}
