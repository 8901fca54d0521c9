package workspace

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"
)

// Schema returns the JSON Schema (draft 2020-12) of emulator.yaml, indented, made
// from Config itself so that the two cannot differ.
func Schema() ([]byte, error) {
	s, err := jsonschema.For[Config](nil)
	if err != nil {
		return nil, fmt.Errorf("schema of emulator.yaml: %w", err)
	}
	refuseNull(s)
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "flowgate emulator.yaml"
	s.Properties["cloud"].Enum = []any{"public", "gcc", "gcchigh", "dod", "china"}
	w := s.Properties["workflows"].Items.Properties
	w["profile"].Enum = []any{"consumption", "powerautomate"}
	w["state"].Enum = []any{"Enabled", "Disabled", "Suspended", "Deleted"}
	return json.MarshalIndent(s, "", "  ")
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
