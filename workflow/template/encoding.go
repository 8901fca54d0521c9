package template

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"flowgate/expression"
)

// encodingFunctions write strings in other forms and read them back.
var encodingFunctions = []function{
	oneText("base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
	decoding("base64ToString", func(s string) (any, error) { return fromBase64(s) }),
	decoding("base64ToJson", func(s string) (any, error) {
		text, err := fromBase64(s)
		if err != nil {
			return nil, err
		}
		return parseJSON([]any{text})
	}),
	oneText("uriComponent", escapeURI),
	decoding("uriComponentToString", func(s string) (any, error) { return url.QueryUnescape(s) }),
	{name: "uri", min: 2, max: 2, plain: resolveURI},
	{name: "dataUri", min: 1, max: 1, plain: dataURI},
	decoding("dataUriToString", fromDataURI),
}

func decoding(name string, read func(string) (any, error)) function {
	return function{name: name, min: 1, max: 1, plain: func(args []any) (any, error) {
		texts, err := textsOf(args)
		if err != nil {
			return nil, err
		}
		return read(texts[0])
	}}
}

func fromBase64(s string) (string, error) {
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil || !utf8.Valid(data) {
		return "", fmt.Errorf("%q is no base64 of a text", s)
	}
	return string(data), nil
}

// escapeURI escapes all but the unreserved characters of RFC 3986.
func escapeURI(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isNameByte(c) || strings.IndexByte("-.~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

func resolveURI(args []any) (any, error) {
	texts, err := textsOf(args)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(texts[0])
	if err != nil || !base.IsAbs() {
		return nil, fmt.Errorf("%q is no absolute URI", texts[0])
	}
	relative, err := url.Parse(texts[1])
	if err != nil {
		return nil, fmt.Errorf("%q is no relative URI", texts[1])
	}
	return base.ResolveReference(relative).String(), nil
}

func dataURI(args []any) (any, error) {
	kind := "application/json;charset=utf8"
	text, ok := args[0].(string)
	if ok {
		kind = "text/plain;charset=utf8"
	} else {
		text = string(expression.Encode(args[0]))
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString([]byte(text)), nil
}

func fromDataURI(s string) (any, error) {
	head, data, ok := strings.Cut(s, ",")
	if !ok || !strings.HasPrefix(strings.ToLower(head), "data:") {
		return nil, fmt.Errorf("%q is no data URI", s)
	}
	if strings.HasSuffix(strings.ToLower(head), ";base64") {
		return fromBase64(data)
	}
	return url.PathUnescape(data)
}
