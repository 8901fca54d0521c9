package policy

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

// fuzzed is what FuzzExplain makes of one JSON document.
type fuzzed struct {
	Policies []struct {
		Name   string
		Type   Type
		Claims []Claim
	}
	Token Claims
	Known Known
}

func (f fuzzed) set() Set {
	var all []Policy
	for _, p := range f.Policies { // names are the keys of an object: none comes twice
		if !slices.ContainsFunc(all, func(other Policy) bool { return other.Name == p.Name }) {
			all = append(all, Policy{p.Name, p.Type, p.Claims})
		}
	}
	return NewSet(all...)
}

// FuzzExplain holds explaining, and Admits, to what Authorize says.
func FuzzExplain(f *testing.F) {
	for _, tc := range slices.Concat(explainCases, deadCases, userClaimCases) {
		var doc fuzzed
		for _, p := range tc.set.Policies() {
			doc.Policies = append(doc.Policies, struct {
				Name   string
				Type   Type
				Claims []Claim
			}{p.Name, p.Type, p.Claims})
		}
		doc.Token, doc.Known = tc.claims, tc.known
		seed, err := json.Marshal(doc)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var doc fuzzed
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		if dec.Decode(&doc) != nil {
			return
		}
		admitsAgrees(t, doc.set(), doc.Token)
		soundExplanation(t, doc.set(), doc.Token, doc.Known)
	})
}
