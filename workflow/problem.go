package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error gives the problem on one line: place, severity, the service's code and
// grade or the lint's name where there is one, text, fix.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	fmt.Fprintf(&b, ": %s: ", p.Severity)
	if p.Grade != "" {
		code := p.Code
		if code == "" {
			code = "(code unknown)"
		}
		fmt.Fprintf(&b, "%s (%s): ", code, p.Grade)
	}
	if p.Lint != "" {
		fmt.Fprintf(&b, "[%s] ", p.Lint)
	}
	b.WriteString(p.Text)
	if p.Fix != "" {
		if strings.HasSuffix(p.Text, ".") { // the service's sentences end; ours do not
			b.WriteString(" fix: " + p.Fix)
		} else {
			b.WriteString("; " + p.Fix)
		}
	}
	return b.String()
}

// Problems is the error of a load: every problem found, in the order of their
// places, warnings included so that one look shows all there is to do.
type Problems []*Problem

// Error gives one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Fatal reports whether any of the problems is an error.
func (ps Problems) Fatal() bool {
	return slices.ContainsFunc(ps, func(p *Problem) bool { return p.Severity == SeverityError })
}

// Sort puts the problems in the order of their places.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b *Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Text, b.Text))
	})
}
