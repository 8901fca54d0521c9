package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"flowgate/policy"
)

// maxPolicies bounds the policies that are printed, nearest first: a flow has one for
// each of its users.
const maxPolicies = 10

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
	slices.SortStableFunc(ordered, func(a, b policy.Judgement) int { return mismatched(a) - mismatched(b) })
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

// label is the name of a claim, bounded for its column.
func label(name string) string {
	const most = 30
	shown := []rune(printable(name))
	if len(shown) > most {
		return string(shown[:most-3]) + "..."
	}
	return string(shown)
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

// nearest returns the policy that explanations are about: the one that is named, or
// the first of those with fewest mismatches.
func nearest(d policy.Decision, named string) string {
	best, fewest := "", -1
	for _, p := range d.Policies {
		if p.Name == named {
			return named
		}
		if n := mismatched(p); fewest < 0 || n < fewest {
			best, fewest = p.Name, n
		}
	}
	return best
}

func mismatched(p policy.Judgement) int {
	n := 0
	for _, c := range p.Claims {
		if !c.Matched {
			n++
		}
	}
	return n
}
