package template

import (
	"strings"
	"testing"
	"time"

	"flowgate/expression"
)

func scope(t testing.TB) *Scope {
	t.Helper()
	variables, err := expression.Decode([]byte(`{"list": [1, 2, 3], "object": {"Name": "n", "deep": {"x": [true]}}, "empty": "", "text": "Hello"}`))
	if err != nil {
		t.Fatal(err)
	}
	return &Scope{
		Deployment: &Deployment{
			Name: "d", Cloud: "AzureCloud", Tenant: "t", Subscription: "s", ResourceGroup: "rg", Location: "westeurope",
			Now: time.Date(2026, 11, 23, 21, 4, 5, 678e6, time.UTC),
		},
		Variables: Values(variables.(*expression.Object)),
		Functions: map[string]Function{"my.join": {Parameters: []string{"x", "y"}, Output: func(inner *Scope) (any, error) {
			return evaluate("[concat(parameters('X'), '+', parameters('y'))]", inner)
		}}},
		Copies:   []Copy{{"outer", 1}, {"inner", 4}},
		Defaults: true,
		Budget:   &Budget{},
	}
}

func evaluate(s string, scope *Scope) (any, error) {
	e, err := Parse(s)
	if err != nil {
		return nil, err
	}
	return e.Evaluate(scope)
}

