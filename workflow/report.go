package workflow

import (
	"fmt"
	"strconv"
	"strings"

	"flowgate/expression"
)

// path is n's place for people: properties.definition.triggers.manual.
func (n node) path() string {
	if n.pointer == "" {
		return "the document"
	}
	return n.dotted()
}

// Place is where something stands in a document.
type Place struct {
	File         string
	Line, Column int // from 1, the column in characters
}

// Problem is a problem at the place.
func (p Place) Problem(severity Severity, text, fix string) *Problem {
	return &Problem{File: p.File, Line: p.Line, Column: p.Column, Severity: severity, Text: text, Fix: fix}
}

func (n node) place() Place {
	at, _ := n.doc.start(n.pointer)
	line, column := n.doc.source.position(at)
	return Place{n.doc.file, line, column}
}

// problem is a problem at n's place.
func (n node) problem(severity Severity, text, fix string) *Problem {
	return n.place().Problem(severity, text, fix)
}

// errorf reports an error at n's place, with what to do about it; warnf and
// notef do so for what does not stop the load.
func (n node) errorf(fix, format string, args ...any) {
	n.load.report(n.problem(SeverityError, fmt.Sprintf(format, args...), fix))
}

func (n node) warnf(fix, format string, args ...any) {
	n.load.report(n.problem(SeverityWarning, fmt.Sprintf(format, args...), fix))
}

func (n node) notef(fix, format string, args ...any) {
	n.load.report(n.problem(SeverityNote, fmt.Sprintf(format, args...), fix))
}

// expressionError reports an error of an expression below n, in its place.
func (n node) expressionError(err error) {
	e, ok := err.(*expression.Error)
	if !ok {
		n.errorf("", "%v", err)
		return
	}
	n.pointer += e.Pointer
	p := n.problem(SeverityError, e.Msg, "")
	// What a template's expression gave is not what stands there: then the
	// offset means nothing in the source.
	if start, exact := n.doc.start(n.pointer); exact && start+1 < len(n.doc.text) && n.doc.text[start+1] != '[' {
		p.Line, p.Column = n.doc.source.position(n.doc.within(n.pointer, e.Offset))
	}
	n.load.report(p)
}

// quoted lists words for a message: "a", "b" and "c".
func quoted(words []string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = strconv.Quote(w)
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// unescape reads a reference token of a JSON pointer.
var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// dotted writes n's pointer as Json.NET writes a path: a.b[0]['c d'].
func (n node) dotted() string {
	var b strings.Builder
	parent, read := n.doc.root, 0
	for token := range strings.SplitSeq(strings.TrimPrefix(n.pointer, "/"), "/") {
		if n.made != nil && n.pointer[:read] == n.made.pointer {
			parent = n.made.value
		}
		read += len("/") + len(token)
		name := unescape.Replace(token)
		switch list, isList := parent.([]any); {
		case isList:
			b.WriteString("[" + name + "]")
			parent = element(list, name)
			continue
		case strings.ContainsAny(name, ". '/\"[]()\t\n\r\f\b\\\u0085\u2028\u2029"):
			b.WriteString("['" + strings.ReplaceAll(name, "'", `\'`) + "']")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(name)
		}
		o, _ := parent.(*expression.Object)
		parent, _ = o.Get(name)
	}
	return b.String()
}

func element(list []any, index string) any {
	var i int
	if _, err := fmt.Sscan(index, &i); err != nil || i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}
