package template

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"flowgate/expression"
)

// textFunctions work on strings. Lengths and positions count UTF-16 code units,
// as .NET does.
var textFunctions = []function{
	{name: "concat", min: 1, max: -1, plain: concat},
	{name: "format", min: 1, max: -1, plain: format},
	{name: "string", min: 1, max: 1, plain: func(args []any) (any, error) { return textOf(args[0]) }},
	{name: "json", min: 1, max: 1, plain: parseJSON},
	oneText("toLower", strings.ToLower),
	oneText("toUpper", strings.ToUpper),
	oneText("trim", strings.TrimSpace),
	{name: "uniqueString", min: 1, max: -1, plain: uniqueString},
	{name: "guid", min: 1, max: -1, plain: guid},
	twoTexts("startsWith", func(s, prefix string) any { return strings.HasPrefix(fold(s), fold(prefix)) }),
	twoTexts("endsWith", func(s, suffix string) any { return strings.HasSuffix(fold(s), fold(suffix)) }),
	{name: "replace", min: 3, max: 3, plain: replace},
	{name: "substring", min: 2, max: 3, plain: substring},
	{name: "split", min: 2, max: 2, plain: split},
	{name: "join", min: 2, max: 2, plain: join},
	{name: "padLeft", min: 2, max: 3, plain: padLeft},
}

// fold makes letter case equal: startsWith, endsWith and indexOf ignore it
// (documented), contains of a string does not.
func fold(s string) string { return strings.ToLower(s) }

func oneText(name string, change func(string) string) function {
	return function{name: name, min: 1, max: 1, plain: func(args []any) (any, error) {
		texts, err := textsOf(args)
		if err != nil {
			return nil, err
		}
		return change(texts[0]), nil
	}}
}

func twoTexts(name string, test func(a, b string) any) function {
	return function{name: name, min: 2, max: 2, plain: func(args []any) (any, error) {
		texts, err := textsOf(args)
		if err != nil {
			return nil, err
		}
		return test(texts[0], texts[1]), nil
	}}
}

// bounded refuses a text that would be too long, before it is made.
func bounded(bytes int) error {
	if bytes > maxText || bytes < 0 {
		return fmt.Errorf("the result is longer than %d MB", maxText>>20)
	}
	return nil
}

// textOf writes a value as text: .NET's True and False (presumed), objects and arrays as
// JSON, null as nothing.
func textOf(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		if v {
			return "True", nil
		}
		return "False", nil
	case json.Number:
		return string(v), nil
	}
	return string(expression.Encode(v)), nil
}

// concat joins arrays, or else strings, numbers and booleans.
func concat(args []any) (any, error) {
	if _, ok := args[0].([]any); ok {
		all := []any{}
		for i, a := range args {
			list, ok := a.([]any)
			if !ok {
				return nil, fmt.Errorf("argument %d must be an array as the first is, found %s", i+1, expression.Kind(a))
			}
			all = append(all, list...)
		}
		return all, nil
	}
	var b strings.Builder
	for i, a := range args {
		switch a.(type) {
		case []any, object:
			return nil, fmt.Errorf("argument %d must be a string, found %s", i+1, expression.Kind(a))
		}
		s, err := textOf(a)
		if err != nil {
			return nil, err
		}
		if err := bounded(b.Len() + len(s)); err != nil {
			return nil, err
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

func parseJSON(args []any) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	// Templates write JSON with single quotes, which the service's reader takes.
	v, _, err := expression.DecodeDocument([]byte(texts[0]))
	if err != nil && !strings.Contains(texts[0], `"`) {
		v, _, err = expression.DecodeDocument([]byte(strings.ReplaceAll(texts[0], "'", `"`)))
	}
	if err != nil {
		return nil, fmt.Errorf("the text cannot be read as JSON: %w", err)
	}
	return v, nil
}

func replace(args []any) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	s, old, with := texts[0], texts[1], texts[2]
	if old == "" {
		return nil, fmt.Errorf("the text to replace is empty")
	}
	if err := bounded(len(s) + strings.Count(s, old)*(len(with)-len(old))); err != nil {
		return nil, err
	}
	return strings.ReplaceAll(s, old, with), nil
}

// units are a string's UTF-16 code units.
func units(s string) []uint16 { return utf16.Encode([]rune(s)) }

func substring(args []any) (any, error) {
	s, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("argument 1 must be a string, found %s", expression.Kind(args[0]))
	}
	text := units(s)
	start, ok := integer(args[1])
	if !ok || start < 0 || start > int64(len(text)) {
		return nil, fmt.Errorf("the start %s is not within the %d characters of the text", show(args[1]), len(text))
	}
	length := int64(len(text)) - start
	if len(args) == 3 {
		wanted, ok := integer(args[2])
		if !ok || wanted < 0 || wanted > length {
			return nil, fmt.Errorf("the length %s reaches beyond the %d characters of the text", show(args[2]), len(text))
		}
		length = wanted
	}
	return string(utf16.Decode(text[start : start+length])), nil
}

func split(args []any) (any, error) {
	s, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("argument 1 must be a string, found %s", expression.Kind(args[0]))
	}
	separators, ok := args[1].([]any)
	if !ok {
		separators = []any{args[1]}
	}
	texts, err := textsOf(separators)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for start, at := 0, 0; ; {
		length := 0
		for _, separator := range texts {
			if separator != "" && strings.HasPrefix(s[at:], separator) {
				length = len(separator)
				break
			}
		}
		switch {
		case at >= len(s):
			return append(list, s[start:]), nil
		case len(list) >= maxElements:
			return nil, fmt.Errorf("the text has more than %d parts", maxElements)
		case length > 0:
			list = append(list, s[start:at])
			at += length
			start = at
		default:
			at++
		}
	}
}

func join(args []any) (any, error) {
	list, ok := args[0].([]any)
	separator, okSeparator := args[1].(string)
	if !ok || !okSeparator {
		return nil, fmt.Errorf("the arguments must be an array and a string, found %s and %s", expression.Kind(args[0]), expression.Kind(args[1]))
	}
	texts := make([]string, len(list))
	size := 0
	for i, e := range list {
		s, err := textOf(e)
		if err != nil {
			return nil, err
		}
		texts[i] = s
		size += len(s) + len(separator)
		if err := bounded(size); err != nil {
			return nil, err
		}
	}
	return strings.Join(texts, separator), nil
}

func padLeft(args []any) (any, error) {
	s, err := textOf(args[0])
	if err != nil {
		return nil, err
	}
	width, ok := integer(args[1])
	if !ok || width < 0 || width > maxElements {
		return nil, fmt.Errorf("the width must be an integer up to %d, found %s", maxElements, show(args[1]))
	}
	pad := " "
	if len(args) == 3 {
		if pad, ok = args[2].(string); !ok || utf8.RuneCountInString(pad) != 1 {
			return nil, fmt.Errorf("the character to pad with must be one character, found %s", show(args[2]))
		}
	}
	return strings.Repeat(pad, max(0, int(width)-len(units(s)))) + s, nil
}
