package journal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestFieldsAreNoSecrets(t *testing.T) {
	const secret = "q8Zr2mVt0pLx7Yw4NcKd"
	for _, name := range []string{"key", "KEY", "sig", "code"} {
		if kept := Field(name, secret); kept != redacted {
			t.Errorf("%s: %s", name, kept)
		}
	}
	// Members are secrets as a body's are.
	for value, want := range map[string]string{
		`{"password":["` + secret + `"]}`:                                  `{"password":"[redacted]"}`,
		` {"a":{"password":{"b":"` + secret + `"}},"c":1}`:                 ` {"a":{"password":"[redacted]"},"c":1}`,
		`[{"pass\u0077ord":["` + secret + `"]}]`:                           `[{"pass\u0077ord":"[redacted]"}]`,
		`{"password":["` + secret:                                          `{"password":"[redacted]"`,
		`{"password":["` + secret + `"]}, {"password":["` + secret + `"]}`: `{"password":"[redacted]"}, {"password":[redacted]}`,
		`a={"password":["` + secret + `"]}`:                                `a={"password":[redacted]}`,
		`{a}`:                                                              `{a}`,
	} {
		if kept := Field("X-Meta", value); kept != want {
			t.Errorf("%s: %s", value, kept)
		}
	}
	// Of a credential in another header than Authorization nothing is kept, not even a word that may be a scheme.
	if kept := Field("X-Api-Key", "basic "+secret); kept != redacted {
		t.Error(kept)
	}
}

// A sentence of ours may quote a caller's text, and its own words are no secrets.
func TestSentenceQuotesNoSecret(t *testing.T) {
	const secret = "q8Zr2mVt0pLx7Yw4NcKd"
	for sentence, want := range map[string]string{
		`no trusted key has kid "password=` + secret + `"; trusted: "a"`:            `no trusted key has kid "password=[redacted]"; trusted: "a"`,
		`its iss is "https://ana:` + secret + `@host/", not "b"`:                    `its iss is "https://ana:[redacted]@host/", not "b"`,
		`its crit is {"password":"` + secret + `","x":["pwd=` + secret + `"]}, sir`: `its crit is {"password":"[redacted]","x":["pwd=[redacted]"]}, sir`,
		`the path is "a\"password=` + secret + `\n"`:                                `the path is "a\"password=[redacted]\n"`,
		`an access token: the token's typ is "at+jwt", 5" wide`:                     `an access token: the token's typ is "at+jwt", 5" wide`,
		`ask for scope="api://token/.default", password: none`:                      `ask for scope="api://token/.default", password: none`,
		`token ` + token: `token [redacted token]`,
	} {
		if got := Sentence(sentence); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", sentence, got, want)
		}
	}
}

// What is held until it is written up has no signature, and no value without end.
func TestHeldFields(t *testing.T) {
	long := strings.Repeat("v", 1<<10)
	held := HoldQuery(func(yield func(name, value string) bool) {
		_ = yield("sig", "q8Zr2mVt0pLx7Yw4NcKd") && yield("Sig", "q8Zr2mVt0pLx7Yw4NcKd")
	})
	for _, f := range held.joined {
		if strings.Contains(f.value, "q8Zr2mVt0pLx7Yw4NcKd") {
			t.Errorf("held: %v", f)
		}
	}
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			HoldQuery(func(yield func(name, value string) bool) {
				for range 1000 {
					if !yield("x", long) {
						return
					}
				}
			})
		}
	}).AllocedBytesPerOp()
	if allocated > 1<<20 {
		t.Errorf("1000 values of one parameter take %d bytes", allocated)
	}
	h := http.Header{}
	for range 1000 {
		h.Add("X-A", "v")
	}
	if f := HoldHeaders(h); len(f[0].value) > 3*maxFields+len(moreValues) {
		t.Errorf("%d bytes of 1000 values", len(f[0].value))
	}
	h = http.Header{}
	for i := range 1000 {
		h.Set(fmt.Sprintf("X-%d", i), long)
	}
	if f := HoldHeaders(h); cap(f) > 2*maxFields {
		t.Errorf("room for %d headers of 1000 is held", cap(f))
	}
}

