package expression

import (
	"strings"
	"testing"
)

// What Valid takes, Decode takes: a body that nothing looks at is never decoded.
func FuzzValid(f *testing.F) {
	for _, seed := range []string{"", "{}", "\ufeff{}", `{"a":1,"a":2}`, `[1 2]`, `[1,]`, `{"a"}`, "1 2", `"\ud800"`, "\xff", "nul",
		strings.Repeat("[", 127) + strings.Repeat("]", 127), strings.Repeat("[", 129) + strings.Repeat("]", 129)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Decode(data); err != nil && Valid(data) {
			t.Errorf("valid, but %v", err)
		}
	})
}

func TestValid(t *testing.T) {
	for text, want := range map[string]bool{`{"order":1}`: true, "\ufeff[]": true, "": false, "{": false, "{} {}": false, "\xff": false,
		strings.Repeat("[", 129) + strings.Repeat("]", 129): false} {
		if Valid([]byte(text)) != want {
			t.Errorf("Valid(%.20q) is not %v", text, want)
		}
	}
}
