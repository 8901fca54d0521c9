package jwks

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// What was found out while another source took over newer keys is found out anew.
func TestKeysThatChangeWhileATokenIsVerified(t *testing.T) {
	keys := document(jwk(trusted(), "A", ""))
	v := open(t, document(jwk(caller(), "C", "")), keys)
	set := v.sources[1].state.Load().set
	pick, swapped := set.keyfunc, false
	set.keyfunc = func(token *jwt.Token) (any, error) {
		if !swapped {
			swapped = true
			if err := v.Replace("s0", keys); err != nil {
				t.Error(err)
			}
		}
		return pick(token)
	}
	text := sign(trusted(), header, payload(""))
	for _, source := range []string{"s1", "s0"} {
		if token, err := v.Verify(text, now); err != nil || token.Source != source {
			t.Errorf("source %q, error %v; want %q", token.Source, err, source)
		}
	}
}

// Every private member of RFC 7518 drops a key.
func TestPrivateMembersDropAKey(t *testing.T) {
	for _, member := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if set, err := parseKeySet(document(jwk(trusted(), "A", `,"`+member+`":""`))); err == nil {
			t.Errorf("%s: kept %v", member, set.Keys)
		}
	}
}

// A header without end is read no further than 64 KiB.
func TestHeaderOfAKeySetIsBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 128<<10))
		_, _ = w.Write(document(jwk(trusted(), "A", "")))
	}))
	defer server.Close()
	v := openWith(t, Options{Sources: []Source{{Name: "local", URL: server.URL}}})
	if err := v.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "headers exceeded 65536 bytes") || v.Ready() {
		t.Errorf("error %v, ready %v", err, v.Ready())
	}
}

// One token that takes an eighth of the room is not remembered: eight such would drive out all others.
func TestLargeTokenIsNotRemembered(t *testing.T) {
	v := openWith(t, Options{Cache: 8 << 10, Sources: []Source{{Name: "s0", Static: document(jwk(trusted(), "A", ""))}}})
	token, err := v.Verify(sign(trusted(), header, payload(`"x":"`+strings.Repeat("x", 2<<10)+`",`)), now)
	wantToken(t, token, err)
	wantStats(t, v, 0, 1, 0)
}
