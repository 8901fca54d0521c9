package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"flowgate/fixtures"
)

const definition = `{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{}}},"actions":{}}}`

// folderOf makes a workspace of an emulator.yaml and one workflow, w.json.
func folderOf(config string) fstest.MapFS {
	return fstest.MapFS{ConfigFile: {Data: []byte(config)}, "w.json": {Data: []byte(definition)}}
}

func TestMistakesAreNamedWithPlaceAndFix(t *testing.T) {
	const good = "workflows: [{ file: w.json, name: w }]\n"
	for config, want := range map[string]string{
		"":                         "emulator.yaml: error: the file is empty",
		"# nothing\n":              "emulator.yaml: error: the file is empty",
		good + "colour: red\n":     `emulator.yaml:2:1: error: unknown key "colour"; the keys here are cloud, region,`,
		good + "Region: x\n":       `emulator.yaml:2:1: error: unknown key "Region"`,
		good + "region: 5\n":       "emulator.yaml:2:9: error: a number stands where a string is expected; put it in quotes",
		good + "region:\n":         "emulator.yaml:2:9: error: nothing stands where a string is expected; write one, or leave the key out",
		good + "trust: emulator\n": "emulator.yaml:2:8: error: a string stands where a list is expected",
		good + "trust: []\n":       "emulator.yaml:2:8: error: nobody's keys are trusted",
		good + "trust: [emulator, http://keys.example/]\n":                    "emulator.yaml:2:19: error: trust \"http://keys.example/\": its URL",
		good + "trust: [none.json]\n":                                         "emulator.yaml:2:9: error: trust \"none.json\": no such file",
		good + "trust: [w.json]\n":                                            "emulator.yaml:2:9: error: trust \"w.json\": the key set has no \"keys\" array",
		"\ufeff" + good + "cloud: mars\n":                                     `emulator.yaml:2:8: error: unknown cloud "mars"`,
		"\ufeffcloud: mars\n" + good:                                          `emulator.yaml:1:8: error: unknown cloud "mars"`,
		"\ufeff\ufeff" + good:                                                 `emulator.yaml:1:1: error: unknown key "\ufeffworkflows"`,
		"\xff\xfew\x00o\x00":                                                  `emulator.yaml:1:1: error: the file is UTF-16, as PowerShell 5 writes what > takes; save it as UTF-8`,
		good + "cloud: mars\n":                                                `emulator.yaml:2:8: error: unknown cloud "mars"; use public, gcc, gcchigh, dod or china`,
		good + "region: West Europe\n":                                        `emulator.yaml:2:9: error: region "West Europe" is not one`,
		good + "clockSkew: 5\n":                                               "emulator.yaml:2:12: error: a number stands where a string is expected",
		good + "clockSkew: 2h\n":                                              `emulator.yaml:2:12: error: clock skew "2h" is not one; write a time from 0s to 1h`,
		good + "clockSkew: -1s\n":                                             `emulator.yaml:2:12: error: clock skew "-1s" is not one`,
		good + good:                                                           `emulator.yaml:2:1: error: mapping key "workflows" already defined at [1:1]`,
		good + "---\n" + good:                                                 "emulator.yaml:2:1: error: a second document begins here",
		good + "...\n\nregion: x\n":                                           "emulator.yaml:4:1: error: a second document begins here; keep one workspace in a file",
		good + "...\n{ region: x }\n":                                         "emulator.yaml:3:1: error: a second document begins here",
		good + "...\n- x\n":                                                   "emulator.yaml:3:1: error: a second document begins here",
		good + "...\n%YAML 1.2\n---\n" + good:                                 "emulator.yaml:3:1: error: a second document begins here",
		"# ours\n%YAML 1.2\n---\n" + good:                                     "emulator.yaml:2:1: error: directives are not read; leave the line out",
		"%YAML 1.2\n---\n" + good + "---\n" + good:                            "emulator.yaml:1:1: error: directives are not read",
		"region: &a x\nworkflows: [{ file: *a }]\n":                           "emulator.yaml:1:9: error: anchors and aliases are not read",
		"region: !!str x\n" + good:                                            "emulator.yaml:1:9: error: tags are not read",
		"workflows: []\n":                                                     "emulator.yaml:1:12: error: there is no workflow to call",
		"region: x\n":                                                         "emulator.yaml:1:1: error: there is no workflow to call",
		"workflows: [{ name: w }]\n":                                          "emulator.yaml:1:13: error: a workflow has no file",
		"workflows: [{ file: none.json }]\n":                                  "emulator.yaml:1:21: error: none.json: no such file",
		"workflows: [{ file: w.json, tenant: mars }]\n":                       `emulator.yaml:1:37: error: no tenant "mars": the workspace has none; add it under tenants`,
		"workflows: [{ file: w.json, profile: std }]\n":                       `emulator.yaml:1:38: error: unknown profile "std"; use consumption or powerautomate`,
		"workflows: [{ file: w.json, state: On }]\n":                          `emulator.yaml:1:36: error: unknown state "On"`,
		"workflows: [{ file: w.json, subscription: x }]\n":                    `emulator.yaml:1:43: error: subscription "x" is no GUID`,
		"workflows: [{ file: w.json, sas: { primary: short } }]\n":            "emulator.yaml:1:45: error: the primary access key is too short; use 16",
		"workflows: [{ file: w.json, sas: { secondary: '' } }]\n":             "emulator.yaml:1:47: error: the secondary access key is empty; write 16 characters",
		"workflows: [{ file: w.json, sas: {} }]\n":                            "emulator.yaml:1:34: error: sas gives no access key",
		"workflows: [{ file: w.json, name: w }, { file: w.json, name: w }]\n": `error: workflow "w" of w.json is in w.json already; rename one`,
		"tenants: [{ id: x }]\n" + good:                                       `emulator.yaml:1:17: error: tenant id "x" is no GUID`,
		good + "refusals: { X: {} }\n":                                        "emulator.yaml:2:13: error: \"X\" replaces nothing; give a status",
		good + "refusals: { X: { status: 200 } }\n":                           "emulator.yaml:2:13: error: \"X\": status 200 is no refusal; use 400 to 599",
		"workflows: [{ file: w.json, parameters: { n: { m: [0123] } } }]\n":   `emulator.yaml:1:52: error: the number 0123 begins with a zero, which not everybody reads alike; leave the zero out, or put it in quotes if it is text`,
		good + "refusals: { X: { status: 0711 } }\n":                          "emulator.yaml:2:26: error: the number 0711 begins with a zero",
		good + "refusals: { 0711: { status: 400 } }\n":                        "emulator.yaml:2:13: error: the number 0711 begins with a zero",
		"workflows: [{ file: w.json, parameters: { n: 08 } }]\n":              "emulator.yaml:1:46: error: the number 08 begins with a zero",
		"workflows: [{ file: w.json, parameters: { n: { 012: 1 } } }]\n":      "emulator.yaml:1:48: error: the number 012 begins with a zero",
		"workflows: [{ file: w.json\n":                                        "emulator.yaml:",
		"\t- x\n":                                                             "emulator.yaml:1:1: error: ",
		"workflows: [{ file: w.json, parameters: " + strings.Repeat("[", 90) + strings.Repeat("]", 90) + " }]\n": "error: ",
	} {
		ws, problems := LoadFS(folderOf(config))
		if ws != nil || !strings.Contains(problems.Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", config, problems, want)
		}
	}
}

