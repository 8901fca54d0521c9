package template

import (
	"fmt"
	"strconv"
	"strings"

	"flowgate/expression"
)

// format replaces {n} by its arguments; {{ and }} stand for single braces.
func format(args []any) (any, error) {
	pattern, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("the format must be a string, found %s", expression.Kind(args[0]))
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if c != '{' && c != '}' {
			b.WriteByte(c)
			continue
		}
		if i+1 < len(pattern) && pattern[i+1] == c {
			b.WriteByte(c)
			i++
			continue
		}
		end := strings.IndexByte(pattern[i:], '}')
		if c == '}' || end < 0 {
			return nil, fmt.Errorf("the format %q has a brace without its partner", pattern)
		}
		s, err := formatted(pattern[i+1:i+end], args[1:])
		if err != nil {
			return nil, err
		}
		if err := bounded(b.Len() + len(s)); err != nil {
			return nil, err
		}
		b.WriteString(s)
		i += end
	}
	return b.String(), nil
}

// formatted writes the argument that a placeholder names.
func formatted(placeholder string, args []any) (string, error) {
	i, err := strconv.Atoi(strings.TrimSpace(placeholder))
	if err != nil {
		return "", fmt.Errorf("the placeholder {%s} is not supported; use {0}, {1} and so on", placeholder)
	}
	if i < 0 || i >= len(args) {
		return "", fmt.Errorf("the placeholder {%d} has no argument", i)
	}
	s, err := textOf(args[i])
	switch args[i].(type) {
	case []any, object:
		// The service writes JSON with single quotes here, and here alone.
		s = strings.ReplaceAll(s, `"`, "'")
	}
	return s, err
}
