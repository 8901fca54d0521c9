package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"flowgate/inspector"
	"flowgate/jwks"
	"flowgate/server"
	"flowgate/workflow"
	"flowgate/workspace"
)

type explainCommand struct {
	Token         []string `arg:"" optional:"" name:"token" help:"The token: alone, as a header, or as the JSON answer of a token endpoint. - or nothing reads standard input."`
	Workflow      string   `placeholder:"W" help:"Workflow, by name or id. May be left out when there is one alone."`
	Trigger       string   `placeholder:"T" help:"Trigger. May be left out when the workflow has one alone."`
	File          string   `placeholder:"FILE" help:"Read the token from a file."`
	Workspace     string   `placeholder:"DIR" env:"EMULATOR_WORKSPACE" help:"Workspace that has the workflow. The embedded one when none is given."`
	AccessControl string   `placeholder:"FILE" help:"Judge by this access control document alone instead of a workflow's, with the trust of the workspace."`
	Server        string   `placeholder:"URL" help:"Ask the emulator that runs there, such as http://127.0.0.1:7080. The token is sent nowhere else."`
	State         string   `placeholder:"DIR" env:"EMULATOR_STATE" help:"State folder that holds the CA of an https server; the user's config folder when not given."`
	Now           string   `placeholder:"TIME" help:"Judge at this time, such as 2026-11-23T12:00:00Z."`
	JSON          bool     `name:"json" help:"Print the explanation as JSON."`
}

// keyTime is how long key sets at URLs are waited for, when the token is signed with
// none of the keys at hand.
const keyTime = 5 * time.Second

// Run prints the explanation; it fails if the call would be refused.
func (c *explainCommand) Run(s streams) error {
	if err := c.check(); err != nil {
		return usageError{err}
	}
	// Not one that Ctrl-C ends: that ends the process, which has nothing to put in order. To
	// listen for it is to start a thread, a thirtieth of the time that explain takes.
	ctx := context.Background()
	ask, done, err := c.gate(ctx, s.err)
	if err != nil {
		return err
	}
	defer done()
	text, err := c.text(ctx, s)
	if err != nil {
		return err
	}
	// Here, so that a text without a token is sent nowhere.
	if _, err := inspector.ReadPasted(text); err != nil {
		return usageError{err}
	}
	explained, err := ask(inspector.ExplainRequest{Workflow: c.Workflow, Trigger: c.Trigger, Token: text})
	if err != nil {
		return err
	}
	if err := c.print(s.out, explained); err != nil {
		return fmt.Errorf("print the explanation: %w", err)
	}
	if explained.Outcome != "admitted" {
		return errFailed
	}
	return nil
}

// check refuses flags that contradict each other.
func (c *explainCommand) check() error {
	ownWorkspace := c.Workspace != "" && c.Workspace != os.Getenv("EMULATOR_WORKSPACE")
	switch {
	case c.File != "" && len(c.Token) > 0:
		return errors.New("a token and --file are given; give one")
	case c.Server != "" && (ownWorkspace || c.AccessControl != "" || c.Now != ""):
		return errors.New("--server asks an emulator that has its own workspace and clock; leave out --workspace, --access-control and --now")
	case c.AccessControl != "" && (c.Workflow != "" || c.Trigger != ""):
		return errors.New("--access-control is judged alone; leave out --workflow and --trigger")
	}
	return nil
}

// asker says what would become of a call.
type asker func(inspector.ExplainRequest) (inspector.Explained, error)

// gate returns who is asked, a running emulator or one made for this question, and what
// ends it. Key sets that have to be fetched are, while the token is looked for.
func (c *explainCommand) gate(ctx context.Context, errs io.Writer) (ask asker, done func(), err error) {
	if c.Server != "" {
		ask, err = askServer(ctx, c.Server, c.State)
		return ask, func() {}, err
	}
	now := time.Now
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return nil, nil, usageError{fmt.Errorf("--now=%q is no time; write 2026-11-23T12:00:00Z", c.Now)}
		}
		now = func() time.Time { return at }
	}
	ws, err := c.workspace(errs)
	if err != nil {
		return nil, nil, err
	}
	gate, err := server.NewExplainer(ctx, server.Options{Workspace: ws, Now: now})
	if err != nil {
		return nil, nil, err
	}
	if err := gate.Chooses(inspector.ExplainRequest{Workflow: c.Workflow, Trigger: c.Trigger}); err != nil {
		gate.Close()
		return nil, nil, usageError{err}
	}
	return func(r inspector.ExplainRequest) (inspector.Explained, error) { return askGate(ctx, gate, r, errs) }, gate.Close, nil
}

