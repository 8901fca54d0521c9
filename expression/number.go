package expression

import (
	"cmp"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// isInteger tells whether n is an integer by its type: 1.0 is not.
func isInteger(n json.Number) bool { return !strings.ContainsAny(string(n), ".eE") }

// integer returns n as a 64-bit integer, if it is one by type and size.
func integer(n json.Number) (int64, bool) {
	if !isInteger(n) {
		return 0, false
	}
	i, err := strconv.ParseInt(string(n), 10, 64)
	return i, err == nil
}

// float returns the float nearest to n; a number too large is an infinity.
func float(n json.Number) float64 {
	f, _ := strconv.ParseFloat(string(n), 64) // only the range can be wrong
	return f
}

// IsShort tells whether n is as short as most numbers are, and so read as a float in less
// than a microsecond. Many digits may take a hundred, and so may an exponent, which stands
// for many.
func IsShort(n json.Number) bool {
	const most = 24 // bytes: the 17 digits that tell a float from every other, a sign, a point and zeros
	return len(n) <= most && !strings.ContainsAny(string(n), "eE")
}

// floatSteps are the steps of reading a number that is not short as a float.
const floatSteps = 16

// floatOf returns the float nearest to n, and reads it once in an evaluation: a list may
// have n compared with each of its elements.
func (e *evaluation) floatOf(n json.Number) (float64, *EvalError) {
	if IsShort(n) {
		return float(n), nil
	}
	if f, ok := e.floats[n]; ok {
		return f, nil
	}
	if err := e.spend(floatSteps); err != nil {
		return 0, err
	}
	if e.floats == nil {
		e.floats = map[json.Number]float64{}
	}
	f := float(n)
	e.floats[n] = f
	return f, nil
}

// compareNumbers orders integers exactly, of whatever size, and everything else
// as floats.
func (e *evaluation) compareNumbers(a, b json.Number) (int, *EvalError) {
	if err := cmp.Or(e.read(a), e.read(b)); err != nil {
		return 0, err
	}
	if isInteger(a) && isInteger(b) {
		return compareIntegers(a, b), nil
	}
	f, err := e.floatOf(a)
	if err != nil {
		return 0, err
	}
	g, err := e.floatOf(b)
	return cmp.Compare(f, g), err
}

func compareIntegers(a, b json.Number) int {
	i, ok := integer(a)
	j, ok2 := integer(b)
	if ok && ok2 {
		return cmp.Compare(i, j)
	}
	return compareDigits(string(a), string(b))
}

// compareDigits orders integers by their digits; JSON allows no leading zeros.
func compareDigits(a, b string) int {
	x, minusA := strings.CutPrefix(a, "-")
	y, minusB := strings.CutPrefix(b, "-")
	switch {
	case minusA && minusB:
		x, y = y, x
	case minusA:
		return -1
	case minusB:
		return 1
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
}

func add(in invocation) (any, *EvalError) {
	return in.arithmetic(func(a, b int64) (int64, bool) { return a + b, (a+b > a) == (b > 0) },
		func(a, b float64) float64 { return a + b })
}

func sub(in invocation) (any, *EvalError) {
	return in.arithmetic(func(a, b int64) (int64, bool) { return a - b, (a-b < a) == (b > 0) },
		func(a, b float64) float64 { return a - b })
}

func mul(in invocation) (any, *EvalError) {
	return in.arithmetic(multiply, func(a, b float64) float64 { return a * b })
}

func multiply(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	overflow := a == -1 && b == math.MinInt64 || b == -1 && a == math.MinInt64
	return a * b, !overflow && a*b/b == a
}

// div of two integers is an integer, rounded towards zero.
func div(in invocation) (any, *EvalError) {
	return in.division(func(a, b int64) (int64, bool) { return a / b, !(a == math.MinInt64 && b == -1) },
		func(a, b float64) float64 { return a / b })
}

// mod has the sign of the dividend.
func mod(in invocation) (any, *EvalError) {
	return in.division(func(a, b int64) (int64, bool) { return a % b, true }, math.Mod)
}

func (in invocation) division(ints func(a, b int64) (int64, bool), floats func(a, b float64) float64) (any, *EvalError) {
	if b, ok := in.args[1].(json.Number); ok && float(b) == 0 {
		return nil, in.fail("Attempt to divide an integral or decimal value by zero in function '%s'.", in.call.written)
	}
	return in.arithmetic(ints, floats)
}

// arithmetic calculates with integers when both arguments are, else with floats.
func (in invocation) arithmetic(ints func(a, b int64) (int64, bool), floats func(a, b float64) float64) (any, *EvalError) {
	a, err := in.number(0)
	if err != nil {
		return nil, err
	}
	b, err := in.number(1)
	if err != nil {
		return nil, err
	}
	if isInteger(a) && isInteger(b) {
		i, ok := integer(a)
		j, ok2 := integer(b)
		if ok && ok2 {
			if n, ok := ints(i, j); ok {
				return json.Number(strconv.FormatInt(n, 10)), nil
			}
		}
		return nil, in.fail("%s of %s and %s leaves the range of 64-bit integers; convert one of them with float()", in.call.written, shorten(string(a)), shorten(string(b)))
	}
	return in.float(floats(float(a), float(b)))
}

// number returns argument i, a number.
func (in invocation) number(i int) (json.Number, *EvalError) {
	n, ok := in.args[i].(json.Number)
	if !ok {
		return "", in.wrong(i, "to be an integer, a float or a decimal number")
	}
	return n, nil
}

// float makes f a number that stays a float by type, as Json.NET writes it.
func (in invocation) float(f float64) (any, *EvalError) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, in.fail("the result of %s is no finite number", in.call.written)
	}
	// .NET writes the shortest text that reads back as f, and an exponent below 0.0001 and from 1E+15
	// on, the latter unless all digits before the point are needed.
	short := strconv.FormatFloat(f, 'E', -1, 64)
	digits, written, _ := strings.Cut(strings.TrimPrefix(short, "-"), "E")
	exponent, _ := strconv.Atoi(written) // three digits at most
	if n := len(strings.Replace(digits, ".", "", 1)); exponent < -4 || exponent >= max(n, 15) {
		return json.Number(short), nil
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return json.Number(s), nil
}

// extreme makes max (sign 1) and min (sign -1): of numbers, or of one array of them.
func extreme(sign int) func(invocation) (any, *EvalError) {
	return func(in invocation) (any, *EvalError) {
		if list, ok := in.args[0].([]any); ok && len(in.args) == 1 {
			in.args = list
		}
		if err := in.spend(len(in.args)); err != nil {
			return nil, err
		}
		if len(in.args) == 0 {
			return nil, in.fail("%s of an empty array; test it with empty() first", in.call.written)
		}
		best, err := in.number(0)
		if err != nil {
			return nil, err
		}
		for i := 1; i < len(in.args); i++ {
			n, err := in.number(i)
			if err != nil {
				return nil, err
			}
			order, err := in.compareNumbers(n, best)
			if err != nil {
				return nil, err
			}
			if order*sign > 0 {
				best = n
			}
		}
		return best, nil
	}
}

// shorten keeps a message readable when a value is long.
func shorten(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
