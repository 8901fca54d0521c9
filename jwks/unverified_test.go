package jwks

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTokenTextIsStrict(t *testing.T) {
	v := open(t, document(jwk(trusted(), "A", "")))
	good := sign(trusted(), header, payload(`"x":"?>?>",`))
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	// A payload whose length leaves two spare bits in its last character: Go's lenient decoder
	// reads all four spellings alike.
	spare := encode(payload(strings.Repeat(" ", (2-len(payload(""))%3+3)%3)))
	if len(spare)%4 != 3 {
		t.Fatalf("payload has no spare bits: %d", len(spare))
	}
	last := strings.IndexByte(base64URL, spare[len(spare)-1])
	respelled := spare[:len(spare)-1] + string(base64URL[last|1])

	cases := map[string]struct{ token, words string }{
		"empty":                       {"", "has one part"},
		"two parts":                   {head + "." + body, "has two parts"},
		"four parts":                  {good + ".", "has 4 parts"},
		"encrypted":                   {head + "..aXY.Y2lwaGVy.dGFn", "encrypted (a JWE)"},
		"its end cut":                 {head + "." + body[:9] + "...", "the token is cut"},
		"cut behind a dot":            {head + "....", "the token is cut"},
		"its signature cut":           {good[:len(good)-9] + "...", "the token is cut"},
		"its middle cut":              {head[:9] + "..." + signature[9:], "the token is cut"},
		"cut within a part":           {head + "." + body[:9] + "..." + "." + signature, "the token is cut"},
		"cut by one sign":             {head + "." + body[:9] + "…" + signature[9:], "the token is cut"},
		"dots without end":            {head + strings.Repeat(".", 9), "has 10 parts"},
		"ten thousand dots":           {strings.Repeat(".", 10000), "has 10001 parts"},
		"one megabyte":                {head + "." + strings.Repeat("A", 1<<20) + "." + signature, "more than the 65536"},
		"only dots":                   {"..", "header is not JSON"},
		"spare bits in payload":       {signParts(trusted(), head, respelled), "payload is not unpadded base64url"},
		"spare bits in the signature": {good[:len(good)-1] + string(base64URL[strings.IndexByte(base64URL, good[len(good)-1])|1]), "signature does not end as base64url does"},
		"line feed in payload":        {signParts(trusted(), head, body[:8]+"\n"+body[8:]), "payload has a line break at byte 8"},
		"return in header":            {signParts(trusted(), head[:4]+"\r"+head[4:], body), "header has a line break"},
		"line feed in the signature":  {good + "\n", "signature is not unpadded base64url"},
		"padding":                     {signParts(trusted(), head, spare+"="), "payload is not unpadded base64url"},
		"standard base64URL":          {signParts(trusted(), head, base64.RawStdEncoding.EncodeToString([]byte(payload(`"x":"?>?>",`)))), "payload is not unpadded base64url"},
		"with its scheme":             {"Bearer " + good, "header is not unpadded base64url"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			token, err := v.Verify(c.token, now)
			wantFailure(t, token, err, Malformed, c.words)
		})
	}
	t.Run("dots cost next to nothing", func(t *testing.T) {
		dots := strings.Repeat(".", 10000)
		if n := testing.AllocsPerRun(100, func() { _, _ = v.Verify(dots, now) }); n > 5 {
			t.Errorf("%v allocations", n)
		}
	})
}

// Where sending the token whole is not what would help, the failure says what would.
func TestFixesOfTheirOwn(t *testing.T) {
	v, err := Open(t.Context(), Options{Sources: []Source{{Name: "s", Static: document(jwk(trusted(), "A", ""))}}})
	if err != nil {
		t.Fatal(err)
	}
	part := base64.RawURLEncoding.EncodeToString
	for header, fix := range map[string]string{
		`{"alg":"RS256"}`:                                          "have the token issued with the kid of its key, as Entra does",
		`{"alg":"RS256","kid":"A","crit":["exp"]}`:                 "have the token issued without crit; Entra writes none",
		`{"alg":"RS256","kid":"A","b64":false}`:                    "have the token issued without b64; Entra writes none",
		`{"alg":"RS256","kid":"A","kid":"B"}`:                      `have the token issued with "kid" once`,
		`{"alg":"RS256","kid":"unknown"}`:                          "",
		`{"alg":"RS256","kid":"A"}` + strings.Repeat(" ", 8) + "x": "",
	} {
		_, err := v.Verify(part([]byte(header))+"."+part([]byte(`{"exp":4102444800}`))+"."+part([]byte("x")), time.Unix(0, 0))
		var failure *Failure
		if !errors.As(err, &failure) || failure.Fix != fix {
			t.Errorf("%s: %+v, want the fix %q", header, failure, fix)
		}
	}
}
