package workflow

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"flowgate/expression"
)

// document is one JSON text with the places of its values.
type document struct {
	file   string   // as messages name it: file, or file!entry in a zip
	source *offsets // the text as it came
	text   []byte   // comments blanked, so that offsets are those of the source
	places expression.Places
	root   any
	digest [sha256.Size]byte
}

// readDocument decodes a text: strict JSON, with the comments that ARM templates
// may have.
func readDocument(file string, data []byte) (*document, *Problem) {
	d := &document{file: file, source: newOffsets(data), text: data}
	text, err := scan(data)
	if err == nil {
		d.text = text
		d.root, d.places, err = expression.DecodeDocument(text)
	}
	if err != nil {
		return nil, d.syntax(err)
	}
	d.digest = sha256.Sum256(data)
	return d, nil
}

func (d *document) syntax(err error) *Problem {
	p := &Problem{File: d.file, Severity: SeverityError, Text: err.Error()}
	if e, ok := err.(*expression.SyntaxError); ok {
		p.Text, p.Fix = e.Msg, "mend the JSON here, or name another file"
		p.Line, p.Column = d.source.position(e.Offset)
		if strings.EqualFold(path.Ext(d.file), ".bicep") {
			p.Text, p.Fix = "the text is Bicep, not the template that it compiles to", "run az bicep build on it, and name the JSON file that comes of it"
		}
	}
	return p
}

// start returns where the value at pointer begins, or the nearest value around
// it that the document has, and whether it is the value itself.
func (d *document) start(pointer string) (offset int, exact bool) {
	exact = true
	for {
		if at, ok := d.places[pointer]; ok {
			return at, exact
		}
		cut := strings.LastIndexByte(pointer, '/')
		if cut < 0 {
			return 0, false
		}
		pointer, exact = pointer[:cut], false
	}
}

// within returns where byte at of the string at pointer stands in the text,
// escapes counted as the text writes them.
func (d *document) within(pointer string, at int) int {
	start, exact := d.start(pointer)
	if !exact || start >= len(d.text) || d.text[start] != '"' {
		return start
	}
	i := start + 1
	for n := 0; n < at && i < len(d.text) && d.text[i] != '"'; {
		raw, decoded := escaped(d.text[i:])
		i += raw
		n += decoded
	}
	return i
}

// escaped returns how many bytes the first character of a JSON string's text
// takes there, and how many it takes decoded.
func escaped(text []byte) (raw, decoded int) {
	if text[0] != '\\' || len(text) < 2 {
		return 1, 1
	}
	if text[1] != 'u' || len(text) < 6 {
		return 2, 1
	}
	r := hexRune(text[2:6])
	if utf16.IsSurrogate(r) && len(text) >= 12 {
		if pair := utf16.DecodeRune(r, hexRune(text[8:12])); pair != utf8.RuneError {
			return 12, utf8.RuneLen(pair)
		}
	}
	return 6, max(1, utf8.RuneLen(r))
}

func hexRune(digits []byte) rune {
	var r rune
	fmt.Sscanf(string(digits), "%04x", &r)
	return r
}

// colon returns where the colon before a member's value stands, and where its
// name begins. The value must be a member of an object.
func (d *document) colon(pointer string) (colon, name int) {
	colon, _ = d.start(pointer)
	for colon > 0 && d.text[colon] != ':' {
		colon--
	}
	end := bytes.LastIndexByte(d.text[:colon], '"')
	for name = end - 1; name > 0; name-- {
		if d.text[name] == '"' && backslashes(d.text[:name])%2 == 0 {
			return colon, name
		}
	}
	return colon, max(end, 0)
}

func backslashes(text []byte) int {
	return len(text) - len(bytes.TrimRight(text, `\`))
}
