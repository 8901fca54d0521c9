package refusals

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// refusal is a row of emulator refusals --json.
type refusal struct {
	Number, Status                 int
	Code, Message, MessageTemplate string
	Command                        string
	OwnWorkspace                   bool
}

// build returns the emulator of this tree.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "emulator")
	if out, err := exec.Command("go", "build", "-C", "../..", "-o", program, "./cmd/emulator").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// serve starts the emulator on its embedded workspace and returns its address.
func serve(t *testing.T, program string) string {
	t.Helper()
	cmd := exec.Command(program, "serve", "--http", "127.0.0.1:0", "--https=")
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	address := regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	if err != nil || address == "" {
		t.Fatalf("no greeting: %v\n%s%s", err, line, &log)
	}
	return address
}

// catalogue returns what the command prints as JSON.
func catalogue(t *testing.T, dir string, command ...string) []refusal {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Refusals []refusal }
	if err := json.Unmarshal(out, &list); err != nil || len(list.Refusals) == 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	return list.Refusals
}

// paste runs commands as a reader would, and returns the answer of the last call.
func paste(t *testing.T, dir, commands string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "--noprofile", "--norc")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(commands)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, commands, &problems)
	}
	// curl prints an interim answer before the one that counts.
	if rest, ok := bytes.CutPrefix(out, []byte("HTTP/1.1 100 Continue\r\n\r\n")); ok {
		out = rest
	}
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out)), nil)
	if err != nil {
		t.Fatalf("%v\n%s\n%s%s", err, commands, out, &problems)
	}
	return answer
}

// check holds an answer against the row: status, code, and the message but for the
// values of its placeholders.
func check(t *testing.T, r refusal, answer *http.Response) {
	t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Error struct{ Code, Message, MessageTemplate string }
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	message := regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(r.Message), `.+`)
	e := got.Error
	if answer.StatusCode != r.Status || e.Code != r.Code || !regexp.MustCompile(`\A`+message+`\z`).MatchString(e.Message) ||
		e.MessageTemplate != "" && e.MessageTemplate != r.MessageTemplate {
		t.Errorf("got %d %s\nwant %d %s %s", answer.StatusCode, body, r.Status, r.Code, message)
	}
}

// noted returns the number of the refusal in the answer's journal entry.
func noted(t *testing.T, answer *http.Response) int {
	t.Helper()
	response, err := http.Get(answer.Header.Get("x-emulator-explain"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var entry struct{ Refusal int }
	if err := json.NewDecoder(response.Body).Decode(&entry); err != nil {
		t.Fatal(err)
	}
	return entry.Refusal
}

// workflows returns what the emulator says of its workflows, their states included.
func workflows(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address + "/_emulator/api/workflows")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(text), `"state": "Enabled"`) {
		t.Fatalf("%v\n%s", err, text)
	}
	return string(text)
}

func TestEveryCommandEarnsItsRefusal(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatal(err)
		}
	}
	program := build(t)
	address := serve(t, program)
	list := catalogue(t, ".", program, "refusals", "--json", "--server", address)
	if len(list) < 26 {
		t.Fatalf("%d refusals", len(list))
	}
	before := workflows(t, address)
	for _, r := range list {
		t.Run(fmt.Sprint(r.Number), func(t *testing.T) {
			if !r.OwnWorkspace && !strings.Contains(r.Command, address+"/") {
				t.Fatalf("it does not call %s:\n%s", address, r.Command)
			}
			answer := paste(t, t.TempDir(), r.Command)
			check(t, r, answer)
			if !r.OwnWorkspace { // several refusals have the same words: the journal tells them apart
				if got := noted(t, answer); got != r.Number {
					t.Errorf("the journal says refusal %d", got)
				}
			}
		})
	}
	if after := workflows(t, address); after != before {
		t.Errorf("the commands left the workflows otherwise than they were:\n%s", after)
	}
}

// Run from the sources, by go run, the emulator that a command starts ends with it
// too, and its folder is gone.
func TestTheEmulatorOfACommandEnds(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	temporary := t.TempDir()
	list := catalogue(t, root, "go", "run", "./cmd/emulator", "refusals", "18", "--json")
	if len(list) != 1 || !strings.Contains(list[0].Command, "go run ./cmd/emulator serve") {
		t.Fatalf("%+v", list)
	}
	answer := paste(t, root, "export TMPDIR='"+temporary+"'\n"+list[0].Command)
	check(t, list[0], answer)
	explain := answer.Header.Get("x-emulator-explain")
	host := regexp.MustCompile(`^http://([^/]+)/`).FindStringSubmatch(explain)
	if host == nil {
		t.Fatalf("x-emulator-explain: %q", explain)
	}
	gone := time.Now().Add(15 * time.Second)
	for {
		c, err := net.Dial("tcp", host[1])
		if err != nil {
			break
		}
		c.Close()
		if time.Now().After(gone) {
			t.Fatalf("an emulator still listens at %s", host[1])
		}
		time.Sleep(50 * time.Millisecond)
	}
	left, err := filepath.Glob(filepath.Join(temporary, "tmp.*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
