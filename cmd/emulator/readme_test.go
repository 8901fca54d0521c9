package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"flowgate/server"
)

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The README's table of refusals is the catalogue, row for row.
func TestREADMEListsEveryRefusal(t *testing.T) {
	var want strings.Builder
	want.WriteString("| # | status | code | when | words known by |\n|---|---|---|---|---|\n")
	for _, r := range server.Catalogue() {
		evidence := string(r.Evidence)
		if r.Note != "" {
			evidence += "; " + r.Note
		}
		if r.Source != "" {
			evidence += " (" + r.Source + ")"
		}
		fmt.Fprintf(&want, "| %d | %d | `%s` | %s | %s |\n", r.Number, r.Status, r.Code, r.When, evidence)
	}
	if !strings.Contains(readme(t), "\n\n"+want.String()+"\n") {
		t.Errorf("the README lacks this table:\n%s", &want)
	}
}

// Each direct dependency earns its place in the README's table, and no other does.
func TestREADMEGivesAReasonForEachDependency(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var required, listed []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1) {
		required = append(required, m[1])
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z][^`]*/[^`]*)` \\| .{12,} \\|$").FindAllStringSubmatch(readme(t), -1) {
		listed = append(listed, m[1])
	}
	slices.Sort(required)
	slices.Sort(listed)
	if len(required) == 0 || !slices.Equal(required, listed) {
		t.Errorf("go.mod requires %q\nthe README lists %q", required, listed)
	}
}

// PowerShell cannot be run everywhere; what the README shows for it is what the
// emulator prints on Windows.
func TestREADMEShowsWhatWindowsPrints(t *testing.T) {
	ws, _, _ := readWorkspace("")
	e, ok := findExample(ws)
	if !ok {
		t.Fatal("no example")
	}
	want := "```powershell\n" + strings.Join(shellOf("windows").example(e, "go run ./cmd/emulator token", "http://127.0.0.1:7080"), "\n") + "\n```\n"
	if !strings.Contains(readme(t), want) {
		t.Errorf("the README lacks this block:\n%s", want)
	}
}

// Every flag of serve, with its default and its environment variable, is in the
// README, and every command.
func TestREADMETellsTheCommandLine(t *testing.T) {
	text := readme(t)
	for _, name := range []string{"serve", "check", "token", "schema", "healthcheck", "version"} {
		if !strings.Contains(text, "`emulator "+name) {
			t.Errorf("the command %s is missing", name)
		}
	}
	for _, row := range []string{
		"| `--http` | `EMULATOR_HTTP` | `127.0.0.1:7080` |",
		"| `--https` | `EMULATOR_HTTPS` | `127.0.0.1:7443` |",
		"| `--state` | `EMULATOR_STATE` |",
		"| `--journal` | `EMULATOR_JOURNAL` | `1000` |",
		"| `--plain` | `EMULATOR_PLAIN` | off |",
		"| `--log` | `EMULATOR_LOG` | `text` |",
		"| `--watch` | `EMULATOR_WATCH` | off |",
	} {
		if !strings.Contains(text, row) {
			t.Errorf("the row %s is missing", row)
		}
	}
}
