package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"flowgate/policy"
)

// The README's table of causes is the closed set, in the order of looking.
func TestREADMEListsEveryCause(t *testing.T) {
	_, section, found := strings.Cut(readme(t), "\n## Causes\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var listed []policy.Cause
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| .{12,} \\|$").FindAllStringSubmatch(section, -1) {
		listed = append(listed, policy.Cause(row[1]))
	}
	if !found || !slices.Equal(listed, policy.Causes()) {
		t.Errorf("got  %q\nwant %q", listed, policy.Causes())
	}
}
