package jwks

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds nesting of objects and arrays. Entra's own tokens nest two deep.
const maxDepth = 32

// decodeBase64URL decodes unpadded base64url and has exactly one text for each value. Go's
// decoder skips CR and LF even when strict, so they are looked for first: two spellings of one
// token must not both pass, or whatever is remembered by a token's text is remembered twice.
func decodeBase64URL(text string) ([]byte, error) {
	for _, end := range []byte("\r\n") { // one by one, which is ten times as fast as IndexAny
		if i := strings.IndexByte(text, end); i >= 0 {
			return nil, fmt.Errorf("has a line break at byte %d", i)
		}
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("is not unpadded base64url: %w", err)
	}
	return decoded, nil
}

// maxShared is up to which size the strings of a decoded object are pieces of one text. Each of them
// keeps that text alive, so those of larger ones are copied.
const maxShared = 4 << 10

// decodeObject reads one JSON object, refusing what encoding/json lets pass: a name that occurs
// twice in an object, at any depth (there the last one wins, and another reader may take the
// first), and text that is not UTF-8. Names match to the letter because they land in a map.
//
// It is a reader of its own because it reads every token: one pass instead of encoding/json's two,
// and a third of its allocations. A fuzz target holds it against encoding/json.
func decodeObject(text string) (map[string]any, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("is not UTF-8")
	}
	r := strictReader{text: text, shared: len(text) <= maxShared}
	object, err := r.document()
	if err == nil && r.shared && len(text) > r.bytes+8*r.pieces+64 {
		// Mostly white space or escapes, which nobody counts and the pieces would keep alive.
		r = strictReader{text: text}
		object, err = r.document()
	}
	return object, err
}

// document reads the whole text, one object.
func (r *strictReader) document() (map[string]any, error) {
	if r.peek() != '{' {
		if json.Valid([]byte(r.text)) {
			return nil, errors.New("is not a JSON object")
		}
		return nil, notJSON(r.text)
	}
	object, err := r.object(1)
	if r.peek(); err == nil && r.at < len(r.text) { // its place says so, not the byte: a NUL is no end
		err = errSyntax
	}
	if err == errSyntax {
		return nil, notJSON(r.text)
	}
	return object, err
}

// errSyntax says that the text is not JSON; notJSON finds the words.
var errSyntax = errors.New("not JSON")

// notJSON decodes once more, for the words of the error.
func notJSON(text string) error {
	var discard json.RawMessage
	return fmt.Errorf("is not JSON: %w", json.Unmarshal([]byte(text), &discard))
}

// memberTwice is the name of a member that an object has twice.
type memberTwice string

func (name memberTwice) Error() string {
	return fmt.Sprintf("has the member %q twice", clip(string(name)))
}

// strictReader reads JSON (RFC 8259) from text that is known to be UTF-8.
type strictReader struct {
	text          string
	at            int
	shared        bool // strings are pieces of text
	pieces, bytes int  // how many are, and of how many bytes
}

// peek skips white space and returns the byte that follows, without taking it; 0, which begins nothing in
// JSON, at the end.
func (r *strictReader) peek() byte {
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// take takes the byte that follows white space if it is this one.
func (r *strictReader) take(wanted byte) bool {
	if r.peek() != wanted {
		return false
	}
	r.at++
	return true
}

func (r *strictReader) value(depth int) (any, error) {
	switch r.peek() {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		return r.string()
	case 't':
		return true, r.literal("true")
	case 'f':
		return false, r.literal("false")
	case 'n':
		return nil, r.literal("null")
	default:
		return r.number()
	}
}

func (r *strictReader) literal(word string) error {
	if !strings.HasPrefix(r.text[r.at:], word) {
		return errSyntax
	}
	r.at += len(word)
	return nil
}

func (r *strictReader) object(depth int) (map[string]any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nests deeper than %d", maxDepth)
	}
	members := map[string]any{}
	if depth == 1 { // of a token's members most are here, so the map is made in their size at once
		members = make(map[string]any, min(strings.Count(r.text, ":"), 32))
	}
	r.at++ // {
	if r.take('}') {
		return members, nil
	}
	for {
		if r.peek() != '"' {
			return nil, errSyntax
		}
		name, err := r.string()
		if err != nil {
			return nil, err
		}
		if _, twice := members[name]; twice {
			return nil, memberTwice(name)
		}
		if !r.take(':') {
			return nil, errSyntax
		}
		if members[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
		if r.take('}') {
			return members, nil
		}
		if !r.take(',') {
			return nil, errSyntax
		}
	}
}

func (r *strictReader) array(depth int) ([]any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nests deeper than %d", maxDepth)
	}
	r.at++ // [
	elements := []any{}
	if r.take(']') {
		return elements, nil
	}
	for {
		element, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		elements = append(elements, element)
		if r.take(']') {
			return elements, nil
		}
		if !r.take(',') {
			return nil, errSyntax
		}
	}
}

func (r *strictReader) string() (string, error) {
	start := r.at
	escaped := false
	for r.at++; ; r.at++ {
		if r.at == len(r.text) || r.text[r.at] < ' ' {
			return "", errSyntax
		}
		if r.text[r.at] == '"' {
			break
		}
		if r.text[r.at] == '\\' {
			escaped = true
			if r.at++; r.at == len(r.text) { // what follows may be a quotation mark
				return "", errSyntax
			}
		}
	}
	r.at++
	quoted := r.text[start:r.at]
	if !escaped {
		return r.own(quoted[1 : len(quoted)-1]), nil
	}
	var s string
	if json.Unmarshal([]byte(quoted), &s) != nil {
		return "", errSyntax
	}
	// encoding/json turns every lone surrogate into U+FFFD, which would make different strings
	// equal. A string that spells U+FFFD as an escape is refused with them: no issuer writes one.
	if replaced := string(utf8.RuneError); strings.Count(s, replaced) > strings.Count(quoted, replaced) {
		return "", fmt.Errorf("has a surrogate without a partner in %q", clip(s))
	}
	return s, nil
}

// own returns a piece of the text that may be kept.
func (r *strictReader) own(piece string) string {
	if r.shared {
		r.pieces++
		r.bytes += len(piece)
		return piece
	}
	return strings.Clone(piece)
}

// number reads -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
func (r *strictReader) number() (json.Number, error) {
	start := r.at
	r.skip("-")
	zero := r.skip("0")
	if digits := r.digits(); zero == (digits > 0) {
		return "", errSyntax
	}
	if r.skip(".") && r.digits() == 0 {
		return "", errSyntax
	}
	if r.skip("eE") {
		r.skip("+-")
		if r.digits() == 0 {
			return "", errSyntax
		}
	}
	return json.Number(r.own(r.text[start:r.at])), nil
}

// skip takes one byte if it is one of these.
func (r *strictReader) skip(any string) bool {
	if r.at == len(r.text) || strings.IndexByte(any, r.text[r.at]) < 0 {
		return false
	}
	r.at++
	return true
}

// digits takes decimal digits and returns how many.
func (r *strictReader) digits() (n int) {
	for r.at < len(r.text) && '0' <= r.text[r.at] && r.text[r.at] <= '9' {
		r.at++
		n++
	}
	return n
}
