package workspace

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/jsonschema-go/jsonschema"
)

var update = flag.Bool("update", false, "write schema.json instead of comparing it")

func TestSchemaIsOfConfig(t *testing.T) {
	made, err := schemaOfConfig()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.json", made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(made, Schema()) {
		t.Error("schema.json is not the schema of Config; go generate ./workspace writes it anew")
	}
}

func schemaOfConfig() ([]byte, error) {
	s, err := jsonschema.For[Config](nil)
	if err != nil {
		return nil, err
	}
	refuseNull(s)
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "flowgate emulator.yaml"
	s.Properties["cloud"].Enum = []any{"public", "gcc", "gcchigh", "dod", "china"}
	w := s.Properties["workflows"].Items.Properties
	w["profile"].Enum = []any{"consumption", "powerautomate"}
	w["state"].Enum = []any{"Enabled", "Disabled", "Suspended", "Deleted"}
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

// refuseNull takes null out of the types of lists and mappings, where Go has a nil
// and emulator.yaml has nothing to say.
func refuseNull(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if i := slices.Index(s.Types, "null"); i >= 0 && len(s.Types) == 2 {
		s.Type, s.Types = s.Types[1-i], nil
	}
	refuseNull(s.Items)
	refuseNull(s.AdditionalProperties)
	for _, p := range s.Properties {
		refuseNull(p)
	}
}

// The schema and the loader must agree on the embedded workspace, and on what is
// wrong with a workspace: editors check with the one, the emulator with the other.
func TestSchema(t *testing.T) {
	var read jsonschema.Schema
	if err := json.Unmarshal(Schema(), &read); err != nil {
		t.Fatal(err)
	}
	resolved, err := read.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	validate := func(config string) error {
		var v any
		if err := yaml.Unmarshal([]byte(config), &v); err != nil {
			return err
		}
		return resolved.Validate(v)
	}
	data, err := os.ReadFile("../fixtures/workspace/" + ConfigFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(string(data)); err != nil {
		t.Errorf("the embedded workspace: %v", err)
	}
	for _, bad := range []string{"colour: red", "cloud: mars", "trust: emulator", "trust:", "tenants: [{ id: x, users: null }]", "workflows: [{ name: w }]", "workflows: [{ file: w, profile: std }]"} {
		if !strings.Contains(bad, "workflows") {
			bad += "\nworkflows: [{ file: w }]"
		}
		if validate(bad) == nil {
			t.Errorf("the schema takes %q", bad)
		}
	}
}
