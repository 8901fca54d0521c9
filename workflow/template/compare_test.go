package template

import (
	"encoding/json"
	"strings"
	"testing"

	"flowgate/expression"
)

func TestNumbersCompare(t *testing.T) {
	for source, want := range map[string]any{
		`[equals(1, json('1.0'))]`: true, `[equals(json('1e2'), 100)]`: true, `[equals(json('-0'), 0)]`: true, `[equals(json('-0.0'), 0)]`: true,
		`[equals(json('0.1'), json('0.1000000000000000055511151231257827021181583404541015625'))]`: true,
		`[equals(9007199254740993, 9007199254740992)]`:                                             false,
		`[less(json('1e-320'), json('2e-320'))]`:                                                   true,
		`[greater(json('1e400'), 9223372036854775807)]`:                                            true,
		`[equals(createArray(1, json('2.0')), createArray(json('1.0'), 2))]`:                       true,
		`[contains(createArray(3, json('25e-2')), json('0.25'))]`:                                  true,
		`[lastIndexOf(createArray(1, 2, json('1.0')), 1)]`:                                         number(2),
		`[indexOf(createArray(1, 2, json('1.0')), 4)]`:                                             number(-1),
		`[max(1, json('2.5e0'), 2)]`:                                                               json.Number("2.5e0"),
		`[length(intersection(json('{"a":1,"b":2,"c":null}'), json('{"a":1.0,"b":3}')))]`:          number(1),
	} {
		if v, err := evaluate(source, scope(t)); v != want || err != nil {
			t.Errorf("%s: %v, %v; want %v", source, v, err, want)
		}
	}
}

// Each comparison of a number that is slow to read is paid for, so that none of these takes minutes.
func TestNumbersAreBounded(t *testing.T) {
	long := "0." + strings.Repeat("7", 100_000)
	halves := strings.TrimSuffix(strings.Repeat("0.5,", 5000), ",")
	v, err := expression.Decode([]byte(`{"long":` + long + `,"halves":[` + halves + `],"pairs":[[0.5,` + strings.ReplaceAll(halves, ",", "],[0.5,") + `]],"pair":[0.5,` + long + `],"integer":` +
		strings.Repeat("7", 100_000) + `,"list":[1,2]}`))
	if err != nil {
		t.Fatal(err)
	}
	names := func(count int, name string) string {
		return strings.TrimSuffix(strings.Repeat("variables('"+name+"'),", count), ",")
	}
	for _, source := range []string{
		`[contains(variables('halves'), variables('long'))]`,
		`[indexOf(variables('halves'), variables('long'))]`,
		`[lastIndexOf(variables('pairs'), variables('pair'))]`,
		`[min(` + names(200, "long") + `)]`,
		`[max(` + names(200, "long") + `)]`,
		`[createArray(` + names(200, "long") + `)]`,
		`[map(range(0, 10000), lambda('i', equals(lambdaVariables('i'), variables('integer'))))]`,
		`[map(range(0, 10000), lambda('i', less(json('5e-324'), json('4e-324'))))]`,
		`[map(range(0, 100), lambda('i', intersection(createObject('a', variables('long')), createObject('a', json('0.5')))))]`,
	} {
		s := scope(t)
		s.Variables = Values(v.(*expression.Object))
		if _, err := evaluate(source, s); err == nil || !strings.HasPrefix(err.Error(), "the template needs more than 16 million units of work") {
			t.Errorf("%.90s: %v", source, err)
		}
	}
	s := scope(t)
	s.Variables = Values(v.(*expression.Object))
	if v, err := evaluate(`[map(range(0, 10000), lambda('i', variables('list')[?variables('integer')]))]`, s); err == nil {
		t.Errorf("an element at 7…7: %v", v)
	}
	if v, err := evaluate(`[less(variables('long'), json('8e-1'))]`, s); v != true {
		t.Errorf("%v, %v", v, err)
	}
}
