package expression

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds nesting in documents, bodies and expressions alike: deep
// enough for any real workflow, shallow enough that no input exhausts the stack.
const maxDepth = 128

// Places tells where the values of a document begin: byte offsets by JSON
// pointer (RFC 6901), the whole document being "".
type Places map[string]int

// SyntaxError is a defect of a JSON text.
type SyntaxError struct {
	Offset int    // bytes from the start of the text
	Msg    string // lower case, no full stop
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("offset %d: %s", e.Offset, e.Msg) }

// maxValues bounds the values in one JSON text: each costs some fifty bytes however
// short it is written, so that a body of a hundred megabytes would fill gigabytes.
const maxValues = 1_000_000

// ErrTooManyValues is the error for a JSON text of more than a million values.
var ErrTooManyValues = errors.New("the JSON text holds more than 1000000 values, which are not read")

// Decode reads the one JSON value in data: a caller's body. As in the service's
// own reader, the last of several members with one name wins. The error is a
// *SyntaxError or ErrTooManyValues.
func Decode(data []byte) (any, error) {
	return decode(data, nil)
}

// DecodeDocument reads the one JSON value in data, refuses duplicate members,
// and tells where each value stands: a file that a person wrote. A leading byte
// order mark, as PowerShell writes it, is passed over. The error is a
// *SyntaxError whose offset counts from the start of data.
func DecodeDocument(data []byte) (any, Places, error) {
	places := make(Places)
	v, err := decode(data, places)
	return v, places, err
}

func decode(data []byte, places Places) (any, error) {
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	shift := len(data) - len(text)
	if i := invalidUTF8(text); i >= 0 {
		return nil, &SyntaxError{shift + i, "the text is not UTF-8"}
	}
	d := &decoder{dec: json.NewDecoder(bytes.NewReader(text)), text: text, shift: shift, places: places}
	d.dec.UseNumber()
	v, err := d.value("", 0)
	if err != nil {
		return nil, err
	}
	end := int(d.dec.InputOffset())
	if rest := bytes.TrimLeft(text[end:], " \t\r\n"); len(rest) > 0 {
		return nil, &SyntaxError{shift + len(text) - len(rest), "more text after the end of the JSON value"}
	}
	return v, nil
}

func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

type decoder struct {
	dec    *json.Decoder
	text   []byte
	shift  int
	places Places // nil for a caller's body
	values int    // read so far
}

// start returns the offset of the token that comes next.
func (d *decoder) start() int {
	i := int(d.dec.InputOffset())
	for i < len(d.text) && strings.IndexByte(" \t\r\n,:", d.text[i]) >= 0 {
		i++
	}
	return i
}

func (d *decoder) token() (json.Token, error) {
	at := d.start()
	t, err := d.dec.Token()
	if err == nil {
		return t, nil
	}
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &SyntaxError{d.shift + len(d.text), "the text ends before the JSON value does"}
	case errors.As(err, &syntax):
		return nil, &SyntaxError{d.shift + at, d.whole(syntax.Error(), at)}
	}
	return nil, &SyntaxError{d.shift + at, err.Error()}
}

// whole names the character that an error of encoding/json is about, which names the first
// byte of one that is not ASCII as if it were a character. at is where the token begins.
func (d *decoder) whole(msg string, at int) string {
	i := bytes.IndexFunc(d.text[at:], func(r rune) bool { return r >= utf8.RuneSelf })
	if i < 0 {
		return msg
	}
	r, _ := utf8.DecodeRune(d.text[at+i:])
	first := strconv.QuoteRune(rune(d.text[at+i]))
	return strings.Replace(msg, "invalid character "+first, fmt.Sprintf("invalid character %#U", r), 1)
}

func (d *decoder) value(pointer string, depth int) (any, error) {
	at := d.start()
	if depth > maxDepth {
		return nil, &SyntaxError{d.shift + at, fmt.Sprintf("nested deeper than %d levels", maxDepth)}
	}
	if d.values++; d.values > maxValues {
		return nil, ErrTooManyValues
	}
	if d.places != nil {
		d.places[pointer] = d.shift + at
	}
	t, err := d.token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return d.object(pointer, depth)
	case json.Delim('['):
		return d.array(pointer, depth)
	}
	return t, nil
}

func (d *decoder) object(pointer string, depth int) (any, error) {
	o := &Object{}
	for d.dec.More() {
		at := d.start()
		t, err := d.token()
		if err != nil {
			return nil, err
		}
		name := t.(string) // the decoder takes nothing but a string here
		if _, twice := o.values[name]; twice && d.places != nil {
			return nil, &SyntaxError{d.shift + at, fmt.Sprintf("member %q is given twice", name)}
		}
		member := ""
		if d.places != nil {
			member = pointer + "/" + EscapePointer(name)
		}
		v, err := d.value(member, depth+1)
		if err != nil {
			return nil, err
		}
		o.Set(name, v)
	}
	_, err := d.token()
	return o, err
}

func (d *decoder) array(pointer string, depth int) (any, error) {
	list := []any{}
	for d.dec.More() {
		// Without places there is no pointer to build: a body of a million
		// elements costs no million strings.
		item := ""
		if d.places != nil {
			item = pointer + "/" + strconv.Itoa(len(list))
		}
		v, err := d.value(item, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.token()
	return list, err
}

// EscapePointer writes name as one reference token of a JSON pointer.
func EscapePointer(name string) string {
	return pointerEscapes.Replace(name)
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")
