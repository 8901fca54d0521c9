package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"flowgate/policy"
	"flowgate/workflow"
	"flowgate/workspace"
)

type checkCommand struct {
	Paths []string `arg:"" optional:"" name:"workspace|file" env:"EMULATOR_WORKSPACE" help:"Workspace folders, emulator.yaml files, or single documents. The embedded workspace when none is given."`
}

// Run prints every problem and every lint, then one line a path that says how it went.
func (c *checkCommand) Run(s streams) error {
	paths := c.Paths
	if len(paths) == 0 {
		paths = []string{""}
	}
	failed := false
	for _, path := range paths {
		summary, problems := check(path)
		for _, p := range problems {
			fmt.Fprintln(s.out, printable(p.Error())) // a document names itself, and its parts
		}
		if problems.Fatal() {
			failed = true
			summary = "refused"
		}
		if path == "" {
			path = "embedded workspace"
		}
		fmt.Fprintf(s.out, "%s: %s\n", printable(path), summary)
	}
	if failed {
		return errFailed
	}
	return nil
}

// check checks a workspace or, when path is a file of another name, one document.
func check(path string) (summary string, problems workflow.Problems) {
	info, err := os.Stat(path)
	if path != "" && errors.Is(err, fs.ErrNotExist) {
		return "", workflow.Problems{{File: path, Severity: workflow.SeverityError, Text: "no such file or folder", Fix: "name a folder that holds emulator.yaml, or a document"}}
	}
	if path == "" || err != nil || info.IsDir() || filepath.Base(path) == workspace.ConfigFile {
		ws, _, problems := readWorkspace(path)
		if ws == nil {
			return "", problems
		}
		problems = slices.Concat(problems, ws.Lint())
		problems.Sort()
		return fmt.Sprintf("good, %s", count(len(ws.Workflows), "workflow")), problems
	}
	data, err := workspace.ReadFile(path, workflow.MaxFile)
	if err != nil {
		return "", workflow.Problems{{File: path, Severity: workflow.SeverityError, Text: err.Error()}}
	}
	// A document alone does not say where it lives: the embedded workspace's first
	// tenant stands in, as it does for a caller who tries the document there.
	return "good", workflow.Check(path, data, workflow.Deployment{Cloud: policy.Public, Tenant: embeddedTenant()})
}

func embeddedTenant() string {
	ws, _, _ := readWorkspace("")
	return ws.Directory.Tenants[0].ID
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
