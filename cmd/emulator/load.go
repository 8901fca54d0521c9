package main

import (
	"fmt"
	"io"

	"flowgate/fixtures"
	"flowgate/server"
	"flowgate/workflow"
	"flowgate/workspace"
)

// loadWorkspace reads the workspace in dir, or the embedded one when dir is empty,
// and prints what is wrong with it to w, warnings included.
func loadWorkspace(dir string, w io.Writer) (*workspace.Workspace, error) {
	ws, _, problems := readWorkspace(dir)
	return ws, report(ws, problems, w)
}

// readWorkspace returns the workspace, the files that it was read from, and
// everything to say about it; the workspace is nil when one of the problems is an
// error.
func readWorkspace(dir string) (*workspace.Workspace, *workspace.Files, workflow.Problems) {
	var ws *workspace.Workspace
	var files *workspace.Files
	var problems workflow.Problems
	if dir == "" {
		ws, problems = workspace.LoadFS(fixtures.Workspace())
	} else {
		ws, files, problems = workspace.Load(dir)
	}
	if ws == nil {
		return nil, files, problems
	}
	// Which refusals there are to replace, only the server knows.
	problems = append(ws.Notes, server.CheckRefusals(ws)...)
	problems.Sort()
	if problems.Fatal() {
		return nil, files, problems
	}
	return ws, files, problems
}

func report(ws *workspace.Workspace, problems workflow.Problems, w io.Writer) error {
	for _, p := range problems {
		fmt.Fprintln(w, printable(p.Error()))
	}
	if ws == nil {
		return errFailed
	}
	return nil
}
