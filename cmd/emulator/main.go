// The emulator command runs flowgate: a local stand-in for the HTTP-request
// trigger of Azure Logic Apps and Power Automate.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	_ "flowgate/cmd/emulator/prefault" // starts a fifth sooner
	"flowgate/server"
)

func main() {
	os.Exit(run(stopped, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// stopped listens for the signals to stop, and returns a context that the first ends. A second
// one stops the process at once, as the first does where nobody has asked for this.
func stopped() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the default action is back
	return ctx
}

// Exit statuses.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// streams are the standard ones: data on out, the log and errors on err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errFailed ends a command that has said already what failed.
var errFailed = errors.New("failed")

// usageError is an error in how the command was called.
type usageError struct{ error }

// exit is what kong would end the program with, after --help for instance.
type exit int

// run is the whole command; it returns the exit status. A command is given the context
// when it begins.
func run(ctx func() context.Context, args []string, in io.Reader, out, err io.Writer) (code int) {
	defer func() {
		if failure := recover(); failure != nil {
			status, ok := failure.(exit)
			if !ok {
				panic(failure)
			}
			code = int(status)
		}
	}()
	parser, buildErr := kong.New(grammar(args),
		kong.Name("emulator"),
		kong.Description("flowgate: a local stand-in for the HTTP-request trigger of Azure Logic Apps and Power Automate. For tests; never a production gateway."),
		defaults,
		kong.UsageOnError(), kong.ShortUsageOnError(),
		kong.Writers(out, err),
		kong.Exit(func(status int) { panic(exit(status)) }),
		kong.BindToProvider(func() (context.Context, error) { return ctx(), nil }),
		kong.Bind(streams{in, out, err}),
	)
	if buildErr != nil {
		panic(buildErr) // a mistake in the struct tags
	}
	return status(call(parser, args), err)
}

// call runs the command that the arguments name.
func call(parser *kong.Kong, args []string) error {
	parsed, err := parser.Parse(args)
	hint := mistyped(args, parser.Model)
	switch {
	case err != nil && hint != "":
		return usageError{errors.New(hint)}
	case err != nil:
		return usageError{errors.New(worded(err) + "; emulator --help tells the usage")}
	}
	if err := refuseEmpty(parsed); err != nil {
		return usageError{err}
	}
	if hint != "" {
		return usageError{errors.New(hint)}
	}
	return parsed.Run()
}

func status(failure error, err io.Writer) int {
	var usage usageError
	switch {
	case failure == nil:
		return exitOK
	case errors.Is(failure, errFailed):
		return exitFailure
	case errors.As(failure, &usage):
		complain(err, failure.Error())
		return exitUsage
	}
	complain(err, failure.Error())
	return exitFailure
}

// complain prints an error. It repeats what was given, which may hold anything.
func complain(err io.Writer, text string) { fmt.Fprintf(err, "emulator: %s\n", printable(text)) }

// commands is the command line.
type commands struct {
	Serve       serveCommand       `cmd:"" default:"withargs" help:"Run the emulator. The default command."`
	Check       checkCommand       `cmd:"" help:"Check workspaces and documents against the rules under which the service saves them."`
	Explain     explainCommand     `cmd:"" help:"Say what would become of a call with a token: every comparison, the cause, the fix, and the answer. Exit 1 if refused."`
	Token       tokenCommand       `cmd:"" help:"Print a signed access token."`
	Refusals    refusalsCommand    `cmd:"" help:"Print the catalogue of refusals, or all that is known of one, with the commands that earn it."`
	Probe       probeCommand       `cmd:"" help:"Ask any trigger, local or real, what the catalogue says it answers, and compare. Starts no run."`
	Schema      schemaCommand      `cmd:"" help:"Print the JSON Schema of emulator.yaml."`
	Healthcheck healthcheckCommand `cmd:"" help:"Exit 0 when a running emulator is ready: for containers."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// defaults are those that the struct tags of commands name rather than repeat.
var defaults = kong.Vars{"origin": server.DefaultOrigin}

// grammar returns what kong is to parse: the command that is named first, and otherwise
// all. Kong describes every command to itself before it reads a word, which would be a
// seventh of the time that explain takes.
func grammar(args []string) any {
	named := "serve" // as the struct's tags say
	if len(args) > 0 {
		named = args[0]
	}
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		if command := all.Field(i); named == strings.ToLower(command.Name) {
			return reflect.New(reflect.StructOf([]reflect.StructField{command})).Interface()
		}
	}
	return new(commands)
}
