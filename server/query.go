package server

import (
	"net/url"
	"slices"
	"strings"
)

// query is the parameters of a URL, unescaped, in the order in which they stand there.
type query []parameter

type parameter struct{ name, value string }

// maxPairs bounds the query parameters that are looked at.
const maxPairs = 1000

// appendQuery reads a query as the service does, by & alone, and appends it to q. What
// does not unescape stays as it is: url.ParseQuery would drop it, and a sig with it.
func appendQuery(q query, raw string) query {
	for pairs := 0; raw != "" && pairs < maxPairs; pairs++ {
		pair, rest, _ := strings.Cut(raw, "&")
		if pairs == maxPairs-1 { // the last takes what is left
			pair, rest = raw, ""
		}
		raw = rest
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		q = append(q, parameter{unescapeQuery(name), unescapeQuery(value)})
	}
	return q
}

func unescapeQuery(s string) string {
	if unescaped, err := url.QueryUnescape(s); err == nil {
		return unescaped
	}
	return s
}

// Get returns the first value of a parameter; empty when there is none.
func (q query) Get(name string) string {
	for i := range q {
		if q[i].name == name {
			return q[i].value
		}
	}
	return ""
}

// Has reports whether there is a parameter of that name.
func (q query) Has(name string) bool {
	return slices.ContainsFunc(q, func(p parameter) bool { return p.name == name })
}

// All returns every value of a parameter.
func (q query) All(name string) []string {
	var all []string
	for _, p := range q {
		if p.name == name {
			all = append(all, p.value)
		}
	}
	return all
}

// Names returns the parameters' names, sorted, each once.
func (q query) Names() []string {
	names := make([]string, len(q))
	for i, p := range q {
		names[i] = p.name
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Each is an iterator over names and values.
func (q query) Each(yield func(name, value string) bool) {
	for _, p := range q {
		if !yield(p.name, p.value) {
			return
		}
	}
}
