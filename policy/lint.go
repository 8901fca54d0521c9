package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Lint is something in a policy that the service saves and that is likely not
// meant: the policy matches nobody, or other tokens than it seems to.
type Lint struct {
	Name   string // short and stable, to be searched for
	Policy string // the policy's name
	Claim  int    // index of the claim at fault, or -1
	Text   string // what is the matter
	Fix    string // what to change
	Dead   bool   // no token of Entra meets the claim
	Note   bool   // worth knowing, but it may well be meant
}

// lintRule looks at one claim of a policy. The zero value: nothing is the matter.
type lintRule func(p Policy, c Claim) Lint

var lintRules = []lintRule{wrongName, unseen, upperCaseID, idForm, appIDForAzp, wrongVersion, wrongAudience, wrongTenant, nearLimit}

// Lint returns what is likely not meant in the policies, in their order, dead
// issuers aside. A set that is longer than the service saves has none, which bounds
// the work.
func (s Set) Lint() []Lint {
	if len(s.policies) > MaxPolicies || slices.ContainsFunc(s.policies, func(p Policy) bool { return len(p.Claims) > MaxClaims }) {
		return nil
	}
	all := s.each(lintRules)
	for _, p := range s.policies {
		all = append(all, p.contradictions()...)
	}
	return append(all, s.unreachable()...)
}

// DeadIssuers returns the issuers that the service saves and no token has.
func (s Set) DeadIssuers() []Lint { return s.each([]lintRule{deadIssuer}) }

func (s Set) each(rules []lintRule) []Lint {
	var all []Lint
	for _, p := range s.policies {
		for i, c := range p.Claims {
			for _, rule := range rules {
				if l := rule(p, c); l.Name != "" {
					l.Policy, l.Claim = p.Name, i
					all = append(all, l)
				}
			}
		}
	}
	return all
}

// contradiction names the lint of claims that no token can have at once.
const contradiction = "contradiction"

// contradictions are claims that no token can have at once. A claim that may be a
// list can have several values, so only claims known to be none are looked at.
func (p Policy) contradictions() []Lint {
	var all []Lint
	first := make(map[string]string)
	for i, c := range p.Claims {
		value, twice := first[c.Name]
		if !twice {
			first[c.Name] = c.Value
			continue
		}
		if value != c.Value && slices.Contains(singleClaims, c.Name) {
			all = append(all, Lint{Name: contradiction, Policy: p.Name, Claim: i,
				Dead: true, Text: fmt.Sprintf("the policy wants %s to be %q and %q at once: it never matches", c.Name, value, c.Value),
				Fix: "write a policy for each value"})
		}
	}
	return all
}

// unreachable finds policies that admit nobody whom another of the same type does
// not admit: that one wants the same claims or fewer.
func (s Set) unreachable() []Lint {
	var all []Lint
	for i, p := range s.policies {
		for j, wider := range s.policies {
			same := len(p.distinct()) == len(wider.distinct())
			if i == j || p.Type != wider.Type || same && i < j || !wider.covers(p) || len(p.contradictions()) > 0 {
				continue
			}
			l := Lint{Name: "unreachable", Policy: p.Name, Claim: -1,
				Text: fmt.Sprintf("the policies %q and %q want the same claims", wider.Name, p.Name),
				Fix:  "drop one of them"}
			if !same {
				l.Text = fmt.Sprintf("the policy %q changes nothing: %q admits every token that it admits", p.Name, wider.Name)
				l.Fix = fmt.Sprintf("drop %q, or drop %q if only tokens with all the claims of %q are to pass", p.Name, wider.Name, p.Name)
			}
			all = append(all, l)
			break
		}
	}
	return all
}

// covers reports whether p admits every token that q admits. A policy without
// claims admits none.
func (p Policy) covers(q Policy) bool {
	wanted := q.distinct()
	for _, c := range p.Claims {
		if !wanted[c] {
			return false
		}
	}
	return len(p.Claims) > 0
}

func (p Policy) distinct() map[Claim]bool {
	claims := make(map[Claim]bool, len(p.Claims))
	for _, c := range p.Claims {
		claims[c] = true
	}
	return claims
}

// singleClaims are the claims of access tokens that are no list, and those of a
// signed request; listClaims are those that are (entra.md section 1, service.md section 5).
var (
	singleClaims = strings.Fields("acr aio appid appidacr aud azp azpacr exp family_name given_name iat idp idtyp ipaddr iss m name nbf oid p " +
		"preferred_username rh scp sub tid u unique_name upn uti ver xms_mirid")
	listClaims = []string{"amr", "groups", "roles", "wids"}
)

