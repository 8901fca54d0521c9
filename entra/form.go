package entra

import (
	"io"
	"mime"
	"net/url"
	"strings"
	"time"
)

// Bounds of what a form may be. Assertions and refresh tokens are its longest
// values; Entra's own have a few kB.
const (
	maxForm       = 1 << 20  // 1 MiB
	maxParameters = 100      // telemetry included, clients send some twenty
	maxParameter  = 64 << 10 // 64 KiB

	// Clients' forms are small. Of those that are not, few are read at once: held open
	// on each connection that there may be, they would fill the memory.
	smallForm     = 16 << 10 // 16 KiB
	maxLargeForms = 16

	formTime = 30 * time.Second // for all of it to arrive
)

// parameters are those of a form, none of which is there twice.
type parameters map[string]string

// parseForm reads an application/x-www-form-urlencoded body. A parameter that is
// there twice is refused: who checks one and who uses the other must not differ.
func parseForm(body string) (parameters, *Error) {
	p := parameters{}
	for part := range strings.SplitSeq(body, "&") {
		if part == "" {
			continue
		}
		if len(p) == maxParameters {
			return nil, errMalformed()
		}
		rawName, rawValue, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return nil, errMalformed()
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil || len(name) > maxEcho || len(value) > maxParameter {
			return nil, errMalformed()
		}
		if _, twice := p[name]; twice {
			return nil, errTwice(name)
		}
		// Copies: what needs no unescaping is a part of the form, and what is kept of
		// it, in a code or a session, would keep the whole form.
		p[strings.Clone(name)] = strings.Clone(value)
	}
	return p, nil
}

// form reads the request's form. A body of another type has no parameters, so that
// the first one asked for is missing: it is what Entra says to those who send JSON.
func (e *exchange) form() (parameters, *Error) {
	kind, _, err := mime.ParseMediaType(e.request.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return parameters{}, nil
	}
	start, err := io.ReadAll(io.LimitReader(e.request.Body, smallForm+1))
	if err != nil {
		return nil, errMalformed()
	}
	if len(start) <= smallForm {
		return parseForm(string(start))
	}
	select {
	case e.largeForms <- struct{}{}:
		defer func() { <-e.largeForms }()
		return e.largeForm(start)
	default:
		return nil, errUnavailable()
	}
}

// largeForm reads the rest of a form.
func (e *exchange) largeForm(start []byte) (parameters, *Error) {
	rest, err := io.ReadAll(io.LimitReader(e.request.Body, maxForm+1-int64(len(start))))
	switch {
	case len(start)+len(rest) > maxForm:
		return nil, errTooLarge()
	case err != nil:
		return nil, errMalformed()
	}
	return parseForm(string(start) + string(rest))
}

// need returns the error of the first of these parameters that is missing or
// empty, nil if all are there.
func (p parameters) need(names ...string) *Error {
	for _, name := range names {
		if strings.TrimSpace(p[name]) == "" {
			return errNoParameter(name)
		}
	}
	return nil
}
