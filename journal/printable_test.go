package journal

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"a\": \"é 東 🙂 \\u001b\"\n}": "{\n  \"a\": \"é 東 🙂 \\u001b\"\n}",
		"\"a\u202eb\u2066\u200b\u007f\"":   `"a\u202eb\u2066\u200b\u007f"`,
		"\"\U000e0041 é\"":                 `"\udb40\udc41 é"`,
		"\"\xff\"":                         "\"\xff\"",
	} {
		if got := Printable([]byte(text)); string(got) != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// The value stays what it was, and to escape it twice changes nothing.
func FuzzPrintable(f *testing.F) {
	f.Add("a\u202e\U000e0041\\\"\x1b\xff")
	f.Fuzz(func(t *testing.T, s string) {
		before, err := json.Marshal(map[string]string{s: s})
		if err != nil {
			t.Fatal(err)
		}
		after := Printable(bytes.Clone(before))
		var a, b any
		if json.Unmarshal(before, &a) != nil || json.Unmarshal(after, &b) != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("%s is no longer %s", after, before)
		}
		if bytes.ContainsFunc(after, unprintable) || !bytes.Equal(Printable(after), after) {
			t.Fatalf("%q", after)
		}
	})
}

// What a stream sends is as harmless.
func TestEventIsPrintable(t *testing.T) {
	if text := (Event{Entry: &Entry{Workflow: "a\u202e"}}).JSON(); bytes.ContainsFunc(text, unprintable) {
		t.Errorf("%q", text)
	}
}
