package journal

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Bounds of one entry: a caller decides what it sends, not what is kept of it.
const (
	MaxBody   = 64 << 10 // bytes of a body
	maxText   = 2 << 10  // bytes of a path, or of a header's or a query parameter's value
	maxFields = 100      // headers, and query parameters
	maxHeld   = 64 << 10 // bytes of all of them together
)

const (
	redacted       = "[redacted]"
	redactedPrefix = "[redacted" // of "[redacted token]" too
)

// Field returns the value of the header or query parameter called name as the
// journal may keep it. Of credentials only a well-known scheme is kept, and that one is
// empty: nothing is no secret.
func Field(name, value string) string {
	if value == "" {
		return ""
	}
	if secretName(name) || strings.EqualFold(ownName(name), "key") {
		scheme, _, _ := strings.Cut(value, " ")
		if kept := Scheme(scheme); strings.EqualFold(name, "Authorization") && kept != redacted {
			return kept + " " + redacted
		}
		return redacted
	}
	kept := value
	if strings.Contains(value, "{") { // members may be secrets, as in a body
		kept = string(withoutSecretMembers([]byte(value[:min(len(value), maxText)])))
	}
	return marked(clean(kept, maxText), max(len(value), len(kept)) > maxText)
}

// Claim returns the value of the claim called name as the journal may keep it.
func Claim(name string, value any) any {
	if secretName(name) {
		return redacted
	}
	return Value(value)
}

// Scheme returns the first word of an Authorization header as the journal may keep it: one
// that is no well-known scheme may be a key.
func Scheme(word string) string {
	if slices.Contains(schemes, strings.ToLower(word)) {
		return word
	}
	return redacted
}

// Text returns s without tokens and secret members, cut to a bounded length, and an
// ellipsis where it is cut.
func Text(s string) string { return marked(clean(s, maxText), len(s) > maxText) }

// cutMark stands where a text is cut.
const cutMark = "…"

// marked is what is kept of a text, marked if it was cut. It is a copy of its own: a
// substring of a request would keep the whole request alive.
func marked(kept string, cut bool) string {
	if cut {
		return kept + cutMark
	}
	return strings.Clone(kept)
}

// Body returns a body as the journal keeps it, cut at MaxBody bytes.
func Body(b []byte) string {
	text := string(withoutSecretMembers(b[:min(len(b), MaxBody)]))
	kept := clean(text, MaxBody)
	if kept != text && json.Valid([]byte(text)) {
		return valid(textsCleaned(text))
	}
	return kept
}

// textsCleaned is JSON without the secrets in its texts. Each is looked at by itself: what
// one says of passwords is no reason to lose the next.
func textsCleaned(text string) string {
	var out strings.Builder
	copied := 0
	for at := 0; at < len(text); at++ {
		if text[at] != '"' {
			continue
		}
		end := at + 1
		for ; text[end] != '"'; end++ {
			if text[end] == '\\' {
				end++
			}
		}
		said := text[at+1 : end]
		if kept := clean(said, len(said)); kept != said {
			out.WriteString(text[copied : at+1])
			out.WriteString(kept)
			copied = end
		}
		at = end
	}
	return out.String() + text[copied:]
}

// Sentence returns a sentence of ours as the journal keeps it. Its words are no
// secrets, whatever they are called; what it quotes may be a caller's.
func Sentence(s string) string {
	s = s[:min(len(s), 2*maxText)]
	if strings.Contains(s, `"`) {
		s = quotesCleaned(s)
	}
	if strings.Contains(s, "eyJ") {
		s = jwt().ReplaceAllString(s, "[redacted token]")
	}
	return strings.Clone(valid(s))
}

