package template

import (
	"cmp"
	"encoding/json"
	"strconv"

	"flowgate/expression"
)

// equal compares values: strings with letter case, numbers by value, objects
// whatever the order of their members (documented).
func (b *Budget) equal(x, y any) (bool, error) {
	switch x := x.(type) {
	case json.Number:
		y, ok := y.(json.Number)
		if !ok {
			return false, nil
		}
		order, err := b.compareNumbers(x, y)
		return order == 0, err
	case []any:
		y, ok := y.([]any)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		for i := range x {
			if same, err := b.equal(x[i], y[i]); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case object:
		y, ok := y.(object)
		if !ok || x.Len() != y.Len() {
			return false, nil
		}
		for _, name := range x.Names() {
			v, _ := x.Get(name)
			other, ok := y.Get(name)
			if !ok {
				return false, nil
			}
			if same, err := b.equal(v, other); !same || err != nil {
				return false, err
			}
		}
		return true, nil
	case *unknown:
		return false, nil
	}
	switch y.(type) {
	case []any, object, json.Number:
		return false, nil
	}
	return x == y, nil
}

// find returns where in list the first value is that equals v, the last one when step
// is -1; -1: nowhere.
func (b *Budget) find(list []any, v any, step int) (int, error) {
	for n := range list {
		i := n
		if step < 0 {
			i = len(list) - 1 - n
		}
		if same, err := b.equal(list[i], v); same || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// compareNumbers orders 64-bit integers exactly, and everything else as floats.
func (b *Budget) compareNumbers(x, y json.Number) (int, error) {
	i, ok := integer(x)
	j, ok2 := integer(y)
	if ok && ok2 {
		return cmp.Compare(i, j), nil
	}
	f, err := b.float(x)
	if err != nil {
		return 0, err
	}
	g, err := b.float(y)
	return cmp.Compare(f, g), err
}

// float returns the float nearest to n. That a value was paid for once does not pay for
// it here: a list may have n compared with each of its elements.
func (b *Budget) float(n json.Number) (float64, error) {
	if !expression.IsShort(n) {
		if err := b.spendUnits(floatUnits + len(n)); err != nil {
			return 0, err
		}
	}
	f, _ := strconv.ParseFloat(string(n), 64) // only the range can be wrong
	return f, nil
}
