package expression

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestObjectGet(t *testing.T) {
	o := &Object{FoldCase: true}
	o.Set("Content-Type", "a")
	o.Set("content-type", "b")
	for name, want := range map[string]any{"Content-Type": "a", "content-type": "b", "CONTENT-TYPE": "a", "x": nil} {
		if got, _ := o.Get(name); got != want {
			t.Errorf("Get(%q) = %v, want %v", name, got, want)
		}
	}
	var none *Object
	if _, ok := none.Get("x"); ok {
		t.Error("a nil object has no members")
	}
}

func TestDecodeKeepsOrderAndNumbers(t *testing.T) {
	const text = `{"z":1.50,"a":[1e2,-0,123456789012345678901],"z":true}`
	v, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(Encode(v)), `{"z":true,"a":[1e2,-0,123456789012345678901]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDecodeErrors(t *testing.T) {
	tests := []struct {
		text   string
		offset int
	}{
		{``, 0},
		{`{"a":`, 5},
		{`{"a":1} x`, 8},
		{`{"a" 1}`, 5},
		{`[1,]`, 3},
		{"\ufeff[", 4},
		{"\"\xff\"", 1},
		{strings.Repeat("[", maxDepth+2), maxDepth + 1},
	}
	for _, tt := range tests {
		_, err := Decode([]byte(tt.text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.20q: got %v, want a *SyntaxError", tt.text, err)
		} else if syntax.Offset != tt.offset {
			t.Errorf("%.20q: offset %d (%s), want %d", tt.text, syntax.Offset, syntax.Msg, tt.offset)
		}
	}
}

// A character that is not ASCII is named whole, not by its first byte.
func TestDecodeNamesTheCharacter(t *testing.T) {
	for text, want := range map[string]string{
		"{\"a\": 1,\u2028\"b\": 2}": "invalid character U+2028 looking for beginning of object key string",
		"{\"é\": 1\u00a0}":          "invalid character U+00A0 ",
		"{“a”: 1}":                  "invalid character U+201C '“'",
		"[tru\u2028]":               "invalid character U+2028 in literal",
		"{x: \"é\"}":                "invalid character 'x'",
	} {
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestDecodeDocument(t *testing.T) {
	const text = "\ufeff{ \"a\": [1, {\"b/c\": true}] }"
	_, places, err := DecodeDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]string{"": "{ \"a", "/a": "[1", "/a/0": "1,", "/a/1": "{\"b", "/a/1/b~1c": "true"} {
		if got := text[places[pointer]:]; !strings.HasPrefix(got, want) {
			t.Errorf("%q is at %q, want %q", pointer, got, want)
		}
	}
	if _, _, err := DecodeDocument([]byte(`{"a":1,"a":2}`)); err == nil || !strings.Contains(err.Error(), `member "a" is given twice`) {
		t.Errorf("duplicate member: %v", err)
	}
}

func TestEncodeEscapes(t *testing.T) {
	got := string(Encode("<>&' \" \\ \b\t\n\f\r \x00\x1f\x7f \u0085\u2028\u2029 ä😀\xff"))
	want := `"<>&' \" \\ \b\t\n\f\r \u0000\u001f` + "\x7f" + ` \u0085\u2028\u2029 ä😀` + "\ufffd" + `"`
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{``, `null`, `{"a":[1,2.5e3,{"b":"\ud83d\ude00"}],"a":""}`, `[1,]`, `{"a":1,}`, "\ufeff{}", `"\ud800"`, `01`, `1 2`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Decode(data)
		doc, _, docErr := DecodeDocument(data)
		text := bytes.TrimPrefix(data, []byte("\ufeff"))
		tooDeep := err != nil && strings.Contains(err.Error(), "nested deeper")
		if valid := json.Valid(text) && utf8.Valid(text) && !tooDeep; valid != (err == nil) {
			t.Fatalf("valid is %t and the error %v", valid, err)
		}
		if err != nil {
			if docErr == nil {
				t.Fatalf("DecodeDocument takes what Decode refuses: %v", err)
			}
			return
		}
		again, err := Decode(Encode(v))
		if err != nil || !reflect.DeepEqual(v, again) {
			t.Fatalf("%s decodes to something else (%v)", Encode(v), err)
		}
		if docErr == nil && !reflect.DeepEqual(v, doc) {
			t.Fatalf("DecodeDocument gives %s, Decode %s", Encode(doc), Encode(v))
		}
	})
}
