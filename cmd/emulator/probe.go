package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"flowgate/inspector"
	"flowgate/probe"
)

type probeCommand struct {
	URL     string        `name:"url" required:"" placeholder:"URL" help:"A trigger's URL, bare or signed, in quotes: that of an emulator, of Logic Apps Consumption or of Power Automate."`
	Token   string        `placeholder:"TOKEN" help:"A token that the trigger takes, or took before it expired; @FILE reads it from a file, - from standard input."`
	Start   bool          `name:"run" help:"Start a run with each credential that is known. Without this, no probe can start one."`
	JSON    bool          `name:"json" help:"Print the report as JSON, to be shown to others: it has neither tokens nor signatures."`
	CA      string        `name:"ca" placeholder:"FILE" help:"Trust this CA alone, such as an emulator's ca.pem. The system's when none is given."`
	Timeout time.Duration `default:"10s" help:"How long to wait for each answer."`
}

// Run fails when an answer is not as the catalogue says.
func (c *probeCommand) Run(ctx context.Context, s streams) error {
	o, err := c.options(ctx, s.in)
	if err != nil {
		return usageError{err}
	}
	if err := announce(s.err, o); err != nil {
		return err
	}
	report, err := probe.Run(ctx, o)
	if err != nil {
		return fmt.Errorf("probe %s: %w", o.Target, err)
	}
	if c.JSON {
		err = printJSON(s.out, report)
	} else {
		err = printReport(s.out, report)
	}
	if err == nil && !report.AsExpected() {
		return errFailed
	}
	return err
}

func (c *probeCommand) options(ctx context.Context, in io.Reader) (probe.Options, error) {
	o := probe.Options{Run: c.Start, Timeout: c.Timeout, Now: time.Now}
	if err := checkTimeout(c.Timeout); err != nil {
		return o, err
	}
	target, err := probe.ParseTarget(c.URL)
	if err != nil {
		return o, fmt.Errorf("--url: %w", err)
	}
	o.Target = target
	if c.Token != "" {
		if o.Token, err = readToken(ctx, c.Token, in); err != nil {
			return o, fmt.Errorf("--token: %w", err)
		}
	}
	if c.Start && o.Token == nil && !target.Signed() {
		return o, errors.New("--run: a run needs a good credential; give --token or a signed URL")
	}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return o, fmt.Errorf("--ca: %w", err)
		}
		o.Roots = x509.NewCertPool()
		if !o.Roots.AppendCertsFromPEM(pem) {
			return o, fmt.Errorf("--ca=%s holds no certificate in PEM", c.CA)
		}
	}
	return o, nil
}

// readToken reads a token as it is pasted, from where it was given.
func readToken(ctx context.Context, given string, in io.Reader) (*probe.Token, error) {
	text := given
	name, isFile := strings.CutPrefix(given, "@")
	if isFile {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	if isFile || given == "-" {
		var err error
		if text, err = readText(ctx, in); err != nil {
			return nil, err
		}
	}
	pasted, err := inspector.ReadPasted(text)
	if err != nil {
		return nil, err
	}
	return probe.ParseToken(pasted.Token)
}

// announce tells, before another machine is called, what it will be sent.
func announce(w io.Writer, o probe.Options) error {
	if o.Target.Loopback() {
		return nil
	}
	plan, err := probe.Plan(o)
	if err != nil {
		return err
	}
	runs := "none of them can start a run, for the body of each is no JSON"
	if o.Run {
		runs = "the last of each credential starts a run"
	}
	_, err = fmt.Fprintf(w, "emulator: %s go to %s; %s:\n  %s\n", count(len(plan), "call"), o.Target, runs, strings.Join(plan, "\n  "))
	return err
}

// saying is what the table says for a verdict.
var saying = map[probe.Verdict]string{
	probe.Same: "as the catalogue says", probe.Differs: "DIFFERS", probe.Presumed: "DIFFERS from what was presumed", probe.NoAnswer: "NO ANSWER",
}

func printReport(w io.Writer, report *probe.Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PROBE\tEXPECTED\tGOT\tVERDICT")
	for _, r := range report.Probes {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.Name, expectation(r), got(r), saying[r.Verdict])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var b strings.Builder
	for _, r := range report.Probes {
		if len(r.Differences) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s (%s):\n", r.Name, r.Sends)
		for _, d := range r.Differences {
			fmt.Fprintf(&b, "  %s\n", printable(d))
		}
		if r.Answer != nil && r.Answer.Body != "" {
			fmt.Fprintf(&b, "  it begins %q\n", r.Answer.Body)
		}
	}
	fmt.Fprintf(&b, "\n%s: %d as the catalogue says, %d otherwise, %d otherwise than was presumed, %d without an answer\n",
		count(len(report.Probes), "probe"), report.Summary.Same, report.Summary.Differs, report.Summary.Presumed, report.Summary.NoAnswer)
	for _, r := range report.Probes {
		if r.Name == "token-bad-body" && (r.Refusal == 10 || r.Refusal == 11) {
			b.WriteString("the token is valid, but the trigger does not take it: give one that it takes to see further\n")
		}
	}
	b.WriteString(advice(report))
	_, err := io.WriteString(w, b.String())
	return err
}

// expectation names the refusals, with how well they are known when it is not by
// observation.
func expectation(r probe.Result) string {
	var all []string
	for _, e := range r.Expected {
		text := strconv.Itoa(e.Number)
		if e.Evidence != "observed" {
			text += " " + e.Evidence
		}
		all = append(all, text)
	}
	if len(all) == 0 {
		return "a run"
	}
	return strings.Join(all, ", ")
}

func got(r probe.Result) string {
	switch {
	case r.Answer == nil:
		return "-"
	case r.Answer.Code == "":
		return strconv.Itoa(r.Answer.Status)
	}
	number := "-"
	if r.Refusal != 0 {
		number = strconv.Itoa(r.Refusal)
	}
	code := []rune(printable(r.Answer.Code))
	return fmt.Sprintf("%s: %d %s", number, r.Answer.Status, string(code[:min(len(code), 48)]))
}

// advice asks for what the catalogue does not know yet: what the real service says
// where it was only presumed.
func advice(report *probe.Report) string {
	if report.Emulator {
		return ""
	}
	confirmed := 0
	for _, r := range report.Probes {
		if r.Confirms {
			confirmed++
		}
	}
	if confirmed+report.Summary.Presumed == 0 {
		return ""
	}
	return fmt.Sprintf("%d of the answers settle what was only presumed: if this is the real service, please report them (--json prints all of it, without token and signature)\n",
		confirmed+report.Summary.Presumed)
}
