package main

import (
	"fmt"
	"io"

	"flowgate/fixtures"
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
	if dir == "" {
		ws, problems := workspace.LoadFS(fixtures.Workspace())
		return ws, nil, notes(ws, problems)
	}
	ws, files, problems := workspace.LoadWatched(dir)
	return ws, files, notes(ws, problems)
}

// notes are what there is to say: the problems that kept a workspace from loading,
// or the notes of one that loads.
func notes(ws *workspace.Workspace, problems workflow.Problems) workflow.Problems {
	if ws == nil {
		return problems
	}
	return ws.Notes
}

func report(ws *workspace.Workspace, problems workflow.Problems, w io.Writer) error {
	for _, p := range problems {
		fmt.Fprintln(w, p)
	}
	if ws == nil {
		return errFailed
	}
	return nil
}
