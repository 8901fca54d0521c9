package expression

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
)

func concat(in invocation) (any, *EvalError) {
	texts, err := in.texts()
	if err != nil {
		return nil, err
	}
	return in.evaluation.join(texts, "")
}

// texts returns all arguments as text.
func (in invocation) texts() ([]string, *EvalError) { return in.eachText(in.args) }

func (e *evaluation) eachText(values []any) ([]string, *EvalError) {
	texts := make([]string, len(values))
	for i, v := range values {
		s, err := e.text(v)
		if err != nil {
			return nil, err
		}
		texts[i] = s
	}
	return texts, nil
}

func startsWith(in invocation) (any, *EvalError) {
	s, prefix, err := in.strs()
	return err == nil && hasPrefixFold(s, prefix), err
}

func endsWith(in invocation) (any, *EvalError) {
	s, suffix, err := in.strs()
	return err == nil && hasSuffixFold(s, suffix), err
}

func indexOf(in invocation) (any, *EvalError) {
	return in.find(strings.Index)
}

// lastIndexOf of nothing in a text is its last character, as documented.
func lastIndexOf(in invocation) (any, *EvalError) {
	if s, ok := in.args[0].(string); ok && s != "" && in.args[1] == "" {
		return count(utf16Len(s) - 1), nil
	}
	return in.find(strings.LastIndex)
}

// find looks for the second argument in the first, in any letter case.
func (in invocation) find(index func(s, sub string) int) (any, *EvalError) {
	s, sub, err := in.strs()
	if err != nil {
		return nil, err
	}
	if err := in.produce(len(s) + len(sub)); err != nil { // foldCase copies
		return nil, err
	}
	s = foldCase(s)
	i := index(s, foldCase(sub))
	if i < 0 {
		return count(-1), nil
	}
	return count(utf16Len(s[:i])), nil
}

// count makes n a number of the language.
func count(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// replace minds letter case.
func replace(in invocation) (any, *EvalError) {
	s, err := in.str(0, "'string' to be a string")
	if err != nil {
		return nil, err
	}
	old, err := in.str(1, "'old string' to be a string")
	if err != nil {
		return nil, err
	}
	with, err := in.str(2, "'new string' to be a string")
	if err != nil {
		return nil, err
	}
	if old == "" {
		return nil, in.fail("%s of an empty string; give the text to replace as second parameter", in.call.written)
	}
	n := strings.Count(s, old)
	if err := in.produce(len(s) + n*(len(with)-len(old))); err != nil {
		return nil, err
	}
	return strings.ReplaceAll(s, old, with), nil
}

// split with an empty separator does not split, as in .NET.
func split(in invocation) (any, *EvalError) {
	s, sep, err := in.strs()
	if err != nil {
		return nil, err
	}
	if sep == "" {
		return []any{s}, nil
	}
	// An element costs its header in memory, however short its text is.
	const header = 32
	n := strings.Count(s, sep) + 1
	if err := in.produce(n * header); err != nil {
		return nil, err
	}
	list := make([]any, 0, n)
	for part := range strings.SplitSeq(s, sep) {
		list = append(list, part)
	}
	return list, nil
}

// substring counts in UTF-16 code units. Unlike in other languages, what lies
// outside of the string is an error.
func substring(in invocation) (any, *EvalError) {
	s, err := in.str(0, ofTypeString)
	if err != nil {
		return nil, err
	}
	start, err := in.index(1)
	if err != nil {
		return nil, err
	}
	length := utf16Len(s)
	if len(in.args) == 2 {
		if start < 0 || start >= length {
			return nil, in.invalid("parameter is out of range: 'start index' must be non-negative integer and should be less than the length of the string.%s", in.usage())
		}
		return utf16Slice(s, start, length), nil
	}
	n, err := in.index(2)
	if err != nil {
		return nil, err
	}
	if start < 0 || n < 0 || start > length || n > length-start {
		return nil, in.invalid("parameters are out of range: 'start index' and 'length' must be non-negative integers and their sum must be no larger than the length of the string.%s", in.usage())
	}
	return utf16Slice(s, start, start+n), nil
}

// index returns argument i, an integer that counts something.
func (in invocation) index(i int) (int, *EvalError) {
	if n, ok := in.args[i].(json.Number); ok {
		if v, ok := integer(n); ok {
			return int(v), nil
		}
	}
	return 0, in.fail("%s expects an integer as its %s parameter; the value is of type '%s'", in.call.written, ordinals[i], typeName(in.args[i]))
}

func toLower(in invocation) (any, *EvalError) { return in.mapRunes(lower) }

func toUpper(in invocation) (any, *EvalError) { return in.mapRunes(upper) }

func (in invocation) mapRunes(change func(rune) rune) (any, *EvalError) {
	s, err := in.str(0, "to be a string")
	if err != nil {
		return nil, err
	}
	if err := in.produce(len(s)); err != nil {
		return nil, err
	}
	return strings.Map(change, s), nil
}

func trim(in invocation) (any, *EvalError) {
	s, err := in.str(0, "to be a string")
	return strings.TrimFunc(s, unicode.IsSpace), err
}
