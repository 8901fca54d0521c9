package journal

import "strings"

// span is what a secret takes up in a text: begin is where what announces it begins,
// and text[from:to] is replaced.
type span struct{ begin, from, to int }

// replace replaces the secrets after words of a kind. secret looks at the word
// text[from:to] and returns the secret that it announces, if it does.
func replace(text string, which kinds, secret func(text string, from, to int) (span, string, bool)) string {
	var out strings.Builder
	copied := 0
	each(words(), text, which, func(from, to int) bool {
		if from < copied { // it stands in a secret
			return true
		}
		if s, by, ok := secret(text, from, to); ok && s.begin >= copied {
			out.WriteString(text[copied:s.from])
			out.WriteString(by)
			copied = s.to
		}
		return true
	})
	if copied == 0 {
		return text
	}
	out.WriteString(text[copied:])
	return out.String()
}

// credential is what follows a scheme in any header or text: eight characters or more.
func credential(text string, from, to int) (span, string, bool) {
	if from > 0 && wordSign(text[from-1]) {
		return span{}, "", false
	}
	begin := skip(text, to, space)
	end := skip(text, begin, credentialSign)
	if begin == to || end-begin < 8 {
		return span{}, "", false
	}
	return span{from, to, end}, " " + redacted, true
}

// urlSecret is the value of sig and code in a URL or a form, their signs as they are,
// escaped once or twice as in a query, or escaped as in JSON; of key in a query. Members
// of JSON are memberSecret's.
func urlSecret(text string, from, to int) (span, string, bool) {
	begin := max(from-1, 0)
	if len(text[from:to]) == len("key") && fold(text[from]) == 'k' {
		if from == 0 || text[from-1] != '?' && text[from-1] != '&' {
			return span{}, "", false
		}
	} else if from > 0 && letter(text[from-1]) {
		if !endsFold(text[:from], "%3f") && !endsFold(text[:from], "%253f") {
			return span{}, "", false
		}
		begin = from - len("%3f")
	}
	at, ok := skipAny(text, skip(text, to, space), "=", "%3d", "%253d", `\u003d`)
	if !ok {
		return memberSecret(text, from, to)
	}
	end := at
	for end < len(text) {
		if valueSign(text[end]) {
			end++
		} else if escaped(text[end:]) {
			end += 3
		} else {
			break
		}
	}
	return span{begin, at, end}, redacted, end > at
}

// memberSecret is the text of a member called sig, or in a form called code, which
// anywhere else is an ordinary name.
func memberSecret(text string, from, to int) (span, string, bool) {
	q, _, ok := quoteAt(text, to)
	if !ok || !quoteEnds(text, from, q) {
		return span{}, "", false
	}
	if word := text[from:to]; !endsFold(word, "sig") && (!endsFold(word, "code") || q.spelled[0] != '%') {
		return span{}, "", false
	}
	return assignedAt(text, to).quotedSecret(text, from)
}

// quoteEnds reports whether a quote spelled like another ends where a name begins.
func quoteEnds(text string, at int, like quote) bool {
	begin := at - len(like.spelled)
	return begin >= 0 && strings.EqualFold(text[begin:at], like.spelled)
}

// escaped reports whether text begins with a percent-escape that is not &'s.
func escaped(text string) bool {
	return len(text) >= 3 && text[0] == '%' && hex(text[1]) && hex(text[2]) && text[1:3] != "26"
}

// nameRun remembers the name in which a word stood, and what follows it: many words may
// stand in one, and it is looked through once.
type nameRun struct {
	from, to int
	named    int // where the name ends that value is assigned to; 0: none yet
	value    assigned
}

// around returns where the name begins and ends in which a word stands.
func (r *nameRun) around(text string, from, to int, sign func(byte) bool) (begin, end int) {
	if from < r.from || to > r.to {
		for r.from = from; r.from > 0 && sign(text[r.from-1]); r.from-- {
		}
		r.to = skip(text, to, sign)
	}
	return r.from, r.to
}

// assignedTo returns the value that the name has in which a word stands.
func (r *nameRun) assignedTo(text string, from, to int) assigned {
	if _, end := r.around(text, from, to, nameSign); end != r.named {
		r.named, r.value = end, assignedAt(text, end)
	}
	return r.value
}