// longNames are what portals call claims, in lower case.
var longNames = map[string]string{"issuer": "iss", "audience": "aud", "subject": "sub"}

// wrongName finds a claim that tokens call by another name.
func wrongName(_ Policy, c Claim) Lint {
	lower := strings.ToLower(c.Name)
	name := longNames[lower]
	if slices.Contains(singleClaims, lower) || slices.Contains(listClaims, lower) {
		name = lower
	}
	if name == "" || name == c.Name {
		return Lint{}
	}
	return Lint{Name: "claim-name", Dead: true, Text: fmt.Sprintf("tokens call the claim %q, and the name is compared with letter case: %q never matches", name, c.Name),
		Fix: fmt.Sprintf("rename %q to %q", c.Name, name)}
}

// unseen finds what nobody sees and the comparison does: a blank at an end, or in a name,
// and characters without a shape.
func unseen(_ Policy, c Claim) Lint {
	switch {
	case c.Name == "":
		return Lint{Name: "unseen-character", Dead: true, Text: "the claim's name is empty: no token has such a claim", Fix: "write its name"}
	case c.Value == "":
		return Lint{Name: "unseen-character", Dead: true, Text: fmt.Sprintf("the value of %s is empty, and it is compared: no token of Entra has it so", label(c.Name)), Fix: "write the value, or drop the claim"}
	case !isSeen(c.Name) && strings.TrimSpace(c.Name) != "":
		return Lint{Name: "unseen-character", Dead: true, Text: fmt.Sprintf("the name %q has a blank in it, or a character that is not seen: no token has such a claim", c.Name),
			Fix: fmt.Sprintf("write %q", onlySeen(c.Name))}
	case strings.TrimSpace(c.Value) != c.Value || !isSeen(strings.ReplaceAll(c.Value, " ", "")):
		return Lint{Name: "unseen-character", Dead: true, Text: fmt.Sprintf("the value of %s has a blank at an end, or a character that is not seen, and it is compared: %q", label(c.Name), c.Value),
			Fix: fmt.Sprintf("write %q", strings.TrimSpace(onlySeenOrBlank(c.Value)))}
	}
	return Lint{}
}

// upperCaseID finds ids that are not in lower case, as they are in tokens. The aud of a
// v1.0 token is left alone: it may echo what the caller asked for.
func upperCaseID(p Policy, c Claim) Lint {
	version, _ := p.Issuer()
	switch lower := strings.ToLower(c.Value); {
	case lower == c.Value || !isTenantID(lower):
	case c.Name == "aud" && version == 2, slices.Contains([]string{"appid", "azp", "groups", "oid", "tid", "wids"}, c.Name):
		return Lint{Name: "letter-case", Dead: true, Text: fmt.Sprintf("tokens have ids in lower case, and letter case is compared: %s %q never matches", c.Name, c.Value),
			Fix: fmt.Sprintf("write %q", lower)}
	}
	return Lint{}
}

// idClaims are claims that are GUIDs in every token of Entra, and what they are the id of.
var idClaims = map[string]string{"appid": "application's client id", "azp": "application's client id", "oid": "object id", "tid": "tenant's id"}

// idForm finds an email where a token has an id, and a GUID that is written otherwise.
func idForm(_ Policy, c Claim) Lint {
	kind, ok := idClaims[c.Name]
	if !ok || isGUID(c.Value) {
		return Lint{}
	}
	l := Lint{Name: "id-form", Dead: true, Text: fmt.Sprintf("tokens have a GUID as %s, written 00000000-0000-0000-0000-000000000000, never %q: the policy never matches", c.Name, c.Value)}
	digits := strings.ToLower(strings.NewReplacer("-", "", "{", "", "}", "").Replace(c.Value))
	switch {
	case len(digits) == 32 && strings.Trim(digits, "0123456789abcdef") == "":
		l.Fix = fmt.Sprintf("write %q", strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-"))
	case strings.Contains(c.Value, "@"):
		l.Fix = "write the " + kind
	default:
		return Lint{}
	}
	return l
}

// nearMargin is how close to the limit a claim's value is worth a word.
const nearMargin = 10

func nearLimit(_ Policy, c Claim) Lint {
	n := characters(c.Value)
	if n > MaxClaimValue || n < MaxClaimValue-nearMargin {
		return Lint{}
	}
	return Lint{Name: "near-limit", Text: fmt.Sprintf("the value of %q has %d characters, and the service saves at most %d", c.Name, n, MaxClaimValue),
		Fix: "keep the names in it short, or name another claim, such as oid", Note: true}
}
