package jwks

import (
	"reflect"
	"strings"
	"testing"
)

// What is read without being believed is what would be, or nothing.
func TestReadPoP(t *testing.T) {
	good := signPoP(bound(), "")
	v := open(t, document(jwk(trusted(), "A", "")))
	token, err := v.VerifyPoP(good, now)
	wantToken(t, token, err)
	if got := ReadPoP(good); !reflect.DeepEqual(got, token.Claims) {
		t.Errorf("got  %v\nwant %v", got, token.Claims)
	}
	// Nobody's signature makes no difference.
	if got := ReadPoP(good[:strings.LastIndexByte(good, '.')+1] + "AAAA"); !reflect.DeepEqual(got, token.Claims) {
		t.Errorf("got  %v\nwant %v", got, token.Claims)
	}
	if !IsPoP(good) || IsPoP(bound()) || IsPoP("a.b.c") {
		t.Error("typ does not tell a signed request from a token")
	}
	for name, text := range map[string]string{
		"a bearer token":       bound(),
		"no token":             "a.b.c",
		"at is no token":       signPoP("x", ""),
		"at is no text":        sign(caller(), popHeader, `{"at":5}`),
		"m of the token's own": signPoP(sign(trusted(), header, payload(`"m":"GET",`)), ""),
	} {
		if got := ReadPoP(text); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// FuzzReadPoP: no panic, and never other claims than those that verifying gives.
func FuzzReadPoP(f *testing.F) {
	v := open(f, document(jwk(trusted(), "A", "")))
	f.Add(popHeader, requestPayload(bound(), ""))
	f.Add(`{"typ":"POP"}`, `{"at":"a.b.c"}`)
	f.Fuzz(func(t *testing.T, head, body string) {
		text := sign(caller(), head, body)
		read := ReadPoP(text)
		if token, err := v.VerifyPoP(text, now); err == nil && (!IsPoP(text) || !reflect.DeepEqual(read, token.Claims)) {
			t.Fatalf("read %v\nbelieved %v", read, token.Claims)
		}
	})
}
