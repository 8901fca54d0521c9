package server

import (
	"net/http"
	"slices"

	"flowgate/expression"
	"flowgate/journal"
)

// told words what an expression of the call failed with, as the journal may keep it. An error quotes
// values, and a value alone does not say that it is a secret: what failed is tried again
// on the call as the journal keeps it, and that failure is told.
func (c *call) told(again func(*expression.Scope) error) string {
	if kept, ok := c.kept(); ok {
		if failure := again(kept.scope()); failure != nil {
			return journal.Text(failure.Error())
		}
	}
	return "it fails, and of the call the journal keeps too little to say why"
}

// kept is what of the call its expressions see, as the journal may keep it. It is not ok
// when too little of a JSON body is kept to be JSON.
func (c *call) kept() (kept *call, ok bool) {
	kept = &call{workflow: c.workflow, gate: c.gate, trigger: c.trigger, now: c.now, runID: c.runID,
		path: c.path, hasBody: c.hasBody, request: &http.Request{Host: c.request.Host, Header: http.Header{}}, withoutSecrets: true}
	for name, values := range c.request.Header {
		for _, value := range values {
			kept.request.Header[name] = append(kept.request.Header[name], journal.Field(name, value))
		}
	}
	for name, value := range c.query.Each {
		kept.query = append(kept.query, parameter{name, journal.Field(name, value)})
	}
	if !c.hasBody {
		return kept, true
	}
	body, written := journal.Body(c.body), kept.request.Header.Get("Content-Type")
	var err error
	switch _, isText := c.content.(string); {
	case isJSON(mediaType(written)):
		kept.content, err = expression.Decode([]byte(body))
	case isText:
		kept.content = body
	default:
		kept.content = encoded(written, []byte(body))
	}
	return kept, err == nil
}

// values are the workflow's parameters as an expression sees them.
func (c *call) values() *expression.Object {
	w := c.workflow
	if !c.withoutSecrets || len(w.Secrets) == 0 {
		return w.Parameters
	}
	kept := &expression.Object{}
	for _, name := range w.Parameters.Names() {
		value, _ := w.Parameters.Get(name)
		if slices.Contains(w.Secrets, name) {
			value = redacted(value)
		}
		kept.Set(name, value)
	}
	return kept
}

// redacted is a secret's value with members and elements as they are, so that an expression gets to
// what it failed on, and nothing in them.
func redacted(value any) any {
	switch value := value.(type) {
	case nil:
		return nil
	case *expression.Object:
		kept := &expression.Object{FoldCase: value.FoldCase}
		for _, name := range value.Names() {
			member, _ := value.Get(name)
			kept.Set(name, redacted(member))
		}
		return kept
	case []any:
		kept := make([]any, len(value))
		for i := range value {
			kept[i] = redacted(value[i])
		}
		return kept
	}
	return "[redacted]"
}
