package expression

import (
	"fmt"
	"strings"
)

// function is one function of the language.
type function struct {
	name     string
	min, max int    // how many arguments it takes
	help     string // its page, which the service's messages about its arguments name; "" where none is public

	eager func(invocation) (any, *EvalError)         // gets values
	lazy  func(*evaluation, *call) (any, *EvalError) // gets the call, and evaluates what it needs
	check func(string) error                         // judges the last argument when it is written out
	ofRun bool                                       // looks at actions, variables or loops: parsed, not evaluated
}

// unlimited is the max of a function that takes as many arguments as wanted.
const unlimited = -1

// The functions, as Microsoft's "Reference guide to functions in expressions"
// describes them. The functions of a run are last; known beyond these are the
// names in unsupported.
var functions = byName([]function{
	{name: "trigger", eager: trigger},
	{name: "triggerBody", eager: triggerBody},
	{name: "triggerOutputs", eager: triggerOutputs},
	{name: "triggerFormDataValue", min: 1, max: 1, eager: triggerFormDataValue},
	{name: "triggerFormDataMultiValues", min: 1, max: 1, eager: triggerFormDataMultiValues},
	{name: "triggerMultipartBody", min: 1, max: 1, eager: triggerMultipartBody},
	{name: "parameters", min: 1, max: 1, eager: parameters},
	{name: "workflow", eager: workflow},

	{name: "if", min: 3, max: 3, help: "if", lazy: ifElse},
	{name: "and", min: 1, max: unlimited, lazy: and},
	{name: "or", min: 1, max: unlimited, lazy: or},
	{name: "not", min: 1, max: 1, help: "not", eager: not},
	{name: "coalesce", min: 1, max: unlimited, lazy: coalesce},
	{name: "equals", min: 2, max: unlimited, eager: equals},
	{name: "greater", min: 2, max: 2, eager: comparison(func(c int) bool { return c > 0 })},
	{name: "greaterOrEquals", min: 2, max: 2, eager: comparison(func(c int) bool { return c >= 0 })},
	{name: "less", min: 2, max: 2, eager: comparison(func(c int) bool { return c < 0 })},
	{name: "lessOrEquals", min: 2, max: 2, eager: comparison(func(c int) bool { return c <= 0 })},

	{name: "concat", min: 1, max: unlimited, eager: concat},
	{name: "endsWith", min: 2, max: 2, help: "endswith", eager: endsWith},
	{name: "indexOf", min: 2, max: 2, help: "indexof", eager: indexOf},
	{name: "lastIndexOf", min: 2, max: 2, help: "lastindexof", eager: lastIndexOf},
	{name: "replace", min: 3, max: 3, help: "replace", eager: replace},
	{name: "split", min: 2, max: 2, help: "split", eager: split},
	{name: "startsWith", min: 2, max: 2, help: "startswith", eager: startsWith},
	{name: "substring", min: 2, max: 3, help: "substring", eager: substring},
	{name: "toLower", min: 1, max: 1, help: "toLower", eager: toLower},
	{name: "toUpper", min: 1, max: 1, help: "toUpper", eager: toUpper},
	{name: "trim", min: 1, max: 1, eager: trim},

	{name: "contains", min: 2, max: 2, eager: contains},
	{name: "empty", min: 1, max: 1, help: "empty", eager: empty},
	{name: "first", min: 1, max: 1, help: "first", eager: first},
	{name: "intersection", min: 2, max: unlimited, eager: intersection},
	{name: "join", min: 2, max: 2, help: "join", eager: join},
	{name: "last", min: 1, max: 1, help: "last", eager: last},
	{name: "length", min: 1, max: 1, help: "length", eager: length},
	{name: "skip", min: 2, max: 2, help: "skip", eager: skip},
	{name: "take", min: 2, max: 2, help: "take", eager: take},
	{name: "union", min: 2, max: unlimited, eager: union},
	{name: "addProperty", min: 3, max: 3, eager: addProperty},
	{name: "removeProperty", min: 2, max: 2, eager: removeProperty},
	{name: "setProperty", min: 3, max: 3, eager: setProperty},

	{name: "array", min: 1, max: 1, eager: createArray},
	{name: "createArray", min: 1, max: unlimited, eager: createArray},
	{name: "base64", min: 1, max: 1, eager: base64Of},
	{name: "base64ToBinary", min: 1, max: 1, eager: base64ToBinary},
	{name: "base64ToString", min: 1, max: 1, help: "base64ToString", eager: base64ToString},
	{name: "decodeBase64", min: 1, max: 1, help: "decodeBase64", eager: base64ToString},
	{name: "bool", min: 1, max: 1, eager: toBool},
	{name: "float", min: 1, max: 2, eager: toFloat, check: refuseLocale},
	{name: "int", min: 1, max: 1, eager: toInt},
	{name: "json", min: 1, max: 1, eager: fromJSON},
	{name: "string", min: 1, max: 1, eager: toString},
	{name: "uriComponent", min: 1, max: unlimited, eager: uriComponent},
	{name: "encodeUriComponent", min: 1, max: unlimited, eager: uriComponent},
	{name: "uriComponentToString", min: 1, max: 1, eager: uriComponentToString},
	{name: "decodeUriComponent", min: 1, max: 1, eager: uriComponentToString},

	{name: "add", min: 2, max: 2, help: "add", eager: add},
	{name: "div", min: 2, max: 2, help: "div", eager: div},
	{name: "max", min: 1, max: unlimited, help: "max", eager: extreme(1)},
	{name: "min", min: 1, max: unlimited, help: "min", eager: extreme(-1)},
	{name: "mod", min: 2, max: 2, help: "mod", eager: mod},
	{name: "mul", min: 2, max: 2, help: "mul", eager: mul},
	{name: "sub", min: 2, max: 2, help: "sub", eager: sub},

	{name: "guid", min: 0, max: 1, eager: guid, check: checkGUIDFormat},
	{name: "utcNow", min: 0, max: 1, eager: utcNow, check: checkTimeFormat},

	{name: "action", ofRun: true},
	{name: "actionBody", min: 1, max: 1, ofRun: true},
	{name: "actionOutputs", min: 1, max: 1, ofRun: true},
	{name: "actions", min: 1, max: 1, ofRun: true},
	{name: "body", min: 1, max: 1, ofRun: true},
	{name: "formDataMultiValues", min: 2, max: 2, ofRun: true},
	{name: "formDataValue", min: 2, max: 2, ofRun: true},
	{name: "item", ofRun: true},
	{name: "items", min: 1, max: 1, ofRun: true},
	{name: "iterationIndexes", min: 1, max: 1, ofRun: true},
	{name: "listCallbackUrl", ofRun: true},
	{name: "multipartBody", min: 2, max: 2, ofRun: true},
	{name: "outputs", min: 1, max: 1, ofRun: true},
	{name: "result", min: 1, max: 1, ofRun: true},
	{name: "variables", min: 1, max: 1, ofRun: true},
})

