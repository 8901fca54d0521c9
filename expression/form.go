package expression

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
)

// triggerFormDataValue gives null for a field that the form does not have, and
// an error for one that it has more than once, as documented.
func triggerFormDataValue(in invocation) (any, *EvalError) {
	key, err := in.str(0, ofTypeString)
	if err != nil {
		return nil, err
	}
	values, err := in.fields(key)
	switch {
	case err != nil:
		return nil, err
	case len(values) == 0:
		return nil, nil
	case len(values) > 1:
		return nil, in.fail("%s: the form has %d fields '%s'; use triggerFormDataMultiValues", in.call.written, len(values), shorten(key))
	}
	return values[0], nil
}

func triggerFormDataMultiValues(in invocation) (any, *EvalError) {
	key, err := in.str(0, ofTypeString)
	if err != nil {
		return nil, err
	}
	values, err := in.fields(key)
	return values, err
}

// fields returns the values of the trigger's form under key, in order.
func (in invocation) fields(key string) ([]any, *EvalError) {
	mediaType, params, data, err := in.triggerContent()
	if err != nil {
		return nil, err
	}
	values := []any{}
	switch mediaType {
	case "application/x-www-form-urlencoded":
		form, _ := url.ParseQuery(string(data)) // what can be read of a damaged form counts
		for _, v := range form[key] {
			values = append(values, strings.ToValidUTF8(v, "\ufffd"))
		}
	case "multipart/form-data":
		err = in.parts(data, params["boundary"], func(p *multipart.Part, body []byte) bool {
			if p.FormName() == key {
				values = append(values, partBody(p, body))
			}
			return true
		})
	default:
		return nil, in.fail("%s: the trigger's body is of type '%s', not multipart/form-data or application/x-www-form-urlencoded", in.call.written, shorten(mediaType))
	}
	return values, err
}

// triggerMultipartBody counts parts from 0.
func triggerMultipartBody(in invocation) (any, *EvalError) {
	wanted, err := in.index(0)
	if err != nil {
		return nil, err
	}
	mediaType, params, data, err := in.triggerContent()
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(mediaType, "multipart/") {
		return nil, in.fail("%s: the trigger's body is of type '%s', not multipart", in.call.written, shorten(mediaType))
	}
	n, found, value := 0, false, any(nil)
	err = in.parts(data, params["boundary"], func(p *multipart.Part, body []byte) bool {
		if found = n == wanted; found {
			value = partBody(p, body)
		}
		n++
		return !found
	})
	if err == nil && !found {
		return nil, in.fail("%s: there is no part %d; the trigger's body has %d, counted from 0", in.call.written, wanted, n)
	}
	return value, err
}

// triggerContent returns the trigger's body, which is neither JSON nor text.
func (in invocation) triggerContent() (mediaType string, params map[string]string, data []byte, err *EvalError) {
	body, _ := in.scope.Trigger.Get("body")
	c, ok := contentOf(body)
	if !ok {
		return "", nil, nil, in.fail("%s: the trigger's body is no form; send it with the Content-Type of one", in.call.written)
	}
	if err := in.produce(len(c.base64)); err != nil {
		return "", nil, nil, err
	}
	if data, ok = decodeBase64(c.base64); !ok {
		return "", nil, nil, in.fail("%s: the $content of the trigger's body is not base64", in.call.written)
	}
	mediaType, params, bad := mime.ParseMediaType(c.mediaType)
	if bad != nil {
		return "", nil, nil, in.fail("%s: '%s' is no media type: %v", in.call.written, shorten(c.mediaType), bad)
	}
	return mediaType, params, data, nil
}

// parts calls each with every part of a multipart body until it returns false.
func (in invocation) parts(data []byte, boundary string, each func(*multipart.Part, []byte) bool) *EvalError {
	r := multipart.NewReader(bytes.NewReader(data), boundary)
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		var body []byte
		if err == nil {
			body, err = io.ReadAll(p)
		}
		if err != nil {
			return in.fail("%s: the trigger's body is no valid multipart: %v", in.call.written, err)
		}
		if err := in.spend(1 + len(body)>>10); err != nil {
			return err
		}
		if !each(p, body) {
			return nil
		}
	}
}

// partBody makes a part a value as the service makes a body one: JSON, text, or
// content of some other type. A part without a type is text.
func partBody(p *multipart.Part, body []byte) any {
	declared := p.Header.Get("Content-Type")
	mediaType, _, err := mime.ParseMediaType(declared)
	switch {
	case declared == "", err == nil && strings.HasPrefix(mediaType, "text/"):
		return strings.ToValidUTF8(string(body), "\ufffd")
	case err == nil && mediaType == "application/json":
		if v, err := Decode(body); err == nil {
			return v
		}
	}
	return newContent(strings.ToValidUTF8(declared, "\ufffd"), body)
}
