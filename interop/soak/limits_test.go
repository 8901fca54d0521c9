package soak

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// dial opens a connection and sends what is given.
func (e *emulator) dial(sent string) (net.Conn, *bufio.Reader) {
	e.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(e.http, "http://"))
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(conn, sent); err != nil {
		e.t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

const health = "GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n"

// Ten thousand connections that were answered once and are idle keep nobody out, and
// cost what is printed here.
func TestTenThousandIdleConnections(t *testing.T) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	n := min(10_000, int(files.Cur)-500)
	if racing {
		n = min(n, 7_000) // the race detector ends a process of 8,128 goroutines
	}
	if n < 1_000 {
		t.Fatalf("this process may open %d files; raise the limit (ulimit -n)", files.Cur)
	}
	e := start(t, "--https=", "--state", t.TempDir())
	c := caller{e.http, &http.Client{}}
	c.ready(t)
	before := e.status("VmRSS")
	for i := range n {
		_, in := e.dial(health)
		response, err := http.ReadResponse(in, nil)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("connection %d: %v", i, err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
	}
	if open := e.descriptors(); open < n {
		t.Errorf("only %d are open", open)
	}
	after := e.status("VmRSS")
	t.Logf("%d idle connections: %.1f MB, was %.1f MB, %.1f kB a connection", n, float64(after)/1024, float64(before)/1024, float64(after-before)/float64(n))
	if each := (after - before) / n; each > 32 && !racing {
		t.Errorf("an idle connection costs %d kB", each)
	}
	token, err := c.mint(context.Background(), "caller", "")
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		fresh := caller{e.http, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
		if err := fresh.check(context.Background(), token, `{"order":1}`, 200, `{"received":{"order":1}}`); err != nil {
			t.Fatal(err)
		}
	}
}

// Where the system lets it open few files, it keeps some for itself: connections
// beyond take the place of idle ones, and the CA, the log and the journal go on.
func TestFewDescriptors(t *testing.T) {
	args := append([]string{"-c", `ulimit -n 256; exec "$0" "$@"`, binary}, serving...)
	e := run(t, exec.Command("sh", append(args, "--https=", "--state", t.TempDir())...))
	for i := range 500 {
		_, in := e.dial(health)
		response, err := http.ReadResponse(in, nil)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("connection %d: %v", i, err)
		}
	}
	if open := e.descriptors(); open >= 256 {
		t.Errorf("%d files are open", open)
	}
	if log := e.log.String(); strings.Contains(log, "too many open files") {
		t.Errorf("the log: %s", log)
	}
}

// A thousand clients that send a byte now and then are gone when the time for a
// header is over, and meanwhile others are answered.
func TestSlowLoris(t *testing.T) {
	e := start(t, "--https=", "--state", t.TempDir())
	c := caller{e.http, &http.Client{}}
	token, err := c.mint(context.Background(), "caller", "")
	if err != nil {
		t.Fatal(err)
	}
	var slow sync.WaitGroup
	const n = 1_000
	var closed sync.Map
	for i := range n {
		conn, _ := e.dial("POST / HTTP/1.1\r\nHost: localhost\r\n")
		slow.Go(func() {
			tick := time.NewTicker(500 * time.Millisecond)
			defer tick.Stop()
			for range 40 { // twice as long as a request may take
				<-tick.C
				if _, err := io.WriteString(conn, "X"); err != nil {
					closed.Store(i, true)
					return
				}
			}
		})
	}
	calls := 0
	done := make(chan struct{})
	go func() { slow.Wait(); close(done) }()
	for running := true; running; calls++ {
		if err := c.check(context.Background(), token, `{"order":1}`, 200, `{"received":{"order":1}}`); err != nil {
			t.Fatal(err)
		}
		select {
		case <-done:
			running = false
		default:
		}
	}
	count := 0
	closed.Range(func(any, any) bool { count++; return true })
	if count != n {
		t.Errorf("%d of %d were closed", count, n)
	}
	t.Logf("%d slow clients were closed, %d calls admitted meanwhile", count, calls)
}

// inFlight begins a call that is admitted and does not end by itself.
func (e *emulator) inFlight() (net.Conn, *bufio.Reader) {
	e.t.Helper()
	c := caller{e.http, &http.Client{}}
	token, err := c.mint(context.Background(), "caller", "")
	if err != nil {
		e.t.Fatal(err)
	}
	conn, in := e.dial("POST " + orders + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 11\r\nAuthorization: Bearer " + token + "\r\n\r\n")
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if line, err := in.ReadString('\n'); err != nil || line != want {
			e.t.Fatalf("%q, %v", line, err)
		}
	}
	return conn, in
}

