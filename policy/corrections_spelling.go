package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Mistakes of spelling: the right value, written otherwise.

// claimNameCase: every name of the policy that the token has in other letters. A
// flow's names are the service's own.
func (h *hearing) claimNameCase() (correction, bool) {
	var c correction
	var renamed []string
	for _, m := range h.mismatches {
		if m.Present || h.flow {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(h.claims)) { // the map's order must not show
			if strings.EqualFold(name, m.Name) && matches(h.claims[name], m.Wanted) {
				c.asks(m, name, m.Wanted)
				renamed = append(renamed, quoted(name)+" for "+quoted(m.Name))
				break
			}
		}
	}
	c.fix = func() string {
		return fmt.Sprintf("in policy %s write the claim %s: names are compared with their letter case", called(h.Name), listed(renamed))
	}
	return c, c.changes()
}

// doubleSlashScope: everything before the last slash of a scope is the resource,
// and is echoed as aud, so a resource that ends in a slash needs two.
func (h *hearing) doubleSlashScope() (correction, bool) {
	m, ok := h.mismatch("aud")
	if got, isText := m.Got.(string); !ok || !isText || got+"/" != m.Wanted || !strings.Contains(m.Wanted, "://") {
		return none()
	}
	return correction{token: Claims{"aud": m.Wanted}, fix: func() string {
		fix := fmt.Sprintf("ask for the token with scope=%s, with %s before .default, or at the v1.0 endpoint with resource=%s, so that its aud keeps the slash that it lost",
			quoted(scopeFor(m.Wanted)), slashes(atEnd(m.Wanted)+1), quoted(m.Wanted))
		if !h.flow {
			fix += fmt.Sprintf(", or write aud %s in policy %s", shown(m.Got), called(h.Name))
		}
		return fix
	}}, true
}

// trailingSlash is about one claim: two slashes in two claims are two mistakes. An
// audience echoes what the caller asked for, so that is the caller's to change; every
// other value is as Entra writes it, so that the policy is to follow it.
func (h *hearing) trailingSlash() (correction, bool) {
	for _, m := range h.mismatches {
		got, ok := m.Got.(string)
		if !ok || got+"/" != m.Wanted && got != m.Wanted+"/" {
			continue
		}
		if m.Name == "aud" && got == m.Wanted+"/" {
			return correction{token: Claims{"aud": m.Wanted}, fix: func() string {
				wanted := atEnd(m.Wanted)
				fix := fmt.Sprintf("ask for the token with scope=%s, with %s before .default", quoted(scopeFor(m.Wanted)), slashes(wanted+1))
				if !h.flow {
					fix += fmt.Sprintf(", or write aud %s in policy %s", quoted(got), called(h.Name))
				}
				return fix + ": the aud that is wanted has " + slashes(wanted) + " at its end"
			}}, true
		}
		if h.flow {
			continue
		}
		return h.rewritten(m, got, "a slash at the end counts"), true
	}
	return none()
}

// atEnd counts the slashes at the end.
func atEnd(url string) int { return len(url) - len(strings.TrimRight(url, "/")) }

func slashes(n int) string {
	switch n {
	case 0:
		return "no slash"
	case 1:
		return "one slash"
	case 2:
		return "two slashes"
	}
	return fmt.Sprintf("%d slashes", n)
}

// rewritten makes the policy say what the token has.
func (h *hearing) rewritten(m Comparison, got, why string) correction {
	c := correction{fix: func() string {
		return fmt.Sprintf("in policy %s write %s %s, as the token has it, for %s: %s", called(h.Name), label(m.Name), quoted(got), quoted(m.Wanted), why)
	}}
	c.asks(m, m.Name, got)
	return c
}

// letterCase: every value that differs so. It is one mistake, that of a tool or a
// person who writes ids in capitals.
func (h *hearing) letterCase() (correction, bool) {
	var c correction
	var asked, written []string
	for _, m := range h.mismatches {
		got, ok := sameLetters(m.Got, m.Wanted)
		switch {
		case !ok:
		case m.Name == "aud" && strings.Contains(m.Wanted, "://"): // echoes what the caller asked for
			c.says("aud", m.Wanted)
			asked = append(asked, fmt.Sprintf("ask for the token with scope=%s", quoted(scopeFor(m.Wanted))))
		case h.flow && m.Name != "oid": // nobody wrote it but the service
		default:
			c.asks(m, m.Name, got)
			text := quoted(got) + " for " + quoted(m.Wanted)
			if !h.flow { // its list of users has no claims
				text = label(m.Name) + " " + text
			}
			written = append(written, text)
		}
	}
	c.fix = func() string {
		if len(written) > 0 {
			asked = append(asked, fmt.Sprintf("in %s write %s", h.place(), listed(written)))
		}
		return strings.Join(asked, ", and ") + ": values are compared with their letter case"
	}
	return c, c.changes()
}

// sameLetters returns the text in got that differs from wanted in letter case alone.
func sameLetters(got any, wanted string) (string, bool) {
	if list, ok := got.([]any); ok {
		for _, e := range list {
			if text, ok := e.(string); ok && strings.EqualFold(text, wanted) {
				return text, true
			}
		}
	}
	text, ok := got.(string)
	return text, ok && strings.EqualFold(text, wanted)
}
