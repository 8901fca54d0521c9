package main

import (
	"go/build"
	"slices"
	"strings"
	"testing"
)

// The rooms that everything else stands on look into no other, but jwks for how a GUID is
// written: what they decide, compare and keep can be read, and used, alone.
func TestFoundationsImportNothingOfOurs(t *testing.T) {
	for folder, modules := range map[string][]string{
		"policy": nil, "expression": nil, "journal": nil, "pattern": nil,
		"jwks": {"filippo.io/bigmod", "github.com/MicahParks/jwkset", "github.com/MicahParks/keyfunc/v3", "github.com/golang-jwt/jwt/v5", "flowgate/pattern"},
	} {
		p, err := build.ImportDir("../../"+folder, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range p.Imports {
			if (strings.Contains(path, ".") || strings.HasPrefix(path, "flowgate/")) && !slices.Contains(modules, path) {
				t.Errorf("%s imports %s", folder, path)
			}
		}
	}
}
