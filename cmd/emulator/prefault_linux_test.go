package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What maps memory beforehand is of use only before the packages of other modules, and most of the
// standard library's, are initialised. Their order is that of their paths, so a new name may undo it.
func TestMemoryIsMappedBeforeItIsUsed(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "-test.run=^$")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, trace)
	}
	var before []string // init PATH @TIME
	found := false
	for line := range bytes.Lines(trace) {
		words := strings.Fields(string(line))
		if len(words) < 2 || words[0] != "init" {
			continue
		}
		if found = words[1] == "flowgate/cmd/emulator/prefault"; found {
			break
		}
		before = append(before, words[1])
	}
	if !found {
		t.Fatalf("prefault is not initialised:\n%s", trace)
	}
	for _, path := range before {
		if strings.Contains(path, ".") || path == "net/http" {
			t.Errorf("%s is initialised before memory is mapped", path)
		}
	}
}
