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
	if strings.Contains(lower, "private key") {
		s = privateKey().ReplaceAllString(s, "[redacted private key]")
	}
	if strings.Contains(lower, "://") {
		s = userinfo().ReplaceAllString(s, "${1}"+redacted+"@")
	}
	if containsAny(lower, schemes) {
		s = credentialPattern.ReplaceAllString(s, "$1 "+redacted)
	}
	if containsAny(lower, []string{"sig", "code", "key"}) {
		s = urlsByPattern(s)
	}
	if containsAny(lower, secretWords) {
		s = namedByPattern(s, quotedValue)
		s = namedByPattern(s, plainValue)
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
	// twice as in a query, or escaped as in JSON; key=… in a query; "sig":"…", and
	// %22code%22%3A%22…
	urlPattern = regexp.MustCompile(`(?i)((?:(?:^|[^a-z]|\\u0026|%(?:25)?26|%(?:25)?3f)(?:sig|code)|[?&]key)\s*(?:=|%(?:25)?3d|\\u003d))(?:[^\s&"'<>\\;,%]|%(?:25)?(?:[013-9a-f][0-9a-f]|2[0-57-9a-f]))+` +
		`|(` + anyQuote + `)(sig|code)` + backslashes0 + `(` + anyQuote + `)` + gaps + is + gaps)
	// password, password", \"password\", %22password%22, and what says that it is something.
	namePattern = regexp.MustCompile(`(?i)` + anyOf(secretWords) + `[A-Za-z0-9_.-]*` + backslashes0 + `(` + anyQuote + `)?` + gaps + is + gaps)
	// <password>…
	elementPattern = regexp.MustCompile(`(?i)<[A-Za-z0-9_:.-]*` + anyOf(secretWords) + `[A-Za-z0-9_:.-]*(?:\s[^<>]*)?>(?-i:<!\[CDATA\[)?`)
	// name=… in a URL or a form.
	pairPattern = regexp.MustCompile(`([^=&?;\s"]*)=([^&\s"]+)`)
	// A part of multipart/form-data: its headers, an empty line, the value.
	partPattern = regexp.MustCompile(`(?i)(\bname="?[^"\r\n;]*` + anyOf(secretWords) + `[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){0,4}\r?\n)[^\r\n]+`)
)

// Signs as they are, escaped in a URL as often as one likes, in JSON, and quotes in HTML.
const (
	oneBackslash = `(?:\\u005c|\\|%(?:25)*5c)`
	backslashes0 = oneBackslash + `*`
	anyQuote     = `(?:["']|%(?:25)*2[27]|\\u002[27]|(?-i:&quot;|&#34;|&apos;|&#39;))`
	oneGap       = `(?:[\s+]|%(?:25)*(?:20|09|0[acd])|\\u00(?:20|09|0[acd]))`
	gaps         = oneGap + `*`
	is           = `(?:[:=]|%(?:25)*3[ad]|\\u003[ad])(?:[=>]|%(?:25)*3[de]|\\u003[de])?`
)

var (
	backslashPattern = regexp.MustCompile(`(?i)` + oneBackslash)
	openingPattern   = regexp.MustCompile(`(?i)^(` + backslashes0 + `)(` + anyQuote + `)`)
	closingPattern   = regexp.MustCompile(`(?i)(` + backslashes0 + `)(` + anyQuote + `|[\r\n])`)
	doublePattern    = regexp.MustCompile(`(?i)^(?:"|%(?:25)*22|\\u0022|(?-i:&quot;|&#34;))$`)
	// What a value in quotes ends before, unless it goes on.
	afterPattern = regexp.MustCompile(`(?i)^(?:$|&|` + oneGap + `|[,;)}\]>/<\x60'\\]|%(?:25)*(?:2[cf79]|3[bce]|5[cd]|60|7d)|\\u00(?:2[cf79]|3[bce]|5[cd]|60|7d)|(?-i:&apos;|&#39;))`)
	// What a list in a member ends before.
	memberEndPattern = regexp.MustCompile(`(?i)^` + gaps + `(?:[,}\]]|%(?:25)*(?:2c|5d|7d)|\\u00(?:2c|5d|7d))`)
	opensPattern     = regexp.MustCompile(`(?i)^(?:[\[{]|%(?:25)*[57]b|\\u00[57]b)`)
	closesPattern    = regexp.MustCompile(`(?i)^(?:[\]}]|%(?:25)*[57]d|\\u00[57]d)`)
	wordPattern      = regexp.MustCompile(`(?i)^(?:` + oneBackslash + `+(?-i:[nrt])?|(?-i:true|false|null)|` + oneGap + `|[0-9,:+.e-]|%(?:25)*(?:3[0-9a]|2[bcde]|[46]5)|\\u00(?:3[0-9a]|2[bcde]|[46]5))`)
)