func TestGoodWorkspace(t *testing.T) {
	ws, problems := LoadFS(fixtures.Workspace())
	if ws == nil || len(ws.Workflows) != 6 || len(problems) != 0 {
		t.Fatalf("the embedded workspace: %v", problems)
	}
	orders, approvals := ws.Workflows[0], ws.Workflows[4]
	if g := orders.Gates["manual"]; !g.SAS || g.Policies.Len() != 2 {
		t.Errorf("orders: %+v", g)
	}
	if g := approvals.Gates["manual"]; g.SAS || g.Policies.Len() != 1 {
		t.Errorf("approvals: %+v", g)
	}
	if string(orders.Keys.Primary) == string(orders.Keys.Secondary) || string(orders.Keys.Primary) == string(approvals.Keys.Primary) {
		t.Error("two access keys are one")
	}
	if g := orders.Gates["other"]; g.SAS || g.Policies.Len() != 0 {
		t.Error("a trigger that is not there has a gate that opens")
	}
}

// Whoever knows the seed knows none of the keys of a workflow that is given one.
func TestKeyBesideAGivenOneIsNotPublic(t *testing.T) {
	const id, other = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	given := "a key of the workspace's own"
	public := keysOf(id, nil)
	made := map[string]bool{given: true, string(public.Primary): true, string(public.Secondary): true}
	for _, key := range [][]byte{
		keysOf(id, &SASConfig{Primary: &given}).Secondary, keysOf(id, &SASConfig{Secondary: &given}).Primary,
		keysOf(other, &SASConfig{Primary: &given}).Secondary,
	} {
		if made[string(key)] || len(key) != 32 {
			t.Errorf("%x is another key too", key)
		}
		made[string(key)] = true
	}
	if k := keysOf(id, &SASConfig{Primary: &given}); string(k.Primary) != given || string(k.Secondary) != string(keysOf(id, &SASConfig{Primary: &given}).Secondary) {
		t.Error("a key changes with a restart")
	}
}

