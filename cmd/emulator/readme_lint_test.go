package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every lint that the README names is told of in a scenario, and the reverse.
func TestREADMENamesEveryLint(t *testing.T) {
	files, err := filepath.Glob(scenarios + "/lint-*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	told, named := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\S+: (?:warning|note): \[([a-z-]+)\] `).FindAllSubmatch(data, -1) {
			told[string(m[1])] = true
		}
	}
	_, table, ok := strings.Cut(readme(t), "\n| lint | |\n|---|---|\n")
	if !ok {
		t.Fatal("the README has no table of lints")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	for row := range strings.SplitSeq(table, "\n") {
		for _, m := range regexp.MustCompile("`([a-z-]+)`").FindAllStringSubmatch(strings.Split(row, "|")[1], -1) {
			named[m[1]] = true
		}
	}
	if got, want := slices.Sorted(maps.Keys(named)), slices.Sorted(maps.Keys(told)); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the README names %q\nthe scenarios tell of %q", got, want)
	}
}
