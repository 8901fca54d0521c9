package expression

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestEvalErrors(t *testing.T) {
	tests := []struct{ expr, want string }{
		{`startsWith(triggerOutputs()?['headers']?['X-None'], 'Bearer')`, `The template language function 'startsWith' expects its first parameter to be of type string. The provided value is of type 'Null'. Please see https://aka.ms/logicexpressions#startswith for usage details.`},
		{`endsWith('a', 1)`, `The template language function 'endsWith' expects its second parameter to be of type string. The provided value is of type 'Integer'. Please see https://aka.ms/logicexpressions#endswith for usage details.`},
		{`replace(null, 'a', 'b')`, `The template language function 'replace' expects its first parameter 'string' to be a string. The provided value is of type 'Null'. Please see https://aka.ms/logicexpressions#replace for usage details.`},
		{`length(null)`, `The template language function 'length' expects its parameter to be an array or a string. The provided value is of type 'Null'. Please see https://aka.ms/logicexpressions#length for usage details.`},
		{`join('a', ',')`, `The template language function 'join' expects its first parameter to be an array. The provided value is of type 'String'. Please see https://aka.ms/logicexpressions#join for usage details.`},
		{`if('true', 1, 2)`, `The template language function 'if' expects its first parameter to be of type boolean. The provided value is of type 'String'. Please see https://aka.ms/logicexpressions#if for usage details.`},
		{`and(true, 1)`, `The template language function 'and' expects all of its parameters to be booleans. Found invalid parameter types: 'Integer'.`},
		{`not(1.5)`, `The template language function 'not' expects its parameter to be a boolean. The provided value is of type 'Float'. Please see https://aka.ms/logicexpressions#not for usage details.`},
		{`greater('10', 9)`, `The template language function 'greater' expects two parameter of matching types. The function was invoked with values of type 'String' and 'Integer' that do not match.`},
		{`less(createArray(1), true)`, `The template language function 'less' expects all of its parameters to be either integer or decimal numbers. Found invalid parameter types: 'Array', 'Boolean'.`},
		{`contains(null, 'x')`, `The template language function 'contains' expects its first argument 'collection' to be a dictionary (object), an array or a string. The provided value is of type 'Null'.`},
		{`substring('abc', 2, 5)`, `The template language function 'substring' parameters are out of range: 'start index' and 'length' must be non-negative integers and their sum must be no larger than the length of the string. Please see https://aka.ms/logicexpressions#substring for usage details.`},
		{`int('abc')`, `The template language function 'int' was invoked with a parameter that is not valid. The value cannot be converted to the target type.`},
		{`bool(null)`, `The template language function 'bool' was invoked with a parameter that is not valid. The value cannot be converted to the target type.`},
		{`base64ToString('*')`, `The template language function 'base64ToString' was invoked with a parameter that is not valid. The value cannot be decoded from base64 representation.`},
		{`div(1, 0.0)`, `Attempt to divide an integral or decimal value by zero in function 'div'.`},
		{`triggerBody()['x']`, `The template language expression 'triggerBody()['x']' cannot be evaluated because property 'x' doesn't exist, available properties are 'id, name, tags, none, a/b, deep'. Please see https://aka.ms/logicexpressions for usage details.`},
		{`equals(triggerBody().none.x, 1)`, `The template language expression 'equals(triggerBody().none.x, 1)' cannot be evaluated because property 'x' cannot be selected. Please see https://aka.ms/logicexpressions for usage details.`},
		{`triggerBody()?.name?['x']`, `The template language expression 'triggerBody()?.name?['x']' cannot be evaluated because property 'x' cannot be selected. Property selection is not supported on values of type 'String'. Please see https://aka.ms/logicexpressions for usage details.`},
		{`triggerBody().tags?['x']`, `The template language expression 'triggerBody().tags?['x']' cannot be evaluated because property 'x' cannot be selected. Array elements can only be selected using an integer index. Please see https://aka.ms/logicexpressions for usage details.`},
		{`triggerBody().tags[2]`, `The template language expression 'triggerBody().tags[2]' cannot be evaluated because array index '2' is outside bounds (0, 1) of array. Please see https://aka.ms/logicexpressions for usage details.`},
		{`json('[]')[0]`, `The template language expression 'json('[]')[0]' cannot be evaluated because array index '0' cannot be selected from empty array. Please see https://aka.ms/logicexpressions for usage details.`},
		{`parameters('none')`, `the workflow has no parameter 'none'; define it and give it a value`},
		{`json('{')`, `json: '{' is not JSON: offset 1: the text ends before the JSON value does`},
		{`replace('abc', '', 'x')`, `replace of an empty string; give the text to replace as second parameter`},
		{`mul(9223372036854775807, 2)`, `mul of 9223372036854775807 and 2 leaves the range of 64-bit integers; convert one of them with float()`},
		{`mul(1e308, 10)`, `the result of mul is no finite number`},
		{`max(json('[]'))`, `max of an empty array; test it with empty() first`},
		{`trim(1)`, `trim expects its parameter to be a string; the value is of type 'Integer'`},
		{`addProperty(json('{"a":1}'), 'a', 2)`, `addProperty: the object has a property 'a' already; use setProperty to replace it`},
		{`union(createArray(1), json('{}'))`, `union expects either arrays or objects, and nothing else beside them; the first parameter is of type 'Array'`},
		{`utcNow(concat('g', 'g'))`, `utcNow: the letter g in a format of a time is not evaluated by flowgate; put it in quotes if it is text`},
	}
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			v, err := evaluate(t, "@"+tt.expr, testScope())
			var e *EvalError
			if !errors.As(err, &e) {
				t.Fatalf("got %v and error %v, want an *EvalError", v, err)
			}
			if e.Msg != tt.want || e.Expression != tt.expr {
				t.Errorf("got  %s\nwant %s\n(of %s)", e.Msg, tt.want, e.Expression)
			}
		})
	}
}

