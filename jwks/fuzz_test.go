package jwks

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// A token is believed only if crypto/rsa, asked directly, says that the key signed it. A verifier that
// remembers tokens says what one says that does not, of the first call and of the second.
func FuzzVerify(f *testing.F) {
	keys := document(jwk(trusted(), "A", ""))
	v := open(f, keys)
	plain := openWith(f, Options{ClockSkew: skew, Cache: -1, Sources: []Source{{Name: "s0", Static: keys}}})
	good := sign(trusted(), header, payload(""))
	for _, seed := range []string{
		good, good + "=", good[:len(good)-1], strings.Replace(good, ".", "..", 1), "", "..", "a.b.c",
		sign(stranger(), header, payload("")), sign(trusted(), `{"alg":"none"}`, "{}"),
		sign(trusted(), header, `[]`), sign(trusted(), header, `{"exp":"1"}`), signPoP(bound(), ""),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		token, err := v.Verify(text, now)
		for _, other := range []*Verifier{v, plain} {
			if again, errAgain := other.Verify(text, now); !reflect.DeepEqual(token, again) || !reflect.DeepEqual(err, errAgain) {
				t.Fatalf("%q: first %+v, %v, then %+v, %v", text, token, err, again, errAgain)
			}
		}
		if err != nil {
			wantKnownFailure(t, err)
			return
		}
		parts := strings.Split(text, ".")
		if len(parts) != 3 {
			t.Fatalf("believed %d parts", len(parts))
		}
		signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		if err := rsa.VerifyPKCS1v15(&trusted().PublicKey, crypto.SHA256, sum[:], signature); err != nil {
			t.Fatalf("believed %q: %v", text, err)
		}
		if token.Header["alg"] != "RS256" || token.Header["kid"] != "A" || token.Expires.Before(now.Add(-skew)) {
			t.Fatalf("believed %+v", token)
		}
	})
}

// Whatever is signed by the trusted key: no panic, and only what is sound is believed.
func FuzzVerifySigned(f *testing.F) {
	v := open(f, document(jwk(trusted(), "A", `,"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0"`)))
	f.Add(header, payload(""))
	f.Add(`{"alg":"RS256","kid":"A","crit":[]}`, `{"exp":1e400}`)
	f.Add(popHeader, requestPayload(bound(), ""))
	f.Fuzz(func(t *testing.T, head, body string) {
		for _, verify := range []func(string) (Token, error){
			func(s string) (Token, error) { return v.Verify(s, now) },
			func(s string) (Token, error) { return v.VerifyPoP(s, now) },
		} {
			token, err := verify(sign(trusted(), head, body))
			if err != nil {
				wantKnownFailure(t, err)
			} else if token.Expires.IsZero() || token.Claims == nil {
				t.Fatalf("believed %+v", token)
			}
		}
	})
}

func wantKnownFailure(t *testing.T, err error) {
	t.Helper()
	var failure *Failure
	if !errors.As(err, &failure) || failure.Detail == "" {
		t.Fatalf("error is %#v", err)
	}
	switch failure.Reason {
	case Malformed, Algorithm, Key, Signature, Expired, NotYetValid, NoExpiry:
	default:
		t.Fatalf("unknown reason %q", failure.Reason)
	}
}

func FuzzParseKeySet(f *testing.F) {
	good := document(jwk(trusted(), "A", ""), jwk(stranger(), "B", `,"x5c":["x"],"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0"`))
	for _, seed := range []string{
		string(good), `{}`, `{"keys":[]}`, `{"keys":[{}]}`, `{"keys":[1,null,"x",[]]}`, `[]`, "",
		`{"keys":[{"kty":"oct","kid":"x","k":"AA"},{"kty":"RSA","kid":"y","n":"AQ","e":"AQAB"}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := parseKeySet(text)
		if err != nil {
			if set != nil {
				t.Fatal("a set and an error")
			}
			return
		}
		if len(set.Keys) == 0 || len(set.Keys) != len(set.issuers) || len(set.Keys)+len(set.Dropped) > maxKeys {
			t.Fatalf("kept %d, known %d, dropped %d", len(set.Keys), len(set.issuers), len(set.Dropped))
		}
		for _, key := range set.Keys {
			if key.KID == "" || key.Bits < minModulus || key.Bits > maxModulus {
				t.Fatalf("kept %+v", key)
			}
		}
	})
}
