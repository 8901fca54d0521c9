package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every row of SECURITY.md's table of what may never happen names what proves it, and
// that is there.
func TestSECURITYNamesTestsThatAreThere(t *testing.T) {
	text, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "\n## What may never happen\n")
	if !found {
		t.Fatal("the section is gone")
	}
	table, _, _ = strings.Cut(table, "\n## ")
	there := proofs(t)
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || strings.HasPrefix(cells[1], "-") || strings.TrimSpace(cells[1]) == "who" {
			continue
		}
		rows++
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[3], -1)
		if len(names) == 0 {
			t.Errorf("nothing proves: %s may never %s", cells[1], cells[2])
		}
		for _, name := range names {
			if !there[name[1]] {
				t.Errorf("%s is neither a test, a fuzz target nor a scenario", name[1])
			}
		}
	}
	if rows < 35 {
		t.Errorf("%d rows", rows)
	}
}

// proofs returns the names of the tests, fuzz targets and scenarios of the repository.
func proofs(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name := d.Name(); {
		case d.IsDir() && (name == "node_modules" || name == ".git"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".txtar"):
			all[name] = true
		case strings.HasSuffix(name, "_test.go"):
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range function.FindAllSubmatch(data, -1) {
				all[string(m[1])] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
