package expression

import (
	"testing"
	"time"
)

// testScope is what the tests' calls see.
func testScope() *Scope {
	headers := mustDecode(`{"Authorization":"Bearer abc","Content-Type":"application/json"}`).(*Object)
	headers.FoldCase = true
	outputs := mustDecode(`{"body":{"id":7,"name":"Ana","tags":["a","b"],"none":null,"a/b":1,"deep":{"er":"x"}},"queries":{"q":"1"}}`).(*Object)
	outputs.Set("headers", headers)
	return &Scope{
		TriggerName: "manual",
		Trigger:     outputs,
		Parameters:  mustDecode(`{"env":"test","limits":{"max":3}}`).(*Object),
		Workflow:    mustDecode(`{"name":"orders","run":{"name":"0858"},"tags":{}}`).(*Object),
		Now:         func() time.Time { return time.Date(2026, 3, 9, 14, 5, 7, 123456700, time.UTC) },
		NewGUID:     func() string { return "c2ecc88d-88c8-4096-912c-d6f2e2b138ce" },
	}
}

func mustDecode(text string) any {
	v, err := Decode([]byte(text))
	if err != nil {
		panic(err)
	}
	return v
}

// evaluate parses and evaluates one string.
func evaluate(t *testing.T, source string, s *Scope) (any, error) {
	t.Helper()
	template, err := Parse(source)
	if err != nil {
		t.Fatalf("Parse(%q): %v", source, err)
	}
	return template.Eval(s)
}

// Want is the JSON of the value.
type functionTest struct{ expr, want string }

func runFunctionTests(t *testing.T, tests []functionTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.expr, func(t *testing.T) {
			got, err := evaluate(t, "@"+tt.expr, testScope())
			if err != nil {
				t.Fatal(err)
			}
			if g := string(Encode(got)); g != tt.want {
				t.Errorf("got %s, want %s", g, tt.want)
			}
		})
	}
}

func TestTriggerFunctions(t *testing.T) {
	runFunctionTests(t, []functionTest{
		{`trigger().name`, `"manual"`},
		{`trigger()?['outputs'].body.id`, `7`},
		{`triggerBody()?['name']`, `"Ana"`},
		{`TRIGGERBODY().name`, `"Ana"`},
		{`triggerBody()?['Name']`, `null`},
		{`triggerBody()?.tags[1]`, `"b"`},
		{`triggerBody()?['tags']?[5]`, `null`},
		{`triggerBody()?.none?.further?['on']`, `null`},
		{`triggerBody()['a/b']`, `1`},
		{`triggerOutputs()?['body/deep/er']`, `"x"`},
		{`triggerOutputs()?['body/deep/none/er']`, `null`},
		{`triggerOutputs()?['headers']?['authorization']`, `"Bearer abc"`},
		{`triggerBody()[concat('na', 'me')]`, `"Ana"`},
		{`triggerBody().tags[sub(1, 1)]`, `"a"`},
		{`parameters('limits').max`, `3`},
		{`workflow().run['name']`, `"0858"`},
	})
}

func TestLogicFunctions(t *testing.T) {
	runFunctionTests(t, []functionTest{
		{`if(equals(1, 1), 'yes', int('abc'))`, `"yes"`},
		{`if(false, int('abc'), 'no')`, `"no"`},
		{`and(true, false, int('abc'))`, `false`},
		{`or(false, true, int('abc'))`, `true`},
		{`and(true, true)`, `true`},
		{`or(false)`, `false`},
		{`not(false)`, `true`},
		{`coalesce(null, 'x', int('abc'))`, `"x"`},
		{`coalesce(null, null)`, `null`},
		{`equals(1, 1.0)`, `true`},
		{`equals(9007199254740993, 9007199254740992)`, `false`},
		{`equals(123456789012345678901234567890, 123456789012345678901234567890)`, `true`},
		{`equals(true, 1)`, `true`},
		{`equals(0, false)`, `true`},
		{`equals('a', 'A')`, `false`},
		{`equals('1', 1)`, `false`},
		{`equals(null, '')`, `false`},
		{`equals(null, triggerBody()?.missing)`, `true`},
		{`equals(json('{"a":1,"b":[2]}'), json('{"b":[2.0],"a":1}'))`, `true`},
		{`equals(json('{"a":1}'), json('{"b":1}'))`, `false`},
		{`equals(createArray(1, 2), createArray(2, 1))`, `false`},
		{`equals(1, 1, 1, 2)`, `false`},
		{`greater(10, 5)`, `true`},
		{`greater('apple', 'banana')`, `false`},
		{`less('a', 'B')`, `true`},
		{`less(-10, -9)`, `true`},
		{`less(-123456789012345678901, -123456789012345678900)`, `true`},
		{`less(-1, 123456789012345678901)`, `true`},
		{`greaterOrEquals(5, 5.0)`, `true`},
		{`lessOrEquals('apply', 'apple')`, `false`},
	})
}

