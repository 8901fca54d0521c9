package workflow

import (
	"bytes"
	"fmt"

	"flowgate/expression"
)

// Bounds of one document, beside its size.
const (
	// MaxFile is the largest file that Load takes, 20 MB. Whoever reads a file
	// may look at its size first.
	MaxFile = 20 << 20

	maxValues   = 400_000  // values in a document
	maxPointers = 64 << 20 // bytes of the JSON pointers to all of them
	maxNesting  = 128      // objects and arrays in one another; the decoder refuses more

	indexLength = 7 // digits of an array's index, at most
)

// scanner goes over a text once, before it is decoded.
type scanner struct {
	text     []byte // its own copy as soon as anything is changed
	copied   bool
	at       int
	pointers int  // bytes of the pointers so far
	values   int  // values so far
	base     int  // length of the pointer to the innermost object or array
	object   bool // it is an object
	outer    []frame
	name     int // length of the name or index that comes next
	last     int // length of the last string
}

// frame is an object or array around the innermost one.
type frame struct {
	base   int
	object bool
}

// scan blanks the comments that ARM templates may have, // and /* */, and the
// line breaks that they may have within expressions. Every byte stays where it
// is. It also refuses what would take a decoder that keeps the place of every
// value more memory than a document deserves. The error is a
// *expression.SyntaxError.
func scan(data []byte) ([]byte, error) {
	s := &scanner{text: data}
	for s.at < len(s.text) {
		if err := s.step(); err != nil {
			return nil, err
		}
		if s.values > maxValues || s.pointers > maxPointers {
			return nil, &expression.SyntaxError{Offset: s.at, Msg: fmt.Sprintf("the document is too large: it has more than %d values, or names as long", maxValues)}
		}
		if len(s.outer) > maxNesting {
			return s.text, nil // the decoder says it better
		}
	}
	return s.text, nil
}

func (s *scanner) step() error {
	switch c := s.text[s.at]; c {
	case '"':
		s.string()
		return nil
	case '/':
		return s.comment()
	case '{', '[':
		s.outer = append(s.outer, frame{s.base, s.object})
		s.base, s.object = s.base+s.name+1, c == '{'
		s.name = indexLength
		s.count()
	case '}', ']':
		if n := len(s.outer); n > 0 {
			s.base, s.object, s.outer = s.outer[n-1].base, s.outer[n-1].object, s.outer[:n-1]
		}
	case ',':
		if !s.object {
			s.name = indexLength
			s.count()
		}
	case ':':
		s.name = s.last
		s.count()
	}
	s.at++
	return nil
}

func (s *scanner) count() {
	s.values++
	s.pointers += s.base + s.name
}

// blank overwrites a byte, in a copy: the caller's data are not ours to change.
func (s *scanner) blank(i int) {
	if !s.copied {
		s.text, s.copied = bytes.Clone(s.text), true
	}
	s.text[i] = ' '
}

func (s *scanner) comment() error {
	start, rest := s.at, s.text[s.at:]
	var end int
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		end = len(s.text)
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			end = start + i
		}
	case bytes.HasPrefix(rest, []byte("/*")):
		i := bytes.Index(rest[2:], []byte("*/"))
		if i < 0 {
			return &expression.SyntaxError{Offset: start, Msg: "the comment has no end"}
		}
		end = start + i + 4
	default:
		s.at++ // the decoder says what is wrong
		return nil
	}
	for ; s.at < end; s.at++ {
		if c := s.text[s.at]; c != '\n' && c != '\r' {
			s.blank(s.at)
		}
	}
	return nil
}

// string passes over a string. In an expression of a template, which begins with
// a bracket, line breaks between its words are as good as spaces; within its
// single quotes, and in any other string, they are not JSON.
func (s *scanner) string() {
	start := s.at + 1
	expr := start < len(s.text) && s.text[start] == '['
	quoted := false
	for s.at = start; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '\\':
			s.at++
		case c == '"':
			s.last = s.at - start
			s.at++
			return
		case c == '\'':
			quoted = !quoted
		case expr && !quoted && (c == '\n' || c == '\r' || c == '\t'):
			s.blank(s.at)
		}
	}
}
