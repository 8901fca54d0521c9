// Package policy decides whether the claims of a verified token pass a
// workflow's open authentication policies, and says why. It also holds the rules
// under which the service saves a policy, and the caller address ranges.
//
// It is pure: no I/O, no clock, no HTTP, nothing outside the standard library.
// It does not verify tokens; whoever calls it has done that. Every zero value
// refuses.
package policy

import (
	"encoding/json"
	"slices"
	"strings"
)

// Grade tells how well a fact of the real service is known.
type Grade string

// The grades, from a raw response of the real service down to our inference.
const (
	Observed Grade = "observed" // the exact text was published in raw responses
	Quoted   Grade = "quoted"   // published second-hand, or the code alone was seen raw
	Presumed Grade = "presumed" // nobody has published it; never shown as fact

	// CodeQuoted is a code that was published with a text that was not.
	CodeQuoted Grade = "code quoted, text presumed"
)

// Type is a policy's kind of token.
type Type string

// The two types that the service documents.
const (
	AAD    Type = "AAD"    // a bearer token, header scheme Bearer
	AADPOP Type = "AADPOP" // a proof-of-possession token, header scheme PoP
)

// Claims are the claims of a verified token as decoded from its JSON, numbers as
// json.Number. The map's keys are the claims' names, letter case included.
type Claims map[string]any

// Claim is what a policy wants of one claim of the token. The value is one
// string: the service has no lists here (documented).
type Claim struct {
	Name  string
	Value string
}

// Policy admits a token that has all its claims. A policy without claims admits
// none: the service refuses to save one, so it can only be a mistake.
type Policy struct {
	Name   string
	Type   Type
	Claims []Claim
}

// Set is the policies of one trigger. The zero value admits nothing.
type Set struct {
	policies []Policy // in name order
}

// NewSet returns the set of the given policies, in name order whatever the order
// they came in: a map of policies must not name another admitting policy each time.
func NewSet(policies ...Policy) Set {
	sorted := slices.Clone(policies)
	slices.SortStableFunc(sorted, func(a, b Policy) int { return strings.Compare(a.Name, b.Name) })
	return Set{sorted}
}

// Policies returns the policies in name order. The caller must not change them.
func (s Set) Policies() []Policy { return s.policies }

// Len returns the number of policies.
func (s Set) Len() int { return len(s.policies) }

// Of returns the policies of one type: a Bearer token is never judged by an
// AADPOP policy, nor a PoP token by an AAD one.
func (s Set) Of(t Type) Set {
	if !slices.ContainsFunc(s.policies, func(p Policy) bool { return p.Type != t }) {
		return s
	}
	var of Set
	for _, p := range s.policies {
		if p.Type == t {
			of.policies = append(of.policies, p)
		}
	}
	return of
}

// Comparison is one claim of one policy held against the token.
type Comparison struct {
	Name    string `json:"name"`
	Wanted  string `json:"wanted"`
	Got     any    `json:"got"`     // the token's value as it stands there; null also when absent
	Present bool   `json:"present"` // false: the token has no claim of this name
	Matched bool   `json:"matched"`
}

// Judgement is one policy held against the token.
type Judgement struct {
	Name    string       `json:"name"`
	Matched bool         `json:"matched"`
	Claims  []Comparison `json:"claims"`
}

// Decision is what a set says of a token, with every comparison it made. The
// zero value refuses.
type Decision struct {
	Admitted bool        `json:"admitted"`
	By       string      `json:"by,omitempty"` // the first policy, in name order, that matched
	Policies []Judgement `json:"policies"`
}

// Authorize holds claims against every policy of the set. One matching policy
// admits, and a policy matches when all its claims do (documented). It never
// stops early: the decision lists every comparison of every policy.
func (s Set) Authorize(claims Claims) Decision {
	d := Decision{Policies: make([]Judgement, 0, len(s.policies))}
	for _, p := range s.policies {
		j := p.judge(claims)
		if j.Matched && !d.Admitted {
			d.Admitted, d.By = true, p.Name
		}
		d.Policies = append(d.Policies, j)
	}
	return d
}

func (p Policy) judge(claims Claims) Judgement {
	j := Judgement{Name: p.Name, Matched: len(p.Claims) > 0, Claims: make([]Comparison, 0, len(p.Claims))}
	for _, c := range p.Claims {
		held := c.compare(claims)
		j.Matched = j.Matched && held.Matched
		j.Claims = append(j.Claims, held)
	}
	return j
}

// Admits is Authorize without the record: whether a policy admits, and which is the
// first in name order. It allocates nothing.
func (s Set) Admits(claims Claims) (by string, ok bool) {
	for _, p := range s.policies {
		if p.admits(claims) {
			return p.Name, true
		}
	}
	return "", false
}

func (p Policy) admits(claims Claims) bool {
	for _, c := range p.Claims {
		if !c.compare(claims).Matched {
			return false
		}
	}
	return len(p.Claims) > 0
}

func (c Claim) compare(claims Claims) Comparison {
	got, present := claims[c.Name]
	return Comparison{c.Name, c.Value, got, present, present && matches(got, c.Value)}
}

// matches compares exactly and with letter case, trailing slash included
// (observed). That any element of an array may match, and that a number or a
// boolean compares by its JSON text, is presumed. An object or null never matches.
func matches(got any, wanted string) bool {
	if list, ok := got.([]any); ok {
		return slices.ContainsFunc(list, func(e any) bool { return matchesScalar(e, wanted) })
	}
	return matchesScalar(got, wanted)
}

func matchesScalar(got any, wanted string) bool {
	switch got := got.(type) {
	case string:
		return got == wanted
	case json.Number:
		return got.String() == wanted
	case bool:
		return wanted == "true" && got || wanted == "false" && !got
	}
	return false
}
