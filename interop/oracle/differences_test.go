package oracle

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"flowgate/jwks"
)

// lenient says why flowgate may believe what go-jose does not: go-jose reads these members of a
// header and refuses what it cannot read, flowgate never looks at them.
func lenient(text string) string {
	header := part(text, 0)
	for _, member := range []string{"jwk", "x5c", "nonce"} {
		if _, present := header[member]; present {
			return "the header's own " + member + " is not read"
		}
	}
	return ""
}

// stricter says why flowgate does not believe what go-jose does, as far as that is meant to be. The
// conditions are found by other means than flowgate's.
func stricter(text string, document []byte, failure *jwks.Failure) string {
	switch failure.Reason {
	case jwks.Expired, jwks.NotYetValid, jwks.NoExpiry:
		return "go-jose was not asked about times"
	}
	if len(text) > 64<<10 {
		return "more than 64 KiB"
	}
	for i, spelled := range strings.Split(text, ".") {
		if respelled(spelled) {
			return "base64url of which there is another spelling"
		}
		decoded, _ := base64.RawURLEncoding.DecodeString(spelled)
		if i == 2 {
			break
		}
		if object(decoded) == nil {
			return "no JSON object, which a JWT must be"
		}
		if twice(decoded) {
			return "a member twice"
		}
		if !bytes.Equal(bytes.ToValidUTF8(decoded, nil), decoded) || bytes.Contains(decoded, []byte(`\u`)) {
			return "text that is not UTF-8, or may have half a surrogate"
		}
		if depth(decoded) > 32 {
			return "deeper than 32"
		}
	}
	header, claims := part(text, 0), part(text, 1)
	for _, member := range []string{"crit", "b64"} {
		if _, present := header[member]; present {
			return "an extension that is not understood"
		}
	}
	if typ, present := header["typ"]; present {
		if name, ok := typ.(string); !ok || !strings.EqualFold(name, "JWT") && !strings.EqualFold(name, "at+jwt") {
			return "another kind of token"
		}
	}
	if kid, _ := header["kid"].(string); kid == "" || len(kid) > 256 {
		return "no kid, or a long one"
	}
	for _, date := range []string{"iat", "nbf", "exp"} {
		if value, present := claims[date]; present {
			number, ok := value.(json.Number)
			seconds, err := number.Float64()
			if !ok || err != nil || seconds < 0 || seconds > 253402300799 {
				return "a date that is none"
			}
		}
	}
	if len(document) > 1<<20 || !utf8.Valid(document) || twiceOutside(document) || bytes.Contains(document, []byte(`\u`)) {
		return "a document that is not read"
	}
	if v, err := jwks.Open(context.Background(), jwks.Options{Sources: []jwks.Source{{Name: "s", Static: document}}}); err == nil && slices.ContainsFunc(v.Status()[0].Keys, func(k jwks.KeyStatus) bool {
		return k.Issuer != "" && k.KID == header["kid"]
	}) {
		return "a key that signs for one issuer"
	}
	return ""
}

// twiceOutside says of a key set that a member around the keys is there twice, or in another letter
// case, which encoding/json takes for the same.
func twiceOutside(document []byte) bool {
	var outside map[string]json.RawMessage
	if json.Unmarshal(document, &outside) != nil {
		return true
	}
	inside := 0
	for name, value := range outside {
		if name != "keys" && strings.EqualFold(name, "keys") {
			return true
		}
		inside += 1 + members(value)
	}
	return inside != members(document)
}

// members counts colons outside strings: the members of all objects.
func members(text []byte) (n int) {
	inside := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '"':
			inside = !inside
		case text[i] == ':' && !inside:
			n++
		}
	}
	return n
}

func depth(text []byte) (most int) {
	at, inside := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			at++
			most = max(most, at)
		case c == '}' || c == ']':
			at--
		}
	}
	return most
}

// part is one of a token's two objects, nil if it is none.
func part(text string, i int) map[string]any {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil
	}
	decoded, _ := base64.RawURLEncoding.DecodeString(parts[i])
	return object(decoded)
}

// object decodes a JSON object, nil if it is none.
func object(text []byte) map[string]any {
	if !json.Valid(text) {
		return nil
	}
	var value map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	_ = decoder.Decode(&value)
	return value
}