func TestFunctions(t *testing.T) {
	tests := map[string]string{ // expression without brackets: its value as JSON
		// Text.
		`concat('a', 1, true())`:                      `"a1True"`,
		`concat(variables('list'), createArray('x'))`: `[1,2,3,"x"]`,
		`CONCAT('it''s', ' ]')`:                       `"it's ]"`,
		`format('{0}-{1}-{{{0}}}', 'a', 5)`:           `"a-5-{a}"`,
		`format('{0}', createArray('x'))`:             `"['x']"`,
		`toLower('ÀB')`:                               `"àb"`,
		`toUpper('ab')`:                               `"AB"`,
		`trim('  a ')`:                                `"a"`,
		`replace('aXbX', 'X', '--')`:                  `"a--b--"`,
		`substring('hello', 1, 3)`:                    `"ell"`,
		`substring('hello', 2)`:                       `"llo"`,
		`split('a,b;c', createArray(',', ';'))`:       `["a","b","c"]`,
		`split('a,b', ',')`:                           `["a","b"]`,
		`join(createArray('a', 1), '-')`:              `"a-1"`,
		`startsWith('Hello', 'hE')`:                   `true`,
		`endsWith('Hello', 'LO')`:                     `true`,
		`contains('Hello', 'hell')`:                   `false`,
		`contains(variables('object'), 'name')`:       `true`,
		`contains(variables('list'), 2)`:              `true`,
		`indexOf('Hello', 'L')`:                       `2`,
		`lastIndexOf('Hello', 'L')`:                   `3`,
		`indexOf('Hello', 'x')`:                       `-1`,
		`padLeft(7, 3, '0')`:                          `"007"`,
		`string(variables('list'))`:                   `"[1,2,3]"`,
		`string(false())`:                             `"False"`,
		`json('{"a": [1]}').a[0]`:                     `1`,
		`json('[''x'']')[0]`:                          `"x"`,
		`json('null')`:                                `null`,
		`uniqueString('test')`:                        `"rbgf3xv4ufgzg"`,
		`uniqueString('hello', 'world')`:              `"a7wkljktk6wne"`,
		`uniqueString('foo', 'bar', 'baz')`:           `"xzi4ioaxtmth4"`,
		`uniqueString('/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/my-rg')`: `"bmg7c6xu4tw46"`,
		`length(guid('a', 'b'))`:            `36`,
		`guid('a', 'b')`:                    `"2d796349-8c7e-55ec-9624-54ece82ed031"`,
		`format('{0} {1}', true(), null())`: `"True "`,
		`string(null())`:                    `""`,
		`bool(0)`:                           `false`,
		`bool(' False')`:                    `false`,
		`float('1.5')`:                      `1.5`,
		`equals(json('{"a": [1, {"b": null}], "c": "x"}'), json('{"c": "x", "a": [1, {"b": null}]}'))`: `true`,
		`equals(json('{"a": [1, 2]}'), json('{"a": [1]}'))`:                                            `false`,
		`equals(createArray(1), 1)`:                                                                   `false`,
		`equals('a', createArray('a'))`:                                                               `false`,
		`equals(createObject('a', 1), createObject('b', 1))`:                                          `false`,
		`indexOf(createArray('a', 'b', 'a'), 'a')`:                                                    `0`,
		`lastIndexOf(createArray('a', 'b', 'a'), 'a')`:                                                `2`,
		`lastIndexOf(createArray('a'), 'x')`:                                                          `-1`,
		`union(json('{"a": {"x": 1, "y": 1}}'), json('{"a": {"y": 2}}'))`:                             `{"a":{"x":1,"y":2}}`,
		`shallowMerge(createArray(json('{"a": {"x": 1}}'), json('{"a": {"y": 2}}')))`:                 `{"a":{"y":2}}`,
		`toObject(variables('list'), lambda('n', string(lambdaVariables('n'))), lambda('n', true()))`: `{"1":true,"2":true,"3":true}`,
		`length(null())`:                              `0`,
		`max(1.5, 1)`:                                 `1.5`,
		`less(json('1.5'), 2)`:                        `true`,
		`padLeft('', 3, '😀')`:                         `"😀😀😀"`,
		`utcNow('ddd, d MMMM yy H:m:s ff ''at'' tt')`: `"Mon, 23 November 26 21:4:5 67 at PM"`,
		`dataUriToString('data:text/plain,a%20b')`:    `"a b"`,
		`dataUri(createArray(1))`:                     `"data:application/json;charset=utf8;base64,WzFd"`,
		`my.join('a', 'b')`:                           `"a+b"`,
		// Encodings.
		`base64('one, two')`:                       `"b25lLCB0d28="`,
		`base64ToString('b25lLCB0d28=')`:           `"one, two"`,
		`base64ToJson(base64('{"a":1}')).a`:        `1`,
		`uriComponent('http://a/b c')`:             `"http%3A%2F%2Fa%2Fb%20c"`,
		`uriComponentToString('a%20b')`:            `"a b"`,
		`uri('http://contoso.org/first/', 'x.sh')`: `"http://contoso.org/first/x.sh"`,
		`dataUri('Hello')`:                         `"data:text/plain;charset=utf8;base64,SGVsbG8="`,
		`dataUriToString('data:;base64,SGVsbG8=')`: `"Hello"`,
		// Collections.
		`length('héllo')`:                                    `5`,
		`length('😀')`:                                        `2`,
		`length(variables('object'))`:                        `2`,
		`empty(variables('empty'))`:                          `true`,
		`first('abc')`:                                       `"a"`,
		`last(variables('list'))`:                            `3`,
		`first(createArray())`:                               `null`,
		`take(variables('list'), 2)`:                         `[1,2]`,
		`skip('hello', 3)`:                                   `"lo"`,
		`skip(variables('list'), 9)`:                         `[]`,
		`range(2147483646, 1)`:                               `[2147483646]`,
		`range(5, 3)`:                                        `[5,6,7]`,
		`array('a')`:                                         `["a"]`,
		`union(createArray(1, 2), createArray(2, 3))`:        `[1,2,3]`,
		`intersection(createArray(1, 2), createArray(2, 3))`: `[2]`,
		`union(createObject('a', 1), createObject('a', 2, 'b', 3))`:                      `{"a":2,"b":3}`,
		`union(json('[{"a": {"x": 1, "y": 2}}]'), json('[{"a": {"y": 2, "x": 1}}]'))`:    `[{"a":{"x":1,"y":2}}]`,
		`intersection(json('[{"a": 1, "b": 2}, [0]]'), json('[{"b": 2, "a": 1}, [1]]'))`: `[{"a":1,"b":2}]`,
		`intersection(createObject('a', 1, 'b', 2), createObject('b', 2))`:               `{"b":2}`,
		`flatten(createArray(createArray(1), createArray(2, 3)))`:                        `[1,2,3]`,
		`items(createObject('b', 1, 'A', 2))`:                                            `[{"key":"A","value":2},{"key":"b","value":1}]`,
		`objectKeys(createObject('b', 1, 'A', 2))`:                                       `["A","b"]`,
		`tryGet(variables('object'), 'none', 'x')`:                                       `null`,
		`map(variables('list'), lambda('n', add(lambdaVariables('n'), 1)))`:              `[2,3,4]`,
		`map(variables('list'), lambda('n', 'i', lambdaVariables('i')))`:                 `[0,1,2]`,
		`filter(variables('list'), lambda('n', greater(lambdaVariables('n'), 1)))`:       `[2,3]`,
		`toObject(variables('list'), lambda('n', string(lambdaVariables('n'))))`:         `{"1":1,"2":2,"3":3}`,
		// Logic and numbers.
		`if(true(), 'a', reference('x'))`:           `"a"`,
		`and(false(), reference('x'))`:              `false`,
		`or(false(), true(), reference('x'))`:       `true`,
		`coalesce(null(), 'x', reference('x'))`:     `"x"`,
		`not(bool('true'))`:                         `false`,
		`equals('a', 'A')`:                          `false`,
		`equals(1, json('1.0'))`:                    `true`,
		`less('a', 'b')`:                            `true`,
		`greaterOrEquals(2, 2)`:                     `true`,
		`add(1, sub(5, mul(2, div(7, mod(5, 3)))))`: `0`,
		`min(3, 1, 2)`:                              `1`,
		`max(createArray(3, 1))`:                    `3`,
		`int('-7')`:                                 `-7`,
		// Properties.
		`variables('object').NAME`:                             `"n"`,
		`variables('object')['deep'].x[0]`:                     `true`,
		`variables('list')[sub(length(variables('list')), 1)]`: `3`,
		`variables('object').?none.?x`:                         `null`,
		// Scope.
		`subscription().tenantId`:                `"t"`,
		`resourceGroup().id`:                     `"/subscriptions/s/resourceGroups/rg"`,
		`tenant().id`:                            `"/tenants/t"`,
		`environment().authentication.audiences`: `["https://management.core.windows.net/","https://management.azure.com/"]`,
		`environment().suffixes.storage`:         `"core.windows.net"`,
		`deployment().name`:                      `"d"`,
		`copyIndex()`:                            `4`,
		`copyIndex('outer', 1)`:                  `2`,
		`copyIndex(10)`:                          `14`,
		`utcNow()`:                               `"20261123T210405Z"`,
		`utcNow('yyyy-MM-ddTHH:mm:ss.fff')`:      `"2026-11-23T21:04:05.678"`,
		`utcNow('d')`:                            `"11/23/2026"`,
		`length(newGuid())`:                      `36`,
		// Resource ids.
		`resourceId('Microsoft.Logic/workflows', 'w')`:                                             `"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Logic/workflows/w"`,
		`resourceId('other', 'Microsoft.Web/sites/slots', 'a', 'b')`:                               `"/subscriptions/s/resourceGroups/other/providers/Microsoft.Web/sites/a/slots/b"`,
		`resourceId('q', 'other', 'Microsoft.Web/sites', 'a')`:                                     `"/subscriptions/q/resourceGroups/other/providers/Microsoft.Web/sites/a"`,
		`subscriptionResourceId('Microsoft.Web/locations/managedApis', 'westeurope', 'office365')`: `"/subscriptions/s/providers/Microsoft.Web/locations/westeurope/managedApis/office365"`,
		`tenantResourceId('Microsoft.Authorization/roleDefinitions', 'r')`:                         `"/providers/Microsoft.Authorization/roleDefinitions/r"`,
		`extensionResourceId('/x', 'Microsoft.A/locks', 'l')`:                                      `"/x/providers/Microsoft.A/locks/l"`,
	}
	for source, want := range tests {
		t.Run(source, func(t *testing.T) {
			got, err := evaluate("["+source+"]", scope(t))
			if err != nil {
				t.Fatal(err)
			}
			if s := string(expression.Encode(got)); s != want {
				t.Errorf("got %s, want %s", s, want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		source string
		offset int
		want   string
	}{
		{`[concat('a']`, 11, `the end of the expression where , or ) should be`},
		{`[concat('a)]`, 8, `the text in quotes has no end`},
		{`[concat('a') x]`, 13, `'x' after the end of the expression`},
		{`[]`, 1, `the end of the expression where a function, a 'text' or a number should be`},
		{`[abc]`, 1, `"abc" is no function call; write abc(), or 'abc' if text is meant`},
		{`[1.2.3]`, 1, `"1.2.3" is no number`},
		{`[concatt('a')]`, 1, `the template function "concatt" is not known here; did you mean "concat"`},
		{`[concat('a', reference('b').x)]`, 13, `reference() needs a deployed Azure, and there is none here; write the value itself, or make it a parameter and give it in emulator.yaml`},
		{`[listCallbackUrl('x', 'y').value]`, 1, `listCallbackUrl() needs a deployed Azure, and there is none here; write the value itself, or make it a parameter and give it in emulator.yaml`},
		{`[variables('lisd')]`, 1, `there is no variable "lisd"; did you mean "list"`},
		{`[parameters('p')]`, 1, `there is no parameter "p"`},
		{`[variables('object').nme]`, 20, `no property "nme"; did you mean "Name"`},
		{`[variables('list')[3]]`, 18, `no element 3 in an array of 3`},
		{`[variables('text').x]`, 18, `a string has no property or element "x"`},
		{`[toLower(1)]`, 1, `toLower: argument 1 must be a string, found a number`},
		{`[toLower()]`, 1, `toLower takes 1 argument, given 0`},
		{`[substring('abc', 1, 9)]`, 1, `substring: the length 9 reaches beyond the 3 characters of the text`},
		{`[div(1, 0)]`, 1, `div: 1 and 0 have no 64-bit result`},
		{`[mul(9223372036854775807, 2)]`, 1, `mul: 9223372036854775807 and 2 have no 64-bit result`},
		{`[range(0, 10001)]`, 1, `range: the arguments must be integers, the second up to 10000, found 0 and 10001`},
		{`[format('{0', 'a')]`, 1, `format: the format "{0" has a brace without its partner`},
		{`[format('{0:N2}', 'a')]`, 1, `format: the placeholder {0:N2} is not supported; use {0}, {1} and so on`},
		{`[range(9223372036854775807, 2)]`, 1, `range: the arguments must be 32-bit integers whose sum is 2147483647 at most, found 9223372036854775807 and 2`},
		{`[range(2147483647, 1)]`, 1, `range: the arguments must be 32-bit integers whose sum is 2147483647 at most, found 2147483647 and 1`}, // documented of the sum
		{`[range(-2147483649, 2)]`, 1, `range: the arguments must be 32-bit integers whose sum is 2147483647 at most, found -2147483649 and 2`},
		{`[utcNow('q')]`, 1, `utcNow: the format "q" is not supported; write one of more than one letter, such as yyyy-MM-dd`},
		{`[utcNow('M')]`, 1, `utcNow: the format "M" is not supported; write one of more than one letter, such as yyyy-MM-dd`},
		{`[utcNow('f')]`, 1, `utcNow: the format "f" is not supported; write one of more than one letter, such as yyyy-MM-dd`},
		{`[utcNow('yyyy年')]`, 1, `utcNow: the format "yyyy年": '年' is not supported`},
		{`[my.own()]`, 1, `the template defines no function "my.own"`},
		{`[my.join('a')]`, 1, `my.join takes 2 arguments, given 1`},
		{`[substring('a')]`, 1, `substring takes 2 to 3 arguments, given 1`},
		{`[concat()]`, 1, `concat takes at least 1 argument, given 0`},
		{`[concat('a', createArray())]`, 1, `concat: argument 2 must be a string, found an array`},
		{`[concat(createArray(), 'a')]`, 1, `concat: argument 2 must be an array as the first is, found a string`},
		{`[if('yes', 1, 2)]`, 1, `if: argument 1 must be a boolean, found a string`},
		{`[union(createArray(), createObject())]`, 1, `union: the arguments must be all arrays or all objects`},
		{`[base64ToString('*')]`, 1, `base64ToString: "*" is no base64 of a text`},
		{`[uri('a', 'b')]`, 1, `uri: "a" is no absolute URI`},
		{`[json('{')]`, 1, `json: the text cannot be read as JSON: offset 1: the text ends before the JSON value does`},
		{`[createObject('a')]`, 1, `createObject: the arguments must be names and values in turn, the last name has no value`},
		{`[lambdaVariables('x')]`, 1, `there is no lambda with the variable "x" around`},
		{`[map(variables('list'), 'x')]`, 1, `map: argument 2 must be a lambda with one or two variables`},
		{`[filter(variables('list'), lambda('x', 1))]`, 1, `filter: the lambda must give a boolean, found a number`},
		{`[resourceGroup().name.x]`, 21, `a string has no property or element "x"`},
		{`[subscriptionResourceId('a/b/c', 'd')]`, 1, `subscriptionResourceId: the type "a/b/c" wants 2 names, given 1`},
		{`[min(createArray())]`, 1, `min: the array is empty`},
		{`[copyIndex('none')]`, 1, `there is no copy loop "none" around`},
		{`[resourceId('x', 'y')]`, 1, `resourceId: no argument is a resource type with as many names after it as it has parts; write one such as 'Microsoft.Logic/workflows', then one name`},
		{`[` + strings.Repeat("not(", 65) + strings.Repeat(")", 65) + `]`, 257, `nested deeper than 64 levels`},
		{`[concat('` + strings.Repeat("x", maxExpression) + `')]`, 0, `the expression has 24588 characters, more than the 24576 that a template may have`},
	}
	for _, test := range tests {
		t.Run(test.source[:min(40, len(test.source))], func(t *testing.T) {
			_, err := evaluate(test.source, scope(t))
			e, ok := err.(*Error)
			if !ok || e.Error() != test.want || e.Offset != test.offset {
				t.Errorf("got %#v, want %q at %d", err, test.want, test.offset)
			}
		})
	}
}

func TestOutsideOfDefaults(t *testing.T) {
	s := scope(t)
	s.Defaults = false
	for _, source := range []string{"[utcNow()]", "[newGuid()]"} {
		if _, err := evaluate(source, s); err == nil {
			t.Errorf("%s was evaluated", source)
		}
	}
}

func TestUnknownTenant(t *testing.T) {
	s := scope(t)
	s.Deployment.Tenant = ""
	if v, err := evaluate("[subscription().subscriptionId]", s); err != nil || v != "s" {
		t.Errorf("got %v, %v: a tenant that nobody asks for is an error", v, err)
	}
	for _, source := range []string{"[tenant().tenantId]", "[subscription()]", "[string(tenant())]"} {
		if _, err := evaluate(source, s); err == nil || !strings.Contains(err.Error(), "give the workflow a tenant") {
			t.Errorf("%s: got %v", source, err)
		}
	}
}

func TestOtherClouds(t *testing.T) {
	for cloud, want := range map[string]string{
		"AzureUSGovernment": "https://management.usgovcloudapi.net",
		"AzureChinaCloud":   "https://management.chinacloudapi.cn",
	} {
		s := scope(t)
		s.Deployment.Cloud = cloud
		if v, err := evaluate("[environment().authentication.audiences[1]]", s); v != want {
			t.Errorf("%s: got %v, %v", cloud, v, err)
		}
	}
}

// TestBudget: nothing that a template can write takes more than its budget.
func TestBudget(t *testing.T) {
	big := strings.Repeat("x", 10_000)
	for name, source := range map[string]string{
		"concat":  `[concat(` + strings.Repeat(`variables('big'),`, 200) + `'')]`,
		"replace": `[replace(variables('big'), 'x', variables('big'))]`,
		"format":  `[format('` + strings.Repeat("{0}", 1000) + `', variables('big'))]`,
		"join":    `[join(range(0, 10000), variables('big'))]`,
		"split":   `[length(split(replace(variables('big'), 'x', 'x,'), ''))]`,
		"arrays":  `[` + strings.Repeat("map(range(0, 10000), lambda('i', ", 3) + "1" + strings.Repeat("))", 3) + `]`,
	} {
		t.Run(name, func(t *testing.T) {
			s := scope(t)
			o := &expression.Object{}
			o.Set("big", big)
			s.Variables = Values(o)
			if v, err := evaluate(source, s); err == nil && len(expression.Encode(v)) > maxText {
				t.Errorf("gave %d bytes", len(expression.Encode(v)))
			}
		})
	}
}

func TestText(t *testing.T) {
	for s, want := range map[string]bool{"[a()]": true, "[[a]": false, "a": false, "[a": false, "": false, "[": false, "[]": true} {
		if got := IsExpression(s); got != want {
			t.Errorf("IsExpression(%q) is %v", s, got)
		}
	}
	if got := Text("[[a]"); got != "[a]" {
		t.Errorf("got %q", got)
	}
}

func FuzzTemplateExpression(f *testing.F) {
	for _, s := range []string{"[concat('a', variables('list')[0])]", "[map(range(0,3), lambda('i', add(lambdaVariables('i'), 1)))]",
		"[format('{0}', json('{\"a\":1}').a)]", "[if(equals(1, 2), reference('x'), utcNow('u'))]", "[variables('object').?x['y']]", "[padLeft(-1.5e3, 9, '😀')]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := evaluate(s, scope(t))
		if err == nil {
			expression.Encode(v)
		} else if e := err.(*Error); e.Offset < 0 || e.Offset > len(s) {
			t.Errorf("%q: offset %d", s, e.Offset)
		}
	})
}
