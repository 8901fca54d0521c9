package main

import (
	"fmt"

	"flowgate/workspace"
)

type schemaCommand struct{}

// Run prints the schema.
func (schemaCommand) Run(s streams) error {
	schema, err := workspace.Schema()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s\n", schema)
	return err
}