// quotesCleaned is a sentence in which what stands in quotes, as %q and JSON write them,
// has been through Text, and in which JSON has no texts behind a secret's name.
func quotesCleaned(s string) string {
	s = replace(s, secretWord, (&nameRun{}).quotedSecret)
	var out strings.Builder
	for {
		at := strings.IndexByte(s, '"')
		if at < 0 {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(s[:at])
		quoted, err := strconv.QuotedPrefix(s[at:])
		if err != nil {
			quoted = `"` // of a text that is cut off, or of none
		}
		out.WriteString(quoteCleaned(quoted))
		s = s[at+len(quoted):]
	}
}

func quoteCleaned(quoted string) string {
	if !strings.ContainsAny(quoted, `\:=%`) && !strings.Contains(quoted, "PRIVATE KEY") && words().in(quoted) == 0 {
		return quoted // the names and ids that most sentences quote
	}
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return quoted
	}
	if kept := Text(text); kept != text {
		return strconv.Quote(kept)
	}
	return quoted
}

func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

func clean(s string, limit int) string {
	// Cut first: what is matched stays bounded. A token that the cut runs through
	// is still recognised by its beginning.
	if len(s) > limit {
		s = s[:limit]
	}
	// Most text holds nothing that has to go, and one look over it tells so.
	found := words().in(s)
	if strings.Contains(s, "eyJ") {
		s = jwt().ReplaceAllString(s, "[redacted token]")
	}
	if strings.Contains(s, "PRIVATE KEY-----") {
		s = privateKey().ReplaceAllString(s, "[redacted private key]")
	}
	// Issuers and audiences are URLs, and hold no @: to look closer takes three times as long.
	if _, after, isURL := strings.Cut(s, "://"); isURL && strings.Contains(after, "@") {
		s = userinfo().ReplaceAllString(s, "${1}"+redacted+"@")
	}
	if found&schemeWord != 0 {
		s = replace(s, schemeWord, credential)
	}
	if found&urlWord != 0 {
		s = replace(s, urlWord, urlSecret)
	}
	if found&secretWord != 0 {
		s = replace(s, secretWord, (&nameRun{}).quotedSecret)
		s = replace(s, secretWord, (&nameRun{}).plainSecret)
		s = replace(s, secretWord, (&nameRun{}).elementSecret)
		s = withoutSecretParts(s)
	}
	return valid(withoutSecretPairs(s))
}

// secretWords are the parts of names, in lower case, whose values are credentials.
var secretWords = slices.Concat([]string{"authorization", "cookie", "secret", "passw", "passphrase", "pwd", "token", "assertion", "credential",
	"signature", "client-cert", "clientcert", "identity-header"}, keyWords())

// keyWords are api-key, api_key, apikey and their like.
func keyWords() []string {
	var words []string
	for _, whose := range []string{"access", "account", "api", "auth", "client", "encryption", "functions", "master", "private", "sas", "shared", "subscription"} {
		words = append(words, whose+"key", whose+"-key", whose+"_key")
	}
	return words
}

// secretName reports whether what is called name is a credential.
func secretName(name string) bool {
	lower := strings.ToLower(name)
	own := ownName(lower)
	return own == "sig" || own == "code" || containsAny(lower, secretWords)
}

// ownName returns a name without what an & that was escaped leaves before it: amp;sig.
func ownName(name string) string { return name[strings.LastIndexAny(name, "&;?")+1:] }

func containsAny(lower string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(lower, word) })
}

// schemes are those of RFC 9110 and of Azure whose credentials stand in headers.
var schemes = []string{"bearer", "basic", "pop", "digest", "negotiate", "hmac-sha256", "hmac", "sharedaccesssignature", "sharedkey"}

var (
	// jwt matches a token wherever it stands, whole or cut off: base64url of {"
	// begins with eyJ.
	jwt = compiled(`eyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_=-]*){1,4}`)
	// https://user:password@host
	userinfo = compiled(`(://[^/\s:@]*:)[^/\s"']+@`)
	// A private key in PEM, whole or cut off.
	privateKey = compiled(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\z)`)
)

// compiled is when it is first needed, as the words are.
func compiled(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