func (e *emulator) deaf() {
	e.t.Helper()
	until(e.t, "it still listens", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(e.http, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
}

// The first signal lets a call end, and its answer is whole; the exit status is 0.
func TestSignalDrains(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		e := start(t, "--https=", "--state", t.TempDir())
		conn, in := e.inFlight()
		e.signal(s)
		e.deaf()
		if _, err := io.WriteString(conn, `{"order":1}`); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(in, nil)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%v: %v", response, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || string(body) != `{"received":{"order":1}}` {
			t.Errorf("%s, %v", body, err)
		}
		if err := e.wait(); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
}

// The second signal does not wait for anything: the process ends by it, not by the
// end of the time for draining, which has an exit status.
func TestSecondSignalStopsAtOnce(t *testing.T) {
	e := start(t, "--https=", "--state", t.TempDir())
	e.inFlight()
	e.signal(syscall.SIGTERM)
	e.deaf()
	e.signal(syscall.SIGTERM)
	var ended *exec.ExitError
	if err := e.wait(); !errors.As(err, &ended) || !ended.Sys().(syscall.WaitStatus).Signaled() || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v", err)
	}
}

// fails runs a command that must fail with this status, and returns what it says.
func fails(t *testing.T, status int, name string, args ...string) string {
	t.Helper()
	output, err := exec.Command(name, args...).CombinedOutput()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != status {
		t.Fatalf("%v instead of exit %d\n%s", err, status, output)
	}
	return string(output)
}

func says(t *testing.T, output string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(output, w) {
			t.Errorf("it does not say %q: %s", w, output)
		}
	}
}

// A disk with no room for the CA stops the start with what to do; nothing half
// written stays behind to stop the next one. Where there is room for the key alone, no
// half certificate is left for clients to trust: that start ends for want of an address.
func TestFullDisk(t *testing.T) {
	script := `set -e; mount -t tmpfs -o size=8k tmpfs "$1"; head -c "$2" /dev/zero >"$1/full" || true
"$0" serve "--http=$3" "--https=$3" --state "$1" || status=$?
echo "left:" $(ls "$1") >&2
exit ${status:-0}`
	begin := func(filled, address string) string {
		return fails(t, 1, "unshare", "--mount", "sh", "-c", script, binary, t.TempDir(), filled, address)
	}
	says(t, begin("8192", "127.0.0.1:0"), "TLS CA", "no space left on device",
		"name another folder with --state, or switch HTTPS off with --https=", "left: full\n")
	says(t, begin("4096", "127.0.0.1:1"), "127.0.0.1:1", "left: ca-key.pem full\n")
}

// A greeting that nobody can read is no start; a log that cannot be written is no
// reason to stop answering.
func TestFullOutput(t *testing.T) {
	says(t, fails(t, 1, "sh", "-c", `exec "$0" serve --http=127.0.0.1:0 --https= >/dev/full`, binary), "print the greeting", "no space left on device")

	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "serve", "--http=127.0.0.1:0", "--https=")
	cmd.Stdout, cmd.Stderr = in, full
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	greeting, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	origin := greeting[strings.Index(greeting, "http://"):strings.Index(greeting, ",")]
	c := caller{origin, &http.Client{}}
	token, err := c.mint(context.Background(), "caller", "")
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := c.check(context.Background(), token, `{"order":1}`, 200, `{"received":{"order":1}}`); err != nil {
			t.Fatal(err)
		}
	}
}

// A state folder that this user cannot read or write stops the start with what to do.
func TestUnusableStateFolder(t *testing.T) {
	dir, err := os.MkdirTemp("", "state")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	locked, file := filepath.Join(dir, "locked"), filepath.Join(dir, "file")
	if err := os.Mkdir(locked, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for state, why := range map[string]string{dir: "permission denied", locked: "permission denied", filepath.Join(dir, "new"): "permission denied", file: "not a directory"} {
		output := fails(t, 1, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", binary, "serve", "--http=127.0.0.1:0", "--https=127.0.0.1:0", "--state", state)
		says(t, output, why, "name another folder with --state, or switch HTTPS off with --https=")
	}
}
