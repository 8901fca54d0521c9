package journal

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Bounds of one entry: a caller decides what it sends, not what is kept of it.
const (
	MaxBody   = 64 << 10 // bytes of a body
	maxText   = 2 << 10  // bytes of a path, or of a header's or a query parameter's value
	maxFields = 100      // headers, and query parameters
)

const redacted = "[redacted]"

// Field returns the value of the header or query parameter called name as the
// journal may keep it. Of credentials only the scheme is kept.
func Field(name, value string) string {
	if secretName(name) {
		scheme, _, ok := strings.Cut(value, " ")
		if ok && strings.EqualFold(name, "Authorization") && schemeWord.MatchString(scheme) {
			return scheme + " " + redacted
		}
		return redacted
	}
	return Text(value)
}

// Text returns s without tokens and secret members, cut to a bounded length.
func Text(s string) string { return clean(s, maxText) }

// Body returns a body as the journal keeps it, cut at MaxBody bytes.
func Body(b []byte) string {
	return clean(string(withoutSecretMembers(b[:min(len(b), MaxBody)])), MaxBody)
}

func clean(s string, limit int) string {
	// Cut first: what is matched stays bounded. A token that the cut runs through
	// is still recognised by its beginning.
	if len(s) > limit {
		s = s[:limit]
	}
	// Patterns are dear, and most text holds nothing that they could find.
	lower := strings.ToLower(s)
	if strings.Contains(lower, "eyj") {
		s = jwt.ReplaceAllString(s, "[redacted token]")
	}
	if containsAny(lower, schemes) {
		s = credential.ReplaceAllString(s, "$1 "+redacted)
	}
	if containsAny(lower, secretWords) || strings.Contains(lower, "sig") {
		s = quotedSecret.ReplaceAllString(s, `${1}"`+redacted+`"`)
		s = plainSecret.ReplaceAllString(s, "${1}"+redacted)
		s = elementSecret.ReplaceAllString(s, "${1}"+redacted)
		s = partSecret.ReplaceAllString(s, "${1}"+redacted)
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// secretWords are the parts of names, in lower case, whose values are credentials.
var secretWords = slices.Concat([]string{"authorization", "cookie", "secret", "passw", "passphrase", "pwd", "token", "assertion", "credential",
	"signature", "client-cert", "clientcert", "identity-header"}, keyWords())

// keyWords are api-key, api_key, apikey and their like.
func keyWords() []string {
	var words []string
	for _, whose := range []string{"api", "access", "client", "private", "functions", "subscription"} {
		words = append(words, whose+"key", whose+"-key", whose+"_key")
	}
	return words
}

// secretName reports whether what is called name is a credential.
func secretName(name string) bool {
	lower := strings.ToLower(name)
	return lower == "sig" || lower == "code" || containsAny(lower, secretWords)
}

func containsAny(lower string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(lower, word) })
}

// schemes are those of RFC 9110 and of Azure whose credentials stand in headers.
var schemes = []string{"bearer", "basic", "pop", "digest", "negotiate", "sharedaccesssignature", "sharedkey"}

// anyOf is an alternative of plain words in a pattern.
func anyOf(words []string) string { return "(?:" + strings.Join(words, "|") + ")" }

var (
	schemeWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,31}$`)
	// jwt matches a token wherever it stands, whole or cut off: base64url of {"
	// begins with eyJ.
	jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_=-]*){1,4}`)
	// credential matches what follows a scheme in any header or text.
	credential = regexp.MustCompile(`(?i)\b(` + strings.Join(schemes, "|") + `)\s+[A-Za-z0-9+/_.=~:-]{8,}`)
	// "client_secret": "…", also when the end is cut off.
	quotedSecret = regexp.MustCompile(`(?i)("[^"\\]*` + anyOf(secretWords) + `[^"\\]*"\s*:\s*)"(?:[^"\\]|\\.)*("|\\?$)`)
	// password=…, sig=…, password: …, "password": 123
	plainSecret = regexp.MustCompile(`(?i)((?:\bsig|[A-Za-z0-9_.-]*` + anyOf(secretWords) + `[A-Za-z0-9_.-]*)["']?\s*[=:]\s*)[^\s&,;"'{}\[\]<>]+`)
	// <password>…
	elementSecret = regexp.MustCompile(`(?i)(<[A-Za-z0-9_:.-]*` + anyOf(secretWords) + `[A-Za-z0-9_:.-]*(?:\s[^<>]*)?>)[^<]+`)
	// A part of multipart/form-data: its headers, an empty line, the value.
	partSecret = regexp.MustCompile(`(?i)(\bname="[^"\r\n]*` + anyOf(secretWords) + `[^"\r\n]*"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){0,4}\r?\n)[^\r\n]+`)
)

// withoutSecretMembers replaces the values of secret members in JSON text, whatever
// they are and however their names are spelled; the rest stays as it was sent. Text
// that is no JSON, or from where it stops being any, is returned unchanged: patterns
// look at it next.
func withoutSecretMembers(text []byte) []byte {
	if first := bytes.TrimLeft(text, " \t\r\n"); len(first) == 0 || first[0] != '{' && first[0] != '[' {
		return text
	}
	// Names may be spelled with escapes, which only a decoder sees through.
	if !containsAny(strings.ToLower(string(text)), append([]string{"sig", "code", `\u`}, secretWords...)) {
		return text
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	var out []byte
	var inObject []bool // for each open value: whether it is an object
	copied, name := 0, true
	for {
		token, err := dec.Token()
		if err != nil {
			return append(out, text[copied:]...)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			inObject = append(inObject, token == json.Delim('{'))
			name = true
			continue
		case json.Delim('}'), json.Delim(']'):
			inObject = inObject[:len(inObject)-1]
			name = true
			continue
		}
		if len(inObject) == 0 || !inObject[len(inObject)-1] {
			continue
		}
		if member, ok := token.(string); name && ok && secretName(member) {
			before := int(dec.InputOffset())
			var value json.RawMessage
			if dec.Decode(&value) != nil { // cut off: nothing of it is kept
				return append(append(out, text[copied:before]...), `:"`+redacted+`"`...)
			}
			out = append(append(out, text[copied:before]...), `:"`+redacted+`"`...)
			copied = int(dec.InputOffset())
			continue
		}
		name = !name
	}
}

// Headers returns the headers as the journal keeps them, several values joined as
// HTTP joins them.
func Headers(h http.Header) map[string]string { return fields(h, ", ") }

// Query returns the query parameters as the journal keeps them.
func Query(q url.Values) map[string]string { return fields(q, ",") }

func fields(from map[string][]string, separator string) map[string]string {
	kept := make(map[string]string, min(len(from), maxFields))
	for _, name := range slices.Sorted(maps.Keys(from)) { // sorted: the same ones are kept each time
		values := from[name]
		if len(kept) == maxFields {
			kept["…"] = "more were sent; they are not kept"
			break
		}
		kept[Text(name)] = Field(name, strings.Join(values[:min(len(values), maxFields)], separator))
	}
	return kept
}
