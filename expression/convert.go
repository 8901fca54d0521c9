package expression

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

const notConvertible = "was invoked with a parameter that is not valid. The value cannot be converted to the target type."

// toString leaves text as it is and writes everything else as text; null is "".
func toString(in invocation) (any, *EvalError) {
	s, err := in.text(in.args[0])
	return s, err
}

func toBool(in invocation) (any, *EvalError) {
	switch v := in.args[0].(type) {
	case bool:
		return v, nil
	case json.Number:
		return float(v) != 0, nil
	case string:
		switch s := strings.TrimSpace(v); {
		case strings.EqualFold(s, "true"):
			return true, nil
		case strings.EqualFold(s, "false"):
			return false, nil
		}
	}
	return nil, in.invalid(notConvertible)
}

// toInt takes a number with a point only when nothing but zeros follows.
func toInt(in invocation) (any, *EvalError) {
	switch v := in.args[0].(type) {
	case bool:
		return asNumber(v), nil
	case json.Number:
		if _, ok := integer(v); ok {
			return v, nil
		}
		if f := float(v); !isInteger(v) && f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return json.Number(strconv.FormatInt(int64(f), 10)), nil
		}
	case string:
		if i, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
			return json.Number(strconv.FormatInt(i, 10)), nil
		}
	}
	return nil, in.invalid(notConvertible)
}

// toFloat reads numbers as the invariant culture writes them: commas may stand
// between digits and mean nothing, a sign may stand at either end.
func toFloat(in invocation) (any, *EvalError) {
	if len(in.args) == 2 {
		return nil, in.fail("%s with a locale is not evaluated by flowgate; leave it out and write the number as 1,000.5", in.call.written)
	}
	switch v := in.args[0].(type) {
	case json.Number:
		return in.float(float(v))
	case string:
		if s, ok := plainNumber(v); ok {
			return in.float(float(s))
		}
	}
	return nil, in.invalid(notConvertible)
}

// plainNumber rewrites s, a number of the invariant culture, as strconv reads it.
func plainNumber(s string) (json.Number, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", "")
	if n := len(s) - 1; n > 0 && (s[n] == '+' || s[n] == '-') && isDigitOrPoint(s[0]) {
		s = s[n:] + s[:n]
	}
	if strings.Trim(s, "+-0123456789.eE") != "" { // strconv also knows 0x1p-2, 1_000, Inf and NaN
		return "", false
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return "", false
	}
	return json.Number(s), true
}

func isDigitOrPoint(c byte) bool { return isDigit(c) || c == '.' }

// fromJSON reads JSON text. What is no text has been read already, and null is an
// empty object, as documented.
func fromJSON(in invocation) (any, *EvalError) {
	if in.args[0] == nil {
		return &Object{}, nil
	}
	_, binary := contentOf(in.args[0])
	s, ok := in.args[0].(string)
	if !ok && !binary {
		return in.args[0], nil
	}
	if binary {
		var err *EvalError
		if s, err = in.text(in.args[0]); err != nil {
			return nil, err
		}
	}
	if err := in.produce(len(s)); err != nil {
		return nil, err
	}
	v, err := Decode([]byte(s))
	if err != nil {
		return nil, in.fail("%s: '%s' is not JSON: %v", in.call.written, shorten(s), err)
	}
	return v, nil
}

// createArray is array, too, whose one element may itself be an array.
func createArray(in invocation) (any, *EvalError) {
	return slices.Clone(in.args), nil
}
