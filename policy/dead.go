package policy

import (
	"fmt"
	"slices"
)

// What no token of Entra has keeps a policy from ever matching. No cause is named that
// would have a token say it.

// judged is the policy that is held against the token.
func (h *hearing) judged() Policy {
	p := Policy{Name: h.Name, Type: AAD}
	for _, c := range h.Claims {
		p.Claims = append(p.Claims, Claim{c.Name, c.Wanted})
	}
	return p
}

// dead returns what no token meets in the policy, as the lints tell it.
func (p Policy) dead() []Lint {
	set := NewSet(p)
	return slices.DeleteFunc(append(set.DeadIssuers(), set.Lint()...), func(l Lint) bool { return !l.Dead || l.Claim < 0 })
}

// possible reports whether the correction can be made: no token of Entra has what the
// lints call dead, unless this one has it already, and the service saves no issuer but
// Microsoft's.
func (h *hearing) possible(c correction) bool {
	p := h.judged()
	for i, wanted := range p.Claims {
		if other, ok := c.policy[wanted]; ok {
			p.Claims[i] = other
			if other.Name == "iss" && !SavedIssuer(other.Value) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(p.dead(), func(l Lint) bool { return !p.Claims[l.Claim].compare(h.claims).Matched })
}

// dead returns what keeps the policy from ever matching, among the claims that did not
// match: one of each. Of two that contradict each other, the lint tells the later, whichever
// matched.
func (h *hearing) dead() []Lint {
	var all []Lint
	for _, l := range h.judged().dead() {
		told := slices.ContainsFunc(all, func(other Lint) bool { return other.Claim == l.Claim })
		missed := !h.Claims[l.Claim].Matched
		if l.Name == contradiction {
			_, missed = h.mismatch(h.Claims[l.Claim].Name)
		}
		if missed && !told {
			all = append(all, l)
		}
	}
	return all[:min(len(all), maxListed)]
}

// valued is the fix of a lint with what the token and the workspace know put in.
func (h *hearing) valued(l Lint) string {
	c := h.Claims[l.Claim]
	got, _ := c.Got.(string)
	switch l.Name {
	case scopeForAudience:
		audience, _ := audienceOf(c.Wanted)
		_, wanted, is, differs := h.issuers()
		r, isKnown := h.known.resource(audience)
		switch {
		case differs && wanted.version != is.version: // its aud may be another in the policy's version
		case sameResourceName(got, audience), h.known.sameResource(got, audience):
			return fmt.Sprintf("write %s, as the token has it", quoted(got))
		case isKnown && r.TokenVersion == 2 && audience != r.ClientID:
			return fmt.Sprintf("write %s, the client id of resource %s, which its v2.0 tokens have", quoted(r.ClientID), quoted(r.Identifier))
		}
	case "dead-issuer":
		if h.known.sameTenant(c.Wanted, got) {
			return fmt.Sprintf("write %s, as the token has it: tokens name the tenant by its id", quoted(got))
		}
	case "id-form":
		_, tenant := h.judged().Issuer()
		if user, ok := h.known.from(tenant).named(c.Wanted); ok && c.Name == "oid" { // a guest has an oid in each tenant
			return fmt.Sprintf("write %s, the object id of user %s", quoted(user.ObjectID), called(user.Name))
		}
	}
	return l.Fix
}
