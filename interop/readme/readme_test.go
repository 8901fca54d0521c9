package readme

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// step is one command of a console block and what is shown below it.
type step struct {
	line    int
	command string
	shown   string
}

func steps(t *testing.T, text string) []step {
	t.Helper()
	var all []step
	inside := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case !inside && line == "```console":
			inside = true
		case inside && line == "```":
			inside = false
		case inside && strings.HasPrefix(line, "$ "):
			all = append(all, step{line: i + 1, command: line[2:]})
		case inside && len(all) > 0:
			all[len(all)-1].shown += line + "\n"
		}
	}
	if len(all) < 5 {
		t.Fatalf("%d commands found in the README", len(all))
	}
	return all
}

// shows turns what the README shows into a pattern: … stands for the rest of a
// line, and alone on a line for any number of lines.
func shows(shown string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for _, line := range strings.SplitAfter(shown, "\n") {
		if line == "…\n" {
			b.WriteString(`(?:[^\n]*\n)*?`)
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", `[^\n]*`))
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

// shell is a bash that a reader pastes into, on a copy of the repository.
type shell struct {
	in  io.Writer
	out *bufio.Reader
	cmd *exec.Cmd
}

func open(t *testing.T, dir string) *shell {
	t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc")
	cmd.Dir = dir
	cmd.Env = environment(t, dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // the shell and what it runs
		_ = cmd.Wait()
	})
	return &shell{in, bufio.NewReader(out), cmd}
}

// environment is a newcomer's: a home without anything of ours. Go's caches stay
// where they are.
func environment(t *testing.T, dir string) []string {
	t.Helper()
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	return env
}

const end = "end-of-the-command"

func (s *shell) run(t *testing.T, command string) string {
	t.Helper()
	fmt.Fprintf(s.in, "%s\necho %s\n", command, end)
	var out strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		if rest, done := strings.CutSuffix(strings.TrimRight(line, "\r\n"), end); done {
			out.WriteString(rest)
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		out.WriteString(strings.TrimRight(line, "\r\n") + "\n")
	}
	if s := out.String(); s != "" && !strings.HasSuffix(s, "\n") {
		return s + "\n"
	}
	return out.String()
}

// until reads the output of a command that goes on, up to as many lines as shown.
func (s *shell) until(t *testing.T, command string, lines int) string {
	t.Helper()
	fmt.Fprintln(s.in, command)
	var out strings.Builder
	for range lines {
		line, err := s.out.ReadString('\n')
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		out.WriteString(line)
	}
	return out.String()
}

func TestConsoleBlocks(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "flowgate")
	if err := exec.Command("git", "clone", "--quiet", "--no-hardlinks", "../..", dir).Run(); err != nil {
		t.Fatal(err)
	}
	// What is not committed yet counts too.
	changed, err := exec.Command("git", "-C", "../..", "ls-files", "--modified", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(changed)) {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			continue // deleted
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	guard := time.AfterFunc(3*time.Minute, func() { panic("the README's commands take more than three minutes") })
	defer guard.Stop()

	all := steps(t, string(text))
	if all[0].command != "go run ./cmd/emulator" {
		t.Fatalf("the first command is %q", all[0].command)
	}
	emulator := open(t, dir)
	compare(t, all[0], emulator.until(t, all[0].command, strings.Count(all[0].shown, "\n")))
	reader := open(t, dir)
	for _, s := range all[1:] {
		compare(t, s, reader.run(t, s.command))
	}
}

func compare(t *testing.T, s step, got string) {
	t.Helper()
	t.Logf("README.md:%d: $ %s", s.line, s.command)
	if !shows(s.shown).MatchString(got) {
		t.Errorf("README.md:%d: %s\ngot:\n%s\nshown:\n%s", s.line, s.command, got, s.shown)
	}
}
