package expression

import (
	"errors"
	"testing"
)

var seeds = []string{
	`@startsWith(triggerOutputs()?['headers']?['Authorization'], 'Bearer')`,
	`a @{concat('}', '''', 1.5e3)} b @@{x} @{triggerBody()?.tags[0]}`,
	`@if(and(true, not(false)), substring('a😀b', 1, 2), int('x'))`,
	`@union(createArray(1, -2, .5), split('a,b', ','), json('[{"a":1}]'))`,
	`@replace(string(triggerBody()), 'a', concat(triggerBody()))`,
	`@utcNow('yyyy-MM-dd %h ''x'' FFF')`, `@guid('N')`, `@float('-1,0.5-')`,
	`@base64ToString(uriComponentToString('%c3%'))`, `@lastIndexOf('ß', 'SS')`,
	`@triggerFormDataValue('a')`, `@body('x')`, `@mod(-9223372036854775808, -1)`,
	`@`, `@@`, `@{`, `@ (`, `@x(`, `@1.e`, "@'\xff'",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		template, err := Parse(s)
		if err == nil {
			template.Literal()
			template.NeedsActions()
			return
		}
		var e *Error
		if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(s) || e.Pointer != "" || e.Msg == "" {
			t.Fatalf("Parse(%q): %#v", s, err)
		}
	})
}

func FuzzEval(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, `{"tags":["a"],"name":"x"}`)
	}
	f.Fuzz(func(t *testing.T, s, body string) {
		template, err := Parse(s)
		if err != nil {
			return
		}
		scope := testScope()
		if v, err := Decode([]byte(body)); err == nil {
			scope.Trigger.Set("body", v)
		}
		before := string(Encode(scope.Trigger))
		v, err := template.Eval(scope)
		var e *EvalError
		if err != nil && (!errors.As(err, &e) || v != nil) {
			t.Fatalf("Eval of %q: %v, %#v", s, v, err)
		}
		if _, err := Decode(Encode(v)); err != nil {
			t.Fatalf("the value of %q is no JSON: %v", s, err)
		}
		if again, _ := template.Eval(scope); string(Encode(again)) != string(Encode(v)) {
			t.Fatalf("%q: %s, then %s", s, Encode(v), Encode(again))
		}
		if string(Encode(scope.Trigger)) != before {
			t.Fatalf("%q changes its scope", s)
		}
	})
}
