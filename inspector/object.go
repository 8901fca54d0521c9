package inspector

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// readBodyObject is readObject of a request's body; example is one that would do.
func readBodyObject(body []byte, example string) (map[string]json.RawMessage, error) {
	members, err := readObject(body)
	if err != nil {
		return nil, fmt.Errorf("the body %w; send one JSON object such as %s", err, example)
	}
	return members, nil
}

// readText reads a member that has to be a text; example is one that would do.
func readText(name string, value json.RawMessage, example string) (string, error) {
	var text string
	if value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return "", fmt.Errorf("member %s is no text but %s; write it in quotes, such as %q", strconv.Quote(name), kindOf(value), example)
	}
	return text, nil
}

// kindOf tells what a JSON value is. Of what may hold a credential no more is told.
func kindOf(value json.RawMessage) string {
	switch value[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	}
	return firstBytes(string(value)) // a number, true, false or null
}

// readObject returns the members of one JSON object. encoding/json alone would let a
// name stand twice, in any letter case, and text follow the object.
func readObject(text []byte) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return nil, noObject(text)
	}
	members := map[string]json.RawMessage{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, notJSON(text)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, notJSON(text)
		}
		key := name.(string) // the decoder takes nothing else for a name
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("has %s twice", quoted(key))
		}
		members[key] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, notJSON(text)
	}
	end := dec.InputOffset()
	if _, err := dec.Token(); err != io.EOF {
		rest := bytes.TrimLeft(text[end:], " \t\r\n")
		return nil, fmt.Errorf("goes on after the object, from byte %d: %q", len(text)-len(rest)+1, firstRune(rest))
	}
	return members, nil
}

// noObject says how a text begins that begins no object.
func noObject(text []byte) error {
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 {
		return errors.New("is no JSON object but empty")
	}
	return fmt.Errorf("is no JSON object, for it begins with %q", firstRune(text))
}

// notJSON says where a text stops being JSON. It repeats one character: more might be of
// a token.
func notJSON(text []byte) error {
	var whole json.RawMessage
	var wrong *json.SyntaxError
	if !errors.As(json.Unmarshal(text, &whole), &wrong) {
		return errors.New("is not JSON")
	}
	return fmt.Errorf("is not JSON at byte %d: %w", wrong.Offset, wrong)
}

// firstRune is the first character of a text, to be quoted.
func firstRune(text []byte) string {
	for _, r := range string(text[:min(len(text), 4)]) {
		return string(r)
	}
	return ""
}
