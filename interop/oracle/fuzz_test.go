package oracle

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"flowgate/jwks"
)

// The keys lie in a file, so that a committed input means the same tomorrow. They guard nothing.
var keys = func() map[string]*rsa.PrivateKey {
	text, err := os.ReadFile("testdata/keys.pem")
	if err != nil {
		panic(err)
	}
	all := map[string]*rsa.PrivateKey{}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			panic(err)
		}
		all[string(rune('A'+len(all)))] = key.(*rsa.PrivateKey)
	}
	return all
}()

func encode(data string) string { return base64.RawURLEncoding.EncodeToString([]byte(data)) }

func sign(kid, header, payload string) string {
	text := encode(header) + "." + encode(payload)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, keys[kid], crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func jwk(kid string, more string) string {
	return fmt.Sprintf(`{"kty":"RSA","kid":%q,"n":%q,"e":%q%s}`, kid,
		base64.RawURLEncoding.EncodeToString(keys[kid].N.Bytes()),
		base64.RawURLEncoding.EncodeToString(big.NewInt(int64(keys[kid].E)).Bytes()), more)
}

func set(keys ...string) []byte { return []byte(`{"keys":[` + strings.Join(keys, ",") + `]}`) }

const header = `{"typ":"JWT","alg":"RS256","kid":"A"}`

var payload = fmt.Sprintf(`{"aud":"x","nbf":%d,"exp":%d}`, now.Unix()-300, now.Unix()+3600)

// Both agree on what is beyond doubt: otherwise all that follows would compare nothing.
func TestBothBelieveAndBothRefuse(t *testing.T) {
	good, document := sign("A", header, payload), set(jwk("A", ""), jwk("B", ""))
	for name, c := range map[string]struct {
		text   string
		wanted bool
	}{
		"good":            {good, true},
		"the other key":   {sign("B", strings.Replace(header, `"A"`, `"B"`, 1), payload), true},
		"another's":       {sign("B", header, payload), false},
		"unknown key":     {sign("A", strings.Replace(header, `"A"`, `"C"`, 1), payload), false},
		"none":            {encode(`{"alg":"none","kid":"A"}`) + "." + encode(payload) + ".", false},
		"another payload": {strings.Replace(good, encode(payload), encode(`{"exp":9999999999}`), 1), false},
	} {
		_, err := theirs(c.text, theirKeys(document))
		verifier, openErr := jwks.Open(t.Context(), jwks.Options{ClockSkew: skew, Sources: []jwks.Source{{Name: "s", Static: document}}})
		if openErr != nil {
			t.Fatal(openErr)
		}
		_, failed := verifier.Verify(c.text, now)
		verifier.Close()
		if (err == nil) != c.wanted || (failed == nil) != c.wanted {
			t.Errorf("%s: go-jose says %v, flowgate %v", name, err, failed)
		}
	}
}

// FuzzText changes the text of tokens.
func FuzzText(f *testing.F) {
	good := sign("A", header, payload)
	for _, seed := range []string{
		good, good + "=", good + "\n", good[:len(good)-1], strings.Replace(good, ".", "..", 1), sign("B", header, payload), "..", "",
		sign("A", `{"alg":"none"}`, payload), good[:len(good)-1] + "B", " " + good,
	} {
		f.Add(seed)
	}
	document := set(jwk("A", ""), jwk("B", ""))
	f.Fuzz(func(t *testing.T, text string) { compare(t, text, document) })
}

// FuzzSigned changes what is signed.
func FuzzSigned(f *testing.F) {
	f.Add(header, payload)
	for _, seed := range []string{
		`{"alg":"RS256","kid":"A","crit":["exp"],"exp":1}`, `{"alg":"RS256","kid":"A","b64":false,"crit":["b64"]}`, `{"alg":"rs256","kid":"A"}`,
		`{"alg":"RS256","Kid":"A"}`, `{"alg":"RS256","kid":"A","kid":"B"}`, `{"alg":"RS256","kid":"B","kid":"A"}`, `{"alg":"RS256","kid":"A","jwk":{"kty":"RSA"}}`, `{"alg":"RS256"}`,
		`{"alg":"RS256","kid":"A","typ":"pop"}`, `{"alg":"PS256","kid":"A"}`, `{"alg":["RS256"],"kid":"A"}`, `{"alg":"RS256","kid":"\u0041"}`, `[]`,
	} {
		f.Add(seed, payload)
	}
	for _, seed := range []string{`{}`, `[]`, `{"exp":"1"}`, `{"exp":1e400}`, `{"exp":1,"exp":9999999999}`, `{"exp":9999999999,"a":{"b":{"b":1}}}`, "{\"exp\":9999999999,\"a\":\"\xff\"}", `null`, ``} {
		f.Add(header, seed)
	}
	document := set(jwk("A", ""), jwk("B", ""))
	f.Fuzz(func(t *testing.T, header, payload string) { compare(t, sign("A", header, payload), document) })
}

// FuzzKeySet changes the key set under two tokens that would be good.
func FuzzKeySet(f *testing.F) {
	for _, seed := range [][]byte{
		set(jwk("A", ""), jwk("B", "")), set(jwk("A", ""), jwk("A", "")), set(strings.Replace(jwk("B", ""), `"B"`, `"A"`, 1), jwk("A", "")), set(jwk("A", `,"use":"sig"`)),
		set(jwk("A", `,"use":"enc"`)),
		set(jwk("A", `,"alg":"RS256"`), `{"kty":"oct","kid":"B","k":"AA"}`), set(jwk("A", `,"alg":"RS512"`)), set(jwk("A", `,"d":"AQAB"`)),
		set(jwk("A", `,"key_ops":["verify"]`)), set(jwk("A", `,"key_ops":["sign"]`)), set(jwk("A", `,"x5c":["x"]`)), set(jwk("A", `,"issuer":"https://a.example/"`)),
		set(), set("1", "null", "[]", jwk("A", "")), []byte(`{}`), []byte(`{"keys":1}`), bytes.Replace(set(jwk("A", "")), []byte(`"AQAB"`), []byte(`"AAEAAQ"`), 1),
	} {
		f.Add(seed)
	}
	texts := []string{sign("A", header, payload), sign("B", strings.Replace(header, `"A"`, `"B"`, 1), payload)}
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, text := range texts {
			compare(t, text, document)
		}
	})
}
