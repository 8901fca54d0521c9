package inspector

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"unicode"
)

// seen is text of a caller's as a page shows it: escaped, and every character that
// is not seen, or that would move its neighbours, written out. A token can hold an
// aud that ends in a zero-width space, and that is what its owner looks for.
func seen(s string) template.HTML { return written(s, "") }

// breakable is seen for a name such as MisMatchingOAuthClaims, which a narrow page may
// break between its words.
func breakable(s string) template.HTML {
	var b strings.Builder
	from, before := 0, ' '
	for at, r := range s {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteString(string(seen(s[from:at])) + "<wbr>")
			from = at
		}
		before = r
	}
	return template.HTML(b.String()) + seen(s[from:])
}

// seenLines is seen for text with lines of its own.
func seenLines(s string) template.HTML { return written(s, "\n\t") }

func written(s, kept string) template.HTML {
	s = strings.ToValidUTF8(s, "\ufffd")
	var b strings.Builder
	from := 0
	for at, r := range s {
		if !unseen(r) || strings.ContainsRune(kept, r) {
			continue
		}
		b.WriteString(template.HTMLEscapeString(s[from:at]))
		fmt.Fprintf(&b, `<span class="unseen" title="U+%04X">%s</span>`, r, spelled(r))
		from = at + len(string(r))
	}
	b.WriteString(template.HTMLEscapeString(s[from:]))
	return template.HTML(b.String()) // every piece of it is escaped above, or ours
}

// Plainly is text as it is shown where no element can stand: in titles and options, and
// in the labels of metrics.
func Plainly(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if !strings.ContainsFunc(s, unseen) {
		return s // as most is, and each call is counted under a name
	}
	var b strings.Builder
	for _, r := range s {
		if unseen(r) {
			b.WriteString(spelled(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unseen reports whether a character shows nothing, looks like another, or acts on
// the text around it.
func unseen(r rune) bool {
	switch r {
	case '\u2800', '\U00013441', '\U00013442', '\U00016fe4', '\U0001d159': // blank, and for Unicode as good as any other
		return true
	}
	// Controls, bidi marks, zero-width characters and other spaces are not for print; the
	// tables have the letters and marks that nothing is to be shown for.
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// spelled names a character that is not seen: the picture of a control character
// where Unicode has one, its number otherwise.
func spelled(r rune) string {
	switch {
	case r < ' ':
		return string('\u2400' + r)
	case r == '\u007f':
		return "\u2421"
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// jsonText is a decoded JSON value as JSON writes it.
func jsonText(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "?" // a value that came from JSON goes back to it
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// valueText is a claim's value to be read: a text without quotes, the rest as JSON.
func valueText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return jsonText(v)
}

// reasonWords are the reasons of the journal, in words.
var reasonWords = map[string]string{
	"none":                "Nothing",
	"api-version":         "The api-version",
	"workflow":            "No such workflow",
	"trigger":             "No such trigger",
	"route":               "No such path",
	"address":             "The caller's address",
	"no-credentials":      "No credentials",
	"several-schemes":     "Several schemes",
	"scheme-disabled":     "Scheme disabled",
	"sas-incomplete":      "Signed URL incomplete",
	"sas-signature":       "Signature of the URL",
	"sas-scope":           "Signed for another trigger",
	"sas-expired":         "Signed URL has ended",
	"token-malformed":     "Token malformed",
	"token-algorithm":     "Algorithm of the token",
	"token-key":           "Key of the token",
	"token-signature":     "Signature of the token",
	"token-expired":       "Token expired",
	"token-not-yet-valid": "Token not yet valid",
	"token-no-expiry":     "Token without expiry",
	"no-policy":           "No policy for tokens",
	"claims":              "Claims do not match",
	"state":               "Workflow is not enabled",
	"method":              "Method of the call",
	"body":                "Body is not usable",
	"condition":           "Condition not met",
}

// causeWords are the causes that are not words already.
var causeWords = map[string]string{
	"nearest-policy":          "No policy is met",
	"appid-for-azp":           "appid for azp",
	"client-id-for-object-id": "Client id for object id",
}

// inWords makes a name out of one of the closed sets into words: other-tenant into
// Other tenant.
func inWords(name string) string {
	if known := cmp.Or(reasonWords[name], causeWords[name]); known != "" {
		return known
	}
	words := strings.ReplaceAll(name, "-", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
