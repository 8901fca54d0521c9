package inspector

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// MaxPasted bounds what is pasted, in bytes. A whole token answer holds a refresh token
// and an id token as well, and a token that is too large for a gate is for the gate to
// refuse.
const MaxPasted = 256 << 10

// Pasted is a token as it was found in a text.
type Pasted struct {
	Scheme string // the word that stood before it, such as Bearer; empty when none did
	Token  string
}

// ReadPasted finds the token in a text as people copy one: an Authorization header
// or its value, in quotes or with line breaks where a terminal wrapped it, amid a
// command, other headers or a line of code, or the whole JSON answer of a token
// endpoint. It does not judge the token.
func ReadPasted(text string) (Pasted, error) {
	if len(text) > MaxPasted {
		return Pasted{}, fmt.Errorf("the text has more than %d KiB, so it is no token; paste the access token alone", MaxPasted>>10)
	}
	text = strings.TrimFunc(strings.ToValidUTF8(fromUTF16(text), "\ufffd"), blank)
	if strings.HasPrefix(text, "{") {
		return readTokenAnswer(text)
	}
	return readHeader(text)
}

// fromUTF16 decodes what > of Windows PowerShell writes into a file.
func fromUTF16(text string) string {
	var order binary.ByteOrder
	switch {
	case strings.HasPrefix(text, "\xff\xfe"):
		order = binary.LittleEndian
	case strings.HasPrefix(text, "\xfe\xff"):
		order = binary.BigEndian
	default:
		return text
	}
	var units []uint16
	for b := []byte(text); len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// readTokenAnswer takes the token out of the JSON that a token endpoint answers, or
// az account get-access-token prints.
func readTokenAnswer(text string) (Pasted, error) {
	const fix = `paste the token itself, or the answer {"access_token":"…"} whole`
	members, err := readObject([]byte(text))
	if err != nil {
		// A terminal that wrapped it broke texts in it, and JSON has no line breaks in those.
		joined := strings.NewReplacer("\r", "", "\n", "").Replace(text)
		if again, wrong := readObject([]byte(joined)); wrong == nil {
			text, members, err = joined, again, nil
		}
	}
	if err != nil {
		return Pasted{}, fmt.Errorf("the text begins with { and %w; %s", err, fix)
	}
	var token, kind string
	for _, name := range []string{"access_token", "accessToken"} {
		if value, ok := members[name]; ok && token == "" && json.Unmarshal(value, &token) != nil {
			return Pasted{}, fmt.Errorf("%s is no text; %s", name, fix)
		}
	}
	if token == "" {
		return amidMembers(text, members, fix)
	}
	for _, name := range []string{"token_type", "tokenType"} {
		_ = json.Unmarshal(members[name], &kind) // a strange one says nothing
	}
	p, err := readHeader(token)
	if p.Scheme == "" && slices.Contains(schemes, strings.ToLower(kind)) {
		p.Scheme = kind
	}
	return p, err
}

// amidMembers says what JSON is that is pasted for a token answer, and is none. The value of
// another member may be a header.
func amidMembers(text string, members map[string]json.RawMessage, fix string) (Pasted, error) {
	read := func(name string) (value string, ok bool) {
		return value, json.Unmarshal(members[name], &value) == nil && value != ""
	}
	if code, ok := read("error"); ok {
		said, _ := read("error_description")
		said, _, _ = strings.Cut(said, "Trace ID:") // what follows are ids
		code = quoted(code)
		if said = strings.TrimSpace(said); said != "" {
			code += ", " + quoted(said)
		}
		return Pasted{}, fmt.Errorf("the JSON is an error of the token endpoint, %s: no token was issued; mend that first", code)
	}
	if _, ok := read("id_token"); ok {
		return Pasted{}, errors.New("the JSON has an id_token, which is for the application that asked for it, and no access_token; ask for the scope of what the trigger takes, and paste that answer whole")
	}
	if found := tokensIn(text); len(found) == 1 {
		return found[0], nil
	}
	if _, ok := read("iss"); ok {
		return Pasted{}, errors.New("the JSON is what a token says, not the token; paste the token itself, as it was issued")
	}
	return Pasted{}, fmt.Errorf("the JSON has no access_token; %s", fix)
}

// maxScheme bounds a scheme and the blank that follows it, in bytes.
const maxScheme = 32

// schemes are the words before a credential that are taken for one, in lower case.
// Others may be the first line of a token.
var schemes = []string{"bearer", "pop", "basic", "digest", "negotiate", "hmac-sha256", "sharedkey", "sharedaccesssignature"}

// readHeader takes what stands around a token off, however it is nested.
func readHeader(text string) (Pasted, error) {
	var p Pasted
	for before := -1; before != len(text); {
		before = len(text)
		text = bare(text)
		word, rest, found := cutField(text)
		// Twice, where what was put behind it had it already.
		if found && slices.Contains(schemes, strings.ToLower(word)) && (p.Scheme == "" || strings.EqualFold(p.Scheme, word)) {
			p.Scheme, text = cmp.Or(p.Scheme, word), rest
		}
	}
	parts := strings.FieldsFunc(text, broken)
	whole := 0
	for _, part := range parts {
		if strings.Count(part, ".") >= 2 {
			whole++
		}
	}
	p.Token = bare(strings.Join(parts, "")) // what was wrapped may have hidden a quote
	var amid []Pasted
	if strings.Trim(p.Token, ofToken) != "" || !strings.HasPrefix(p.Token, begin) {
		if amid = tokensIn(text); len(amid) == 0 {
			amid = tokensIn(unwrapped(text))
		}
	}
	switch {
	case len(amid) == 1 && isWord(parts[0]) && strings.Join(parts[1:], "") == amid[0].Token:
		return Pasted{}, fmt.Errorf("the word %q stands before the token, where Bearer belongs; paste the token alone", parts[0])
	case len(amid) == 1:
		amid[0].Scheme = cmp.Or(amid[0].Scheme, p.Scheme)
		return amid[0], nil
	case len(amid) > 1:
		return Pasted{}, fmt.Errorf("there are %d tokens; paste one", len(amid))
	case p.Token == "" || p.Scheme == "" && slices.Contains(schemes, strings.ToLower(p.Token)):
		return Pasted{}, errors.New("there is no token; paste the access token, such as emulator token prints one")
	case whole > 1:
		return Pasted{}, fmt.Errorf("there are %d tokens; paste one", whole)
	case len(p.Token) > MaxPasted: // what is not UTF-8 takes more room than it had
		return Pasted{}, fmt.Errorf("the token has %d bytes, more than the %d that are read; paste the access token alone", len(p.Token), MaxPasted)
	}
	return p, nil
}

// isWord reports whether a text may be a scheme that nobody here knows.
func isWord(text string) bool {
	return len(text) <= maxScheme && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz-") == ""
}

// broken is what stands where a line was broken.
func broken(r rune) bool { return blank(r) || r == '\\' || r == '`' }

// bare takes off what surrounds a token, and the header's name before it.
func bare(text string) string {
	for {
		rest := cutWord(strings.TrimFunc(text, around), "--header", "-H", "Authorization")
		if rest == text {
			return text
		}
		text = rest
	}
}

// cutWord cuts one of the words off the front, letter case aside, with the colon or
// the equals sign and the quotes that follow it.
func cutWord(text string, words ...string) string {
	for _, word := range words {
		if len(text) > len(word) && strings.EqualFold(text[:len(word)], word) {
			rest := text[len(word):]
			if next := strings.TrimLeftFunc(rest, func(r rune) bool { return around(r) || r == ':' || r == '=' }); next != rest {
				return next
			}
		}
	}
	return text
}

// cutField cuts the first word off, if it is short enough for a scheme. To look
// further, once for each word, would take a hostile text's length squared.
func cutField(text string) (word, rest string, found bool) {
	i := strings.IndexFunc(text[:min(len(text), maxScheme)], blank)
	if i < 0 {
		return "", text, false
	}
	return text[:i], text[i:], true
}

// blank is white space and what looks like it: text from web pages and chats is
// full of signs that have no width.
func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)
}

// around is what may surround a token: blanks, quotes of every kind, and what ends
// a member or a statement.
func around(r rune) bool {
	return blank(r) || unicode.Is(unicode.Pi, r) || unicode.Is(unicode.Pf, r) || strings.ContainsRune("\"'`„‚,;<>", r)
}