func TestTextFunctions(t *testing.T) {
	runFunctionTests(t, []functionTest{
		{`concat('a', 1, true, null, createArray(1, 'x'))`, `"a1True[1,\"x\"]"`},
		{`startsWith('Bearer x', 'bearer')`, `true`},
		{`startsWith('ÄB', 'äb')`, `true`},
		{`startsWith('a', 'ab')`, `false`},
		{`startsWith('a', '')`, `true`},
		{`startsWith('ſ', 's')`, `false`},
		{`endsWith('hello WORLD', 'world')`, `true`},
		{`endsWith('world', 'hello world')`, `false`},
		{`indexOf('hello World', 'world')`, `6`},
		{`indexOf('😀x', 'X')`, `2`},
		{`indexOf('abc', 'z')`, `-1`},
		{`indexOf('abc', '')`, `0`},
		{`lastIndexOf('hello world hello world', 'world')`, `18`},
		{`lastIndexOf('hello world hello world', '')`, `22`},
		{`lastIndexOf('', '')`, `0`},
		{`lastIndexOf('', 'x')`, `-1`},
		{`replace('the old old', 'old', 'new')`, `"the new new"`},
		{`replace('Old', 'old', 'new')`, `"Old"`},
		{`split('a_b_c', '_')`, `["a","b","c"]`},
		{`split('a_b_c', ' ')`, `["a_b_c"]`},
		{`split('abc', '')`, `["abc"]`},
		{`substring('hello world', 6, 5)`, `"world"`},
		{`substring('hello', 2)`, `"llo"`},
		{`substring('hello', 5, 0)`, `""`},
		{`substring('a😀b', 3)`, `"b"`},
		{`substring('a😀b', 2)`, "\"\ufffdb\""},
		{`substring('a😀b', 0, 2)`, "\"a\ufffd\""},
		{`substring('a😀b', 2, 0)`, `""`},
		{`toLower('ÀB')`, `"àb"`},
		{`toUpper('straße ı')`, `"STRAßE ı"`},
		{`trim('  a b	')`, `"a b"`},
	})
}

func TestCollectionFunctions(t *testing.T) {
	runFunctionTests(t, []functionTest{
		{`contains('hello world', 'World')`, `false`},
		{`contains('hello world', 'world')`, `true`},
		{`contains(createArray(1, 2.0), 2)`, `true`},
		{`contains(triggerBody(), 'id')`, `true`},
		{`contains(triggerBody(), 'ID')`, `false`},
		{`contains(triggerOutputs().headers, 'AUTHORIZATION')`, `true`},
		{`empty('')`, `true`},
		{`empty(null)`, `true`},
		{`empty(json('{}'))`, `true`},
		{`empty(createArray(1))`, `false`},
		{`length('a😀')`, `3`},
		{`length(createArray(0, 1, 2, 3))`, `4`},
		{`first('hello')`, `"h"`},
		{`first(createArray(0, 1))`, `0`},
		{`first(json('[]'))`, `null`},
		{`last('abcd')`, `"d"`},
		{`last(createArray(0, 3))`, `3`},
		{`skip(createArray(0, 1, 2, 3), 1)`, `[1,2,3]`},
		{`skip(createArray(0), 9)`, `[]`},
		{`take('abcde', 3)`, `"abc"`},
		{`take(createArray(0, 1, 2), 2)`, `[0,1]`},
		{`join(createArray('a', 1, true), '.')`, `"a.1.True"`},
		{`join(json('[]'), '.')`, `""`},
		{`union(createArray(1, 2, 3), createArray(1, 2, 10, 101))`, `[1,2,3,10,101]`},
		{`union(json('{"a":1,"b":1}'), json('{"b":2}'))`, `{"a":1,"b":2}`},
		{`intersection(createArray(1, 2, 3), createArray(101, 2, 1, 10), createArray(6, 8, 1, 2))`, `[1,2]`},
		{`intersection(json('{"a":1,"b":1}'), json('{"b":1,"a":2}'))`, `{"b":1}`},
		{`addProperty(json('{"a":1}'), 'b', 2)`, `{"a":1,"b":2}`},
		{`setProperty(json('{"a":1,"b":1}'), 'a', null)`, `{"a":null,"b":1}`},
		{`removeProperty(json('{"a":1,"b":1}'), 'a')`, `{"b":1}`},
		{`removeProperty(json('{"a":1}'), 'x')`, `{"a":1}`},
	})
}

