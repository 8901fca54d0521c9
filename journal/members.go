package journal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// withoutSecretMembers replaces the values of secret members in JSON text, whatever
// they are and however their names are spelled; the rest stays as it was sent. Text
// that is no JSON, or from where it stops being any, is returned unchanged: patterns
// look at it next.
func withoutSecretMembers(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if first := bytes.TrimLeft(text, " \t\r\n"); len(first) == 0 || first[0] != '{' && first[0] != '[' {
		return text
	}
	if !mayNameSecret(text) {
		return text
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	var out []byte
	var inObject []bool // for each open value: whether it is an object
	copied, name := 0, true
	for {
		token, err := dec.Token()
		if err != nil {
			return append(out, text[copied:]...)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			inObject = append(inObject, token == json.Delim('{'))
			name = true
			continue
		case json.Delim('}'), json.Delim(']'):
			inObject = inObject[:len(inObject)-1]
			name = true
			continue
		}
		if len(inObject) == 0 || !inObject[len(inObject)-1] {
			continue
		}
		if member, ok := token.(string); name && ok && secretName(member) {
			before := int(dec.InputOffset())
			var value json.RawMessage
			if dec.Decode(&value) != nil { // cut off: nothing of it is kept
				return append(append(out, text[copied:before]...), `:"`+redacted+`"`...)
			}
			out = append(append(out, text[copied:before]...), `:"`+redacted+`"`...)
			copied = int(dec.InputOffset())
			continue
		}
		name = !name
	}
}

// mayNameSecret reports whether a member of JSON text may have a secret's name: decoding
// is dear. It may be wrong in saying that one has.
func mayNameSecret(text []byte) bool {
	// Names may be spelled with escapes, which only a decoder sees through, or with the
	// sign for Kelvin, whose lower case is a k.
	if bytes.Contains(text, []byte("\u212a")) {
		return true
	}
	for at := 0; ; {
		n := bytes.Index(text[at:], []byte(`\u`))
		if n < 0 {
			break
		}
		ends, looked := endsName(text, at+n)
		if ends {
			return true
		}
		at = max(looked, at+n+1)
	}
	may, looked := false, 0
	each(words(), text, urlWord|secretWord, func(_, to int) bool {
		if to > looked {
			may, looked = endsName(text, to)
		}
		return !may
	})
	return may
}

// endsName reports whether the string of JSON text that goes on from at may be a name:
// a colon follows it. It also returns how far it looked: to the end of the string.
func endsName(text []byte, at int) (bool, int) {
	for {
		n := bytes.IndexByte(text[at:], '"')
		if n < 0 {
			return true, len(text) // cut off: who knows
		}
		end := at + n
		at = end + 1
		if after := bytes.TrimLeft(text[at:], " \t\r\n"); len(after) == 0 || after[0] == ':' {
			return true, at
		}
		if text[end-1] != '\\' { // or it may stand in the string
			return false, end
		}
	}
}

// maxValue bounds what is kept of one JSON value, in bytes of its texts and eight
// for each of its values.
const (
	maxValue  = 16 << 10
	valueCost = 8
)

// Value returns a decoded JSON value as the journal may keep it: a copy without
// secrets, bounded, what is left out marked by an ellipsis.
func Value(v any) any {
	budget := maxValue
	return value(v, &budget)
}

// Claims is Value of the members of an object, such as a token's header or claims.
func Claims(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	return Value(m).(map[string]any)
}

func value(v any, budget *int) any {
	if *budget -= valueCost; *budget <= 0 {
		return cutMark
	}
	switch v := v.(type) {
	case string:
		text := Text(v)
		*budget -= len(text)
		return text
	case json.Number:
		if len(v) > maxText { // cut, it would be another number, or none, which nobody could encode
			*budget -= maxText
			return strings.Clone(string(v[:maxText])) + cutMark
		}
		*budget -= len(v)
		return json.Number(strings.Clone(string(v)))
	case []any:
		list := []any{}
		for _, e := range v {
			if *budget <= valueCost {
				list = append(list, cutMark)
				break
			}
			list = append(list, value(e, budget))
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for _, name := range namesOf(v) {
			if *budget <= 0 {
				object[cutMark] = cutMark
				break
			}
			*budget -= len(name)
			key := Text(name)
			if secretName(name) {
				object[key] = redacted
			} else {
				object[key] = value(v[name], budget)
			}
		}
		return object
	}
	return v // null or a boolean
}

// namesOf returns the names of an object's members in the order in which they are kept,
// the same each time: lists and objects come last, so that four hundred groups do not push
// the issuer out.
func namesOf(object map[string]any) []string {
	large := func(name string) int {
		switch object[name].(type) {
		case []any, map[string]any:
			return 1
		}
		return 0
	}
	return slices.SortedFunc(maps.Keys(object), func(a, b string) int {
		return cmp.Or(cmp.Compare(large(a), large(b)), cmp.Compare(a, b))
	})
}
