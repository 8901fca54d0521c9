package main

import "flowgate/workspace"

type schemaCommand struct{}

// Run prints the schema.
func (schemaCommand) Run(s streams) error {
	_, err := s.out.Write(workspace.Schema())
	return err
}
