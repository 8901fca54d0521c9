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
	for line := range bytes.Lines(trace) {
		words := strings.Fields(string(line)) // init PATH @TIME
		if len(words) < 2 || words[0] != "init" {
			continue
		}
		switch path := words[1]; {
		case path == "flowgate/cmd/emulator/prefault":
			return
		case strings.Contains(path, "."), path == "net/http":
			t.Errorf("%s is initialised before memory is mapped", path)
		}
	}
	t.Errorf("no memory is mapped:\n%s", trace)
}
