package journal

import "strings"

// withoutSecretParts replaces the values of parts of multipart/form-data: a line with
// the name, up to four more, an empty one, the value.
func withoutSecretParts(text string) string {
	var out strings.Builder
	copied := 0
	for at := 0; at < len(text); {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		next := at + n + 1
		if namesSecret(text[at : next-1]) {
			if value, ok := partValue(text, next); ok {
				out.WriteString(text[copied:value])
				out.WriteString(redacted)
				copied = skip(text, value, lineSign)
				next = copied
			}
		}
		at = next
	}
	return out.String() + text[copied:]
}

// namesSecret reports whether a line has name= and, in what follows up to a quote or a
// semicolon, a secret's word.
func namesSecret(line string) bool {
	line = strings.TrimSuffix(line, "\r")
	line = line[strings.LastIndexByte(line, '\r')+1:]
	for at := 0; at+len("name=") <= len(line); {
		n := strings.IndexByte(line[at:], '=')
		if n < 0 {
			return false
		}
		at += n + 1
		if !endsFold(line[:at], "name=") || at > len("name=") && wordSign(line[at-len("name=")-1]) {
			continue
		}
		at = skipOne(line, at, `"`)
		end := skip(line, at, func(c byte) bool { return c != '"' && c != ';' })
		if words().in(line[at:end])&secretWord != 0 {
			return true
		}
		at = max(at, end-1) // a name= may end here, before the quote that ended this one
	}
	return false
}

// partValue returns where the value of a part begins: after no more than four other
// headers and an empty line.
func partValue(text string, at int) (int, bool) {
	for headers := 0; ; headers++ {
		end := skip(text, at, lineSign)
		next := skipOne(text, end, "\r")
		if next == len(text) || text[next] != '\n' {
			return 0, false
		}
		next++
		if end == at {
			return next, next < len(text) && lineSign(text[next])
		}
		if headers == 4 {
			return 0, false
		}
		at = next
	}
}
