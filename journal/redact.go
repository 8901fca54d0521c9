package journal

import (
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
// journal may keep it. Of credentials only a well-known scheme is kept.
func Field(name, value string) string {
	if secretName(name) || strings.EqualFold(name, "key") {
		scheme, _, _ := strings.Cut(value, " ")
		if strings.EqualFold(name, "Authorization") && slices.Contains(schemes, strings.ToLower(scheme)) {
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

// Sentence returns a sentence of ours as the journal keeps it. Its words are no
// secrets, whatever they are called; what it quotes of a caller's has been through
// Text or Value.
func Sentence(s string) string {
	return kept(jwt.ReplaceAllString(s[:min(len(s), 2*maxText)], "[redacted token]"))
}

// kept is s for keeping: valid, and a copy of its own. A substring of a request
// would keep the whole request alive.
func kept(s string) string { return strings.Clone(strings.ToValidUTF8(s, "\ufffd")) }

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
	if strings.Contains(lower, "://") {
		s = userinfo.ReplaceAllString(s, "${1}"+redacted+"@")
	}
	if containsAny(lower, schemes) {
		s = credential.ReplaceAllString(s, "$1 "+redacted)
	}
	if containsAny(lower, []string{"sig", "code", "key"}) {
		s = urlSecret.ReplaceAllString(s, "${1}"+redacted)
	}
	if containsAny(lower, secretWords) {
		s = quotedSecret.ReplaceAllString(s, "${1}"+redacted+"${2}")
		s = plainSecret.ReplaceAllString(s, "${1}"+redacted)
		s = elementSecret.ReplaceAllString(s, "${1}"+redacted)
		s = partSecret.ReplaceAllString(s, "${1}"+redacted)
	}
	return kept(s)
}

// secretWords are the parts of names, in lower case, whose values are credentials.
var secretWords = slices.Concat([]string{"authorization", "cookie", "secret", "passw", "passphrase", "pwd", "token", "assertion", "credential",
	"signature", "client-cert", "clientcert", "identity-header"}, keyWords())

// keyWords are api-key, api_key, apikey and their like.
func keyWords() []string {
	var words []string
	for _, whose := range []string{"access", "account", "api", "client", "functions", "private", "sas", "shared", "subscription"} {
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
var schemes = []string{"bearer", "basic", "pop", "digest", "negotiate", "hmac-sha256", "hmac", "sharedaccesssignature", "sharedkey"}

// anyOf is an alternative of plain words in a pattern.
func anyOf(words []string) string { return "(?:" + strings.Join(words, "|") + ")" }

var (
	// jwt matches a token wherever it stands, whole or cut off: base64url of {"
	// begins with eyJ.
	jwt = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_=-]*){1,4}`)
	// https://user:password@host
	userinfo = regexp.MustCompile(`(://[^/\s:@]*:)[^/\s@]+@`)
	// credential matches what follows a scheme in any header or text.
	credential = regexp.MustCompile(`(?i)\b(` + strings.Join(schemes, "|") + `)\s+[A-Za-z0-9+/_.=~:-]{8,}`)
	// sig=… and code=… in a URL or a form, their signs as they are, escaped once or
	// twice as in a query, or escaped as in JSON; key=… in a query.
	urlSecret = regexp.MustCompile(`(?i)((?:(?:^|[^a-z]|\\u0026|%(?:25)?26|%(?:25)?3f)(?:sig|code)|[?&]key)\s*(?:=|%(?:25)?3d|\\u003d))(?:[^\s&"'<>\\;,%]|%(?:25)?(?:[013-9a-f][0-9a-f]|2[0-57-9a-f]))+`)
	// "client_secret": "…", password="…", \"password\":\"…\", also when the end is
	// cut off.
	quotedSecret = regexp.MustCompile(`(?i)(` + anyOf(secretWords) + `[A-Za-z0-9_.-]*\\?["']?\s*[:=]\s*\\?")(?:[^"\\]|\\[^"])*(\\?"|\\?$)`)
	// password=… and password: … to the end of the line or of the pair: where a
	// secret ends, nobody knows.
	plainSecret = regexp.MustCompile(`(?i)(` + anyOf(secretWords) + `[A-Za-z0-9_.-]*\\?["']?\s*(?:[=:]|%(?:25)?3[ad])\s*)[^\s&"\\\[][^&\r\n]*`)
	// <password>…
	elementSecret = regexp.MustCompile(`(?i)(<[A-Za-z0-9_:.-]*` + anyOf(secretWords) + `[A-Za-z0-9_:.-]*(?:\s[^<>]*)?>)[^<]+`)
	// A part of multipart/form-data: its headers, an empty line, the value.
	partSecret = regexp.MustCompile(`(?i)(\bname="?[^"\r\n;]*` + anyOf(secretWords) + `[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){0,4}\r?\n)[^\r\n]+`)
)
