package main

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What PowerShell users paste cannot be run here, so its words are held to the
// letter: no quotes inside arguments, which PowerShell 5 would lose, and curl.exe,
// for curl is another command there.
func TestGreetingForEachShell(t *testing.T) {
	ws, _, problems := readWorkspace("")
	if ws == nil {
		t.Fatal(problems)
	}
	e, ok := findExample(ws)
	if !ok || e.workflow.Name != "orders" || e.admitted != "caller" || e.refuse != "stranger" {
		t.Fatalf("example: %+v", e)
	}
	url := "http://127.0.0.1:7080/workflows/" + e.workflow.ID + "/triggers/manual/paths/invoke?api-version=2016-10-01"
	for goos, want := range map[string][]string{
		"linux": {
			`token=$(emulator token --app caller --resource https://management.azure.com/)`,
			`curl -i -X POST '` + url + `' -H "Authorization: Bearer $token" -H "Content-Type: application/json" -d '{"order":1}'`,
			`curl -i -X POST '` + url + `' -H "Authorization: Bearer $(emulator token --app stranger --resource https://management.azure.com/)" -H "Content-Type: application/json" -d '{"order":1}'`,
			`curl -s 'http://127.0.0.1:7080/_emulator/api/requests?limit=1'`,
		},
		"windows": {
			`$token = emulator token --app caller --resource https://management.azure.com/`,
			`curl.exe -i -X POST '` + url + `' -H "Authorization: Bearer $token" -H "Content-Type: text/plain" -d hello`,
			`curl.exe -i -X POST '` + url + `' -H "Authorization: Bearer $(emulator token --app stranger --resource https://management.azure.com/)" -H "Content-Type: text/plain" -d hello`,
			`curl.exe -s 'http://127.0.0.1:7080/_emulator/api/requests?limit=1'`,
		},
	} {
		got := shellOf(goos).example(e, "emulator token", "http://127.0.0.1:7080")
		if !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %s\nwant %s", goos, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
	if got := shellOf("linux").Quote("it's"); got != `'it'\''s'` {
		t.Errorf("quoted: %s", got)
	}
	if got := shellOf("linux").Command("/opt/a b/emulator"); got != "'/opt/a b/emulator'" {
		t.Errorf("program: %s", got)
	}
	if got := shellOf("windows").Command(`C:\a b\emulator.exe`); got != `& 'C:\a b\emulator.exe'` {
		t.Errorf("program in PowerShell: %s", got)
	}
	if got := shellOf("windows").Command(`C:\tools\emulator.exe`); got != `C:\tools\emulator.exe` {
		t.Errorf("plain program in PowerShell: %s", got)
	}
	if got := shellOf("windows").Quote(`C:\it's`); got != `'C:\it''s'` {
		t.Errorf("quoted for PowerShell: %s", got)
	}
}

// A trigger may take HEAD alone: with -X HEAD curl would wait for the body that is announced,
// and with -I it takes none to send.
func TestGreetingOfATriggerThatTakesHead(t *testing.T) {
	ws, _, problems := readWorkspace("")
	if ws == nil {
		t.Fatal(problems)
	}
	e, _ := findExample(ws)
	e.workflow.Gates[e.trigger].Trigger.Method = http.MethodHead
	for goos, want := range map[string]string{"linux": "curl -I 'http://", "windows": "curl.exe -I 'http://"} {
		got := shellOf(goos).example(e, "emulator token", "http://127.0.0.1:7080")[1]
		if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, `?api-version=2016-10-01' -H "Authorization: Bearer $token"`) {
			t.Errorf("%s: %s", goos, got)
		}
	}
}

func TestGreetingOverHTTPSAlone(t *testing.T) {
	ws, _, _ := readWorkspace("")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var out bytes.Buffer
	if err := greet(&out, greeting{workspace: ws, listeners: listeners{https: l}, caFile: "/state/ca.pem"}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), " --cacert /state/ca.pem"); n != 3 {
		t.Errorf("%d of 3 calls trust the CA:\n%s", n, &out)
	}
}

