package jwks

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestBadSignature(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	good := sign(trusted(), header, payload(""))
	other := sign(trusted(), header, payload(`"x":1,`))
	unsigned := good[:strings.LastIndexByte(good, '.')+1]
	for name, text := range map[string]string{
		"another's":    sign(stranger(), header, payload("")),
		"of another":   unsigned + other[strings.LastIndexByte(other, '.')+1:],
		"empty":        unsigned,
		"zero":         unsigned + strings.Repeat("A", 342),
		"and expired":  sign(stranger(), header, `{"exp":1}`),
		"no exp":       sign(stranger(), header, `{}`),
		"brought jwk":  sign(stranger(), strings.Replace(header, "{", `{"jwk":`+jwk(stranger(), "A", "")+`,`, 1), payload("")),
		"not yet born": sign(stranger(), header, `{"exp":253402300799,"nbf":253402300799}`),
	} {
		t.Run(name, func(t *testing.T) {
			token, err := v.Verify(text, now)
			failure := wantFailure(t, token, err, Signature, `key "A"`)
			signature := text[strings.LastIndexByte(text, '.')+1:]
			if signature != "" && strings.Contains(fmt.Sprint(failure, failure.Header, failure.Claims), signature) {
				t.Error("the failure holds the signature")
			}
			if failure.Header["kid"] != "A" || failure.Claims == nil {
				t.Errorf("the failure does not show the token: %v %v", failure.Header, failure.Claims)
			}
		})
	}
}

// Of a signature that does not fit it is told what shows: that its end is missing, or that nobody
// but the token's resource could verify it.
func TestWhySignatureDoesNotFit(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	good := sign(trusted(), header, payload(""))
	signed := good[:strings.LastIndexByte(good, '.')+1]
	nonce := strings.Replace(header, "{", `{"nonce":"n",`, 1)
	cut := sign(stranger(), nonce, payload(""))
	cut = cut[:strings.LastIndexByte(cut, '.')+1]
	for name, tc := range map[string]struct{ text, detail, fix string }{
		"nothing":           {signed, "nothing follows its second dot", "send the token whole"},
		"a byte less":       {good[:len(good)-4] + strings.Repeat("A", 2), `has 255 bytes, and those of the trusted key "A" have 256`, "its end is missing"},
		"a byte more":       {signed + strings.Repeat("A", 344), "was changed", ""},
		"nonce":             {sign(stranger(), nonce, payload("")), "nobody but Graph can verify", "not for Microsoft Graph"},
		"nonce, cut":        {cut + "AAAA", "has 3 bytes", "its end is missing"},
		"nonce in the body": {sign(stranger(), header, payload(`"nonce":"n",`)), "was changed", ""},
	} {
		token, err := v.Verify(tc.text, now)
		failure := wantFailure(t, token, err, Signature, tc.detail)
		if (tc.fix == "") != (failure.Fix == "") || !strings.Contains(failure.Fix, tc.fix) {
			t.Errorf("%s: fix %q, want %q", name, failure.Fix, tc.fix)
		}
	}
	// What has a nonce and verifies is no worse for it.
	if _, err := v.Verify(sign(trusted(), nonce, payload("")), now); err != nil {
		t.Error(err)
	}
}

// HS256 keyed with what everybody knows of the trusted key, and with an oct key of the set.
func TestPublicKeyIsNoSharedSecret(t *testing.T) {
	public := x509.MarshalPKCS1PublicKey(&trusted().PublicKey)
	pkix, err := x509.MarshalPKIXPublicKey(&trusted().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	v := open(t, document(jwk(trusted(), "A", ""), `{"kty":"oct","kid":"O","alg":"HS256","k":"c2VjcmV0"}`))
	for name, secret := range map[string][]byte{
		"PEM":       pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix}),
		"PKCS1 PEM": pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: public}),
		"DER":       pkix,
		"modulus":   trusted().N.Bytes(),
		"n":         []byte(base64.RawURLEncoding.EncodeToString(trusted().N.Bytes())),
		"oct key":   []byte("secret"),
		"empty":     nil,
	} {
		for _, kid := range []string{"A", "O"} {
			t.Run(name+" as "+kid, func(t *testing.T) {
				text := encode(`{"alg":"HS256","kid":"`+kid+`"}`) + "." + encode(payload(""))
				mac := hmac.New(sha256.New, secret)
				mac.Write([]byte(text))
				token, err := v.Verify(text+"."+base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), now)
				wantFailure(t, token, err, Algorithm, `"HS256"`)
			})
		}
	}
}

// A token that brings its key, or says where it is, is its own witness.
func TestKeyOfTheTokenIsNeverUsedNorFetched(t *testing.T) {
	var hits atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(document(jwk(stranger(), "B", "")))
	}))
	// Connections are counted, not requests: a client that does not know the certificate sends none.
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			hits.Add(1)
		}
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	v := openWith(t, Options{Client: server.Client(), Sources: []Source{{Name: "s", Static: document(jwk(trusted(), "A", ""))}}})
	for member, value := range map[string]string{
		"jwk": jwk(stranger(), "B", ""), "jku": `"` + server.URL + `"`, "x5u": `"` + server.URL + `"`, "x5c": `["MIIB"]`,
	} {
		t.Run(member, func(t *testing.T) {
			h := fmt.Sprintf(`{"alg":"RS256","kid":"B",%q:%s}`, member, value)
			token, err := v.Verify(sign(stranger(), h, payload("")), now)
			wantFailure(t, token, err, Key, "the header's "+member+" is not used")
		})
	}
	v.Close()
	if n := hits.Load(); n != 0 {
		t.Errorf("%d fetches", n)
	}
}