// unsupported are the functions of the language that are not evaluated here.
var unsupported = strings.Fields(`
	addDays addHours addMinutes addSeconds addToTime binary chunk convertFromUtc convertTimeZone
	convertToUtc dataUri dataUriToBinary dataUriToString dateDifference dayOfMonth dayOfWeek
	dayOfYear decimal decodeDataUri formatDateTime formatNumber getFutureTime getPastTime isFloat
	isInt nthIndexOf parseDateTime rand range reverse slice sort startOfDay startOfHour
	startOfMonth subtractFromTime ticks uriComponentToBinary uriHost uriPath uriPathAndQuery
	uriPort uriQuery uriScheme xml xpath`)

// byName indexes list by name in lower case: the language ignores letter case.
func byName(list []function) map[string]*function {
	m := make(map[string]*function, len(list))
	for i := range list {
		m[strings.ToLower(list[i].name)] = &list[i]
	}
	return m
}

func lookup(t token) (*function, *Error) {
	if f, ok := functions[strings.ToLower(t.text)]; ok {
		return f, nil
	}
	for _, name := range unsupported {
		if strings.EqualFold(name, t.text) {
			return nil, errorAt(t.at, "function %q is a function of the language that flowgate does not evaluate", name)
		}
	}
	if near := nearestFunction(t.text); near != "" {
		return nil, errorAt(t.at, "unknown function %q; did you mean %q", t.text, near)
	}
	return nil, errorAt(t.at, "unknown function %q", t.text)
}

// accepts judges what can be told of c before it is evaluated.
func (f *function) accepts(c *call, at int) *Error {
	n := len(c.args)
	if n < f.min || f.max != unlimited && n > f.max {
		return errorAt(at, "function %q takes %s, got %d", f.name, f.arity(), n)
	}
	if f.check == nil || n < f.max {
		return nil
	}
	if l, ok := c.args[n-1].(literal); ok {
		if s, ok := l.value.(string); ok {
			if err := f.check(s); err != nil {
				return errorAt(at, "function %q: %v", f.name, err)
			}
		}
	}
	return nil
}

func (f *function) arity() string {
	switch {
	case f.max == 0:
		return "no arguments"
	case f.max == unlimited && f.min == 1:
		return "at least 1 argument"
	case f.max == unlimited:
		return fmt.Sprintf("at least %d arguments", f.min)
	case f.min < f.max:
		return fmt.Sprintf("%d or %d arguments", f.min, f.max)
	case f.max == 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", f.max)
}
