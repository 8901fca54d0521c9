package journal

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// byPatterns is clean as patterns say it: what each means, and far too slow.
func byPatterns(s string, limit int) string {
	// Cut first: what is matched stays bounded. A token that the cut runs through
	// is still recognised by its beginning.
	if len(s) > limit {
		s = s[:limit]
	}
	// Patterns are dear, and most text holds nothing that they could find.
	lower := strings.ToLower(s)
	if strings.Contains(lower, "eyj") {
		s = jwt().ReplaceAllString(s, "[redacted token]")
	}
	if strings.Contains(lower, "://") {
		s = userinfo().ReplaceAllString(s, "${1}"+redacted+"@")
	}
	if containsAny(lower, schemes) {
		s = credentialPattern.ReplaceAllString(s, "$1 "+redacted)
	}
	if containsAny(lower, []string{"sig", "code", "key"}) {
		s = urlPattern.ReplaceAllString(s, "${1}"+redacted)
	}
	if containsAny(lower, secretWords) {
		s = quotedPattern.ReplaceAllString(s, "${1}"+redacted+"${2}")
		s = plainPattern.ReplaceAllString(s, "${1}"+redacted)
		s = elementsByPattern(s)
		s = partPattern.ReplaceAllString(s, "${1}"+redacted)
	}
	return valid(pairsByPattern(s))
}

// elementsByPattern is elementSecret.
func elementsByPattern(s string) string {
	out := ""
	for {
		m := elementPattern.FindStringIndex(s)
		if m == nil {
			return out + s
		}
		end := "<"
		if strings.HasSuffix(s[:m[1]], "<![CDATA[") {
			end = "]]>"
		}
		n := strings.Index(s[m[1]:], end)
		if n < 0 {
			n = len(s) - m[1]
		}
		out += s[:m[1]]
		if n > 0 {
			out += redacted
		}
		s = s[m[1]+n:]
	}
}

// pairsByPattern is withoutSecretPairs.
func pairsByPattern(s string) string {
	out := ""
	for {
		m := pairPattern.FindStringSubmatchIndex(s)
		if m == nil {
			return out + s
		}
		if name := s[m[2]:m[3]]; secretPair(name) {
			out += s[:m[4]] + redacted
			s = s[m[5]:]
			continue
		}
		out += s[:m[4]]
		s = s[m[4]:]
	}
}

// anyOf is an alternative of plain words in a pattern.
func anyOf(words []string) string { return "(?:" + strings.Join(words, "|") + ")" }

var (
	// credential matches what follows a scheme in any header or text.
	credentialPattern = regexp.MustCompile(`(?i)\b(` + strings.Join(schemes, "|") + `)\s+[A-Za-z0-9+/_.=~:-]{8,}`)
	// sig=… and code=… in a URL or a form, their signs as they are, escaped once or
	// twice as in a query, or escaped as in JSON; key=… in a query.
	urlPattern = regexp.MustCompile(`(?i)((?:(?:^|[^a-z]|\\u0026|%(?:25)?26|%(?:25)?3f)(?:sig|code)|[?&]key)\s*(?:=|%(?:25)?3d|\\u003d))(?:[^\s&"'<>\\;,%]|%(?:25)?(?:[013-9a-f][0-9a-f]|2[0-57-9a-f]))+`)
	// "client_secret": "…", password="…", \"password\":\"…\", also when the end is
	// cut off.
	quotedPattern = regexp.MustCompile(`(?i)(` + anyOf(secretWords) + `[A-Za-z0-9_.-]*\\?["']?\s*[:=]\s*\\?")(?:[^"\\]|\\[^"])*(\\?"|\\?$)`)
	// password=… and password: … to the end of the line or of the pair: where a
	// secret ends, nobody knows.
	plainPattern = regexp.MustCompile(`(?i)(` + anyOf(secretWords) + `[A-Za-z0-9_.-]*\\?["']?\s*(?:[=:]|%(?:25)?3[ad])\s*)[^\s&"\\\[][^&\r\n]*`)
	// <password>…
	elementPattern = regexp.MustCompile(`(?i)<[A-Za-z0-9_:.-]*` + anyOf(secretWords) + `[A-Za-z0-9_:.-]*(?:\s[^<>]*)?>(?-i:<!\[CDATA\[)?`)
	// name=… in a URL or a form.
	pairPattern = regexp.MustCompile(`([^=&?;\s"]*)=([^&\s"]+)`)
	// A part of multipart/form-data: its headers, an empty line, the value.
	partPattern = regexp.MustCompile(`(?i)(\bname="?[^"\r\n;]*` + anyOf(secretWords) + `[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){0,4}\r?\n)[^\r\n]+`)
)

// What looks for secrets byte by byte finds what the patterns find, in any text of
// ASCII. (Patterns also take U+212A for a k and U+017F for an s.)
func FuzzSecretsAreThePatterns(f *testing.F) {
	for _, text := range []string{
		"a Bearer abcdefghijkl b", "hmac-sha256 abcdefgh", "xbasic abcdefgh", "pop\t\nabcdefg", "?sig=a%26b&sig=c%3fcode=d%253fsig%253de\\u0026code\\u003dx", "?key = a;key=b&key=%2526x",
		`{"password":"a\"b","x":1}`, `\"token\" : \"a\\\"`, `client_secret.x-y: 'z'&a`, "password%3Da%26b\nsecret=[x]", `"secret":"cut\`, "passwordpassword=secretoken=1",
		"<a:password b='c'>top</a><passwordtoken>x<", "<secret >>y<", "name=\"x;password\nA: b\r\n\r\nvalue\nname=pwd\n\nv", "rename=token\n\nx", "name=token\na\nb\nc\nd\n\nv\n", "name=token\na\nb\nc\nd\ne\n\nv\n",
		"name=a;name=\"token\"\r\n\r\nname=secret\r\n\r\nx", "name=x\rname=token\n\n\nx", "name=d\x00name=\"token\"\r\n\r\nn", "https://a:b@c/?key=1", "eyJaaaaaaa.b.c",
		"a?s%69g=b&user[password]=c&user%5Bpass%2577ord%5D=d\"", "<token><![CDATA[a<b]]></token><secret><![CDATA[c",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) || len(text) > 2000 {
			return
		}
		if got, want := clean(text, maxText), byPatterns(text, maxText); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", text, got, want)
		}
	})
}

// Text of which mayNameSecret says that no member's name is a secret's has none that a
// decoder finds.
func FuzzMembersAreNotOverlooked(f *testing.F) {
	for _, text := range []string{`{"a":"code","b":1}`, `{"code" : 1}`, `{"pass\u0077ord":1}`, `{"password\"x":1}`, `{"x\\":"token","token\\":2}`, `["sig",{"x":{"Sig":[]}}]`, `{"token`, "{\"to\u212aen\":1}", `{"token"`, `{"a":"b\"token\":"}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if mayNameSecret([]byte(text)) || !json.Valid([]byte(text)) {
			return
		}
		var names func(v any) bool
		names = func(v any) bool {
			switch v := v.(type) {
			case []any:
				return slices.ContainsFunc(v, names)
			case map[string]any:
				for name, inner := range v {
					if secretName(name) || names(inner) {
						return true
					}
				}
			}
			return false
		}
		var value any
		if err := json.Unmarshal([]byte(text), &value); err == nil && names(value) {
			t.Errorf("a secret is overlooked in %s", text)
		}
	})
}
