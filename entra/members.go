package entra

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// members is a JSON object in the making: tokens show Entra's order.
type members []member

type member struct {
	name  string
	value any
}

func (m *members) set(name string, value any) { m.override(Override{Name: name, Value: value}) }

func (m *members) override(o Override) {
	i := slices.IndexFunc(*m, func(x member) bool { return x.name == o.Name })
	switch {
	case o.Remove && i >= 0:
		*m = slices.Delete(*m, i, i+1)
	case o.Remove:
	case i >= 0:
		(*m)[i].value = o.Value
	default:
		*m = append(*m, member{o.Name, o.Value})
	}
}

func (m members) encode() ([]byte, error) {
	b := []byte{'{'}
	for i, x := range m {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := encode(x.name)
		if err != nil {
			return nil, err
		}
		value, err := encode(x.value)
		if err != nil {
			return nil, fmt.Errorf("claim %q: %w", x.name, err)
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
