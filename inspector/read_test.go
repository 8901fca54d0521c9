package inspector

import (
	"encoding/json"
	"strings"
	"testing"
)

// Whatever is sent, no reader of bodies panics, and none takes what is no object.
func FuzzReadBodies(f *testing.F) {
	for _, text := range []string{`{}`, `{"offset":"1h"}`, `{"now":"2026-11-23T12:00:00Z"}`, `{"now":null,"offset":null}`, `{"state":"Disabled"}`, `{"state":1}`, `{"grace":"1h"}`, `[]`, `{"a":`, `{"state":"a"}{}`, "\xff", `{"offset":"9999999999h"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var object map[string]json.RawMessage
		isObject := json.Unmarshal(text, &object) == nil && object != nil
		offset, frozen, err := readClock(text)
		if err == nil && (!isObject || offset != nil && frozen != nil) {
			t.Errorf("a clock: %s", text)
		}
		if state, err := readState(text); err == nil && (!isObject || len(object) != 1 || state != "" && len(object["state"]) == 0) {
			t.Errorf("a state: %s", text)
		}
	})
}

// A journal that keeps nothing has no number of calls to wait for.
func TestWaitWithoutAJournal(t *testing.T) {
	for _, count := range []string{"", "0", "1"} {
		if n, err := readCount(count, 0); err == nil || !strings.Contains(err.Error(), "--journal N, or EMULATOR_JOURNAL=N") {
			t.Errorf("count %q: %d, %v", count, n, err)
		}
	}
}

func FuzzReadWait(f *testing.F) {
	f.Add("1", "10s")
	f.Add("", "")
	f.Add("-1", "1e9h")
	f.Fuzz(func(t *testing.T, count, timeout string) {
		if n, err := readCount(count, 10); err == nil && (n < 1 || n > 10) {
			t.Errorf("count %q is %d", count, n)
		}
		if d, err := readTimeout(timeout); err == nil && (d < 0 || d > maxWait) {
			t.Errorf("timeout %q is %s", timeout, d)
		}
	})
}
