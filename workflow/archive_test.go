package workflow

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"flowgate/policy"
)

type entry struct{ name, text string }

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// flowText is a flow as a solution export has it.
func flowText(inputs string) string {
	return `{"properties": {"connectionReferences": {}, "definition": {"$schema": "x", "parameters": {"$authentication": {"defaultValue": {}, "type": "SecureObject"}},` +
		`"triggers": {"manual": {"type": "Request", "kind": "Http", "inputs": {` + inputs + `}}}, "actions": {}}, "templateName": ""}, "schemaVersion": "1.0.0.0"}`
}

const flowGUID = "0A1B2C3D-1111-2222-3333-44445555666"

func solution(t testing.TB) []byte {
	return zipOf(t,
		entry{"[Content_Types].xml", "<x/>"},
		entry{"Workflows/Sign-Up-" + flowGUID + "0.json", flowText(`"triggerAuthenticationType": "All"`)},
		entry{"Workflows/Invoices-" + flowGUID + "1.json", flowText(`"triggerAuthenticationType": "Tenant"`)},
		entry{"Workflows/Approvals-" + flowGUID + "2.json", flowText(`"triggerAuthenticationType": "User", "triggerAllowedUsers": "ana@contoso.example;cccccccc-2222-3333-4444-dddddddddddd"`)},
		entry{"Workflows/rule-" + flowGUID + "3.xaml", "<x/>"},
		entry{"solution.xml", "<x/>"})
}

func TestSolutionExport(t *testing.T) {
	workflows := load(t, "sol.zip", solution(t), deployment(t, ""))
	want := []struct {
		name, id string
		mode     policy.Mode
		users    int
	}{
		{"Sign-Up", "0a1b2c3d111122223333444455556660", policy.AnyoneMode, 0},
		{"Invoices", "0a1b2c3d111122223333444455556661", policy.TenantMode, 0},
		{"Approvals", "0a1b2c3d111122223333444455556662", policy.UserMode, 2},
	}
	if len(workflows) != len(want) {
		t.Fatalf("got %d flows, want %d", len(workflows), len(want))
	}
	for i, want := range want {
		w := workflows[i]
		trigger := w.Triggers[0]
		if w.Name != want.name || w.ID != want.id || w.Profile != PowerAutomate || w.State != Enabled || w.Tenant != tenant ||
			trigger.Mode != want.mode || len(trigger.Users) != want.users || w.Resource != "" {
			t.Errorf("got %+v, want %+v", w, want)
		}
	}
	if got, want := workflows[0].Source, "sol.zip!Workflows/Sign-Up-"+flowGUID+"0.json"; got != want {
		t.Errorf("source %q, want %q", got, want)
	}
}

func TestLegacyPackage(t *testing.T) {
	const guid = "cccccccc-2222-3333-4444-dddddddddddd"
	data := zipOf(t,
		entry{"Microsoft.Flow/flows/" + guid + "/definition.json", `{"name": "bbbbbbbb-2222-3333-4444-dddddddddddd", "type": "Microsoft.Flow/flows", "properties": {"displayName": "Orders", "state": "Stopped", ` + callable + `}}`},
		entry{"Microsoft.Flow/flows/manifest.json", `{}`},
		entry{"manifest.json", `{"details": {}, "resources": {"` + guid + `": {"type": "Microsoft.Flow/flows", "details": {"displayName": "Incoming orders"}}}}`})
	w := load(t, "p.zip", data, deployment(t, ""))[0]
	if w.Name != "Incoming orders" || w.ID != "bbbbbbbb222233334444dddddddddddd" || w.State != Disabled || w.Profile != PowerAutomate {
		t.Errorf("got %+v", w)
	}
}

func TestBadArchives(t *testing.T) {
	many := make([]entry, maxEntries+1)
	for i := range many {
		many[i].name = fmt.Sprint(i)
	}
	encrypted := zipOf(t, entry{"Workflows/a-" + flowGUID + "0.json", "{}"})
	for i := range encrypted { // bit 0 of the flags, in both headers
		switch {
		case bytes.HasPrefix(encrypted[i:], []byte("PK\x03\x04")):
			encrypted[i+6] |= 1
		case bytes.HasPrefix(encrypted[i:], []byte("PK\x01\x02")):
			encrypted[i+8] |= 1
		}
	}
	method := bytes.ReplaceAll(zipOf(t, entry{"Workflows/a-" + flowGUID + "0.json", "{}"}), []byte("\x08\x00\x08\x00"), []byte("\x08\x00\x63\x00"))
	flow := "Workflows/a-" + flowGUID + "0.json"
	tests := map[string]struct {
		data []byte
		want string
	}{
		"truncated": {solution(t)[:200], "f.zip: error: is a damaged zip: zip: not a valid zip file; export it again"},
		"no flows":  {zipOf(t, entry{"a.txt", ""}), "f.zip: error: a zip without flows: expected Workflows/{name}-{GUID}.json of a solution export, or Microsoft.Flow/flows/{GUID}/definition.json of a package"},
		"empty":     {zipOf(t), "f.zip: error: a zip without flows: expected Workflows/{name}-{GUID}.json of a solution export, or Microsoft.Flow/flows/{GUID}/definition.json of a package"},
		"many":      {zipOf(t, many...), "f.zip: error: a zip with 2001 entries; at most 2000 are read"},
		"leaves":    {zipOf(t, entry{"Workflows/../../a", ""}), `f.zip: error: the name of the entry "Workflows/../../a" leaves its folder, or has empty parts; export the package again`},
		"absolute":  {zipOf(t, entry{"/etc/passwd", ""}), `f.zip: error: the name of the entry "/etc/passwd" is absolute; export the package again`},
		"drive":     {zipOf(t, entry{"C:/x", ""}), `f.zip: error: the name of the entry "C:/x" is absolute; export the package again`},
		"backslash": {zipOf(t, entry{`Workflows\a`, ""}), `f.zip: error: the name of the entry "Workflows\\a" has a backslash; export the package again`},
		"twice":     {zipOf(t, entry{flow, "{}"}, entry{flow, "{}"}), `f.zip: error: the name of the entry "` + flow + `" comes twice; export the package again`},
		"encrypted": {encrypted, "f.zip!" + flow + ": error: the entry is encrypted; export the package again without a password"},
		"method":    {method, "f.zip!" + flow + ": error: the entry is compressed by method 99; zip it with deflate"},
		"no flow":   {zipOf(t, entry{flow, "{}"}), "f.zip: error: holds no workflow that can be called; give a document with a trigger of type Request\nf.zip!" + flow + ":1:1: warning: not a cloud flow, which has properties with a definition: it is passed over"},
		"bomb":      {zipOf(t, entry{flow, strings.Repeat(" ", maxEntry+1)}), "f.zip!" + flow + ": error: the entry unpacks to more than 20 MB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			workflows, problems := Load("f.zip", test.data, Deployment{})
			if len(workflows) > 0 || problems.Error() != test.want {
				t.Errorf("got %d workflows and\n%v\nwant\n%s", len(workflows), problems, test.want)
			}
		})
	}
}

// TestUnpackedTogether: many small entries may not add up to more than the limit.
func TestUnpackedTogether(t *testing.T) {
	data := zipOf(t, entry{"a", strings.Repeat("x", 60)}, entry{"b", strings.Repeat("x", 60)})
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	u := &unpacking{left: 100}
	if _, err := u.read(z.File[0]); err != nil {
		t.Fatal(err)
	}
	const want = "the zip unpacks to more than 100 MB"
	if _, err := u.read(z.File[1]); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
