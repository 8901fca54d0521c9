package server

import (
	"fmt"
	"net/url"
	"strings"

	"flowgate/pattern"
)

// DefaultOrigin is where the emulator is unless it is told otherwise.
const DefaultOrigin = "http://127.0.0.1:7080"

// Script words commands for one shell.
type Script struct {
	Shell
	Program []string // the words that start the emulator
	Origin  string   // of the running emulator
}

var originPattern = pattern.New(`^https?://[A-Za-z0-9._:\[\]-]+$`)

// ParseOrigin returns scheme and host of a URL that has nothing else, in a form
// that stands in any quotes of any shell.
func ParseOrigin(written string) (string, error) {
	u, err := url.Parse(strings.TrimSuffix(written, "/"))
	if err != nil || u.Host == "" || !originPattern().MatchString(u.String()) {
		return "", fmt.Errorf("%q is no address of an emulator; write scheme and host, such as %s", written, DefaultOrigin)
	}
	return u.String(), nil
}

// Reproduce words the commands that earn a refusal, to be pasted as they stand.
func (s Script) Reproduce(r Reproduction) string {
	lines := s.calls(r)
	switch {
	case r.Files == nil:
	case s.powerShell:
		lines = s.servePowerShell(r.Files, lines)
	default:
		lines = s.serveSh(r.Files, lines)
	}
	return strings.Join(lines, "\n") + "\n"
}

// calls words the call, and before it what gets its token or its signature.
func (s Script) calls(r Reproduction) []string {
	var lines []string
	if len(r.Token) > 0 {
		lines = append(lines, s.assign("token", s.words(s.Program, append([]string{"token"}, r.Token...)...)))
	}
	if r.Signed != "" {
		list := "/_emulator/api/workflows"
		if r.NotAfter != "" {
			list += "?notAfter=" + r.NotAfter
		}
		lines = append(lines, s.assign("query", s.Curl+" -s "+s.url(r, list, false)+s.queryOf(r.Signed)))
	}
	call := s.Call(r.Method) + " " + s.url(r, r.Path, r.Signed != "")
	if len(r.Token) > 0 {
		call += ` -H "Authorization: Bearer $token"`
	}
	for _, h := range r.Header {
		call += " -H " + s.Quote(h)
	}
	switch {
	case r.Zeros > 0 && s.powerShell:
		lines = append(lines, fmt.Sprintf(`fsutil file createnew "$env:TEMP\zeros" %d`, r.Zeros))
		call += ` -T "$env:TEMP\zeros"`
	case r.Zeros > 0:
		call = fmt.Sprintf("head -c %d /dev/zero | %s -T -", r.Zeros, call)
	case r.Body != "":
		call += " -d " + s.Quote(r.Body)
	}
	lines = append(lines, call)
	if r.Disabled != "" {
		lines = append(append([]string{s.state(r, "Disabled")}, lines...), s.state(r, "Enabled"))
	}
	return lines
}

// state words what switches a workflow. What is piped keeps its quotes in every
// PowerShell.
func (s Script) state(r Reproduction, state string) string {
	put := " -X PUT " + s.url(r, "/_emulator/api/workflows/"+r.Disabled+"/state", false) + " -d "
	body := `'{"state":"` + state + `"}'`
	if s.powerShell {
		return body + " | " + s.Curl + " -so NUL" + put + "'@-'"
	}
	return s.Curl + " -so /dev/null" + put + body
}

func (s Script) assign(name, command string) string {
	if s.powerShell {
		return "$" + name + " = " + command
	}
	return name + "=$(" + command + ")"
}

// url words an address: that of the running emulator, or of the one that is started
// for the call, whose port only the variable url knows.
func (s Script) url(r Reproduction, rest string, signed bool) string {
	if signed {
		rest += "?$query"
	}
	if r.Files != nil {
		return `"$url` + rest + `"`
	}
	if signed {
		return `"` + s.Origin + rest + `"`
	}
	return s.Quote(s.Origin + rest)
}

// queryOf words the end of a pipe: out of api/workflows, the query of one trigger's
// callback URL.
func (s Script) queryOf(path string) string {
	pattern := path + `\?[^"]*sig=[^"]*`
	if s.powerShell {
		return " | Out-String | Select-String " + s.single(pattern) + " | ForEach-Object { $_.Matches[0].Value.Split('?')[1] }"
	}
	return " | grep -Eo " + s.single(pattern) + " | cut -d'?' -f2"
}

// serveSh puts calls into a shell of their own, with an emulator that serves files
// at any free port and ends with it, its folder too. The emulator is a job with a
// process group, for go run passes no signal on.
func (s Script) serveSh(files []File, calls []string) []string {
	lines := []string{"(", "set -m", "dir=$(mktemp -d)"}
	for _, f := range files {
		lines = append(lines, `cat >"$dir/`+f.Name+`" <<'end'`, strings.TrimSuffix(f.Content, "\n"), "end")
	}
	lines = append(lines,
		s.words(s.Program, "serve")+` "$dir" --http 127.0.0.1:0 --https= >"$dir/greeting" 2>"$dir/log" &`,
		`trap 'kill -- -$! 2>/dev/null; rm -r "$dir"' EXIT`,
		`for _ in $(seq 300); do url=$(grep -om1 'http://[0-9.:]*' "$dir/greeting") && break; kill -0 $! || { cat "$dir/log"; exit 1; }; sleep 0.1; done`)
	return append(append(lines, calls...), ")")
}

func (s Script) servePowerShell(files []File, calls []string) []string {
	lines := []string{`$dir = New-Item -ItemType Directory -Path (Join-Path $env:TEMP (New-Guid))`}
	for _, f := range files {
		lines = append(lines, "@'", strings.TrimSuffix(f.Content, "\n"), `'@ | Set-Content -Encoding ascii "$dir\`+f.Name+`"`)
	}
	quoted := make([]string, 0, len(s.Program)+5)
	for _, word := range s.Program[1:] {
		quoted = append(quoted, s.single(word))
	}
	quoted = append(quoted, "'serve'", "\"`\"$dir`\"\"", "'--http'", "'127.0.0.1:0'", "'--https='")
	lines = append(lines,
		`$emulator = Start-Process -PassThru -NoNewWindow -RedirectStandardOutput "$dir\greeting" -FilePath `+s.single(s.Program[0])+" -ArgumentList "+strings.Join(quoted, ", "),
		`do { Start-Sleep -Milliseconds 200; $found = Select-String 'http://[0-9.:]+' "$dir\greeting" } until ($found -or $emulator.HasExited)`,
		`$url = $found[0].Matches[0].Value`)
	lines = append(lines, calls...)
	return append(lines, `taskkill /t /f /pid $emulator.Id`, `Remove-Item -Recurse $dir`)
}
