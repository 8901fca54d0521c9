// Command tokens makes what every server under measurement is given: one RSA key, as a JWKS
// and as PEM, one token, a file of tokens each of which is sent once, and the same with
// signatures that do not fit.
package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// What the rules ask for. The peers' configurations name the same values.
const (
	kid     = "bench"
	tenant  = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
	caller  = "00001111-aaaa-2222-bbbb-3333cccc4444"
	life    = 24 * time.Hour
	spare   = 200 // tokens with bad signatures that warm a server up, and are not measured
	issuer  = "https://sts.windows.net/" + tenant + "/"
	service = "https://management.azure.com/"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("tokens: ")
	out := flag.String("out", ".", "folder to write to")
	count := flag.Int("count", 20000, "tokens that are seen once each")
	flag.Parse()

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		log.Fatal(err)
	}
	once := signAll(key, *count+spare)
	for name, content := range map[string]string{
		"keys.json":       keySet(&key.PublicKey),
		"public.pem":      string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
		"token":           sign(key, -1),
		"once":            strings.Join(once[:*count], "\n") + "\n",
		"bad-signatures":  strings.Join(exchanged(once[:*count]), "\n") + "\n",
		"bad-signature":   exchanged(once[:*count])[0],
		"warm-up":         strings.Join(exchanged(once[*count:]), "\n") + "\n",
		"other-audience":  signClaims(key, -2, "aud", "https://service.flow.microsoft.com/"),
		"other-caller":    signClaims(key, -3, "appid", "11112222-bbbb-3333-cccc-4444dddd5555"),
		"other-issuer":    signClaims(key, -4, "iss", "https://sts.windows.net/bbbbcccc-1111-dddd-2222-eeee3333ffff/"),
		"expired":         signClaims(key, -5, "exp", time.Now().Add(-time.Hour).Unix()),
		"other-algorithm": unsigned(sign(key, -6)),
	} {
		if err := os.WriteFile(filepath.Join(*out, name), []byte(content), 0o600); err != nil {
			log.Fatal(err)
		}
	}
}

func keySet(key *rsa.PublicKey) string {
	return fmt.Sprintf(`{"keys":[{"kty":"RSA","use":"sig","kid":%q,"n":%q,"e":%q}]}`, kid,
		base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()))
}

// signAll signs so many tokens, no two alike.
func signAll(key *rsa.PrivateKey, n int) []string {
	tokens := make([]string, n)
	var work sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for first := range workers {
		work.Go(func() {
			for i := first; i < n; i += workers {
				tokens[i] = sign(key, i)
			}
		})
	}
	work.Wait()
	return tokens
}

func sign(key *rsa.PrivateKey, number int) string { return signClaims(key, number, "", nil) }

// signClaims signs claims like those of an application's own access token at Entra, v1.0, one of
// them changed.
func signClaims(key *rsa.PrivateKey, number int, changed string, value any) string {
	now := time.Now()
	claims := map[string]any{
		"aud": service, "iss": issuer,
		"iat": now.Unix() - 300, "nbf": now.Unix() - 300, "exp": now.Add(life).Unix(),
		"aio":   "k2RgYFhkd+bC0cPl1wyXHhW8ZnXDw0Rv8/z5CwA=",
		"appid": caller, "appidacr": "1", "idp": issuer, "idtyp": "app",
		"oid": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb", "sub": "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb",
		"rh": "1.AAAAu7uqqgAAzMwREd3dIiLu7kZIf3kAutdPukPawfj2MBMAAAA.", "tid": tenant,
		"roles": []string{"Payroll.Run"}, "uti": fmt.Sprintf("t%021d", number), "ver": "1.0",
		"xms_ftd": "c2FtcGxlLXZhbHVlLW9mLWEtY2xhaW0tdGhhdC1pcy1pbi1ldmVyeS10b2tlbg", "xms_idrel": "7 30", "xms_rd": "0.42LjYBJi", "xms_tcdt": 1600000000,
	}
	if changed != "" {
		claims[changed] = value
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		log.Fatal(err)
	}
	text := encode([]byte(`{"typ":"JWT","alg":"RS256","x5t":"`+kid+`","kid":"`+kid+`"}`)) + "." + encode(payload)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		log.Fatal(err)
	}
	return text + "." + encode(signature)
}

// exchanged gives each token the signature of another: well-formed, and wrong.
func exchanged(tokens []string) []string {
	bad := make([]string, len(tokens))
	for i, token := range tokens {
		other := tokens[(i+1)%len(tokens)]
		bad[i] = token[:strings.LastIndexByte(token, '.')] + other[strings.LastIndexByte(other, '.'):]
	}
	return bad
}

// unsigned is the token with alg none and no signature.
func unsigned(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return encode([]byte(`{"typ":"JWT","alg":"none","kid":"`+kid+`"}`)) + "." + payload + "."
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }
