package journal

import (
	"net/http"
	"slices"
	"strings"
)

// Fields are the headers of a call, or its query parameters with the values of each in one,
// held for its entry without holding the call: bounded, and not yet looked through for
// secrets.
type Fields []field

type field struct{ name, value string }

// HoldHeaders holds headers, several values joined as HTTP joins them. What follows
// the scheme in Authorization is not held at all.
func HoldHeaders(h http.Header) Fields {
	held := make(Fields, 0, len(h))
	for name, values := range h {
		value := ""
		switch len(values) {
		case 0:
		case 1:
			value = values[0]
		default:
			value = strings.Join(values[:min(len(values), maxFields)], ", ")
			if len(values) > maxFields {
				value += moreValues
			}
		}
		if strings.EqualFold(name, "Authorization") {
			value = withoutCredential(value)
		}
		held = append(held, field{name, value})
	}
	return held.bounded()
}

// withoutCredential is Field of an Authorization header.
func withoutCredential(value string) string {
	if strings.HasPrefix(value, "Bearer ") {
		return "Bearer " + redacted // one constant
	}
	return Field("Authorization", value)
}

func (held Fields) bounded() Fields {
	size := 0
	for i := range held {
		held[i] = field{short(held[i].name), short(held[i].value)}
		size += held[i].size()
	}
	if len(held) <= maxFields && size <= maxHeld {
		return held
	}
	slices.SortFunc(held, byName)                             // the same ones are kept each time
	return slices.Clone(held[:min(held.most()+1, len(held))]) // one more than are kept, to tell that there were more
}

// most is how many of the fields, which are sorted, are kept.
func (held Fields) most() int {
	size := 0
	for i, f := range held {
		if size += f.size(); i == maxFields || size > maxHeld {
			return i
		}
	}
	return len(held)
}

func (f field) size() int { return len(f.name) + len(f.value) }

func byName(a, b field) int { return strings.Compare(a.name, b.name) }

// short cuts text to one byte more than Text keeps, to tell that there were more. What is
// cut off is let go.
func short(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.Clone(s[:maxText+1])
}

// moreValues ends the values of a header that came more often than is held.
const moreValues = ", " + cutMark

// Kept returns the fields as the journal keeps them.
func (f Fields) Kept() map[string]string {
	sorted := slices.Clone(f)
	slices.SortFunc(sorted, byName)
	most := sorted.most()
	kept := make(map[string]string, most+1)
	for _, field := range sorted[:most] {
		kept[Text(field.name)] = Field(field.name, field.value)
	}
	if most < len(sorted) {
		kept[cutMark] = moreFields
	}
	return kept
}

// moreFields is what stands in the place of fields that are not kept.
const moreFields = "more were sent; they are not kept"

// Whole reports whether kept, which Text or Field returned, is the text that was sent:
// nothing cut off, no secret taken out, nothing replaced that was no UTF-8.
func Whole(kept string) bool {
	cut := len(kept) > maxText && strings.HasSuffix(kept, cutMark) || strings.HasSuffix(kept, moreValues)
	return !cut && !strings.Contains(kept, redactedPrefix) && !strings.Contains(kept, "\ufffd")
}