// The parser's time grows with the square of the depth: these are refused before.
func TestDeepNestingIsRefusedBeforeItIsParsed(t *testing.T) {
	for name, deep := range map[string]string{
		"lists":     "workflows: " + strings.Repeat("[", 100_000),
		"mappings":  "workflows: " + strings.Repeat("{a: ", 50_000),
		"dashes":    strings.Repeat("- ", 100_000) + "x",
		"questions": strings.Repeat("? ", 100_000) + "x",
	} {
		ws, problems := LoadFS(folderOf(deep))
		if ws != nil || !strings.Contains(problems.Error(), "nested deeper than 64 levels") {
			t.Errorf("%s: %.200v", name, problems)
		}
	}
}

// A folder that is gone for a moment, as in a swap, is watched on.
func TestFilesOfAFolderThatIsGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ws")
	_, files, problems := Load(dir)
	if !problems.Fatal() || files.Changed() {
		t.Fatalf("%v, changed: %v", problems, files.Changed())
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ConfigFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !files.Changed() {
		t.Error("its return is no change")
	}
}

func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	if _, _, problems := Load(filepath.Join(dir, "none")); !strings.Contains(problems.Error(), "no such file or folder") {
		t.Error(problems)
	}
	if err := os.MkdirAll(filepath.Join(dir, ConfigFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, problems := Load(dir); !strings.Contains(problems.Error(), "a folder, not a file") {
		t.Error(problems)
	}
	big := filepath.Join(dir, "big.json")
	f, err := os.Create(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(200 << 20); err != nil { // sparse: no disk is filled
		t.Fatal(err)
	}
	f.Close()
	if data, err := ReadFile(big, 20<<20); err == nil || data != nil || err.Error() != "209715200 bytes; at most 20971520 are read" {
		t.Errorf("a file of 200 MB: %v", err)
	}
	if data, err := ReadFile(os.DevNull, 1); err == nil || data != nil || err.Error() != "not a regular file" {
		t.Errorf("a device: %v", err)
	}
}

func FuzzConfig(f *testing.F) {
	data, err := os.ReadFile("../fixtures/workspace/" + ConfigFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, s := range []string{"", "a: &a [*a]", "? {}\n: x", "workflows:\n- file: w.json\n", "--- |\n x", "{", "workflows: [{file: w.json, parameters: {a: .nan}}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, config []byte) {
		ws, problems := LoadFS(fstest.MapFS{ConfigFile: {Data: config}, "w.json": {Data: []byte(definition)}})
		if (ws == nil) != problems.Fatal() {
			t.Errorf("workspace %v, problems %v", ws, problems)
		}
	})
}

// Two URLs that differ in what is not shown are two sources, each with a name of its own, and each
// is fetched as it is written.
func TestURLsThatAreShownAlikeAreTwoSources(t *testing.T) {
	const a, b = "https://keys.example/k?sig=hunter8", "https://keys.example/k?sig=hunter9"
	ws, problems := LoadFS(folderOf("trust: [\"" + a + "\", emulator, \"" + b + "\"]\nworkflows: [{ file: w.json }]\n"))
	if ws == nil {
		t.Fatal(problems)
	}
	first, second := ws.Trust[0], ws.Trust[2]
	if first.URL != a || second.URL != b || first.Name != "https://keys.example/k?sig=…" || second.Name != "https://keys.example/k?sig=… (2)" {
		t.Errorf("%s is %s, %s is %s", first.URL, first.Name, second.URL, second.Name)
	}
}
