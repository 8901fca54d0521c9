package server

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"flowgate/workspace"
)

// What is told of an expression that failed is what it failed on, not what of the call is missing
// in the journal.
func TestFailureOfAnExpressionIsItsOwn(t *testing.T) {
	condition := `{"definition":{"parameters":{"door":{"type":"SecureObject","defaultValue":{"pins":["hunter8"],"none":null}}},
		"triggers":{"manual":{"type":"Request","kind":"Http","conditions":[{"expression":"@equals(json(EXPRESSION), 1)"}]}},"actions":{}}}`
	for read, want := range map[string]string{
		"parameters('door').pins[0]":                             "'[redacted]' is not JSON",
		"coalesce(parameters('door').none, 'a')":                 "'a' is not JSON",
		"coalesce(triggerOutputs()['headers']['X-Other'], 'no')": "of the call the journal keeps too little to say why",
	} {
		ws, problems := workspace.LoadFS(fstest.MapFS{
			"emulator.yaml": {Data: []byte("workflows: [{ file: door.json, name: door }]\n")},
			"door.json":     {Data: []byte(strings.Replace(condition, "EXPRESSION", read, 1))},
		})
		if ws == nil {
			t.Fatal(problems)
		}
		s := gate(t, Options{Workspace: ws})
		w := s.Workspace().Workflows[0]
		body := `{"order":"` + strings.Repeat("x", 100<<10) + `"}` // more than is kept
		if !strings.HasPrefix(want, "of the call") {
			body = "{}"
		}
		post(s, callback("", w, w.Gates["manual"], false, time.Time{}).Value, "", "application/json", body)
		if e := s.newest(); !strings.Contains(e.Detail, want) || strings.Contains(e.Detail, "hunter8") {
			t.Errorf("%s: %s", read, e.Detail)
		}
	}
}
