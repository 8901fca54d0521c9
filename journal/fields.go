package journal

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Fields are the headers or the query parameters of a call, held for its entry without
// holding the call: bounded, and not yet looked through for secrets.
type Fields []field

type field struct{ name, value string }

// HoldHeaders holds headers, several values joined as HTTP joins them. What follows
// the scheme in Authorization is not held at all.
func HoldHeaders(h http.Header) Fields { return hold(h, ", ", "Authorization") }

// HoldQuery holds query parameters, without the value of sig.
func HoldQuery(q url.Values) Fields { return hold(q, ",", "sig") }

func hold(from map[string][]string, separator, credential string) Fields {
	if len(from) == 0 {
		return nil
	}
	held := make(Fields, 0, len(from))
	for name, values := range from {
		value := ""
		switch len(values) {
		case 0:
		case 1:
			value = values[0]
		default:
			value = strings.Join(values[:min(len(values), maxFields)], separator)
		}
		if strings.EqualFold(name, credential) {
			value = Field(name, value)
		}
		held = append(held, field{name, value})
	}
	if len(held) > maxFields+1 { // sorted: the same ones are kept each time
		slices.SortFunc(held, byName)
		held = slices.Clone(held[:maxFields+1]) // one more than are kept, to tell that there were more
	}
	for i := range held {
		held[i] = field{short(held[i].name), short(held[i].value)}
	}
	return held
}

func byName(a, b field) int { return strings.Compare(a.name, b.name) }

// short cuts text to what Text looks at. What is cut off is let go.
func short(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.Clone(s[:maxText])
}

// Kept returns the fields as the journal keeps them.
func (f Fields) Kept() map[string]string {
	sorted := slices.Clone(f)
	slices.SortFunc(sorted, byName)
	kept := make(map[string]string, min(len(sorted), maxFields+1))
	for i, field := range sorted {
		if i == maxFields {
			kept["…"] = "more were sent; they are not kept"
			break
		}
		kept[Text(field.name)] = Field(field.name, field.value)
	}
	return kept
}
