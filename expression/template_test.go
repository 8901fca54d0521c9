package expression

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseErrors(t *testing.T) {
	tests := []struct {
		value   string // JSON
		pointer string
		offset  int
		msg     string
	}{
		{`"@"`, "", 0, `an @ without an expression; write @@ for the text @`},
		{`"@ !"`, "", 2, `unexpected '!' in an expression`},
		{`"@channel hello"`, "", 1, `"channel" is no call; write channel(…) to call it, or @@ at the start of a string that is text`},
		{`"@startWith('a','b')"`, "", 1, `unknown function "startWith"; did you mean "startsWith"`},
		{`"@ FORMATDATETIME('a')"`, "", 2, `function "formatDateTime" is a function of the language that flowgate does not evaluate`},
		{`"@frobnicate()"`, "", 1, `unknown function "frobnicate"`},
		{`"@not()"`, "", 1, `function "not" takes 1 argument, got 0`},
		{`"@substring('a')"`, "", 1, `function "substring" takes 2 or 3 arguments, got 1`},
		{`"@concat()"`, "", 1, `function "concat" takes at least 1 argument, got 0`},
		{`"@triggerBody(1)"`, "", 1, `function "triggerBody" takes no arguments, got 1`},
		{`"@utcNow('gg')"`, "", 1, `function "utcNow": the letter g in a format of a time is not evaluated by flowgate; put it in quotes if it is text`},
		{`"@guid('Q')"`, "", 1, `function "guid": 'Q' is no format of a GUID; use N, D, B or P`},
		{`"@float('1', 'de-DE')"`, "", 1, `function "float": a number in the locale 'de-DE' is not evaluated by flowgate; leave the locale out`},
		{`"@concat('a"`, "", 8, `the string is not closed; add a ' (two stand for one inside a string)`},
		{`"@concat(\"a\")"`, "", 8, `strings of an expression stand in single quotes; write 'text', not "text"`},
		{`"@not(@equals(1,1))"`, "", 5, `an @ inside an expression; write it once, at the start`},
		{`"@first([1])"`, "", 7, `an expression has no [ ] lists; write createArray(…)`},
		{`"@concat('a' 'b')"`, "", 12, `expected , or ) and found the string 'b'`},
		{`"@concat('a'"`, "", 11, `expected , or ) and found the end of the expression`},
		{`"@concat('a'))"`, "", 12, `expected the end of the expression and found )`},
		{`"@triggerBody()?foo"`, "", 15, `expected a . or a [ after the ? and found foo`},
		{`"@triggerBody()[0"`, "", 16, `expected ] and found the end of the expression`},
		{`"@triggerBody().1"`, "", 14, `expected the end of the expression and found 0.1`},
		{`"@not(foo)"`, "", 5, `"foo" is neither a call nor a value; write foo(…) to call it, 'foo' for text`},
		{`"@-"`, "", 1, `a sign without a number; use add and sub for arithmetic`},
		{`"@1."`, "", 1, `the number "1." lacks a digit after its point`},
		{`"@1e+"`, "", 1, `the number "1e+" lacks an exponent`},
		{`"ä @{concat('}') "`, "", 3, `the @{ here is not closed; add a }, or write @@{ for the text @{`},
		{`"@{concat('a'} b"`, "", 12, `expected , or ) and found }`},
		{`{"a/b":[1,{"c":"@nope()"}]}`, "/a~1b/1/c", 1, `unknown function "nope"`},
	}
	for _, tt := range tests {
		t.Run(tt.value, func(t *testing.T) {
			_, err := Parse(mustDecode(tt.value))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Pointer != tt.pointer || e.Offset != tt.offset || e.Msg != tt.msg {
				t.Errorf("got  %q %d %s\nwant %q %d %s", e.Pointer, e.Offset, e.Msg, tt.pointer, tt.offset, tt.msg)
			}
		})
	}
}

