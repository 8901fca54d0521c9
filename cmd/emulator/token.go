package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"flowgate/entra"
	"flowgate/server"
)

type tokenCommand struct {
	Workspace string   `placeholder:"DIR" env:"EMULATOR_WORKSPACE" help:"Workspace that knows the tenants and applications. The embedded one when none is given."`
	Tenant    string   `placeholder:"T" help:"Tenant, by id or domain. The application's when none is given."`
	App       string   `placeholder:"A" help:"Application, by name or client id. The first when none is given."`
	User      string   `placeholder:"U" help:"User, by name or object id: a delegated token. App-only when none is given."`
	Resource  string   `placeholder:"R" xor:"audience" help:"Resource, as the v1.0 endpoint takes it, such as https://management.azure.com/."`
	Scope     string   `placeholder:"S" xor:"audience" help:"Scope, as the v2.0 endpoint takes it, such as https://service.flow.microsoft.com//.default."`
	Claim     []string `placeholder:"k=v" sep:"none" help:"Set a claim: k=text, k:=JSON, or k:=null to leave it out. May be repeated."`
	Bad       string   `placeholder:"NAME" help:"Spoil the token: one defect, and one refusal that it must earn. list prints all there are. Alone, it asks for what that defect is shown on."`
	Out       string   `placeholder:"FILE" help:"Write the token to a file that only its owner can read, instead of printing it."`
}

// Run prints the token alone: standard output carries data.
func (c *tokenCommand) Run(s streams) error {
	if c.Bad == "list" {
		return listBadTokens(s.out)
	}
	if c.Resource == "" && c.Scope == "" && c.Bad == "" {
		return usageError{errors.New("give --resource or --scope, such as --resource https://management.azure.com/ or --scope https://service.flow.microsoft.com//.default")}
	}
	issue, err := c.issuer()
	if err != nil {
		return usageError{err}
	}
	ws, err := loadWorkspace(c.Workspace, s.err)
	if err != nil {
		return err
	}
	request := entra.Request{Tenant: c.Tenant, Application: c.App, User: c.User, Resource: c.Resource, Scope: c.Scope, Now: time.Now()}
	for _, written := range c.Claim {
		o, err := entra.ParseOverride(written)
		if err != nil {
			return usageError{err}
		}
		request.Claims = append(request.Claims, o)
	}
	token, err := issue(ws.Directory, request)
	if err != nil {
		return err
	}
	if c.Out != "" {
		return writePrivate(c.Out, token+"\n")
	}
	_, err = fmt.Fprintln(s.out, token)
	return err
}

func (c *tokenCommand) issuer() (func(*entra.Directory, entra.Request) (string, error), error) {
	if c.Bad == "" {
		return (*entra.Directory).Issue, nil
	}
	bad, err := entra.FindBadToken(c.Bad)
	return bad.Issue, err
}

// listBadTokens prints the catalogue, with what each of it earns.
func listBadTokens(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tDEFECT\tSENT TO\tANSWER\tREFUSAL\tREASON")
	for _, b := range entra.BadTokens() {
		r, err := server.FindRefusal(b.Refusal)
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d %s\t%d\t%s\n", b.Name, b.Defect, b.Workflow, r.Status, r.Code, r.Number, b.Reason)
	}
	return t.Flush()
}

// writePrivate writes a file that only its owner can read, also when it was there
// before with another mode.
func writePrivate(path, content string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the token: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		if err := f.Chmod(0o600); err != nil {
			return fmt.Errorf("write the token: %w", err)
		}
	}
	if _, err := f.WriteString(content); err != nil {
		return fmt.Errorf("write the token: %w", err)
	}
	return f.Close()
}
