package probe

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
)

// Token is an access token that the trigger takes, or took before it expired. Its
// signature is not verified: whether the gate does that is the question.
type Token struct {
	text           string
	header, claims map[string]any
	expires        time.Time
}

const maxToken = 64 << 10

// ParseToken reads a token. Its errors repeat nothing of it.
func ParseToken(text string) (*Token, error) {
	if len(text) > maxToken {
		return nil, fmt.Errorf("the token has more than %d bytes", maxToken)
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[2] == "" {
		return nil, errors.New("the token has not the three parts of a signed JWT")
	}
	t := &Token{text: text}
	for i, part := range []*map[string]any{&t.header, &t.claims} {
		data, err := base64.RawURLEncoding.Strict().DecodeString(parts[i])
		if err != nil {
			return nil, fmt.Errorf("part %d of the token is not base64url", i+1)
		}
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		if err := dec.Decode(part); err != nil || *part == nil {
			return nil, fmt.Errorf("part %d of the token is no JSON object", i+1)
		}
	}
	if exp, ok := t.claims["exp"].(json.Number); ok {
		if seconds, err := exp.Float64(); err == nil && seconds > 0 && seconds < 1e11 {
			t.expires = time.Unix(int64(seconds), 0)
		}
	}
	return t, nil
}

// clockSkew is how far clocks may be apart: about this moment of a token's end,
// nothing is said of it.
const clockSkew = 5 * time.Minute

// Expired reports whether the token's time is over.
func (t *Token) Expired(now time.Time) bool {
	return !t.expires.IsZero() && now.After(t.expires.Add(clockSkew))
}

// nobody is the token of which others are forged when none is given: what it says
// does not matter, for its signature is never good.
func nobody() *Token {
	return &Token{header: map[string]any{"typ": "JWT", "kid": "flowgate-probe"},
		claims: map[string]any{"aud": "https://management.azure.com/", "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000000/"}}
}

// forged are tokens that say what a good one says, and that nobody vouches for.
type forged struct{ unsigned, foreign, changed, cut string }

// forge makes of t what a gate must not believe. Whatever t says of its times, what
// is made of it is in force: only the signature is wrong.
func (t *Token) forge(now time.Time) (forged, error) {
	claims := maps.Clone(t.claims)
	claims["iat"], claims["nbf"], claims["exp"] = now.Unix(), now.Add(-time.Minute).Unix(), now.Add(time.Hour).Unix()
	none := maps.Clone(t.header)
	none["alg"] = "none"
	unsigned, err := encode(none, claims)
	if err != nil {
		return forged{}, err
	}
	f := forged{unsigned: unsigned + "."}
	foreign := maps.Clone(t.header)
	foreign["alg"] = "RS256"
	body, err := encode(foreign, claims)
	if err != nil {
		return forged{}, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return forged{}, err
	}
	sum := sha256.Sum256([]byte(body))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return forged{}, err
	}
	f.foreign = body + "." + base64.RawURLEncoding.EncodeToString(signature)
	if t.text == "" {
		return f, nil
	}
	claims = maps.Clone(t.claims)
	claims["flowgate-probe"] = "added after it was signed"
	changed, err := encode(t.header, claims)
	end := strings.LastIndexByte(t.text, '.')
	f.changed = changed + t.text[end:]
	f.cut = t.text[:max(end+1, len(t.text)-cutBy)]
	return f, err
}

// cutBy is how much shorter a cut token is: what is left of its signature is
// base64url still.
const cutBy = 4

func encode(header, claims map[string]any) (string, error) {
	h, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	c, err := json.Marshal(claims)
	return base64.RawURLEncoding.EncodeToString(h) + "." + base64.RawURLEncoding.EncodeToString(c), err
}
