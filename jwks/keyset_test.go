package jwks

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// oddModulus is no key, but has the size of one.
func oddModulus(bits uint) string {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return base64.RawURLEncoding.EncodeToString(n.SetBit(n, 0, 1).Bytes())
}

func TestOneBadKeyIsDroppedAlone(t *testing.T) {
	n := oddModulus(2048)
	bad := []struct{ name, key, kid, why string }{
		{"no object", `7`, "", "not a JSON object"},
		{"null", `null`, "", "not a JSON object"},
		{"member twice", `{"kty":"RSA","kid":"x","n":"` + n + `","n":"` + n + `","e":"AQAB"}`, "", `"n" twice`},
		{"no kid", `{"kty":"RSA","n":"` + n + `","e":"AQAB"}`, "", "no kid"},
		{"kid a number", `{"kty":"RSA","kid":1,"n":"` + n + `","e":"AQAB"}`, "", "no kid"},
		{"kid too long", `{"kty":"RSA","kid":"` + strings.Repeat("x", 257) + `","n":"` + n + `","e":"AQAB"}`, "", "257 bytes"},
		{"kid taken", jwk(stranger(), "A", ""), "A", "same kid"},
		{"oct", `{"kty":"oct","kid":"x","k":"c2VjcmV0"}`, "x", `kty is "oct"`},
		{"EC", `{"kty":"EC","kid":"x","crv":"P-256","x":"AA","y":"AA"}`, "x", `kty is "EC"`},
		{"OKP", `{"kty":"OKP","kid":"x","crv":"Ed25519","x":"AA"}`, "x", `kty is "OKP"`},
		{"kty in another case", `{"kty":"rsa","kid":"x","n":"` + n + `","e":"AQAB"}`, "x", `kty is "rsa"`},
		{"kty absent", `{"Kty":"RSA","kid":"x","n":"` + n + `","e":"AQAB"}`, "x", "kty is absent"},
		{"for encryption", strings.Replace(jwk(trusted(), "x", ""), `"sig"`, `"enc"`, 1), "x", `use is "enc"`},
		{"for other operations", jwk(trusted(), "x", `,"key_ops":["encrypt","sign"]`), "x", `without "verify"`},
		{"operations no list", jwk(trusted(), "x", `,"key_ops":"verify"`), "x", `without "verify"`},
		{"for PS256", jwk(trusted(), "x", `,"alg":"PS256"`), "x", `alg is "PS256"`},
		{"private", jwk(trusted(), "x", `,"d":"AQAB"`), "x", "private key material (d)"},
		{"private in part", jwk(trusted(), "x", `,"qi":""`), "x", "private key material (qi)"},
		{"issuer no text", jwk(trusted(), "x", `,"issuer":null`), "x", "issuer"},
		{"issuer empty", jwk(trusted(), "x", `,"issuer":""`), "x", "issuer"},
		{"n absent", `{"kty":"RSA","kid":"x","e":"AQAB"}`, "x", "n is absent"},
		{"n padded", `{"kty":"RSA","kid":"x","n":"` + n + `==","e":"AQAB"}`, "x", "n is not unpadded base64url"},
		{"n with a line break", `{"kty":"RSA","kid":"x","n":"\n` + n + `","e":"AQAB"}`, "x", "line break"},
		{"n empty", `{"kty":"RSA","kid":"x","n":"","e":"AQAB"}`, "x", "has 0"},
		{"n small", `{"kty":"RSA","kid":"x","n":"` + oddModulus(2047) + `","e":"AQAB"}`, "x", "has 2047"},
		{"n large", `{"kty":"RSA","kid":"x","n":"` + oddModulus(8193) + `","e":"AQAB"}`, "x", "has 8193"},
		{"n even", `{"kty":"RSA","kid":"x","n":"` + n[:len(n)-1] + `A","e":"AQAB"}`, "x", "odd"},
		{"e absent", `{"kty":"RSA","kid":"x","n":"` + n + `"}`, "x", "e is absent"},
		{"e one", `{"kty":"RSA","kid":"x","n":"` + n + `","e":"AQ"}`, "x", "exponent"},
		{"e even", `{"kty":"RSA","kid":"x","n":"` + n + `","e":"BA"}`, "x", "exponent"},
		{"e too large", `{"kty":"RSA","kid":"x","n":"` + n + `","e":"gAAAAQ"}`, "x", "exponent"},
		{"e beyond int64", `{"kty":"RSA","kid":"x","n":"` + n + `","e":"AQAAAAAAAAAB"}`, "x", "exponent"},
	}
	for _, c := range bad {
		t.Run(c.name, func(t *testing.T) {
			set, err := parseKeySet(document(jwk(trusted(), "A", ""), c.key, jwk(stranger(), "B", "")))
			if err != nil {
				t.Fatal(err)
			}
			if len(set.Keys) != 2 || set.Keys[0].KID != "A" || set.Keys[1].KID != "B" {
				t.Errorf("kept %v", set.Keys)
			}
			if len(set.Dropped) != 1 || set.Dropped[0].Index != 1 || set.Dropped[0].KID != c.kid || !strings.Contains(set.Dropped[0].Why, c.why) {
				t.Errorf("dropped %v, want kid %q, why %q", set.Dropped, c.kid, c.why)
			}
		})
	}
	t.Run("none left", func(t *testing.T) {
		_, err := parseKeySet(document(bad[7].key, bad[12].key))
		want := `the key set holds no usable key: key 0 (kid "x"): its kty is "oct"; only RSA keys verify RS256; ` +
			`key 1 (kid "x"): its use is "enc" instead of "sig"`
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
}

// A dropped key verifies nothing, however right its numbers are.
func TestEncryptionKeyVerifiesNothing(t *testing.T) {
	enc := strings.Replace(jwk(trusted(), "A", ""), `"sig"`, `"enc"`, 1)
	v := open(t, document(enc, jwk(stranger(), "B", "")))
	token, err := v.Verify(sign(trusted(), header, payload("")), now)
	wantFailure(t, token, err, Key, `trusted: "B"`)
}

// keyfunc tries every key of its storage on a token without kid. No such token gets there, and
// if one did, there would be nothing to try.
func TestKeyfuncHasNoKeyForATokenWithoutKid(t *testing.T) {
	set, err := parseKeySet(document(jwk(trusted(), "A", "")))
	if err != nil {
		t.Fatal(err)
	}
	if key, err := set.keyfunc(&jwt.Token{Header: map[string]any{"alg": "RS256"}}); err == nil {
		t.Errorf("got %v", key)
	}
	if key, err := set.keyfunc(&jwt.Token{Header: map[string]any{"alg": "RS256", "kid": "B"}}); err == nil {
		t.Errorf("got %v", key)
	}
}

func TestKeysThatAreKept(t *testing.T) {
	n := base64.RawURLEncoding.EncodeToString(append([]byte{0}, trusted().N.Bytes()...))
	for name, key := range map[string]string{
		"as Entra publishes it": jwk(trusted(), "A", `,"x5t":"A","x5c":["no certificate"],"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","cloud_instance_name":"microsoftonline.com"`),
		"with alg and key_ops":  jwk(trusted(), "A", `,"alg":"RS256","key_ops":["verify","encrypt"]`),
		"without use":           strings.Replace(jwk(trusted(), "A", ""), `"use":"sig",`, "", 1),
		"n with a zero octet":   `{"kty":"RSA","kid":"A","n":"` + n + `","e":"AQAB"}`,
		"x5u, never fetched":    jwk(trusted(), "A", `,"x5u":"https://192.0.2.1/"`),
	} {
		t.Run(name, func(t *testing.T) {
			token, err := open(t, document(key)).Verify(sign(trusted(), header, payload("")), now)
			wantToken(t, token, err)
		})
	}
}

func TestBadDocuments(t *testing.T) {
	a := jwk(trusted(), "A", "")
	many := make([]string, maxKeys+1)
	for i := range many {
		many[i] = fmt.Sprintf(`{"kid":"%d"}`, i)
	}
	for name, c := range map[string]struct{ document, words string }{
		"empty":                         {"", "not JSON"},
		"a page":                        {"<html>", "not JSON"},
		"an array":                      {"[" + a + "]", "not a JSON object"},
		"cut short":                     {`{"keys":[` + a, "not JSON"},
		"two documents":                 {string(document(a)) + "{}", "not JSON"},
		"no keys":                       {`{"Keys":[` + a + `]}`, `no "keys" array`},
		"keys null":                     {`{"keys":null}`, `no "keys" array`},
		"keys a key":                    {`{"keys":` + a + `}`, `no "keys" array`},
		"keys twice":                    {`{"keys":[` + a + `],"keys":[]}`, `"keys" twice`},
		"keys twice, spelled otherwise": {`{"keys":[` + a + `],"\u006beys":[]}`, `"keys" twice`},
		"keys empty":                    {`{"keys":[]}`, "is empty"},
		"not UTF-8":                     {"{\"x\":\"\xff\",\"keys\":[" + a + "]}", "UTF-8"},
		"too many":                      {string(document(many...)), "101 keys"},
		"too long":                      {string(document(a)) + strings.Repeat(" ", maxDocument), "more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseKeySet([]byte(c.document)); err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v, want %q", err, c.words)
			}
		})
	}
	t.Run("as long as allowed", func(t *testing.T) {
		d := string(document(a))
		if _, err := parseKeySet([]byte(d + strings.Repeat(" ", maxDocument-len(d)))); err != nil {
			t.Error(err)
		}
	})
}

func TestKeySetAsJSON(t *testing.T) {
	set, err := parseKeySet(document(
		jwk(trusted(), "A", `,"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","x5c":["x"]`), `{"kty":"oct","kid":"o","k":"AA"}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(set.KeySet)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"keys":[{"kid":"A","issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","bits":2048,"certificates":1}],` +
		`"dropped":[{"index":1,"kid":"o","why":"its kty is \"oct\"; only RSA keys verify RS256"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// RFC 7638 §3.1 gives this key and its thumbprint.
func TestThumbprint(t *testing.T) {
	n, err := base64.RawURLEncoding.DecodeString("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw")
	if err != nil {
		t.Fatal(err)
	}
	got := thumbprint(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537})
	if want := "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
