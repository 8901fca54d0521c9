package jwks

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
)

// Keys are made once in a test binary: making one takes longer than all that is done with it.
var (
	trusted  = sync.OnceValue(newKey)
	stranger = sync.OnceValue(newKey)
	caller   = sync.OnceValue(newKey) // proves possession of a PoP token
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

const (
	contoso  = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
	fabrikam = "bbbbcccc-1111-dddd-2222-eeee3333ffff"
	header   = `{"typ":"JWT","alg":"RS256","x5t":"A","kid":"A"}`
	skew     = 5 * time.Minute
)

// now is when every token of these tests is judged unless they say otherwise.
var now = time.Date(2026, 8, 13, 21, 24, 29, 0, time.UTC)

// payload is a v1.0 app-only token's, with more members in front.
func payload(more string) string {
	return fmt.Sprintf(`{%s"aud":"https://management.azure.com/","iss":"https://sts.windows.net/%s/","tid":"%[2]s","appid":"caller",%s}`,
		more, contoso, dates)
}

// dates are those of a token issued at now: iat == nbf == now - 300 s, exp = iat + 3900 s.
var dates = fmt.Sprintf(`"iat":%d,"nbf":%[1]d,"exp":%d`, now.Unix()-300, now.Unix()+3600)

func encode(data string) string { return base64.RawURLEncoding.EncodeToString([]byte(data)) }

// sign puts any two texts together and signs them RS256, whatever they say.
func sign(key *rsa.PrivateKey, header, payload string) string {
	return signParts(key, encode(header), encode(payload))
}

func signParts(key *rsa.PrivateKey, header, payload string) string {
	text := header + "." + payload
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// jwk publishes a key as Entra does, with more members behind.
func jwk(key *rsa.PrivateKey, kid, more string) string {
	return fmt.Sprintf(`{"kty":"RSA","use":"sig","kid":%q,"n":%q,"e":%q%s}`, kid,
		base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()), more)
}

func document(keys ...string) []byte { return []byte(`{"keys":[` + strings.Join(keys, ",") + `]}`) }

// open trusts documents, named s0, s1 and so on.
func open(t testing.TB, documents ...[]byte) *Verifier {
	t.Helper()
	o := Options{ClockSkew: skew}
	for i, d := range documents {
		o.Sources = append(o.Sources, Source{Name: fmt.Sprint("s", i), Static: d})
	}
	return openWith(t, o)
}

func openWith(t testing.TB, o Options) *Verifier {
	t.Helper()
	v, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

// wantFailure wants a *Failure of this reason, with these words in the detail.
func wantFailure(t testing.TB, token Token, err error, reason Reason, words ...string) *Failure {
	t.Helper()
	var failure *Failure
	if !errors.As(err, &failure) {
		t.Fatalf("got token %v, error %v; want a failure %s", token.Claims, err, reason)
	}
	if failure.Reason != reason {
		t.Fatalf("got %v; want %s", failure, reason)
	}
	if token.Claims != nil {
		t.Fatalf("a refused token has claims %v", token.Claims)
	}
	for _, word := range words {
		if !strings.Contains(failure.Detail, word) {
			t.Fatalf("detail %q lacks %q", failure.Detail, word)
		}
	}
	return failure
}

func wantToken(t testing.TB, token Token, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if token.Claims == nil || token.Header == nil {
		t.Fatal("a verified token without header or claims")
	}
}
