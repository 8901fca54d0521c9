package workspace

import (
	_ "embed"
	"slices"
)

// A test makes schema.json from Config itself, so that the two cannot differ. It is not
// made here: the library that does it would make every command start a millisecond later.
//
//go:generate go test -run ^TestSchemaIsOfConfig$ -update
//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of emulator.yaml, indented, with a
// line's end at its end.
func Schema() []byte { return slices.Clone(schema) }
