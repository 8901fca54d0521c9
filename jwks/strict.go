package jwks

import (
	"bytes"
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
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		return nil, fmt.Errorf("has a line break at byte %d", i)
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("is not unpadded base64url: %w", err)
	}
	return decoded, nil
}

// decodeObject reads one JSON object, refusing what encoding/json lets pass: a name that occurs
// twice in an object, at any depth (there the last one wins, and another reader may take the
// first), and text that is not UTF-8. Names match to the letter because they land in a map.
func decodeObject(text []byte) (map[string]any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("is not UTF-8")
	}
	if !json.Valid(text) {
		var discard json.RawMessage // decoded again only for the words of the error
		return nil, fmt.Errorf("is not JSON: %w", json.Unmarshal(text, &discard))
	}
	r := strictReader{text: text}
	if r.peek() != '{' {
		return nil, errors.New("is not a JSON object")
	}
	return r.object(1)
}

// strictReader walks text that json.Valid has passed: the grammar is known to be right, so what
// is left to find is duplicate names, depth and surrogates without a partner.
type strictReader struct {
	text []byte
	at   int
}

// peek skips white space and returns the byte that follows, without taking it.
func (r *strictReader) peek() byte {
	for {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return c
		}
	}
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
		r.at += len("true")
		return true, nil
	case 'f':
		r.at += len("false")
		return false, nil
	case 'n':
		r.at += len("null")
		return nil, nil
	default:
		return r.number(), nil
	}
}

func (r *strictReader) object(depth int) (map[string]any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nests deeper than %d", maxDepth)
	}
	r.at++ // {
	members := map[string]any{}
	for r.peek() != '}' {
		name, err := r.string()
		if err != nil {
			return nil, err
		}
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("has the member %q twice", clip(name))
		}
		r.peek()
		r.at++ // :
		if members[name], err = r.value(depth + 1); err != nil {
			return nil, err
		}
		if r.peek() == ',' {
			r.at++
			r.peek()
		}
	}
	r.at++ // }
	return members, nil
}

func (r *strictReader) array(depth int) ([]any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nests deeper than %d", maxDepth)
	}
	r.at++ // [
	elements := []any{}
	for r.peek() != ']' {
		element, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		elements = append(elements, element)
		if r.peek() == ',' {
			r.at++
		}
	}
	r.at++ // ]
	return elements, nil
}

func (r *strictReader) string() (string, error) {
	start := r.at
	escaped := false
	for r.at++; r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			escaped = true
			r.at++
		}
	}
	r.at++
	quoted := r.text[start:r.at]
	if !escaped {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return "", err
	}
	// encoding/json turns every lone surrogate into U+FFFD, which would make different strings
	// equal. A string that spells U+FFFD as an escape is refused with them: no issuer writes one.
	if strings.ContainsRune(s, utf8.RuneError) && !bytes.ContainsRune(quoted, utf8.RuneError) {
		return "", fmt.Errorf("has a surrogate without a partner in %q", clip(s))
	}
	return s, nil
}

func (r *strictReader) number() json.Number {
	start := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.0123456789Ee", r.text[r.at]) >= 0 {
		r.at++
	}
	return json.Number(r.text[start:r.at])
}
