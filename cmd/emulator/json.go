package main

import (
	"bytes"
	"encoding/json"
	"io"

	"flowgate/journal"
)

// printJSON prints v for programs, as the API writes it.
func printJSON(out io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := out.Write(journal.Printable(b.Bytes()))
	return err
}
