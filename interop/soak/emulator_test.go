package soak

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the emulator, built once; everybody may run it.
var binary string

// racing is whether the emulator has the race detector in it. Then it ends with a
// report, and with another exit status, when it finds a race; and what it takes of
// memory is no figure of its own.
var racing = os.Getenv("RACE") == "1"

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "soak")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	binary = filepath.Join(dir, "emulator")
	if err == nil {
		build := exec.Command("go", "build", fmt.Sprintf("-race=%t", racing), "-o", binary, "./cmd/emulator")
		build.Dir = "../.."
		build.Stderr = os.Stderr
		err = build.Run()
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// emulator is a running one.
type emulator struct {
	t           *testing.T
	http, https string // origins; https may be empty
	process     *os.Process
	log         *buffer
	ended       chan error
}

// buffer is what the emulator logs; it is read while it is written.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer // not embedded: its ReadFrom, which os/exec would use, takes no lock
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs "emulator serve ARGS" on free ports and waits for its greeting.
func start(t *testing.T, args ...string) *emulator {
	t.Helper()
	return run(t, exec.Command(binary, append(serving, args...)...))
}

var serving = []string{"serve", "--http=127.0.0.1:0", "--log=json"}

// run runs a command that becomes an emulator.
func run(t *testing.T, cmd *exec.Cmd) *emulator {
	t.Helper()
	e := &emulator{t: t, log: &buffer{}, ended: make(chan error, 1)}
	cmd.Stderr = e.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e.process = cmd.Process
	greeting, err := bufio.NewReader(out).ReadString('\n')
	go func() { e.ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = e.process.Kill()
		e.wait()
	})
	if err != nil {
		t.Fatalf("no greeting: %v\n%s", err, e.log)
	}
	for scheme, origin := range map[string]*string{"http": &e.http, "https": &e.https} {
		*origin = regexp.MustCompile(`\b` + scheme + `://127\.0\.0\.1:[0-9]+`).FindString(greeting)
	}
	return e
}

// wait waits for the end; twice is the same.
func (e *emulator) wait() error {
	select {
	case err := <-e.ended:
		e.ended <- err
		return err
	case <-time.After(30 * time.Second):
		e.t.Fatal("it does not end")
		return nil
	}
}

func (e *emulator) signal(s syscall.Signal) {
	e.t.Helper()
	if err := e.process.Signal(s); err != nil {
		e.t.Fatal(err)
	}
}

// status returns a number of /proc/PID/status: kB of VmRSS, Threads.
func (e *emulator) status(name string) int {
	e.t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", e.process.Pid))
	if err != nil {
		e.t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				e.t.Fatal(err)
			}
			return n
		}
	}
	e.t.Fatalf("no %s", name)
	return 0
}

// descriptors returns how many files and connections it has open.
func (e *emulator) descriptors() int {
	e.t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", e.process.Pid))
	if err != nil {
		e.t.Fatal(err)
	}
	return len(entries)
}

// until waits for what the emulator does in its own time.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline.C:
			t.Fatal(what)
		case <-tick.C:
		}
	}
}
