package main

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"flowgate/expression"
	"flowgate/inspector"
	"flowgate/policy"
	"flowgate/server"
)

type refusalsCommand struct {
	Code      string `arg:"" optional:"" help:"Code, or number: all that is known of it. The whole catalogue when none is given."`
	JSON      bool   `name:"json" help:"Print JSON, as GET /_emulator/api/refusals has it."`
	Workspace string `placeholder:"DIR" env:"EMULATOR_WORKSPACE" help:"Workspace whose own words count. The embedded one when none is given."`
	Server    string `default:"${origin}" placeholder:"URL" help:"Address of the emulator that the printed commands call (${default})."`
	State     string `placeholder:"DIR" env:"EMULATOR_STATE" help:"State folder that holds the CA of an https server; the user's config folder when not given."`
}

// Run prints to standard output alone: it is data.
func (c *refusalsCommand) Run(s streams) error {
	script, err := c.script()
	if err != nil {
		return usageError{err}
	}
	ws, err := loadWorkspace(c.Workspace, s.err)
	if err != nil {
		return err
	}
	list := server.ListRefusals(ws, script.Reproduce)
	if c.Code != "" {
		if list, err = chooseRefusals(list, c.Code); err != nil {
			return usageError{err}
		}
	}
	switch {
	case c.JSON:
		return printJSON(s.out, map[string]any{"refusals": list})
	case c.Code == "":
		return printRefusals(s.out, list)
	}
	for i, r := range list {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		if err := printRefusal(s.out, r); err != nil {
			return err
		}
	}
	return nil
}

// script words the commands for this terminal.
func (c *refusalsCommand) script() (server.Script, error) {
	origin, err := server.ParseOrigin(c.Server)
	if err != nil {
		return server.Script{}, fmt.Errorf("--server=%w", err)
	}
	script := server.Script{Shell: server.ShellOf(runtime.GOOS), Program: self(), Origin: origin}
	if strings.HasPrefix(origin, "https://") {
		// Of an emulator elsewhere the CA is elsewhere too, and curl says so.
		dir, err := stateFolder(c.State)
		if err != nil {
			return script, err
		}
		script.Curl += " --cacert " + script.Quote(filepath.Join(dir, caCertFile))
	}
	return script, nil
}

// notEmulated are the numbers of published observations that no row stands for.
var notEmulated = map[string]string{
	"24": "it comes from schema validation", "26": "it comes from a workflow's time limit", "28": "it comes from a full queue of runs",
}

// savingRefused returns the rule with that code, letter case aside, under which the
// service saves policies; nil when none has it.
func savingRefused(code string) *policy.Violation {
	broken := policy.Policy{Claims: []policy.Claim{{Name: "aud", Value: strings.Repeat("x", policy.MaxClaimValue+1)}}}
	for _, v := range policy.NewSet(broken).Violations() {
		if v.Code != "" && strings.EqualFold(v.Code, code) {
			return &v
		}
	}
	return nil
}

// chooseRefusals returns the rows with that code or number, letter case aside.
func chooseRefusals(list []inspector.Refusal, code string) ([]inspector.Refusal, error) {
	var chosen []inspector.Refusal
	var codes []string
	for _, r := range list {
		if strings.EqualFold(r.Code, code) || strconv.Itoa(r.Number) == code {
			chosen = append(chosen, r)
		}
		codes = append(codes, r.Code)
	}
	if len(chosen) > 0 {
		return chosen, nil
	}
	if why := notEmulated[code]; why != "" {
		return nil, fmt.Errorf("refusal %s is not emulated: %s", code, why)
	}
	if v := savingRefused(code); v != nil {
		return nil, fmt.Errorf("%s refuses no call: with it the service refuses to save a policy, and emulator check says where; %s", v.Code, v.Fix)
	}
	slices.Sort(codes) // of two equally near, always the same
	if near := expression.Nearest(code, slices.Compact(codes)); near != "" {
		return nil, fmt.Errorf("no refusal has the code or number %q; did you mean %s?", code, near)
	}
	return nil, fmt.Errorf("no refusal has the code or number %q; emulator refusals lists them", code)
}

// whenWidth bounds the last column, so that a line has at most 120 characters.
const whenWidth = 50

func printRefusals(w io.Writer, list []inspector.Refusal) error {
	longest := len("CODE")
	for _, r := range list {
		longest = max(longest, len(r.Code))
	}
	longest = min(longest, 48) // a workspace may word it at any length
	var b strings.Builder
	row := func(number, status, code, evidence, when string) {
		line := fmt.Sprintf("%3s  %6s  %-*s  %-9s  %s", number, status, longest, code, evidence, when)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	row("NO.", "STATUS", "CODE", "EVIDENCE", "WHEN")
	for _, r := range list {
		evidence := r.Evidence
		if r.Overridden {
			evidence = "workspace"
		}
		lines := strings.Split(wrap(r.When, "", whenWidth), "\n")
		row(strconv.Itoa(r.Number), strconv.Itoa(r.Status), printable(r.Code), evidence, lines[0])
		for _, more := range lines[1:] {
			row("", "", "", "", more)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printRefusal(w io.Writer, r inspector.Refusal) error {
	evidence := r.Evidence
	if r.Note != "" {
		evidence = strings.TrimPrefix(evidence+"; "+r.Note, "; ")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d  %d %s\n\n", r.Number, r.Status, printable(r.Code))
	for _, line := range [][2]string{
		{"message", r.Message}, {"messageTemplate", r.MessageTemplate}, {"evidence", evidence}, {"source", r.Source},
		{"when", r.When}, {"cause", r.Cause}, {"fix", r.Fix},
	} {
		text := printable(line[1])
		if !strings.HasPrefix(line[0], "message") { // the service's words are there to be copied
			text = wrap(text, strings.Repeat(" ", 17), lineWidth)
		}
		if text != "" {
			fmt.Fprintf(&b, "%-16s %s\n", line[0], text)
		}
	}
	fmt.Fprintf(&b, "\n%s\n%s", heading(r), r.Command)
	_, err := io.WriteString(w, b.String())
	return err
}

// heading says what a command needs, as a comment of the shell it is pasted into.
func heading(r inspector.Refusal) string {
	earned := "# to earn it"
	if r.Overridden {
		earned += ", in the catalogue's own words"
	}
	if r.OwnWorkspace {
		return earned + ", from a workspace of its own that ends with the call:"
	}
	return earned + ", from the embedded workspace, which emulator serve serves:"
}
