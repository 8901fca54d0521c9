package template

import (
	"encoding/json"
	"strconv"

	"flowgate/expression"
)

// show writes a short value for a message.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case json.Number:
		return string(v)
	}
	return expression.Kind(v)
}

// integer returns v as an integer, if it is one.
func integer(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok || len(n) > len("-9223372036854775808") {
		return 0, false
	}
	i, err := strconv.ParseInt(string(n), 10, 64)
	return i, err == nil
}

func number(i int64) json.Number { return json.Number(strconv.FormatInt(i, 10)) }
