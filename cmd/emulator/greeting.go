package main

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"flowgate/entra"
	"flowgate/jwks"
	"flowgate/pattern"
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
// refused, and where to read why: under ten lines, to be pasted as they stand. What
// the workspace has no example of is not announced.
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
		sh.Curl += " --cacert " + sh.Quote(g.caFile)
	}
	page := origin + "/_emulator/"
	if e, ok := findExample(g.workspace); ok {
		calls := "a call that is admitted; one that is refused; and why"
		if e.refuse == "" {
			calls = "a call that is admitted; and what became of it"
		}
		lines = append(lines, "# a token; "+calls+", as the page "+page+" shows:")
		lines = append(lines, sh.example(e, g.program(), origin)...)
	} else {
		lines = append(lines, "# the page "+page+" shows what becomes of calls, and why; the workflows, with their URLs:",
			sh.Curl+" -s "+sh.Quote(page+"api/workflows"))
	}
	for i, line := range lines {
		lines[i] = printable(line) // names are the workspace's, which others may have written
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

// program returns the token command as the newcomer would start it, with the workspace.
func (g greeting) program() string {
	sh := shellOf(runtime.GOOS)
	words := self()
	program := strings.Join(append([]string{sh.Command(words[0])}, words[1:]...), " ") + " token"
	if g.folder != "" {
		program += " --workspace " + sh.Quote(g.folder)
	}
	return program
}

// self returns the words with which this program was started.
func self() []string {
	if strings.Contains(filepath.ToSlash(os.Args[0]), "/go-build") { // go run's own folder
		return []string{"go", "run", "./cmd/emulator"}
	}
	return []string{os.Args[0]}
}

// example is a call that is admitted and one that is refused.
type example struct {
	workflow         *workspace.Workflow
	trigger          string
	resource         string
	admitted, refuse string // names of applications; refuse may be empty
}

// maxExamples bounds how many tokens are tried for an example, for workspaces of any size.
const maxExamples = 200

// findExample asks the gates themselves: what is printed is what they would say. Where
// the tokens that this program makes are not believed, there is nothing to print.
func findExample(ws *workspace.Workspace) (example, bool) {
	if !slices.ContainsFunc(ws.Trust, func(s jwks.Source) bool { return s.Name == "emulator" }) {
		return example{}, false
	}
	apps, left := applications(ws.Directory), maxExamples
	for _, w := range ws.Workflows {
		for _, t := range w.Triggers {
			gate := w.Gates[t.Name]
			answers := w.State == workflow.Enabled && w.Callers.Allow(loopback) && (w.Response == nil || len(w.Response.Needs) == 0)
			if !answers || len(t.Conditions) > 0 {
				continue
			}
			for _, resource := range audiences(gate.Policies) {
				asked := apps[:min(left, len(apps))]
				left -= len(asked)
				e := example{workflow: w, trigger: t.Name, resource: resource}
				if e.admitted, e.refuse = callers(ws.Directory, gate, resource, asked); e.admitted != "" {
					return e, true
				}
			}
		}
	}
	return example{}, false
}

// callers returns the first of some applications that the gate admits with a token for
// the resource, and the first that it refuses; empty: there is none.
func callers(d *entra.Directory, gate workspace.Gate, resource string, apps []string) (admitted, refused string) {
	for _, app := range apps {
		if admitted != "" && refused != "" {
			break
		}
		claims, err := d.Claims(entra.Request{Application: app, Resource: resource, Now: time.Now()})
		switch {
		case err != nil: // it gets no such token
		case gate.Policies.Of(policy.AAD).Authorize(claims).Admitted:
			admitted = cmp.Or(admitted, app)
		default:
			refused = cmp.Or(refused, app)
		}
	}
	return admitted, refused
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

// shell words the greeting's commands for the terminal that a newcomer has.
type shell struct {
	server.Shell
	assign     string // format of: set the variable token to a command's output
	substitute string // format of: a command's output inside double quotes
	body       string // arguments that send a body, without quotes that PowerShell 5 would lose
}

func shellOf(goos string) shell {
	if goos == "windows" {
		return shell{server.ShellOf(goos), "$token = %s", "$(%s)", `-H "Content-Type: text/plain" -d hello`}
	}
	return shell{server.ShellOf(goos), "token=$(%s)", "$(%s)", `-H "Content-Type: application/json" -d '{"order":1}'`}
}

// sample stands for every parameter of a relative path.
var sample = pattern.New(`\{[^{}]*\}`)

func (s shell) example(e example, program, origin string) []string {
	bare, _ := server.URLs(origin, e.workflow, e.trigger)
	token := func(app string) string {
		return program + " --app " + s.Quote(app) + " --resource " + s.Quote(e.resource)
	}
	bare = sample().ReplaceAllString(bare, "1")
	method := e.workflow.Gates[e.trigger].Trigger.ExpectedMethod()
	body := " " + s.body
	if method == http.MethodHead {
		body = "" // curl sends none with it
	}
	call := func(credential string) string {
		return fmt.Sprintf(`%s %s -H "Authorization: Bearer %s"%s`, s.Call(method), s.Quote(bare), credential, body)
	}
	lines := []string{fmt.Sprintf(s.assign, token(e.admitted)), call("$token")}
	if e.refuse != "" {
		lines = append(lines, call(fmt.Sprintf(s.substitute, token(e.refuse))))
	}
	return append(lines, s.Curl+" -s "+s.Quote(origin+"/_emulator/api/requests?limit=1"))
}

// loopback is where the printed calls come from.
var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