// What a greeting announces, it prints, and what it prints comes true.
func TestGreetingOfAnOwnWorkspace(t *testing.T) {
	const admitted, workflows = "a call that is admitted", "the workflows, with their URLs"
	another := "\n      - { name: stranger, clientId: 11112222-bbbb-3333-cccc-4444dddd5555, objectId: bbbbbbbb-1111-2222-3333-cccccccccccc }"
	for name, test := range map[string]struct{ trust, more, has, lacks string }{
		"two applications":     {"emulator", another, "one that is refused", workflows},
		"one application":      {"emulator", "", admitted, "one that is refused"},
		"trusts another alone": {"https://login.example/keys", another, workflows, "emulator token"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			files := map[string]string{
				"emulator.yaml": "trust: [\"" + test.trust + "\"]\ntenants:\n  - id: aaaabbbb-0000-cccc-1111-dddd2222eeee\n    applications:" +
					"\n      - { name: caller, clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb }" +
					test.more + "\nworkflows:\n  - { file: w.json }\n",
				"w.json": `{"type": "Microsoft.Logic/workflows", "name": "ledger", "properties": {
					"accessControl": {"triggers": {"openAuthenticationPolicies": {"policies": {"callers": {"type": "AAD", "claims": [
						{"name": "iss", "value": "https://sts.windows.net/aaaabbbb-0000-cccc-1111-dddd2222eeee/"},
						{"name": "aud", "value": "https://management.azure.com/"},
						{"name": "appid", "value": "00001111-aaaa-2222-bbbb-3333cccc4444"}]}}}}},
					"definition": {"triggers": {"manual": {"type": "Request", "kind": "Http", "inputs": {}}}, "actions": {}}}}`,
			}
			for file, text := range files {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			ws, _, problems := readWorkspace(folder)
			if ws == nil {
				t.Fatal(problems)
			}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			var out bytes.Buffer
			if err := greet(&out, greeting{workspace: ws, folder: folder, listeners: listeners{http: l}}); err != nil {
				t.Fatal(err)
			}
			got := out.String()
			if page := "the page http://" + l.Addr().String() + "/_emulator/"; !strings.Contains(got, page) || !strings.Contains(got, test.has) || strings.Contains(got, test.lacks) {
				t.Errorf("want %q and %q, not %q:\n%s", page, test.has, test.lacks, got)
			}
		})
	}
}

// A workspace may be anybody's: what it calls things does not act on the terminal.
func TestGreetingIsText(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"emulator.yaml": `
tenants:
  - id: aaaabbbb-0000-cccc-1111-dddd2222eeee
    domain: contoso.example
    applications:
      - { name: "call\u001b[31mer\n\u202e", clientId: 00001111-aaaa-2222-bbbb-3333cccc4444, objectId: aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb }
    resources:
      - { identifier: "api://orders", clientId: 33334444-dddd-5555-eeee-6666ffff7777, tokenVersion: 2 }
workflows: [{ file: w.json, name: w }]
`,
		"w.json": `{"properties":{"accessControl":{"triggers":{"openAuthenticationPolicies":{"policies":{"p":{"type":"AAD","claims":[
			{"name":"iss","value":"https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0"},{"name":"aud","value":"33334444-dddd-5555-eeee-6666ffff7777"}]}}}}},
			"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{"method":"POST","relativePath":"a\u001b[31m"}}},"actions":{}}}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ws, _, problems := readWorkspace(dir)
	if ws == nil {
		t.Fatal(problems)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var out bytes.Buffer
	if err := greet(&out, greeting{workspace: ws, folder: dir, listeners: listeners{http: l}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`call\x1b[31mer\n\u202e`, `/paths/invoke/a\x1b[31m?`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not there:\n%q", want, &out)
		}
	}
	if strings.ContainsFunc(out.String(), func(r rune) bool { return r != '\n' && !strconv.IsPrint(r) }) {
		t.Errorf("not text:\n%q", &out)
	}
}

// So may a document, and its name.
func TestCheckPrintsText(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "n\x1b[31m\u202e.json")
	if err := os.WriteFile(file, []byte(`{"a":1,"a":2}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&checkCommand{Paths: []string{file}}).Run(streams{out: &out}); err == nil {
		t.Error("it is good")
	}
	if n := strings.Count(out.String(), `n\x1b[31m\u202e.json:`); n != 2 {
		t.Errorf("%d lines name it:\n%q", n, &out)
	}
	if strings.ContainsFunc(out.String(), func(r rune) bool { return r != '\n' && !strconv.IsPrint(r) }) {
		t.Errorf("not text:\n%q", &out)
	}
}

// The bound of the search loses no example that was found, however many applications
// could be tried beside it.
func TestGreetingOfManyApplications(t *testing.T) {
	ws, _, problems := readWorkspace("")
	if ws == nil {
		t.Fatal(problems)
	}
	want, _ := findExample(ws)
	tenant := &ws.Directory.Tenants[0]
	for i := range 2 * maxExamples {
		another := tenant.Applications[1]
		another.Name = "another-" + strconv.Itoa(i)
		tenant.Applications = append(tenant.Applications, another)
	}
	if got, ok := findExample(ws); !ok || got != want || got.refuse == "" {
		t.Errorf("%+v, %v, want %+v", got, ok, want)
	}
}
