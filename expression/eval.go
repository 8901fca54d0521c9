package expression

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The bounds of one evaluation. The service's own are higher and partly
// unpublished; these stop a template that would stop the process.
const (
	maxSteps    = 1_000_000 // nodes, elements looked at, kilobytes of text and of numbers read
	maxProduced = 10 << 20  // bytes of text built on the way
	maxResult   = 200 << 20 // bytes of the result's JSON: a body of 100 MB, the most that the service takes, escapes and all
)

// Scope is what an evaluation can see. Evaluations share it and do not change it.
type Scope struct {
	TriggerName string
	Trigger     *Object          // triggerOutputs(): headers (an Object with FoldCase), body, queries, relativePathParameters
	Parameters  *Object          // the values of the definition's parameters
	Workflow    *Object          // workflow(): id, name, type, location, tags, run {id, name, type}
	Now         func() time.Time // for utcNow()
	NewGUID     func() string    // for guid(): 32 digits in the five groups of 8-4-4-4-12
}

// EvalError tells why a template has no value for a call. Where the words of the
// service are public, Msg has them.
type EvalError struct {
	Pointer    string // where in the template the expression stands, RFC 6901
	Expression string // the expression, without the @
	Msg        string
}

func (e *EvalError) Error() string { return e.Msg }

func (e *EvalError) below(name string) *EvalError {
	e.Pointer = "/" + EscapePointer(name) + e.Pointer
	return e
}

// Eval returns the template's value for one call. The value shares its parts
// with the template and with s: read it, do not change it. The error is an
// *EvalError.
func (t *Template) Eval(s *Scope) (any, error) {
	if l, ok := t.root.(literal); ok {
		return l.value, nil
	}
	if s == nil {
		s = &Scope{}
	}
	e := &evaluation{scope: s, steps: maxSteps, bytes: maxProduced}
	e.stack = e.room[:0]
	v, err := e.eval(t.root)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(bool); t.condition && !ok {
		return nil, e.fail("the condition '%s' gives a value of type '%s'; a condition gives true or false", e.source, typeName(v))
	}
	if !fits(v, maxResult) {
		return nil, e.fail("the result is larger than %d MB", maxResult>>20)
	}
	return v, nil
}

// evaluation is one run over a template, and what it may still spend.
type evaluation struct {
	scope  *Scope
	source string // of the expression at hand
	steps  int
	bytes  int
	stack  []any                   // the arguments of the calls under way, innermost last
	room   [8]any                  // for stack, which seldom needs more
	floats map[json.Number]float64 // the floats nearest to numbers that are not short
}

func (e *evaluation) fail(format string, args ...any) *EvalError {
	return &EvalError{Expression: e.source, Msg: fmt.Sprintf(format, args...)}
}

func (e *evaluation) eval(n node) (any, *EvalError) {
	if err := e.spend(1); err != nil {
		return nil, err
	}
	return n.eval(e)
}

// spend takes n steps.
func (e *evaluation) spend(n int) *EvalError {
	if e.steps -= n; e.steps < 0 {
		return e.fail("the evaluation takes more than %d steps", maxSteps)
	}
	return nil
}

// read takes the steps of looking through v once, if it is text or a number.
func (e *evaluation) read(v any) *EvalError {
	switch v := v.(type) {
	case string:
		return e.spend(len(v) >> 10)
	case json.Number:
		return e.spend(len(v) >> 10)
	}
	return nil
}

// produce takes n bytes before they are built.
func (e *evaluation) produce(n int) *EvalError {
	if n < 0 || n > e.bytes {
		return e.fail("the evaluation builds more than %d MB of text", maxProduced>>20)
	}
	e.bytes -= n
	return nil
}

// text writes v as string(), concat() and an expression inside text do: null as
// nothing, booleans as .NET spells them, content that is neither JSON nor text
// decoded, other objects and arrays as JSON.
func (e *evaluation) text(v any) (string, *EvalError) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case bool:
		if v {
			return "True", nil
		}
		return "False", nil
	case json.Number:
		return string(v), nil
	case string:
		return v, nil
	}
	if c, ok := contentOf(v); ok {
		if err := e.produce(len(c.base64)); err != nil {
			return "", err
		}
		if data, ok := decodeBase64(c.base64); ok {
			return strings.ToValidUTF8(string(data), "\ufffd"), nil
		}
	}
	if !fits(v, e.bytes) {
		return "", e.produce(e.bytes + 1)
	}
	s := string(Encode(v))
	return s, e.produce(min(len(s), e.bytes))
}

// join puts texts together with sep between them.
func (e *evaluation) join(texts []string, sep string) (any, *EvalError) {
	n := len(sep) * max(len(texts)-1, 0)
	for _, s := range texts {
		n += len(s)
	}
	if err := e.produce(n); err != nil {
		return nil, err
	}
	return strings.Join(texts, sep), nil
}
