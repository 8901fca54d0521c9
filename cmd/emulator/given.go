package main

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"flowgate/expression"
	"flowgate/pattern"
)

// refuseEmpty refuses an argument that is given and empty: it stands for a variable that
// is not set, and who gives one does not mean what is done without. Where empty means
// something, as with --http, there is a default that it overrides. EMULATOR_WORKSPACE and
// EMULATOR_STATE are as good as unset when they are empty.
func refuseEmpty(parsed *kong.Context) error {
	for _, p := range parsed.Path {
		name, value := "", p.Positional
		switch {
		case p.Flag != nil:
			name, value = "--"+p.Flag.Name, p.Flag.Value
		case value != nil:
			name = "<" + value.Name + ">"
		}
		if value != nil && !value.HasDefault && !value.Required && hasEmpty(value.Target) {
			return fmt.Errorf("%s is empty, as a variable that is not set is; give it a value, or leave it out", name)
		}
	}
	return nil
}

func hasEmpty(v reflect.Value) bool {
	switch given := v.Interface().(type) {
	case string:
		return given == ""
	case []string:
		return slices.Contains(given, "")
	}
	return false
}

// mistyped says so when the first argument, which is taken for a workspace, is neither
// one nor a command. Empty: it is one of them.
func mistyped(args []string, app *kong.Application) string {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || strings.ContainsAny(args[0], `/\`) {
		return ""
	}
	if _, err := os.Stat(args[0]); err == nil {
		return ""
	}
	var names []string
	for _, command := range app.Children {
		names = append(names, command.Name)
	}
	if slices.Contains(names, args[0]) {
		return ""
	}
	fix := "emulator --help lists the commands"
	if near := expression.Nearest(args[0], names); near != "" {
		fix = "did you mean emulator " + near + "?"
	}
	return fmt.Sprintf("%q is neither a command nor a folder; %s", args[0], fix)
}

var (
	withoutValue = pattern.New(`^(--[a-z-]+): (expected \S+ value but got |missing value, ).*`)
	shortFlag    = pattern.New(`, did you mean "-h"\?$`)
)

// worded says what the parser could not understand in words for people.
func worded(failure error) string {
	text := withoutValue().ReplaceAllString(failure.Error(), "$1 needs a value")
	return shortFlag().ReplaceAllString(text, "")
}