// workspace is the one that is named, its workflows replaced by the access control
// document if there is one. Its warnings are for check: they are not printed.
func (c *explainCommand) workspace(errs io.Writer) (*workspace.Workspace, error) {
	ws, _, problems := readWorkspace(c.Workspace)
	if ws == nil {
		return nil, report(ws, problems, errs)
	}
	if c.AccessControl == "" {
		return ws, nil
	}
	data, err := workspace.ReadFile(c.AccessControl, workflow.MaxFile)
	if err != nil {
		return nil, fmt.Errorf(`--access-control=%s: %w; name a file with {"accessControl": {…}}, as it stands in a template or a resource`, c.AccessControl, err)
	}
	d := workflow.Deployment{Cloud: ws.Cloud, Location: ws.Region}
	if len(ws.Directory.Tenants) > 0 {
		d.Tenant = ws.Directory.Tenants[0].ID
	}
	w, problems := workflow.LoadAccessControl(c.AccessControl, data, d)
	for _, p := range problems {
		fmt.Fprintln(errs, printable(p.Error()))
	}
	if problems.Fatal() {
		return nil, errFailed
	}
	return ws.Only(w), nil
}

// askGate asks once, and again when a key set that had to be fetched has come.
func askGate(ctx context.Context, gate *server.Explainer, r inspector.ExplainRequest, errs io.Writer) (inspector.Explained, error) {
	explained, err := gate.Explain(r)
	if err != nil {
		return explained, usageError{err}
	}
	fetched := false
	for _, t := range gate.Workspace().Trust {
		fetched = fetched || t.URL != ""
	}
	if !fetched || explained.Reason != string(jwks.Key) {
		return explained, nil
	}
	ctx, cancel := context.WithTimeout(ctx, keyTime)
	defer cancel()
	if err := gate.Refresh(ctx); err != nil {
		fmt.Fprintf(errs, "emulator: a key set that the workspace trusts could not be fetched, so the token may be better than it looks: %s\n", printable(err.Error()))
	}
	return gate.Explain(r)
}

// unread words why no token could be read from where the command line says it is.
func unread(err error) error {
	return usageError{fmt.Errorf("read the token: %w; give it as an argument, in a file, or on standard input", err)}
}

// text returns what holds the token: the arguments, the file or standard input.
func (c *explainCommand) text(ctx context.Context, s streams) (string, error) {
	if c.File != "" {
		// Not only a regular file: a shell's <(…) is a pipe.
		f, err := os.Open(c.File)
		if err != nil {
			return "", unread(err)
		}
		defer f.Close()
		return readText(ctx, f)
	}
	if argument := strings.Join(c.Token, " "); argument != "" && argument != "-" {
		return argument, nil
	}
	if terminal(s.in) {
		end := "Ctrl-D"
		if runtime.GOOS == "windows" {
			end = "Ctrl-Z and Enter"
		}
		fmt.Fprintf(s.err, "paste the token, then press Enter and %s\n", end)
	}
	return readText(ctx, s.in)
}

// readText reads as much as a token may have, until ctx is done: a terminal that
// nobody types into must not hold Ctrl-C up.
func readText(ctx context.Context, from io.Reader) (string, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(from, inspector.MaxPasted+1))
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return "", unread(r.err)
		}
		return string(r.text), nil
	case <-ctx.Done():
		return "", errors.New("interrupted before the token was read")
	}
}

func (c *explainCommand) print(out io.Writer, e inspector.Explained) error {
	var b bytes.Buffer
	if c.JSON {
		if err := printJSON(&b, e); err != nil {
			return err
		}
	} else {
		printExplanation(&b, e, coloured(out, os.Getenv))
	}
	_, err := out.Write(b.Bytes())
	return err
}
