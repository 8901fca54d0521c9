package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// A command that kong knows alone is the same command as among all.
func TestGrammarOfOneCommand(t *testing.T) {
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		name := strings.ToLower(all.Field(i).Name)
		if n := reflect.TypeOf(grammar([]string{name, "x"})).Elem().NumField(); n != 1 {
			t.Errorf("%s: kong is to know %d commands", name, n)
		}
		if alone, among := help(t, grammar([]string{name}), name), help(t, new(commands), name); alone != among || alone == "" {
			t.Errorf("%s: the help is %q, among all %q", name, alone, among)
		}
	}
	for _, args := range [][]string{{"--help"}, {"folder"}, {"Explain"}, {""}} {
		if _, whole := grammar(args).(*commands); !whole {
			t.Errorf("%q: kong is not to know all commands", args)
		}
	}
}

func help(t *testing.T, grammar any, command string) string {
	t.Helper()
	var out bytes.Buffer
	parser, err := kong.New(grammar, kong.Name("emulator"), defaults, kong.Writers(&out, &out), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{command, "--help"}); err != nil {
		t.Log(err) // a missing argument, perhaps: it is said after the help, as kong does not end here
	}
	return out.String()
}
