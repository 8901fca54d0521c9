package policy

import "fmt"

// suspicion is a cause, and how the mistake would be undone. It reports false where
// nothing speaks for it.
type suspicion struct {
	cause   Cause
	correct func(*hearing) (correction, bool)
}

// suspicions are in the order of looking.
var suspicions = []suspicion{
	{DoubleSlashScope, (*hearing).doubleSlashScope},
}

func (h *hearing) doubleSlashScope() (correction, bool) {
	m, ok := h.mismatch("aud")
	if got, _ := m.Got.(string); !ok || got+"/" != m.Wanted {
		return correction{}, false
	}
	return correction{token: Claims{"aud": m.Wanted},
		fix: fmt.Sprintf("ask for the token with scope=%s, with two slashes before .default, so that its aud keeps the slash", quoted(m.Wanted+"/.default"))}, true
}
