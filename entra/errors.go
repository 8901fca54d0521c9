package entra

import (
	"fmt"
	"strings"
	"time"
)

// Error is a refusal as Entra words it, member by member: it is the body on the
// wire. Only the constructors of catalogue.go make one.
type Error struct {
	Name          string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Timestamp     string `json:"timestamp"`
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
	URI           string `json:"error_uri,omitempty"`

	kind *errorKind
	text string // the description without code and ids
}

// Error is for the log: the code says which one, and no value of the request is in it.
func (e *Error) Error() string { return fmt.Sprintf("AADSTS%d", e.kind.code) }

func (e *Error) status() int { return e.kind.status }

// errorKind is one row of the catalogue.
type errorKind struct {
	code   int
	status int
	name   string
	text   string // with {placeholders}
	uri    bool   // whether the answer has error_uri
}

// maxEcho bounds a value of the request inside a description: 256 bytes. Entra
// echoes more; an answer must not grow with what was sent.
const maxEcho = 256

// with makes the error, its placeholders filled in; fill alternates {name} and value.
func (k *errorKind) with(fill ...string) *Error {
	for i := 1; i < len(fill); i += 2 {
		if len(fill[i]) > maxEcho {
			fill[i] = strings.ToValidUTF8(fill[i][:maxEcho], "") + "…"
		}
	}
	return &Error{Name: k.name, Codes: []int{k.code}, kind: k, text: strings.NewReplacer(fill...).Replace(k.text)}
}

// stamp completes the error for one answer: the ids and the time stand in the
// members and once more in the description, joined by single spaces.
func (e *Error) stamp(now time.Time, trace, correlation, loginHost string) {
	e.Timestamp = now.UTC().Format("2006-01-02 15:04:05Z")
	e.TraceID, e.CorrelationID = trace, correlation
	e.Description = fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", e.kind.code, e.text, trace, correlation, e.Timestamp)
	if e.kind.uri {
		e.URI = fmt.Sprintf("https://%s/error?code=%d", loginHost, e.kind.code)
	}
}
