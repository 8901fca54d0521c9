package journal

import (
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
	if secretName.MatchString(name) {
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
func Body(b []byte) string { return clean(string(b[:min(len(b), MaxBody)]), MaxBody) }

func clean(s string, limit int) string {
	// Cut first: what is matched stays bounded. A token that the cut runs through
	// is still recognised by its beginning.
	if len(s) > limit {
		s = s[:limit]
	}
	s = jwt.ReplaceAllString(s, "[redacted token]")
	s = jsonSecret.ReplaceAllString(s, `$1"`+redacted+`"`)
	s = formSecret.ReplaceAllString(s, "$1"+redacted)
	return strings.ToValidUTF8(s, "\ufffd")
}

var (
	schemeWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,31}$`)
	// secretName matches the names of headers and parameters whose values are
	// credentials whatever they look like.
	secretName = regexp.MustCompile(`(?i)authorization|cookie|secret|passw|token|assertion|credential|signature|api-?key|functions-key|subscription-key|identity-header|^sig$|^code$|^x-functions-clientid$`)
	// jwt matches a token wherever it stands, whole or cut off: base64url of {"
	// begins with eyJ.
	jwt        = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_=-]*){1,4}`)
	jsonSecret = regexp.MustCompile(`(?i)("[^"\\]{0,64}(?:secret|passw|token|assertion|signature|api_?key|credential)[^"\\]{0,64}"\s*:\s*)"(?:[^"\\]|\\.)*("|$)`)
	formSecret = regexp.MustCompile(`(?i)((?:^|[?&\s])(?:sig|[A-Za-z0-9_.-]{0,64}(?:secret|passw|token|assertion|signature|api_?key|credential)[A-Za-z0-9_.-]{0,64})=)[^&\s]*`)
)

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
