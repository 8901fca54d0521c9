package expression

import (
	"encoding/base64"
	"strings"
)

// content is a value that is neither JSON nor text: the service keeps it in an
// object {"$content-type": "…", "$content": "<base64>"}.
type content struct {
	mediaType string
	base64    string
}

// contentOf returns the content that v is. A form may carry its fields beside
// it, already taken apart.
func contentOf(v any) (content, bool) {
	o, ok := v.(*Object)
	if !ok || o.Len() > 4 {
		return content{}, false
	}
	for _, name := range o.names {
		if name != "$content-type" && name != "$content" && name != "$formdata" && name != "$multipart" {
			return content{}, false
		}
	}
	mediaType, ok := o.values["$content-type"].(string)
	data, ok2 := o.values["$content"].(string)
	return content{mediaType, data}, ok && ok2
}

func newContent(mediaType string, data []byte) *Object {
	o := &Object{}
	o.Set("$content-type", mediaType)
	o.Set("$content", base64.StdEncoding.EncodeToString(data))
	return o
}

// decodeBase64 reads s as .NET does: blanks do not count, padding does.
func decodeBase64(s string) ([]byte, bool) {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, s)
	data, err := base64.StdEncoding.DecodeString(s)
	return data, err == nil
}

// decode returns the bytes that the one argument, base64, stands for.
func (in invocation) decode() ([]byte, *EvalError) {
	s, err := in.str(0, "to be a string")
	if err != nil {
		return nil, err
	}
	if err := in.produce(len(s)); err != nil {
		return nil, err
	}
	data, ok := decodeBase64(s)
	if !ok {
		return nil, in.invalid("was invoked with a parameter that is not valid. The value cannot be decoded from base64 representation.")
	}
	return data, nil
}

func base64ToString(in invocation) (any, *EvalError) {
	data, err := in.decode()
	return strings.ToValidUTF8(string(data), "\ufffd"), err
}

func base64ToBinary(in invocation) (any, *EvalError) {
	data, err := in.decode()
	if err != nil {
		return nil, err
	}
	return newContent("application/octet-stream", data), nil
}

// base64Of encodes text, or gives content as it is encoded already.
func base64Of(in invocation) (any, *EvalError) {
	if c, ok := contentOf(in.args[0]); ok {
		return c.base64, nil
	}
	s, err := in.text(in.args[0])
	if err != nil {
		return nil, err
	}
	if err := in.produce(base64.StdEncoding.EncodedLen(len(s))); err != nil {
		return nil, err
	}
	return base64.StdEncoding.EncodeToString([]byte(s)), nil
}