// assigned is where the value of a name begins.
type assigned struct {
	at     int
	quoted bool // the name is in double quotes, as in JSON
	ok     bool // there is a value
}

// assignedAt looks behind a name for a sign of "is", with spaces around it and the
// name's own quote before it, all of them spelled in any way.
func assignedAt(text string, at int) (a assigned) {
	at = skipSpelled(text, at, backslash)
	if _, after, ok := quoteAt(text, at); ok {
		sign, _ := signAt(text, at)
		a.quoted, at = sign == '"', after
	}
	at = skipSpelled(text, at, gap)
	is := skipSign(text, at, ":=")
	if is == at {
		return a
	}
	a.at = skipSpelled(text, skipSign(text, is, "=>"), gap) // also := and =>
	a.ok = a.at < len(text)
	return a
}

// quote reads the quote that the value stands in. In a form one is the secret's own
// first sign, unless the name has one too.
func (a assigned) quote(text string) (q quote, after int, ok bool) {
	if !a.ok {
		return q, a.at, false
	}
	q, after, ok = quoteAt(text, a.at)
	return q, after, ok && (a.quoted || q.spelled[0] != '%')
}

// quotedSecret is the text between quotes after a name: "client_secret": "…",
// password="…", \"password\":\"…\", %22password%22%3A%22…%22, also when its end is cut off.
func (r *nameRun) quotedSecret(text string, from, to int) (span, string, bool) {
	return r.assignedTo(text, from, to).quotedSecret(text, from)
}

// An apostrophe that no other follows may be the first sign of a secret.
func (a assigned) quotedSecret(text string, begin int) (span, string, bool) {
	q, at, ok := a.quote(text)
	if !ok {
		return span{}, "", false
	}
	end, closed := q.end(text, at)
	if closed && goesOn(text, end) {
		end = skip(text, end, restSign)
	}
	return span{begin, at, end}, redacted, closed || q.spelled != "'"
}

// goesOn reports whether something stands behind a quote that ends no value: "a""b"
func goesOn(text string, at int) bool {
	_, at, _ = quoteAt(text, at)
	if at == len(text) {
		return false
	}
	sign, size := signAt(text, at)
	return !gap(sign, size) && text[at] != '&' && strings.IndexByte(",;)}]>/<`'\\", sign) < 0
}

// plainSecret is what follows a name without quotes, to the end of the line or of the
// pair: where a secret ends, nobody knows. What an apostrophe begins is one that may go
// on after the next.
func (r *nameRun) plainSecret(text string, from, to int) (span, string, bool) {
	a := r.assignedTo(text, from, to)
	if !a.ok || text[a.at] == '&' || strings.HasPrefix(text[a.at:], redactedPrefix) {
		return span{}, "", false
	}
	if q, _, ok := a.quote(text); ok && q.spelled != "'" {
		return span{}, "", false
	}
	end, closed := nestedEnd(text, a.at)
	if !closed || !a.quoted || !endsMember(text, end) {
		end = skip(text, end, restSign)
	}
	return span{from, a.at, end}, redacted, true
}

// elementSecret is the text of an element: <password>…, <password><![CDATA[…
func (r *nameRun) elementSecret(text string, from, to int) (span, string, bool) {
	begin, end := r.around(text, from, to, elementSign)
	if begin == 0 || text[begin-1] != '<' || end == r.named {
		return span{}, "", false
	}
	r.named = end // whichever of its words says so, there is one element of that name here
	if end < len(text) && space(text[end]) {
		end = skip(text, end, func(c byte) bool { return c != '<' && c != '>' })
	}
	if end == len(text) || text[end] != '>' {
		return span{}, "", false
	}
	at := end + 1
	if cdata := "<![CDATA["; strings.HasPrefix(text[at:], cdata) {
		at += len(cdata)
		end = len(text)
		if n := strings.Index(text[at:], "]]>"); n >= 0 {
			end = at + n
		}
		return span{begin - 1, at, end}, redacted, end > at
	}
	end = skip(text, at, func(c byte) bool { return c != '<' })
	return span{begin - 1, at, end}, redacted, end > at
}