func TestLongNumberIsCut(t *testing.T) {
	if kept, _ := Value(json.Number(strings.Repeat("1", 1<<16))).(string); kept != strings.Repeat("1", maxText)+"…" {
		t.Errorf("%d digits are kept", len(kept))
	}
}

// What is cut has a mark where it is cut: no reader takes it for the whole.
func TestCutTextIsMarked(t *testing.T) {
	full, members := strings.Repeat("x", maxText), `{"a":"`+strings.Repeat("x", maxText)
	for what, got := range map[string]string{
		"a text":            Text(full + "x"),
		"a field":           Field("X-A", full+"x"),
		"members":           Field("X-A", members),
		"a secret's growth": Field("X-A", `{"password":1,"a":"`+members[len(`{"password":1`):maxText]),
		"a header":          HoldHeaders(http.Header{"X-A": {full + "x"}}).Kept()["X-A"],
		"101 values":        HoldHeaders(http.Header{"X-A": make([]string, maxFields+1)}).Kept()["X-A"],
	} {
		if !strings.HasSuffix(got, "…") || Whole(got) {
			t.Errorf("%s: %.20q, %d bytes", what, got, len(got))
		}
	}
	for _, text := range []string{"", full, "to be continued…", HoldHeaders(http.Header{"X-A": make([]string, maxFields)}).Kept()["X-A"]} {
		if got := Text(text); got != text || !Whole(got) {
			t.Errorf("%.20q is kept as %.20q", text, got)
		}
	}
	if kept, _ := HoldQuery(pairs("a=" + full + "x")).Kept(); Whole(kept["a"]) {
		t.Errorf("a parameter of %d bytes is whole", len(kept["a"]))
	}
	if kept, _ := HoldQuery(pairs("a=1")).LetGo().Kept(); kept["…"] == "" {
		t.Error("parameters are let go without a mark")
	}
	if kept, _ := HoldQuery(pairs()).LetGo().Kept(); len(kept) > 0 {
		t.Errorf("there were no parameters: %v", kept)
	}
	for _, texts := range [][]any{{full, full, full, full, full, full, full, full, "last"}, make([]any, 4000)} {
		list := Value(texts).([]any)
		if n := len(list); list[n-1] != "…" || list[n-2] == "…" {
			t.Errorf("a list of %d is cut to %d without one mark: %.20v", len(texts), n, list[n-1])
		}
	}
}

func TestListsArePushedOutFirst(t *testing.T) {
	groups := make([]any, 4000)
	for i := range groups {
		groups[i] = "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"
	}
	kept := Claims(map[string]any{"aud": "a", "groups": groups, "iss": "i", "oid": "o"})
	if kept["iss"] != "i" || kept["oid"] != "o" || len(kept["groups"].([]any)) < 100 {
		t.Errorf("%d claims, %d groups", len(kept), len(kept["groups"].([]any)))
	}
}

// What is kept is shown as JSON, so that every value must have a JSON form: also a number
// that is cut in front of its fraction or its exponent.
func FuzzValueHasJSON(f *testing.F) {
	ones := strings.Repeat("1", maxText-1)
	for _, text := range []string{ones + "1.5", ones + ".5", ones + "e5", ones[1:] + "e+5", `{"a":[null,true,-0.5e-3,"\ud800"],"password":1}`, `"` + ones + `"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var v any
		if decoder.Decode(&v) != nil {
			return
		}
		kept, err := json.Marshal(Value(v))
		if err != nil {
			t.Fatal(err)
		}
		if len(kept) > 6*(maxValue+maxText)+len(text) {
			t.Errorf("%d bytes are kept of %d", len(kept), len(text))
		}
	})
}

// What waits for a subscriber who does not take it is bounded in bytes as well.
func TestQueueIsBoundedInBytes(t *testing.T) {
	j := New(10)
	defer j.Close()
	s, err := j.Subscribe(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	entry := &Entry{Body: strings.Repeat("x", MaxBody)}
	for number := range uint64(maxQueue / 2) {
		s.tell(number, Event{Entry: entry})
	}
	bytes, missed := 0, uint64(0)
	for _, e := range s.Take() {
		missed += e.Missed
		if e.Entry != nil {
			bytes += len(e.Entry.Body)
		}
	}
	if bytes == 0 || bytes > maxQueueBytes || missed == 0 {
		t.Errorf("%d bytes wait, %d calls are missed", bytes, missed)
	}
}
