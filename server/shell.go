package server

import (
	"net/http"
	"regexp"
	"strings"

	"flowgate/pattern"
)

// Shell words commands for the terminal that a developer has.
type Shell struct {
	Curl string // curl in PowerShell is another command

	powerShell bool
	apostrophe string                // inside single quotes
	plain      func() *regexp.Regexp // what needs no quotes
	invoke     string                // before a program in quotes
}

var (
	plainInSh         = pattern.New(`^[A-Za-z0-9_.:/-]+$`)
	plainInPowerShell = pattern.New(`^[A-Za-z0-9_.:\\/-]+$`)
)

// ShellOf returns the shell of an operating system, named as Go names it.
func ShellOf(goos string) Shell {
	if goos == "windows" {
		return Shell{Curl: "curl.exe", powerShell: true, apostrophe: "''", plain: plainInPowerShell, invoke: "& "}
	}
	return Shell{Curl: "curl", apostrophe: `'\''`, plain: plainInSh}
}

// Quote puts text in single quotes where the shell would take it apart otherwise.
func (s Shell) Quote(text string) string {
	if s.plain().MatchString(text) {
		return text
	}
	return s.single(text)
}

func (s Shell) single(text string) string {
	return "'" + strings.ReplaceAll(text, "'", s.apostrophe) + "'"
}

// Command words the name of a program.
func (s Shell) Command(program string) string {
	if s.plain().MatchString(program) {
		return program
	}
	return s.invoke + s.Quote(program)
}

// Call words the beginning of a call whose answer is shown with its headers. With -X HEAD
// curl would wait for the body that they announce.
func (s Shell) Call(method string) string {
	if method == http.MethodHead {
		return s.Curl + " -I"
	}
	return s.Curl + " -i -X " + method
}

// words words a program with arguments.
func (s Shell) words(program []string, arguments ...string) string {
	text := s.Command(program[0])
	for _, word := range append(program[1:len(program):len(program)], arguments...) {
		text += " " + s.Quote(word)
	}
	return text
}