// depthByCount is in how many JSON texts a quote with so many backslashes is escaped.
func depthByCount(backslashes int, spelled string) int {
	if strings.HasPrefix(spelled, `\`) && backslashes%2 == 0 {
		backslashes /= 2
	}
	depth := 0
	for ; backslashes%2 == 1; backslashes = (backslashes - 1) / 2 {
		depth++
	}
	return depth
}

// inQuotes returns the text in the quotes that s begins with, and where they end. What
// ends early ends at a line's end, at a quote that is not escaped, or in a form with its pair.
func inQuotes(s string) (spelled string, from, to, after int) {
	m := openingPattern.FindStringSubmatchIndex(s)
	if m == nil {
		return "", 0, 0, 0
	}
	count := func(text string) int { return len(backslashPattern.FindAllString(text, -1)) }
	spelled, from = s[m[4]:m[5]], m[5]
	depth := depthByCount(count(s[m[2]:m[3]]), spelled)
	stop := len(s)
	for _, n := range closingPattern.FindAllStringSubmatchIndex(s[from:], -1) {
		quote, at := s[from+n[4]:from+n[5]], from+n[4]
		d := depthByCount(count(s[from+n[2]:from+n[3]]), spelled)
		if strings.EqualFold(quote, spelled) && d == 0 {
			return spelled, from, at, from + n[1]
		}
		if strings.EqualFold(quote, spelled) && d <= depth {
			return spelled, from, from + n[2], from + n[1]
		}
		if spelled != `"` && (quote == "\r" || quote == "\n" || quote == `"` && spelled != "'") {
			stop = at
			break
		}
	}
	if i := strings.IndexByte(s[from:stop], '&'); i >= 0 && spelled[0] == '%' {
		stop = from + i
	}
	return spelled, from, stop, 0
}

// restOf returns where the line or the pair ends.
func restOf(s string, at int) int {
	if n := strings.IndexAny(s[at:], "&\r\n"); n >= 0 {
		return at + n
	}
	return len(s)
}

// quotedValue is the value in quotes that s begins with. named is the quote that the name ended with.
func quotedValue(s, named string) (from, to int, ok bool) {
	spelled, from, to, after := inQuotes(s)
	if spelled == "" || spelled[0] == '%' && !doublePattern.MatchString(named) || spelled == "'" && after == 0 {
		return 0, 0, false
	}
	if after > 0 && !afterPattern.MatchString(s[after:]) {
		to = restOf(s, to)
	}
	return from, to, true
}

// plainValue is the value that s begins with, if it is in no quotes.
func plainValue(s, named string) (from, to int, ok bool) {
	if s == "" || s[0] == '&' || strings.HasPrefix(s, redactedPrefix) {
		return 0, 0, false
	}
	if spelled, _, _, _ := inQuotes(s); spelled != "" && spelled != "'" && (spelled[0] != '%' || doublePattern.MatchString(named)) {
		return 0, 0, false
	}
	to, closed := nestedByPattern(s)
	if closed && doublePattern.MatchString(named) && memberEndPattern.MatchString(s[to:]) {
		return 0, to, true
	}
	return 0, restOf(s, to), true
}

// nestedByPattern is nestedEnd.
func nestedByPattern(s string) (end int, closed bool) {
	for depth := 0; ; {
		rest := s[end:]
		_, _, to, after := inQuotes(rest)
		switch {
		case opensPattern.MatchString(rest):
			depth++
			end += len(opensPattern.FindString(rest))
			continue
		case depth == 0:
			return end, false
		case closesPattern.MatchString(rest):
			end += len(closesPattern.FindString(rest))
			if depth--; depth == 0 {
				return end, true
			}
		case after > 0:
			end += after
		case to > 0:
			end += to
		case wordPattern.MatchString(rest):
			end += len(wordPattern.FindString(rest))
		default:
			return end, false
		}
	}
}

// namedByPattern replaces the values of names that are secrets'.
func namedByPattern(s string, value func(s, named string) (from, to int, ok bool)) string {
	out := ""
	for at := 0; ; {
		m := namePattern.FindStringSubmatchIndex(s[at:])
		if m == nil {
			return out + s
		}
		begin, end, named := at+m[0], at+m[1], ""
		if m[2] >= 0 {
			named = s[at+m[2] : at+m[3]]
		}
		from, to, ok := value(s[end:], named)
		if !ok || end == len(s) {
			at = begin + 1
			continue
		}
		out += s[:end+from] + redacted
		s, at = s[end+to:], 0
	}
}

// urlsByPattern is urlSecret.
func urlsByPattern(s string) string {
	out := ""
	for at := 0; ; {
		m := urlPattern.FindStringSubmatchIndex(s[at:])
		if m == nil {
			return out + s
		}
		if m[2] >= 0 {
			out += s[:at+m[3]] + redacted
			s, at = s[at+m[1]:], 0
			continue
		}
		part := func(i int) string { return s[at+m[2*i] : at+m[2*i+1]] }
		begin, end := at+m[0], at+m[1]
		from, to, ok := quotedValue(s[end:], part(4))
		if !ok || end == len(s) || !strings.EqualFold(part(2), part(4)) || strings.EqualFold(part(3), "code") && part(4)[0] != '%' {
			at = begin + 1
			continue
		}
		out += s[:end+from] + redacted
		s, at = s[end+to:], 0
	}
}

// What looks for secrets byte by byte finds what the patterns find, in any text of
// ASCII. (Patterns also take U+212A for a k and U+017F for an s.)
func FuzzSecretsAreThePatterns(f *testing.F) {
	for _, text := range []string{
		"a Bearer abcdefghijkl b", "hmac-sha256 abcdefgh", "xbasic abcdefgh", "pop\t\nabcdefg", "?sig=a%26b&sig=c%3fcode=d%253fsig%253de\\u0026code\\u003dx", "?key = a;key=b&key=%2526x",
		`{"password":"a\"b","x":1}`, `\"token\" : \"a\\\"`, `client_secret.x-y: 'z'&a`, "password%3Da%26b\nsecret=[x]", `"secret":"cut\`, "passwordpassword=secretoken=1",
		"<a:password b='c'>top</a><passwordtoken>x<", "<secret >>y<", "name=\"x;password\nA: b\r\n\r\nvalue\nname=pwd\n\nv", "rename=token\n\nx", "name=token\na\nb\nc\nd\n\nv\n", "name=token\na\nb\nc\nd\ne\n\nv\n",
		"name=a;name=\"token\"\r\n\r\nname=secret\r\n\r\nx", "name=x\rname=token\n\n\nx", "name=d\x00name=\"token\"\r\n\r\nn", "https://a:b@c/?key=1", "eyJaaaaaaa.b.c",
		"%22token%22%3A%22a%5C%22b%22%2C%2522password%2522%253a+%2522c%2522d", "token=%22a%22b&pwd=[c]&secret=\\d&passw=[redacted]", `{"p":"{\u0022secret\u0022:\u0022a\\\u0022b\u0022}"}`,
		"\"token\":[\"a&b\",{\"c\":1}],\"d\":1&\"pwd\":[\ne,", "'pwd' => 'a&b', token := 'c\nd'", "&quot;pwd&quot;:&quot;a&amp;b&quot;}", "%22sig%22%3A%22a%22,\"sig\":\"b\",\"code\":\"c\"", `pwd="a"b&pwd="a""b"`,
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