func TestParseBounds(t *testing.T) {
	deep := "@" + strings.Repeat("not(", maxDepth+1) + "true" + strings.Repeat(")", maxDepth+1)
	tests := []struct {
		name string
		v    any
		want string // part of the error; "" for none
	}{
		{"longest", "@concat('" + strings.Repeat("😀", (maxExpression-10)/2) + "')", ""},
		{"too long", "@concat('" + strings.Repeat("😀", (maxExpression-8)/2) + "')", "longer than 8192 characters"},
		{"too long inside text", "a @{concat('" + strings.Repeat("x", maxExpression) + "')}", "longer than 8192 characters"},
		{"long text", strings.Repeat("x", 10*maxExpression), ""},
		{"too deep", deep, "nested deeper than 128 levels"},
		{"not of the language", []any{1}, "int is no value of the language"},
		{"nil object", (*Object)(nil), "no value of the language"},
	}
	for _, tt := range tests {
		_, err := Parse(tt.v)
		if (tt.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestTemplateValues(t *testing.T) {
	tests := []struct{ value, want string }{
		{`"user@example.com"`, `"user@example.com"`},
		{`"@@"`, `"@"`},
		{`"@@triggerBody()"`, `"@triggerBody()"`},
		{`" @"`, `" @"`},
		{`"a @@{b}"`, `"a @{b}"`},
		{`"@@{b}"`, `"@{b}"`},
		{`"@@Ana: @{triggerBody().id}"`, `"@Ana: 7"`},
		{`"a } '"`, `"a } '"`},
		{`"@{triggerBody().id}"`, `"7"`},
		{`"@triggerBody().id"`, `7`},
		{`"@ triggerBody() . id "`, `7`},
		{`"a@{ 1 }@{true}@{null}b@{'}'''}@{triggerBody().tags}"`, `"a1Trueb}'[\"a\",\"b\"]"`},
		{`{"@name":"@triggerBody().name","n":1,"l":["x","@{'y'}",{"k":null}]}`, `{"@name":"Ana","n":1,"l":["x","y",{"k":null}]}`},
		{`[1,{"a":"@@x"}]`, `[1,{"a":"@x"}]`},
	}
	for _, tt := range tests {
		t.Run(tt.value, func(t *testing.T) {
			template, err := Parse(mustDecode(tt.value))
			if err != nil {
				t.Fatal(err)
			}
			v, err := template.Eval(testScope())
			if err != nil {
				t.Fatal(err)
			}
			if got := string(Encode(v)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLiteral(t *testing.T) {
	for value, want := range map[string]string{
		`{"a":["@@x",1,null]}`: `{"a":["@x",1,null]}`,
		`202`:                  `202`,
		`{}`:                   `{}`,
		`["@utcNow()"]`:        ``,
		`"@{1}"`:               ``,
	} {
		template, err := Parse(mustDecode(value))
		if err != nil {
			t.Fatal(err)
		}
		v, ok := template.Literal()
		if ok != (want != "") || ok && string(Encode(v)) != want {
			t.Errorf("%s: got %s, %t, want %s", value, Encode(v), ok, want)
		}
	}
}

func TestNeedsActions(t *testing.T) {
	template, err := Parse(mustDecode(`{"a":"@concat(variables('n'), BODY('It''s')?['x'])","b":["@{item()}","@outputs(triggerBody().id)","@body('It''s')"]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"body('It''s')", "item()", "outputs(…)", "variables('n')"}
	if got := template.NeedsActions(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = template.Eval(testScope())
	var e *EvalError
	if !errors.As(err, &e) || e.Pointer != "/a" || e.Msg != "variables('n') looks at a run's actions, and only the trigger is known here" {
		t.Errorf("Eval: %#v", err)
	}
}

func TestCondition(t *testing.T) {
	for source, want := range map[string]string{
		`@startsWith(triggerOutputs()?['headers']?['Authorization'], 'Bearer')`: "true",
		`@false`: "false",
		`@1`:     "the condition '1' gives a value of type 'Integer'; a condition gives true or false",
	} {
		condition, err := ParseCondition(source)
		if err != nil {
			t.Fatal(err)
		}
		v, err := condition.Eval(testScope())
		if err != nil {
			v = err.Error()
		}
		if got := strings.Trim(string(Encode(v)), `"`); got != want {
			t.Errorf("%s: got %s, want %s", source, got, want)
		}
	}
	for _, v := range []any{"equals(1, 1)", "@{equals(1, 1)}", "@@x", true, nil, &Object{}, "@nope("} {
		if _, err := ParseCondition(v); err == nil {
			t.Errorf("ParseCondition(%v) takes it", v)
		}
	}
}
