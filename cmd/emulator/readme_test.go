package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/go-chi/chi/v5"

	"flowgate/inspector"
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

// Every command, and every flag of serve with its variable and its default, stands
// in the README as the command line itself has it, and no other does.
func TestREADMETellsTheCommandLine(t *testing.T) {
	parser, err := kong.New(&commands{}, kong.Name("emulator"), defaults)
	if err != nil {
		t.Fatal(err)
	}
	var wantCommands, wantFlags []string
	for _, c := range parser.Model.Children {
		wantCommands = append(wantCommands, c.Name)
		for _, f := range c.Flags {
			if c.Name != "serve" || f.Name == "help" {
				continue
			}
			standard := "`" + f.Default + "`"
			switch {
			case f.Name == "state":
				standard = "`flowgate` in the user's config folder"
			case f.IsBool():
				standard = "off"
			}
			wantFlags = append(wantFlags, fmt.Sprintf("| `--%s` | `%s` | %s |", f.Name, f.Envs[0], standard))
		}
	}
	var gotCommands []string
	for _, m := range regexp.MustCompile("(?m)^\\| `emulator ([a-z]+)").FindAllStringSubmatch(readme(t), -1) {
		gotCommands = append(gotCommands, m[1])
	}
	gotFlags := regexp.MustCompile("(?m)^\\| `--[a-z-]+` \\| `EMULATOR_[A-Z_]+` \\| [^|]+ \\|").FindAllString(readme(t), -1)
	if gotCommands = slices.Compact(gotCommands); !slices.Equal(gotCommands, wantCommands) { // a command may have several rows
		t.Errorf("commands\ngot  %q\nwant %q", gotCommands, wantCommands)
	}
	if len(wantFlags) == 0 || !slices.Equal(gotFlags, wantFlags) {
		t.Errorf("flags of serve\ngot  %q\nwant %q", gotFlags, wantFlags)
	}
}

// Every address below /_emulator that the router has is in the README.
func TestREADMETellsTheAddresses(t *testing.T) {
	routes, ok := inspector.New(inspector.Options{}).(chi.Routes)
	if !ok {
		t.Fatal("the inspector does not tell its routes")
	}
	found := 0
	err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		found++
		row := "`" + route + "`"
		if path, isAPI := strings.CutPrefix(route, "/api/"); isAPI {
			row = "`" + method + " api/" + path
		}
		if !strings.Contains(readme(t), row) {
			t.Errorf("the README lacks %s %s as %s", method, route, row)
		}
		return nil
	})
	if err != nil || found < 5 {
		t.Errorf("%d addresses, %v", found, err)
	}
}

// The workspace that the README shows loads as it stands: an ARM template with a
// parameter, and a solution export of three flows, one for each mode.
func TestREADMEWorkspaceLoads(t *testing.T) {
	block := regexp.MustCompile("(?s)```yaml\n(# emulator.yaml\n.*?)```\n").FindStringSubmatch(readme(t))
	if block == nil {
		t.Fatal("the README shows no emulator.yaml")
	}
	dir := t.TempDir()
	write := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("emulator.yaml", []byte(block[1]))
	write("template.json", []byte(`{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string" } },
  "variables": { "issuer": "[concat('https://sts.windows.net/', subscription().tenantId, '/')]" },
  "resources": [
    { "type": "Microsoft.Logic/workflows", "apiVersion": "2019-05-01", "name": "[parameters('name')]", "location": "[resourceGroup().location]",
      "properties": {
        "accessControl": { "triggers": {
          "openAuthenticationPolicies": { "policies": { "tenant": { "type": "AAD", "claims": [ { "name": "iss", "value": "[variables('issuer')]" } ] } } },
          "sasAuthenticationPolicy": { "state": "Disabled" } } },
        "definition": { "triggers": { "manual": { "type": "Request", "kind": "Http", "inputs": { "schema": {} } } }, "actions": {} } } },
    { "type": "Microsoft.Logic/workflows", "apiVersion": "2019-05-01", "name": "[format('{0}-copy', parameters('name'))]", "location": "[resourceGroup().location]",
      "properties": { "definition": { "triggers": { "manual": { "type": "Request", "kind": "Http", "inputs": { "schema": {} } } }, "actions": {} } } }
  ]
}`))
	write("orders.json", []byte(`{ "definition": { "triggers": { "manual": { "type": "Request", "kind": "Http", "inputs": {} } }, "actions": {} } }`))
	var solution bytes.Buffer
	z := zip.NewWriter(&solution)
	for i, mode := range []string{"All", "Tenant", "User"} {
		f, err := z.Create(fmt.Sprintf("Workflows/%s-0000000%d-0000-0000-0000-000000000000.json", mode, i))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(f, `{"properties":{"connectionReferences":{},"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{"schema":{},"triggerAuthenticationType":%q,"triggerAllowedUsers":"ana@contoso.example"}}},"actions":{}}},"schemaVersion":"1.0.0.0"}`, mode)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write("solution.zip", solution.Bytes())
	ws, _, problems := readWorkspace(dir)
	if ws == nil {
		t.Fatal(problems)
	}
	var got []string
	for _, w := range ws.Workflows {
		g := w.Gates["manual"]
		got = append(got, fmt.Sprintf("%s %s policies=%d sas=%v", w.Name, w.Profile, g.Policies.Len(), g.SAS))
	}
	want := []string{"orders consumption policies=0 sas=true", "invoices consumption policies=1 sas=false", "invoices-copy consumption policies=0 sas=true",
		"All powerautomate policies=0 sas=true", "Tenant powerautomate policies=1 sas=false", "User powerautomate policies=1 sas=false"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q\n%v", got, want, problems)
	}
}