func TestConversionFunctions(t *testing.T) {
	runFunctionTests(t, []functionTest{
		{`array('hello')`, `["hello"]`},
		{`createArray('h', 1, null)`, `["h",1,null]`},
		{`base64('hello')`, `"aGVsbG8="`},
		{`base64ToString('aGVs bG8=')`, `"hello"`},
		{`decodeBase64('aGVsbG8=')`, `"hello"`},
		{`base64ToString('/w==')`, "\"\ufffd\""},
		{`base64ToBinary('aGk=')`, `{"$content-type":"application/octet-stream","$content":"aGk="}`},
		{`base64(base64ToBinary('aGk='))`, `"aGk="`},
		{`string(base64ToBinary('aGk='))`, `"hi"`},
		{`json(base64ToBinary(base64('[1]')))`, `[1]`},
		{`bool(1)`, `true`},
		{`bool(0.0)`, `false`},
		{`bool('TRUE')`, `true`},
		{`int('10')`, `10`},
		{`int(' -7 ')`, `-7`},
		{`int(10.0)`, `10`},
		{`int(true)`, `1`},
		{`float('10,000.333')`, `10000.333`},
		{`float('-12,345,678,')`, `-12345678.0`},
		{`float('12345678.-')`, `-12345678.0`},
		{`float('.5')`, `0.5`},
		{`float(3)`, `3.0`},
		{`float('0.0001')`, `0.0001`}, // the texts of .NET's double.ToString("R"), which Json.NET writes
		{`float('0.00001')`, `1E-05`},
		{`float('-0.000012')`, `-1.2E-05`},
		{`float('100000000000000')`, `100000000000000.0`},
		{`mul(1000000.0, 1000000000.0)`, `1E+15`},
		{`float('1234567890123456')`, `1234567890123456.0`},
		{`float('1E+16')`, `1E+16`},
		{`float('0')`, `0.0`},
		{`json('[1, 2.50]')`, `[1,2.50]`},
		{`json(null)`, `{}`},
		{`json(createArray(1))`, `[1]`},
		{`string(10)`, `"10"`},
		{`string(true)`, `"True"`},
		{`string(null)`, `""`},
		{`string(triggerBody().deep)`, `"{\"er\":\"x\"}"`},
		{`uriComponent('https://contoso.com/ä (!)')`, `"https%3A%2F%2Fcontoso.com%2F%C3%A4%20%28%21%29"`},
		{`uriComponent('a b', 1, true, null)`, `"a%20b1True"`},
		{`uriComponentToString('https%3A%2F%2Fcontoso.com+x%zz%')`, `"https://contoso.com x%zz%"`},
		{`decodeUriComponent('%c3%a4')`, `"ä"`},
		{`encodeUriComponent('~')`, `"~"`},
	})
}

func TestNumberFunctions(t *testing.T) {
	runFunctionTests(t, []functionTest{
		{`add(1, 1.5)`, `2.5`},
		{`add(1, 2)`, `3`},
		{`sub(10.3, .3)`, `10.0`},
		{`mul(1.5, 2)`, `3.0`},
		{`mul(-3, 4)`, `-12`},
		{`div(11, 5)`, `2`},
		{`div(-7, 2)`, `-3`},
		{`div(11, 5.0)`, `2.2`},
		{`mod(-5, 2)`, `-1`},
		{`mod(4, -3)`, `1`},
		{`max(1, 3, 2.5)`, `3`},
		{`min(createArray(4, 2, 3))`, `2`},
		{`mul(1e20, 10)`, `1E+21`},
		{`+5`, `5`},
		{`-0012.50`, `-12.50`},
		{`1E+3`, `1E+3`},
	})
}

func TestClockFunctions(t *testing.T) {
	runFunctionTests(t, []functionTest{
		{`utcNow()`, `"2026-03-09T14:05:07.1234567Z"`},
		{`utcNow('yyyy-MM-ddTHH:mm:ss.fffffffZ')`, `"2026-03-09T14:05:07.1234567Z"`},
		{`utcNow('s')`, `"2026-03-09T14:05:07"`},
		{`utcNow('u')`, `"2026-03-09 14:05:07Z"`},
		{`utcNow('R')`, `"Mon, 09 Mar 2026 14:05:07 GMT"`},
		{`utcNow('d')`, `"3/9/2026"`},
		{`utcNow('D')`, `"Monday, March 9, 2026"`},
		{`utcNow('U')`, `"Monday, March 9, 2026 2:05:07 PM"`},
		{`utcNow('t')`, `"2:05 PM"`},
		{`utcNow('y')`, `"March 2026"`},
		{`utcNow('ddd, d MMM yyyy')`, `"Mon, 9 Mar 2026"`},
		{`utcNow('%h "o''clock" tt zzz K \d yy')`, `"2 o'clock PM +00:00 Z d 26"`},
		{`utcNow('ss.fff FF')`, `"07.123 12"`},
		{`guid()`, `"c2ecc88d-88c8-4096-912c-d6f2e2b138ce"`},
		{`guid('N')`, `"c2ecc88d88c84096912cd6f2e2b138ce"`},
		{`guid('b')`, `"{c2ecc88d-88c8-4096-912c-d6f2e2b138ce}"`},
		{`guid('P')`, `"(c2ecc88d-88c8-4096-912c-d6f2e2b138ce)"`},
	})
}
