package inspector

import (
	"slices"

	"flowgate/policy"
)

// compared is a decision as a page shows it: the policies side by side.
type compared struct {
	Admitted bool
	Policies []comparedPolicy
}

type comparedPolicy struct {
	Name    string
	Matched bool
	Nearest bool // cause and fix are about this one
	Misses  int
	Claims  []comparedClaim
}

type comparedClaim struct {
	Name    string
	Matched bool
	Verdict string // in one word or two, for those who see no colour
	Wanted  []part
	Got     []part // empty when the token has no such claim
}

// compare returns a decision for a page.
func compare(d policy.Decision, nearest string) *compared {
	c := &compared{Admitted: d.Admitted}
	for _, p := range d.Policies {
		one := comparedPolicy{Name: p.Name, Matched: p.Matched, Nearest: nearest != "" && nearest == p.Name}
		for _, claim := range p.Claims {
			one.Claims = append(one.Claims, compareClaim(claim))
			if !claim.Matched {
				one.Misses++
			}
		}
		c.Policies = append(c.Policies, one)
	}
	// The one that cause and fix are about comes first, the others in name order.
	slices.SortStableFunc(c.Policies, func(a, b comparedPolicy) int {
		switch {
		case a.Nearest == b.Nearest:
			return 0
		case a.Nearest:
			return -1
		}
		return 1
	})
	return c
}

func compareClaim(c policy.Comparison) comparedClaim {
	whole := func(text string, differs bool) []part { return []part{{Text: text, Differs: differs}} }
	one := comparedClaim{Name: c.Name, Matched: c.Matched, Wanted: whole(c.Wanted, false)}
	switch got := c.Got.(type) {
	case string:
		one.Wanted, one.Got = difference(c.Wanted, got)
		one.Verdict = "differs"
	case []any:
		one.Got, one.Verdict = whole(jsonText(got), !c.Matched), "not in the list"
	default:
		one.Got, one.Verdict = whole(jsonText(got), !c.Matched), "differs"
	}
	switch {
	case c.Matched:
		one.Verdict = "matches"
	case !c.Present:
		one.Got, one.Verdict = nil, "absent"
	}
	return one
}
