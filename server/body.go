package server

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"flowgate/expression"
	"flowgate/journal"
	"flowgate/workflow"
)

// bodyTime is how long a body may take: as long as the service holds a call.
const bodyTime = 120 * time.Second

// checkBody reads the body of a call whose credentials are good, and makes of it
// what the trigger's outputs have: a value for JSON, a string for text, and
// otherwise content type and base64 (documented).
func (c *call) checkBody() *verdict {
	body, err := c.readBody()
	c.body, c.bodyRead, c.bodyLeft = body, int64(len(body)), err != nil
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse(&refusedTooLarge, ReasonBody, fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit), "{limit}", strconv.FormatInt(tooLarge.Limit, 10)).
			advise("send a body of at most %d bytes", tooLarge.Limit)
	case err != nil:
		return refuse(&refusedBody, ReasonBody, "the body could not be read to its end", "{error}", jsonCutOff).
			advise("send the body whole, as long as its Content-Length or its last chunk says, within %s", bodyTime)
	case len(body) == 0:
		return nil
	}
	c.hasBody = true
	written := c.request.Header.Get("Content-Type")
	kind := mediaType(written)
	switch {
	case isJSON(kind):
		if expression.Valid(body) {
			c.undecoded = true
			break
		}
		value, err := expression.Decode(body)
		if errors.Is(err, expression.ErrTooManyValues) {
			return refuse(&refusedTooLarge, ReasonBody, err.Error(), "{limit}", strconv.FormatInt(c.maxBody, 10)).
				advise("send a body of fewer JSON values")
		}
		if err != nil {
			return refuse(&refusedBody, ReasonBody, "the Content-Type says JSON, but the body is not: "+err.Error(), "{error}", jsonNetError(body, err)).
				advise("send JSON, or the Content-Type of what is sent: %s says JSON", journal.Text(kind))
		}
		c.content = value
	case kind == "text/plain" && utf8.Valid(body):
		c.content = string(body)
	default:
		c.content = encoded(written, body)
	}
	return nil
}

func isJSON(kind string) bool {
	return kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")
}

// encoded is a body that is neither JSON nor text, of the content type that is written.
func encoded(written string, body []byte) *expression.Object {
	if written == "" {
		written = "application/octet-stream"
	}
	o := &expression.Object{}
	o.Set("$content-type", written)
	o.Set("$content", base64.StdEncoding.EncodeToString(body))
	return o
}

// readBody reads the body to its end, or to where it is too large.
func (c *call) readBody() ([]byte, error) {
	length := c.request.ContentLength
	if length == 0 {
		return nil, nil
	}
	// Writers without deadlines, as in tests, are bounded by their maker.
	_ = http.NewResponseController(c.writer).SetReadDeadline(time.Now().Add(bodyTime))
	if length > 0 && length <= min(journal.MaxBody, c.maxBody) {
		body := make([]byte, length) // as much as was announced, and little
		n, err := io.ReadFull(c.request.Body, body)
		return body[:n], err
	}
	return io.ReadAll(http.MaxBytesReader(c.writer, c.request.Body, c.maxBody))
}

// mediaType is the type of a Content-Type, whatever becomes of its parameters: with
// bad ones, JSON is JSON still.
func mediaType(written string) string {
	if written == "application/json" || written == "application/json; charset=utf-8" {
		return "application/json"
	}
	if kind, _, err := mime.ParseMediaType(written); err == nil || errors.Is(err, mime.ErrInvalidMediaParameter) {
		return kind
	}
	kind, _, _ := strings.Cut(written, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// jsonNetError words a JSON error as Json.NET does, which counts the very first
// character as line 0, position 0.
func jsonNetError(body []byte, err error) string {
	var at *expression.SyntaxError
	if !errors.As(err, &at) {
		return jsonCutOff
	}
	offset := min(at.Offset, len(body))
	read := body[:offset] // may be all of 100 MB
	line := 1 + bytes.Count(read, []byte("\n"))
	position := utf8.RuneCount(read[bytes.LastIndexByte(read, '\n')+1:])
	if offset == 0 {
		line, position = 0, 0
	}
	if offset == len(body) {
		return fmt.Sprintf(jsonEnded, line, position)
	}
	r, _ := utf8.DecodeRune(body[offset:])
	return fmt.Sprintf(jsonUnexpected, r, line, position)
}

// decoded is the body's value. JSON that is known to be good is decoded when something
// looks at it.
func (c *call) decoded() any {
	if c.undecoded {
		c.content, _ = expression.Decode(c.body)
		c.undecoded = false
	}
	return c.content
}

// ownParameters are query parameters that are the service's, not the workflow's.
var ownParameters = []string{"api-version", "sp", "sv", "sig", "se"}

// outputs returns what triggerOutputs() gives: headers, body, and queries and
// relativePathParameters where there are any; no method (documented).
func (c *call) outputs() *expression.Object {
	headers := &expression.Object{FoldCase: true}
	for _, name := range slices.Sorted(maps.Keys(c.request.Header)) {
		// A flow never sees the token, a workflow only when it asks for it.
		if name == "Authorization" && (c.workflow.Profile == workflow.PowerAutomate || !c.gate.Trigger.IncludeAuthorization) {
			continue
		}
		headers.Set(name, strings.Join(c.request.Header[name], ", "))
	}
	headers.Set("Host", c.request.Host)
	o := &expression.Object{}
	o.Set("headers", headers)
	queries := &expression.Object{}
	for _, name := range c.query.Names() {
		if !slices.Contains(ownParameters, name) {
			queries.Set(name, strings.Join(c.query.All(name), ","))
		}
	}
	if queries.Len() > 0 {
		o.Set("queries", queries)
	}
	if c.path.Len() > 0 {
		o.Set("relativePathParameters", c.path)
	}
	if c.hasBody {
		o.Set("body", c.decoded())
	}
	return o
}
