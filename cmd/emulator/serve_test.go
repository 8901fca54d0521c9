package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// process is the emulator run inside the test, as main runs it.
type process struct {
	t        *testing.T
	greeting []string
	log      *lockedBuffer
	stop     context.CancelFunc
	ended    chan int
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// start runs "emulator ARGS" and waits for its greeting.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &process{t: t, log: &lockedBuffer{}, stop: cancel, ended: make(chan int, 1)}
	out, in := io.Pipe()
	go func() {
		code := run(func() context.Context { return ctx }, args, strings.NewReader(""), in, p.log)
		in.Close()
		p.ended <- code
	}()
	t.Cleanup(func() { cancel() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		p.greeting = append(p.greeting, lines.Text())
		if strings.Contains(lines.Text(), "/_emulator/api/") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p
		}
	}
	t.Fatalf("no greeting: exit %d\n%s", <-p.ended, p.log)
	return nil
}

// end stops the emulator as a signal does, and returns its exit status.
func (p *process) end() int {
	p.stop()
	select {
	case code := <-p.ended:
		return code
	case <-time.After(drainTime + 5*time.Second):
		p.t.Fatal("it does not end")
		return -1
	}
}

func (p *process) origin(scheme string) string {
	m := regexp.MustCompile(scheme + `://[0-9.]+:[0-9]+`).FindString(p.greeting[0])
	if m == "" {
		p.t.Fatalf("no %s address in %q", scheme, p.greeting[0])
	}
	return m
}

func get(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestServe(t *testing.T) {
	state := t.TempDir()
	p := start(t, "serve", "--http=127.0.0.1:0", "--https=127.0.0.1:0", "--state", state, "--log=json")
	if n := len(p.greeting); n >= 10 {
		t.Errorf("the greeting has %d lines", n)
	}
	status, ca := get(t, http.DefaultClient, p.origin("http")+"/_emulator/ca.pem")
	onDisk, err := os.ReadFile(filepath.Join(state, caCertFile))
	if status != 200 || err != nil || ca != string(onDisk) {
		t.Errorf("ca.pem: %d, %v", status, err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(ca))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	for _, path := range []string{"/health", "/ready"} {
		response, err := (&http.Client{Transport: transport}).Get(p.origin("https") + "/_emulator" + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 200 || response.ProtoMajor != 2 {
			t.Errorf("%s: %s over %s", path, response.Status, response.Proto)
		}
	}
	if status, body := get(t, http.DefaultClient, p.origin("http")+"/index.html"); status != 404 || !strings.HasPrefix(body, `{"error":{"code":"NotFound"`) {
		t.Errorf("an unknown path: %d %s", status, body)
	}
	// The health check finds it, over HTTP and over HTTPS, and does not once it is gone.
	host := strings.TrimPrefix(p.origin("http"), "http://")
	secure := strings.TrimPrefix(p.origin("https"), "https://")
	check := func(args ...string) int {
		return run(context.Background, append([]string{"healthcheck", "--timeout=2s", "--state=" + state}, args...), nil, io.Discard, io.Discard)
	}
	if check("--http="+host) != exitOK || check("--http=", "--https="+secure) != exitOK {
		t.Error("the health check does not find it")
	}
	if code := p.end(); code != exitOK {
		t.Errorf("exit %d\n%s", code, p.log)
	}
	if check("--http="+host) != exitFailure || check("--http=", "--https="+secure) != exitFailure {
		t.Error("the health check finds an emulator that is gone")
	}
	if !strings.Contains(p.log.String(), `"reason":"route"`) {
		t.Errorf("the log has no line of the call:\n%s", p.log)
	}
}

func TestServeRefusesToStart(t *testing.T) {
	busy := start(t, "--http=127.0.0.1:0", "--https=")
	defer busy.end()
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"nothing to listen on":    {[]string{"--http=", "--https="}, exitUsage, "nothing would listen"},
		"a port in use":           {[]string{"--https=", "--http=" + strings.TrimPrefix(busy.origin("http"), "http://")}, exitFailure, "name another address, or port 0"},
		"no such workspace":       {[]string{"serve", filepath.Join(t.TempDir(), "none")}, exitFailure, "no such file or folder"},
		"an unknown flag":         {[]string{"serve", "--port=1"}, exitUsage, "unknown flag --port"},
		"an unknown log form":     {[]string{"serve", "--log=xml"}, exitUsage, "--log"},
		"an address that is none": {[]string{"--http=127.0.0.1"}, exitUsage, "write host:port"},
		"nothing to watch":        {[]string{"--watch"}, exitUsage, "name a workspace folder"},
		"a negative journal":      {[]string{"--journal=-1"}, exitUsage, "is no number of calls"},
		"a boundless journal":     {[]string{"--journal=140737488355328"}, exitUsage, "is no number of calls"}, // times 64 KiB it is 2⁶³
	} {
		var errs bytes.Buffer
		code := run(context.Background, tc.args, nil, io.Discard, &errs)
		if code != tc.code || !strings.Contains(errs.String(), tc.want) {
			t.Errorf("%s: exit %d, %s", name, code, &errs)
		}
	}
}

// A start that cannot greet leaves nothing listening behind.
func TestFailedGreetingClosesTheListeners(t *testing.T) {
	var addresses []string
	for range 2 {
		l := must(net.Listen("tcp", "127.0.0.1:0"))
		addresses = append(addresses, l.Addr().String())
		l.Close()
	}
	var errs bytes.Buffer
	code := run(context.Background, []string{"--http=" + addresses[0], "--https=" + addresses[1], "--state", t.TempDir()}, nil, unwritable{}, &errs)
	if code != exitFailure || !strings.Contains(errs.String(), "print the greeting") {
		t.Fatalf("exit %d, %s", code, &errs)
	}
	for _, address := range addresses {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Errorf("it listens still: %v", err)
			continue
		}
		l.Close()
	}
}

type unwritable struct{}

func (unwritable) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestWatchKeepsTheLastGoodWorkspace(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("w.json", `{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{}}},"actions":{}}}`)
	write("emulator.yaml", "workflows:\n  - { file: w.json, name: first }\n")
	p := start(t, "serve", dir, "--watch", "--http=127.0.0.1:0", "--https=")
	names := func() string {
		_, body := get(t, http.DefaultClient, p.origin("http")+"/_emulator/api/workflows")
		return strings.Join(regexp.MustCompile(`"(first|second)"`).FindAllString(body, -1), " ")
	}
	eventually := func(what string, done func() bool) {
		t.Helper()
		deadline := time.NewTimer(10 * watchEvery)
		defer deadline.Stop()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for !done() {
			select {
			case <-deadline.C:
				t.Fatalf("%s: %s\n%s", what, names(), p.log)
			case <-tick.C:
			}
		}
	}
	write("emulator.yaml", "workflows:\n  - { file: w.json, name: second }\n")
	eventually("the new workspace is served", func() bool { return names() == `"second"` })
	write("emulator.yaml", "workflows:\n  - { file: w.json, nam: broken }\n")
	eventually("the bad workspace is reported", func() bool { return strings.Contains(p.log.String(), "the last good one stays") })
	if names() != `"second"` {
		t.Errorf("after a bad workspace: %s", names())
	}
	if !strings.Contains(p.log.String(), "emulator.yaml:2:21") || !strings.Contains(p.log.String(), "nam") {
		t.Errorf("the report lacks the place:\n%s", p.log)
	}
	write("emulator.yaml", "workflows:\n  - { file: w.json, name: first }\n")
	eventually("a mended workspace is served", func() bool { return names() == `"first"` })
}
