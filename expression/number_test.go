package expression

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestNumbersCompare(t *testing.T) {
	const tenth = "0.1000000000000000055511151231257827021181583404541015625" // the float 0.1, in full
	for _, tt := range []struct {
		a, b  json.Number
		order int
	}{
		{"1", "1.0", 0}, {"1e2", "100", 0}, {"100", "1E+2", 0}, {"-0", "0", 0}, {"-0.0", "0", 0}, {"0e999", "-0", 0},
		{"0.1", tenth, 0}, {tenth, tenth, 0}, {tenth, "0.2", -1}, {"-" + tenth, "0.1", -1}, {"0.1", "-" + tenth, 1},
		{"9007199254740993", "9007199254740992", 1}, {"9007199254740993", "9007199254740992.0", 0},
		{"123456789012345678901234567891", "123456789012345678901234567890", 1}, {"123456789012345678901234567890", "1.5", 1},
		{"1e-320", "2e-320", -1}, {"1e-400", "0", 0}, {"1e400", "1e500", 0}, {"1e400", "1e308", 1},
		{"0." + json.Number(strings.Repeat("3", 5000)), "0.3333333333333333", 0},
	} {
		e := &evaluation{steps: maxSteps}
		if order, err := e.compareNumbers(tt.a, tt.b); order != tt.order || err != nil {
			t.Errorf("%.40s and %.40s: %d, %v; want %d", tt.a, tt.b, order, err, tt.order)
		}
		if order, _ := e.compareNumbers(tt.b, tt.a); order != -tt.order {
			t.Errorf("%.40s and %.40s: %d, want %d", tt.b, tt.a, order, -tt.order)
		}
	}
}

func TestShortNumbers(t *testing.T) {
	for n, want := range map[json.Number]bool{
		"0": true, "-1.5": true, "0.30000000000000004": true, "-0.00012345678901234567": true, "9223372036854775807": true,
		"5e-324": false, "1E+2": false, "0.1234567890123456789012345": false,
	} {
		if IsShort(n) != want {
			t.Errorf("%s: short is %v", n, !want)
		}
	}
}

// A number that is slow to read is paid for when it is read, and not when it is compared again.
func TestNumberIsReadOnce(t *testing.T) {
	e := &evaluation{steps: 2*floatSteps + 1}
	for _, n := range []json.Number{"5e-324", "5e-324", "0.5", "5e-324", "6e-324", "5e-324"} {
		if f, err := e.floatOf(n); err != nil || f != float(n) {
			t.Fatalf("%s: %g, %v", n, f, err)
		}
	}
	if e.steps != 1 {
		t.Errorf("%d steps are left, want 1", e.steps)
	}
	if _, err := e.floatOf("7e-324"); err == nil {
		t.Error("a third number is free")
	}
}

// What a caller writes in a body must not have the process read numbers for hours.
func TestNumbersAreBounded(t *testing.T) {
	halves := strings.TrimSuffix(strings.Repeat("0.5,", 5000), ",")
	digits := strings.Repeat("7", 500_000)
	var tiny strings.Builder
	for i := range 70_000 {
		fmt.Fprintf(&tiny, "%de-320,", i+1)
	}
	bodies := map[string]any{
		"lists": mustDecode(`{"long":0.` + digits + `,"integer":` + digits + `,"slow":1.000000000000000111022302462516e301,"halves":[` + halves +
			`],"pairs":[[0.5,` + strings.ReplaceAll(halves, ",", "],[0.5,") + `]],"pair":[0.5,0.` + digits + `],"tiny":[` + tiny.String() + `0]}`),
		"number": mustDecode("0." + digits + digits),
	}
	many := strings.Repeat("triggerBody(),", 500)
	for _, tt := range []struct {
		body, expr string
		bounded    bool
	}{
		{"lists", `contains(triggerBody().halves, triggerBody().long)`, true},
		{"lists", `contains(triggerBody().halves, triggerBody().integer)`, true},
		{"lists", `contains(triggerBody().pairs, triggerBody().pair)`, true},
		{"lists", `union(createArray(triggerBody().long), triggerBody().halves)`, true},
		{"lists", `min(triggerBody().tiny)`, true},
		{"number", `equals(` + many + `1)`, true},
		{"number", `max(` + many + `1)`, true},
		{"lists", `contains(triggerBody().halves, triggerBody().slow)`, false},
		{"lists", `greater(0.5, triggerBody().long)`, false},
		{"lists", `equals(triggerBody().integer, triggerBody().long)`, false},
	} {
		scope := testScope()
		scope.Trigger.Set("body", bodies[tt.body])
		_, err := evaluate(t, "@"+tt.expr, scope)
		if bounded := err != nil && err.Error() == "the evaluation takes more than 1000000 steps"; bounded != tt.bounded {
			t.Errorf("%.80s: %v", tt.expr, err)
		}
	}
}
