package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"flowgate/inspector"
)

// lineWidth is where sentences wrap. Values never do: they are there to be copied.
const lineWidth = 100

// explanation prints what would become of a call, for people.
type explanation struct {
	inspector.Explained
	out    io.Writer
	colour bool
}

func printExplanation(out io.Writer, e inspector.Explained, colour bool) {
	x := explanation{e, out, colour}
	x.outcome()
	x.token()
	x.policies()
	x.advice()
	x.answer()
}

func (x explanation) line(format string, args ...any) { fmt.Fprintf(x.out, format+"\n", args...) }

// sentence prints a text of several words behind its label.
func (x explanation) sentence(label, text string) {
	if text != "" {
		x.line("%s %s", paint(x.colour, bold, label+":"), wrap(printable(text), strings.Repeat(" ", len(label)+2), lineWidth))
	}
}

func (x explanation) outcome() {
	where := fmt.Sprintf("workflow %s, trigger %s, at %s", printable(x.Workflow), printable(x.Trigger), stamp(x.Time))
	says := paint(x.colour, green, "ADMITTED")
	if x.Outcome != "admitted" {
		says = paint(x.colour, red, fmt.Sprintf("REFUSED %d %s", x.Answer.Status, printable(x.Answer.Code)))
	}
	x.line("%s: %s", says, where)
	if x.Reason != "claims" { // then the comparisons say it
		x.sentence("why", x.Detail)
	}
}

// times are the claims that are dates; usual are those that are shown beside the ones
// that a policy names.
var (
	times = []string{"iat", "nbf", "exp"}
	usual = []string{"iss", "aud", "tid", "ver", "idtyp", "appid", "azp", "oid", "sub", "scp", "roles"}
)

func (x explanation) token() {
	scheme := printable(x.Scheme)
	x.line("")
	switch {
	case x.Verified:
		x.line("token: verified, sent as %s", scheme)
	case x.Claims == nil && x.Header == nil:
		x.line("token: %s", paint(x.colour, red, "NOT VERIFIED, and nothing of it can be read"))
		return
	default:
		x.line("token: %s, sent as %s", paint(x.colour, red, "NOT VERIFIED: anybody may have written what follows"), scheme)
		x.members(x.Header, []string{"typ", "alg", "kid"})
	}
	names := slices.Clone(usual)
	if x.Decision != nil {
		for _, p := range x.Decision.Policies {
			for _, c := range p.Claims {
				if !slices.Contains(names, c.Name) && !slices.Contains(times, c.Name) {
					names = append(names, c.Name)
				}
			}
		}
	}
	x.members(x.Claims, append(names, times...))
}

// members prints those of an object that are there, in the order of names.
func (x explanation) members(object map[string]any, names []string) {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { _, ok := object[name]; return !ok })
	width := len("appid")
	for _, name := range names {
		width = max(width, utf8.RuneCountInString(label(name)))
	}
	for _, name := range names {
		x.line("  %-*s  %s", width, label(name), x.value(name, object[name]))
	}
}

// value is a claim as it is shown: text quoted, a date with how long ago it was.
func (x explanation) value(name string, value any) string {
	if number, ok := value.(json.Number); ok && slices.Contains(times, name) {
		if at, ok := date(number); ok {
			return fmt.Sprintf("%s  %s, %s", printable(number.String()), stamp(at), x.ago(name, at))
		}
	}
	return clipped(written(value))
}

// date reads a date of a token, within the years that can be written.
func date(n json.Number) (time.Time, bool) {
	const lastSecond = 253402300799 // 9999-12-31T23:59:59Z
	seconds, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || !(seconds >= 0 && seconds <= lastSecond) {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// ago says how far from the gate's clock a date is.
func (x explanation) ago(name string, at time.Time) string {
	past := x.Time.Sub(at)
	future := at.Sub(x.Time) // not -past: of the longest that a Duration holds there is none
	switch {
	case name == "exp" && past >= 0:
		return paint(x.colour, red, "expired "+span(past)+" ago")
	case name == "nbf" && past < 0:
		return paint(x.colour, red, "not valid yet, in "+span(future))
	case past < 0:
		return "in " + span(future)
	}
	return span(past) + " ago"
}

// span is a duration in the two largest units that matter.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
	case d >= 100*365*24*time.Hour: // what a Duration can hold ends soon after
		return "100 years and more"
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

func (x explanation) advice() {
	if x.Cause == "" && x.Fix == "" && len(x.Also) == 0 {
		return
	}
	x.line("")
	x.sentence("cause", x.Cause)
	x.sentence("fix", x.Fix)
	for _, also := range x.Also {
		x.sentence("also", also)
	}
}

func (x explanation) answer() {
	a := x.Answer
	x.line("")
	if a.Refusal == 0 {
		x.sentence("answer", fmt.Sprintf("%d to an empty call; the rest depends on what is sent", a.Status))
		return
	}
	known := a.Note
	if a.Evidence != "" {
		known = strings.TrimSuffix(a.Evidence+"; "+a.Note, "; ")
	}
	x.sentence("answer", fmt.Sprintf("%d, refusal %d, evidence: %s", a.Status, a.Refusal, known))
	x.line("%s", printable(a.Body))
}
