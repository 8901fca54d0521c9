package journal

import (
	"iter"
	"slices"
	"strings"
)

// Query is the query parameters of a call, held as Fields are: several values of one joined
// by a comma, and apart as well.
type Query struct {
	joined Fields
	apart  map[string][]string // of those that came more than once; nil values: they are not held apart
	letGo  bool                // there were parameters, and none is held
}

// LetGo returns the query without its parameters, for a call that is too long to hold.
func (q Query) LetGo() Query { return Query{letGo: len(q.joined) > 0} }

// HoldQuery holds query parameters, without the value of sig.
func HoldQuery(q iter.Seq2[string, string]) Query {
	held, came := make(Fields, 0, 4), 0
	for name, value := range q {
		came++
		if i := slices.IndexFunc(held, func(f field) bool { return f.name == name }); i >= 0 {
			if len(held[i].value) <= maxText {
				held[i].value += "," + value
			}
			continue
		}
		held = append(held, field{name, value})
	}
	for i, f := range held {
		if strings.EqualFold(ownName(f.name), "sig") {
			held[i].value = Field(f.name, f.value)
		}
	}
	names, bounded := len(held), held.bounded()
	if came == names { // nearly always
		return Query{joined: bounded}
	}
	return Query{joined: bounded, apart: bounded.apart(q)}
}

// apart returns the values of the parameters that came more than once: no more of them than
// fields are kept, and of none whose value is held otherwise than it came.
func (held Fields) apart(q iter.Seq2[string, string]) map[string][]string {
	came := map[string][]string{}
	for name, value := range q {
		came[name] = append(came[name], value)
	}
	apart, room := map[string][]string{}, maxFields
	for _, f := range held {
		values := came[f.name]
		if len(values) < 2 {
			continue
		}
		apart[f.name] = nil
		if len(values) <= room && strings.Join(values, ",") == f.value {
			apart[f.name] = values
			room -= len(values)
		}
	}
	return apart
}

// Kept returns the parameters as the journal keeps them, and the values of those that came
// more than once: none where the journal keeps them otherwise than they came.
func (q Query) Kept() (kept map[string]string, repeated map[string][]string) {
	if q.letGo {
		return map[string]string{cutMark: moreFields}, nil
	}
	kept = q.joined.Kept()
	for name, values := range q.apart {
		joined, ok := kept[name]
		if !ok {
			continue
		}
		if repeated == nil {
			repeated = make(map[string][]string, len(q.apart))
		}
		repeated[name] = nil
		if values != nil && strings.Join(values, ",") == joined { // or a secret may be among them
			repeated[name] = pieces(joined, values)
		}
	}
	return kept, repeated
}

// pieces returns the parts of a joined text, which hold no more of the call than it does.
func pieces(joined string, values []string) []string {
	parts, at := make([]string, 0, len(values)), 0
	for _, v := range values {
		parts = append(parts, joined[at:at+len(v)])
		at += len(v) + 1 // the comma
	}
	return parts
}
