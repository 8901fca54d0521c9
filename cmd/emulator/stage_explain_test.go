package main

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"flowgate/policy"
)

// explained writes what the newest entry says of its refusal to the file explanation:
// a line each for the cause, the policy and the fix. "! explained" wants no cause.
func stageExplained(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	s.started(ts)
	e := s.newest(ts)
	if e == nil {
		ts.Fatalf("the journal is empty")
	}
	if (e.Cause == "") != neg {
		ts.Fatalf("the newest call has the cause %q", e.Cause)
	}
	text := strings.Join([]string{e.Cause, e.Policy, e.Fix}, "\n") + "\n"
	ts.Check(os.WriteFile(ts.MkAbs("explanation"), []byte(text), 0o600))
	s.seen.mu.Lock()
	s.seen.causes[policy.Cause(e.Cause)] = true
	s.seen.mu.Unlock()
}
