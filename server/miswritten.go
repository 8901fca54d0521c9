package server

import (
	"fmt"
	"slices"
	"strings"
)

// What callers' code does to an Authorization header and to a signed URL, told as the slip
// that it is: where base64 ends, or that two tokens after each other have as many parts as an
// encrypted one, leads nobody to it. What is said repeats nothing that may be a secret.

const oneHeader = "send one Authorization header, with Bearer, a blank and the access token"

// emptied are texts that languages make of a variable without a value. They are no secrets.
var emptied = []string{"undefined", "null", "None", "nil", "NaN", "true", "false", "[object Object]", "[object Promise]"}

// tokenBegin is how a token begins: a JSON object's {" in base64.
const tokenBegin = "eyJ"

// misplaced says what is wrong about the scheme's place in a header that has none which
// takes a token; "" where it is no usual slip.
func (c *call) misplaced(scheme string) string {
	const bearer = "bearer"
	word := strings.Trim(scheme, `:=,"'`)
	switch n := len(c.request.Header.Values("Authorization")); {
	case n > 1:
		return fmt.Sprintf("the call has %d Authorization headers", n)
	case word != scheme && isTokenScheme(word):
		return fmt.Sprintf("the Authorization header has a sign beside the word %s, such as a colon or a quote", word)
	case len(scheme) > len(bearer) && strings.EqualFold(scheme[:len(bearer)], bearer) && strings.Contains(scheme[len(bearer):], tokenBegin):
		return "there is no blank between Bearer and the token in the Authorization header"
	}
	return ""
}

// miswritten says what is wrong with the way in which a token stands in its header, and what
// to change; "" where it is no usual slip. It is asked of a token that could not be read.
func (c *call) miswritten(scheme, credential string) (detail, fix string) {
	word, _, spaced := strings.Cut(credential, " ")
	first, others, _ := strings.Cut(credential, ",")
	switch n := len(c.request.Header.Values("Authorization")); {
	case n > 1:
		return fmt.Sprintf("the call has %d Authorization headers", n), oneHeader
	case credential == "":
		return fmt.Sprintf("the Authorization header has %s and no token after it", scheme),
			"send the access token after " + scheme + "; see whether the variable that it is taken from is set"
	case slices.Contains(emptied, credential):
		return fmt.Sprintf("the Authorization header has %s %s: what should hold the token has none", scheme, credential),
			"send the access token after " + scheme + "; see where the variable that it is taken from is set"
	case isTokenScheme(word) && !strings.EqualFold(word, scheme):
		return fmt.Sprintf("the Authorization header has two schemes, %s and %s", scheme, word),
			"write one scheme: Bearer before an access token, PoP before a signed request"
	case isTokenScheme(word):
		return fmt.Sprintf("the Authorization header has %s and %s again before the token", scheme, word),
			"write the scheme once: what the token is taken from begins with it already"
	case strings.ContainsAny(credential[:1], "\"'`"):
		return "the token stands in quotes", "send the token without the quotes around it"
	case credential[0] == '{' && strings.Contains(credential, `":`):
		return fmt.Sprintf("the Authorization header has JSON after %s, as a token endpoint answers", scheme),
			"send the access_token of the JSON alone after " + scheme
	case strings.TrimSpace(others) != "":
		return "the Authorization header has several values, with a comma between them", oneHeader
	case first != credential:
		return "the token has a comma after it", "send the token without the comma"
	case strings.ContainsAny(credential, "{}<>$%") && !strings.HasPrefix(credential, tokenBegin):
		return fmt.Sprintf("the token has a %q in it, as a placeholder has that nothing was put in for", credential[strings.IndexAny(credential, "{}<>$%")]),
			"put the access token in the place of the placeholder"
	case spaced:
		return "the token has a blank in it", "send the token in one piece, as it was issued, without a line break or anything after it"
	}
	return "", ""
}

func isTokenScheme(word string) bool {
	_, ok := policyType(word)
	return ok
}

// The signs that & arrives as when a URL was copied out of a text that escapes it.
var ampersands = []struct{ written, by string }{
	{`\u0026`, "JSON writes"}, {"&amp;", "HTML and XML write"}, {"%26", "a URL within another writes"},
}

// ampersand says what the URL has in the place of & between its parameters, and what to
// change; "" where nothing shows it.
func (c *call) ampersand() (detail, fix string) {
	version := c.query.Get("api-version")
	for i, found := range []bool{
		strings.Contains(version, `\u0026`),
		slices.ContainsFunc(c.query, func(p parameter) bool { return strings.HasPrefix(p.name, "amp;") }),
		strings.Contains(version, "&"),
	} {
		if sign := ampersands[i]; found {
			return fmt.Sprintf("the URL has %s between its parameters, as %s &, so that those which follow are not seen", sign.written, sign.by),
				fmt.Sprintf("write & for each %s in the URL", sign.written)
		}
	}
	return "", ""
}

// orAmpersand returns what ampersand says, and otherwise detail and fix.
func (c *call) orAmpersand(detail, fix string) (string, string) {
	if slip, instead := c.ampersand(); slip != "" {
		return slip, instead
	}
	return detail, fix
}

// signature says what shows of a sig that neither key made: that the URL was cut, or escaped
// once more, on its way; "" where nothing does.
func (c *call) signature() (detail, fix string) {
	const whole = 43 // characters of a sig
	const copied = "copy the signed URL whole, with nothing behind it"
	switch n := len(c.query.Get("sig")); {
	case strings.HasPrefix(c.query.Get("sp"), "%"): // in the place of its first /; a trigger's name may have one
		return "sp is escaped twice", "send the signed URL as it was given, without escaping it once more"
	case n < whole:
		return fmt.Sprintf("sig has %d characters, and a whole one has %d: its end is missing", n, whole), copied
	case n > whole:
		return fmt.Sprintf("sig has %d characters, and a whole one has %d: something stands behind it", n, whole), copied
	}
	return "", ""
}
