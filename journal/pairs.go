package journal

import (
	"net/url"
	"strings"
)

// withoutSecretPairs replaces the values of pairs in a URL or a form whose names say only
// once they are unescaped, or by a part in brackets, that they are secrets: s%69g=…,
// user[password]=…, user%5Bpassword%5D=…
func withoutSecretPairs(text string) string {
	if !strings.ContainsAny(text, "%[") {
		return text
	}
	var out strings.Builder
	copied, begin := 0, 0 // of the name that may come
	for at := 0; at < len(text); at++ {
		switch c := text[at]; {
		case c == '=':
			if secretPair(text[begin:at]) { // first: to look for the end of each value would look at all of them again and again
				if end := skip(text, at+1, pairSign); end > at+1 {
					out.WriteString(text[copied : at+1])
					out.WriteString(redacted)
					copied, at = end, end-1
				}
			}
			begin = at + 1
		case !pairSign(c), c == '?', c == ';':
			begin = at + 1
		}
	}
	return out.String() + text[copied:]
}

// pairSign is a sign of a name or a value.
func pairSign(c byte) bool { return !space(c) && c != '&' && c != '"' }

// secretPair reports whether a name that is escaped, or has brackets, is a secret's.
func secretPair(name string) bool {
	if !strings.ContainsAny(name, "%[") {
		return false
	}
	for range 2 { // as escaped in a URL that stands in another
		unescaped, err := url.PathUnescape(name)
		if err != nil {
			break
		}
		name = unescaped
	}
	return secretName(name)
}