func TestEvalErrorPointer(t *testing.T) {
	template, err := Parse(mustDecode(`{"a":[1,{"b/c":"x @{int('y')}"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = template.Eval(testScope())
	var e *EvalError
	if !errors.As(err, &e) || e.Pointer != "/a/1/b~1c" || e.Expression != "int('y')" {
		t.Errorf("got %#v", err)
	}
}

// Ordinary lists of thousands are no work to speak of.
func TestSetsOfLongLists(t *testing.T) {
	scope := testScope()
	var numbers, texts []any
	for i := range 5000 {
		numbers, texts = append(numbers, count(i)), append(texts, fmt.Sprint("order ", i))
	}
	body := &Object{}
	body.Set("numbers", numbers)
	body.Set("texts", texts)
	scope.Trigger.Set("body", body)
	for text, want := range map[string]int{
		`length(union(triggerBody().numbers, triggerBody().texts, triggerBody().numbers))`:          10000,
		`length(intersection(triggerBody().numbers, union(triggerBody().numbers, createArray(1))))`: 5000,
		`length(intersection(triggerBody().texts, triggerBody().numbers))`:                          0,
		`length(union(createArray(1, 1.0, 1e0, '1', true, null, true, -0, 0), createArray(0.0)))`:   5,
		`length(union(createArray(1.0, 1), createArray('a', 'A')))`:                                 3,
	} {
		template, err := Parse("@" + text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := template.Eval(scope); err != nil || got != any(count(want)) {
			t.Errorf("%s: %v, %v; want %d", text, got, err, want)
		}
	}
}

// A body of a few kilobytes must not make the process build gigabytes or run for
// minutes.
func TestEvalBounds(t *testing.T) {
	scope := testScope()
	body := &Object{}
	body.Set("text", strings.Repeat("a", 1<<20))
	numbers := make([]any, 5000)
	for i := range numbers {
		numbers[i] = count(i)
	}
	body.Set("numbers", numbers)
	lists := make([]any, len(numbers))
	for i := range lists {
		lists[i] = []any{numbers[i]}
	}
	body.Set("lists", lists)
	scope.Trigger.Set("body", body)
	x := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	tests := map[string]string{
		"replace":  `replace(triggerBody().text, 'a', 'aaaaaaaaaaaaaaaaaaaaaaaa')`,
		"concat":   `concat(` + x(20, `triggerBody().text`) + `)`,
		"split":    `split(triggerBody().text, 'a')`,
		"join":     `join(split('` + strings.Repeat(",", 1000) + `', ','), substring(triggerBody().text, 0, 100000))`,
		"json":     `string(createArray(` + x(20, `triggerBody()`) + `))`,
		"encode":   `uriComponent(replace(triggerBody().text, 'a', '     '))`,
		"union":    `union(` + x(20, `triggerBody().lists`) + `)`,
		"compare":  `equals(` + x(300, `triggerBody().numbers`) + `)`,
		"contains": `or(` + x(150, `contains(concat(triggerBody().text, 'b'), 'c')`) + `)`,
		"result":   `createArray(` + x(250, `triggerBody()`) + `)`,
	}
	for name, expr := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := evaluate(t, "@"+expr, scope)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), "more than") && !strings.Contains(err.Error(), "larger than") {
				t.Error(err)
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
	if v, err := evaluate(t, "@triggerBody()", scope); err != nil || v != any(body) {
		t.Errorf("a large body passes through: %v", err)
	}
}

func TestEvalWithoutScope(t *testing.T) {
	for expr, want := range map[string]string{
		`triggerOutputs()`: `null`,
		`trigger()`:        `{"name":"","outputs":null}`,
		`triggerBody()`:    `null`,
		`workflow()`:       `null`,
	} {
		v, err := evaluate(t, "@"+expr, nil)
		if err != nil || string(Encode(v)) != want {
			t.Errorf("%s: %s, %v", expr, Encode(v), err)
		}
	}
	for _, expr := range []string{`utcNow()`, `guid()`, `parameters('x')`} {
		if _, err := evaluate(t, "@"+expr, nil); err == nil {
			t.Errorf("%s: no error", expr)
		}
	}
}

func TestEvalConcurrently(t *testing.T) {
	template, err := Parse(mustDecode(`{"a":"@concat(triggerBody().name, string(triggerBody()))","b":["x @{length(triggerBody().tags)}",{"c":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	scope := testScope()
	want, err := template.Eval(scope)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				got, err := template.Eval(scope)
				if err != nil || string(Encode(got)) != string(Encode(want)) {
					t.Errorf("got %s, %v", Encode(got), err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestForms(t *testing.T) {
	multipart := strings.ReplaceAll(`--b
Content-Disposition: form-data; name="a"

first
--b
Content-Disposition: form-data; name="j"; filename="x.json"
Content-Type: application/json

{"k":[1]}
--b
Content-Disposition: form-data; name="a"
Content-Type: image/png

png
--b--
`, "\n", "\r\n")
	const png = `{"$content-type":"image/png","$content":"cG5n"}`
	tests := []struct{ mediaType, body, expr, want string }{
		{"application/x-www-form-urlencoded", "a=1+2&b=%C3%A4&a=3", `triggerFormDataValue('b')`, `"ä"`},
		{"application/x-www-form-urlencoded; charset=utf-8", "a=1+2&a=3", `triggerFormDataMultiValues('a')`, `["1 2","3"]`},
		{"application/x-www-form-urlencoded", "a=1", `triggerFormDataValue('x')`, `null`},
		{"application/x-www-form-urlencoded", "a=1&a=2", `triggerFormDataValue('a')`, `"triggerFormDataValue: the form has 2 fields 'a'; use triggerFormDataMultiValues"`},
		{"multipart/form-data; boundary=b", multipart, `triggerFormDataValue('j')`, `{"k":[1]}`},
		{"multipart/form-data; boundary=b", multipart, `triggerFormDataMultiValues('a')`, `["first",` + png + `]`},
		{"multipart/form-data; boundary=b", multipart, `triggerMultipartBody(2)`, png},
		{"multipart/form-data; boundary=b", multipart, `triggerMultipartBody(3)`, `"triggerMultipartBody: there is no part 3; the trigger's body has 3, counted from 0"`},
		{"multipart/form-data; boundary=b", "--b", `triggerMultipartBody(0)`, `"triggerMultipartBody: the trigger's body is no valid multipart: multipart: NextPart: EOF"`},
		{"image/png", "x", `triggerFormDataValue('a')`, `"triggerFormDataValue: the trigger's body is of type 'image/png', not multipart/form-data or application/x-www-form-urlencoded"`},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s of %s", tt.expr, tt.mediaType), func(t *testing.T) {
			outputs := &Object{}
			outputs.Set("body", newContent(tt.mediaType, []byte(tt.body)))
			var got any
			got, err := evaluate(t, "@"+tt.expr, &Scope{Trigger: outputs})
			if err != nil {
				got = err.Error()
			}
			if g := string(Encode(got)); g != tt.want {
				t.Errorf("got %s, want %s", g, tt.want)
			}
		})
	}
}

func BenchmarkCondition(b *testing.B) {
	condition, err := ParseCondition(`@startsWith(triggerOutputs()?['headers']?['Authorization'], 'Bearer')`)
	if err != nil {
		b.Fatal(err)
	}
	scope := testScope()
	b.ReportAllocs()
	for b.Loop() {
		if v, err := condition.Eval(scope); err != nil || v != true {
			b.Fatal(v, err)
		}
	}
}

func BenchmarkResponseBody(b *testing.B) {
	template, err := Parse(mustDecode(`{"received":"@triggerBody()","by":"hello @{triggerBody()?['name']}"}`))
	if err != nil {
		b.Fatal(err)
	}
	scope := testScope()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := template.Eval(scope); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(`@startsWith(triggerOutputs()?['headers']?['Authorization'], 'Bearer')`); err != nil {
			b.Fatal(err)
		}
	}
}
