package expression

import "strings"

// uriComponent escapes the texts of all its arguments, joined.
func uriComponent(in invocation) (any, *EvalError) {
	texts, err := in.texts()
	if err != nil {
		return nil, err
	}
	n := 0
	for _, s := range texts {
		n += len(s)
		for i := range len(s) {
			if !unreserved(s[i]) {
				n += len("%00") - 1
			}
		}
	}
	if err := in.produce(n); err != nil {
		return nil, err
	}
	b := make([]byte, 0, n)
	for _, s := range texts {
		for i := range len(s) {
			if c := s[i]; unreserved(c) {
				b = append(b, c)
			} else {
				b = append(b, '%', upperHex[c>>4], upperHex[c&15])
			}
		}
	}
	return string(b), nil
}

const upperHex = "0123456789ABCDEF"

// unreserved tells whether RFC 3986 lets c stand for itself anywhere.
func unreserved(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.IndexByte("-._~", c) >= 0
}

// uriComponentToString reads + as a space. A % without two digits stands for
// itself, as in .NET.
func uriComponentToString(in invocation) (any, *EvalError) {
	s, err := in.str(0, "to be a string")
	if err != nil {
		return nil, err
	}
	if err := in.produce(len(s)); err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return strings.ToValidUTF8(string(b), "\ufffd"), nil
}

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}
