package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"flowgate/inspector"
	"flowgate/policy"
)

// lineWidth is where sentences wrap. Values never do: they are there to be copied.
const lineWidth = 100

// label is the name of a claim, bounded for its column.
func label(name string) string {
	const most = 30
	shown := []rune(printable(name))
	if len(shown) > most {
		return string(shown[:most-3]) + "..."
	}
	return string(shown)
}

// maxPolicies bounds the policies that are printed, nearest first: a flow has one for
// each of its users.
const maxPolicies = 10

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
	d := x.Time.Sub(at)
	switch {
	case name == "exp" && d >= 0:
		return paint(x.colour, red, "expired "+span(d)+" ago")
	case name == "nbf" && d < 0:
		return paint(x.colour, red, "not valid yet, in "+span(-d))
	case d < 0:
		return "in " + span(-d)
	}
	return span(d) + " ago"
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
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

func (x explanation) policies() {
	d := x.Decision
	if d == nil || len(d.Policies) == 0 {
		return
	}
	x.line("")
	would := ""
	if x.Reason != "claims" && x.Outcome != "admitted" && x.Reason != "state" {
		would = ", if the token were good"
	}
	if d.Admitted {
		x.line("policies%s: %s admits", would, strconv.Quote(d.By))
	} else {
		x.line("policies%s: none admits", would)
	}
	first := d.By
	if !d.Admitted {
		first = nearest(*d, x.Policy)
	}
	ordered := slices.Clone(d.Policies)
	if i := slices.IndexFunc(ordered, func(p policy.Judgement) bool { return p.Name == first }); i > 0 {
		leading := ordered[i]
		ordered = slices.Insert(slices.Delete(ordered, i, i+1), 0, leading)
	}
	for i, p := range ordered {
		if i == maxPolicies {
			x.line("  and %d more; --json has them all", len(ordered)-maxPolicies)
			break
		}
		x.policy(p, p.Name == first && !d.Admitted && len(ordered) > 1)
	}
}

func (x explanation) policy(p policy.Judgement, isNearest bool) {
	n := mismatched(p)
	says := fmt.Sprintf("%d of %d claims match", len(p.Claims)-n, len(p.Claims))
	mark := " "
	if isNearest {
		mark, says = ">", says+", the nearest"
	}
	x.line("%s %s: %s", mark, paint(x.colour, bold, strconv.Quote(p.Name)), says)
	width := 0
	for _, c := range p.Claims {
		width = max(width, utf8.RuneCountInString(label(c.Name)))
	}
	for _, c := range p.Claims {
		x.comparison(c, width)
	}
}

func (x explanation) comparison(c policy.Comparison, width int) {
	wanted, got := clipped(strconv.QuoteToASCII(c.Wanted)), clipped(written(c.Got))
	name := fmt.Sprintf("%-*s", width, label(c.Name))
	if c.Matched {
		x.line("    %s %s  %s", paint(x.colour, green, "ok      "), name, wanted)
		return
	}
	below := strings.Repeat(" ", len("    mismatch ")+utf8.RuneCountInString(name))
	if !c.Present {
		x.line("    %s %s  wanted %s", paint(x.colour, red, "absent  "), name, wanted)
		return
	}
	x.line("    %s %s  wanted %s", paint(x.colour, red, "mismatch"), name, wanted)
	x.line("%s  got    %s", below, got)
	if _, isText := c.Got.(string); isText {
		if at := differ(wanted, got); at < len(got) {
			x.line("%s         %s", below, strings.Repeat(" ", at)+paint(x.colour, red, "^"))
		}
	}
}

// differ returns the place of the first character that two texts do not share. Both
// are ASCII, so that a place is a column, and letters that only look alike are seen.
func differ(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

// written is a claim's value: as JSON, in ASCII.
func written(value any) string {
	if s, ok := value.(string); ok {
		return strconv.QuoteToASCII(s)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(value) != nil {
		return fmt.Sprintf("a %T", value)
	}
	quoted := strconv.QuoteToASCII(strings.TrimSuffix(b.String(), "\n"))
	// Its own quotes and backslashes are JSON's, and need no second escape.
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(quoted[1 : len(quoted)-1])
}

// clipped bounds a value, far beyond what a policy may want.
func clipped(s string) string {
	const most = 400
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
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

// printJSON prints the explanation for programs. What is no printable character is
// escaped, so that it is harmless on a terminal too.
func printJSON(out io.Writer, e inspector.Explained) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil {
		return err
	}
	var escaped strings.Builder
	for _, r := range b.String() {
		switch {
		case r == '\n' || strconv.IsPrint(r):
			escaped.WriteRune(r)
		case r > 0xffff: // as UTF-16, which is how JSON escapes
			r -= 0x10000
			fmt.Fprintf(&escaped, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&escaped, `\u%04x`, r)
		}
	}
	_, err := io.WriteString(out, escaped.String())
	return err
}
