package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"flowgate/entra"
	"flowgate/policy"
	"flowgate/server"
	"flowgate/workflow"
	"flowgate/workspace"
)

// greeting is what a newcomer copies next.
type greeting struct {
	workspace *workspace.Workspace
	folder    string // as given; empty: the embedded workspace
	listeners listeners
	caFile    string // the CA's certificate; empty when there is no HTTPS
}

// greet prints the addresses, a token command, a call that is admitted, one that is
// refused, and where to read why: under ten lines, to be pasted as they stand.
func greet(w io.Writer, g greeting) error {
	name := "the embedded workspace"
	if g.folder != "" {
		name = g.folder
	}
	origin, addresses := g.addresses()
	lines := []string{fmt.Sprintf("emulator: %s, serving %s of %s. A local test double, never a production gateway.",
		strings.Join(addresses, " and "), count(len(g.workspace.Workflows), "workflow"), name)}
	sh := shellOf(runtime.GOOS)
	if g.listeners.http == nil {
		sh.curl += " --cacert " + sh.quote(g.caFile)
	}
	if e, ok := findExample(g.workspace); ok {
		lines = append(lines, "# a token; a call that is admitted; one that is refused; and why:")
		lines = append(lines, sh.example(e, g.program(), origin)...)
	} else {
		lines = append(lines, "# the workflows, with their URLs:", sh.curl+" -s "+sh.quote(origin+"/_emulator/api/workflows"))
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// addresses returns the origin to call and every address that is listened on.
func (g greeting) addresses() (origin string, all []string) {
	for _, one := range []struct {
		scheme string
		net.Listener
	}{{"http", g.listeners.http}, {"https", g.listeners.https}} {
		if one.Listener == nil {
			continue
		}
		host, err := reachable(one.Addr().String())
		if err != nil {
			host = one.Addr().String()
		}
		all = append(all, one.scheme+"://"+host)
	}
	return all[0], all
}

// program returns the command as the newcomer started it, with the workspace.
func (g greeting) program() string {
	program := os.Args[0]
	if strings.Contains(filepath.ToSlash(program), "/go-build") { // go run's own folder
		program = "go run ./cmd/emulator"
	}
	if program == os.Args[0] {
		program = shellOf(runtime.GOOS).command(program)
	}
	program += " token"
	if g.folder != "" {
		program += " --workspace " + shellOf(runtime.GOOS).quote(g.folder)
	}
	return program
}

// example is a call that is admitted and one that is refused.
type example struct {
	workflow         *workspace.Workflow
	trigger          string
	resource         string
	admitted, refuse string // names of applications; refuse may be empty
}

// maxExamples bounds the search for an example, for workspaces of any size.
const maxExamples = 200

// findExample asks the gates themselves: what is printed is what they would say.
func findExample(ws *workspace.Workspace) (example, bool) {
	asked := 0
	for _, w := range ws.Workflows {
		for _, t := range w.Triggers {
			gate := w.Gates[t.Name]
			answers := w.State == workflow.Enabled && w.Callers.Allow(loopback) && (w.Response == nil || len(w.Response.Needs) == 0)
			if !answers || len(t.Conditions) > 0 {
				continue
			}
			for _, resource := range audiences(gate.Policies) {
				e := example{workflow: w, trigger: t.Name, resource: resource}
				for _, app := range applications(ws.Directory) {
					if asked++; asked > maxExamples {
						return example{}, false
					}
					claims, err := ws.Directory.Claims(entra.Request{Application: app, Resource: resource, Now: time.Now()})
					switch {
					case err != nil:
					case gate.Policies.Of(policy.AAD).Authorize(claims).Admitted:
						if e.admitted == "" {
							e.admitted = app
						}
					case e.refuse == "":
						e.refuse = app
					}
				}
				if e.admitted != "" {
					return e, true
				}
			}
		}
	}
	return example{}, false
}

func audiences(set policy.Set) []string {
	var all []string
	for _, p := range set.Policies() {
		for _, c := range p.Claims {
			if c.Name == "aud" {
				all = append(all, c.Value)
			}
		}
	}
	return all
}

func applications(d *entra.Directory) []string {
	var names []string
	for _, t := range d.Tenants {
		for _, a := range t.Applications {
			names = append(names, a.Name)
		}
	}
	return names
}

// shell words commands for the terminal that a newcomer has.
type shell struct {
	curl       string         // curl in PowerShell is another command
	assign     string         // format of: set the variable token to a command's output
	substitute string         // format of: a command's output inside double quotes
	body       string         // arguments that send a body, without quotes that PowerShell 5 would lose
	apostrophe string         // inside single quotes
	plain      *regexp.Regexp // what needs no quotes
	invoke     string         // before a program in quotes
}

func shellOf(goos string) shell {
	if goos == "windows" {
		return shell{"curl.exe", "$token = %s", "$(%s)", `-H "Content-Type: text/plain" -d hello`, "''", regexp.MustCompile(`^[A-Za-z0-9_.:\\/-]+$`), "& "}
	}
	return shell{"curl", "token=$(%s)", "$(%s)", `-H "Content-Type: application/json" -d '{"order":1}'`, `'\''`, regexp.MustCompile(`^[A-Za-z0-9_.:/-]+$`), ""}
}

// quote puts text in single quotes where a shell would take it apart otherwise.
func (s shell) quote(text string) string {
	if s.plain.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", s.apostrophe) + "'"
}

// command words the name of a program.
func (s shell) command(program string) string {
	if s.plain.MatchString(program) {
		return program
	}
	return s.invoke + s.quote(program)
}

// sample stands for every parameter of a relative path.
var sample = regexp.MustCompile(`\{[^{}]*\}`)

func (s shell) example(e example, program, origin string) []string {
	bare, _ := server.URLs(origin, e.workflow, e.trigger)
	token := func(app string) string {
		return program + " --app " + s.quote(app) + " --resource " + s.quote(e.resource)
	}
	bare = sample.ReplaceAllString(bare, "1")
	method := e.workflow.Gates[e.trigger].Trigger.ExpectedMethod()
	call := func(credential string) string {
		return fmt.Sprintf(`%s -i -X %s %s -H "Authorization: Bearer %s" %s`, s.curl, method, s.quote(bare), credential, s.body)
	}
	lines := []string{fmt.Sprintf(s.assign, token(e.admitted)), call("$token")}
	if e.refuse != "" {
		lines = append(lines, call(fmt.Sprintf(s.substitute, token(e.refuse))))
	}
	return append(lines, s.curl+" -s "+s.quote(origin+"/_emulator/api/requests?limit=1"))
}

// loopback is where the printed calls come from.
var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
