package jwks

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// What decodeObject takes, encoding/json reads to the same value; what it calls no JSON is none for
// encoding/json, and the other way round, as far as both read.
func FuzzDecodeObject(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, `{"a":01}`, `{"a":-}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":1E+05}`, `{"a":-0.0e-0}`, `{"a":+1}`, `{"a":truex}`, `{"a":nul}`, `{"a":1,}`, `{,}`, `{"a":[1,]}`, `{"a" 1}`,
		`{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\`, "{\"a\":\"\n\"}", "{\"a\":1}\x00", "\x00{}", `{"a":1}}`, `{"a":"\/\b\u00e9"}`, `{"a`, `{"a":`, `{"a":"`, `{"a":[`, "", " ",
		`{"a":"` + strings.Repeat("long", 2000) + `","b":1234}`, `{"a":{"b":[1,2.5e-3,-0,true,false,null,"x\"y\\"]},"c":[]}`, ` { "a" : [ ] } `,
		`{"a":1,"a":2}`, `{"\u0061":1,"a":2}`, `{"a":"\ud83d\ude00"}`, `{"a":"\ud800"}`, `[1]`, `{"a":1}x`, `{"a"`, "{\"a\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := decodeObject(string(text))
		if err != nil {
			if refused := strings.Contains(err.Error(), "is not JSON"); refused && json.Valid(text) {
				t.Fatalf("%q: %v", text, err)
			} else if !refused && !json.Valid(text) && utf8.Valid(text) && !earlier(err) {
				t.Fatalf("%q is no JSON, but: %v", text, err)
			}
			return
		}
		if !json.Valid(text) { // the decoder below looks at no more than the first value
			t.Fatalf("%q is no JSON, but taken", text)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var want map[string]any
		if err := decoder.Decode(&want); err != nil {
			t.Fatalf("encoding/json refuses %q: %v", text, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
	})
}

// earlier says of an error that it may stand before a place at which the text ceases to be JSON.
func earlier(err error) bool {
	for _, words := range []string{"twice", "nests deeper", "surrogate"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}
