package soak

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// load is what the emulator is put under: each of its parts goes on until it is
// cancelled, and fails the test with the first answer that is not what it must be.
type load struct {
	t       *testing.T
	e       *emulator
	plain   caller // HTTP/1.1
	secure  caller // HTTP/2
	dir     string // the workspace
	counts  sync.Map
	failure atomic.Pointer[string]
	cancel  context.CancelFunc
}

func (l *load) count(what string) {
	n, _ := l.counts.LoadOrStore(what, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

func (l *load) done(what string) int64 {
	if n, ok := l.counts.Load(what); ok {
		return n.(*atomic.Int64).Load()
	}
	return 0
}

// TestSoak runs for SOAK and then looks whether the emulator is as it was.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("SOAK"))
	if err != nil {
		length = 10 * time.Second // a taste; the run script says how long it is meant to be
	}
	l := newLoad(t)
	idle := rest{l.e.descriptors(), l.goroutines()}

	// Cancelled and not timed out: what fails because the time is over fails after it.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer time.AfterFunc(length, cancel).Stop()
	l.cancel = cancel
	var running sync.WaitGroup
	for name, part := range parts {
		for range part.times {
			running.Go(func() { l.repeat(ctx, name, part) })
		}
	}
	early := l.peak(ctx, length/5, length/2) // after a warm-up
	late := l.peak(ctx, 0, length)
	running.Wait()
	if failed := l.failure.Load(); failed != nil {
		t.Fatal(*failed)
	}
	for name := range parts {
		t.Logf("%6d %s", l.done(name), name)
		if l.done(name) == 0 {
			t.Errorf("%s was never done", name)
		}
	}
	t.Logf("it held at most %.1f MB in the first half, %.1f MB in the second", float64(early)/1024, float64(late)/1024)
	if late > early+early/4+16<<10 {
		t.Errorf("it grows: %d kB, then %d kB", early, late)
	}
	l.after(idle)
}

// held is the memory that must not grow, in kB: what is resident. With the race detector in
// it, that is mostly the detector's, which keeps a history of every goroutine and address;
// the heap is ours.
func (l *load) held() int {
	if racing {
		return int(l.metric("go_memstats_heap_inuse_bytes") / 1024)
	}
	return l.e.status("VmRSS")
}

// peak is the most that it held, in kB, of some time.
func (l *load) peak(ctx context.Context, wait, long time.Duration) int {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	most := 0
	for begin := time.Now(); time.Since(begin) < long; {
		select {
		case <-ctx.Done():
			return most
		case <-tick.C:
		}
		if time.Since(begin) >= wait {
			most = max(most, l.held())
		}
	}
	return most
}

// rest is what the emulator has open when nobody calls.
type rest struct{ descriptors, goroutines int }

func (l *load) goroutines() int { return int(l.metric("go_goroutines")) }

// metric asks the emulator's own metrics.
func (l *load) metric(name string) float64 {
	_, body, err := l.plain.do(context.Background(), http.MethodGet, "/_emulator/metrics", "", "", nil)
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(body)
	if err != nil || found == nil {
		l.t.Fatalf("no %s in the metrics: %v\n%s", name, err, body)
	}
	n, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

// after looks for what the load left behind.
func (l *load) after(idle rest) {
	t := l.t
	l.plain.client.CloseIdleConnections()
	l.secure.client.CloseIdleConnections()
	until(t, "connections stay open", func() bool { return l.e.descriptors() <= idle.descriptors+4 })
	until(t, "goroutines stay", func() bool { return l.goroutines() <= idle.goroutines+4 })
	l.plain.ready(t)

	log := l.e.log.String()
	reloads := 0
	for line := range strings.Lines(log) {
		var entry struct{ Level, Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("the log has a line that is no JSON: %q", line)
		}
		switch {
		case strings.HasPrefix(entry.Msg, "the workspace"):
			reloads++
		case entry.Level == "ERROR" && entry.Msg != "workspace":
			t.Errorf("the log has an error: %s", line)
		}
	}
	if reloads < 2 {
		t.Errorf("%d reloads", reloads)
	}
	if secret := regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+|local-secret`).FindString(log); secret != "" {
		t.Errorf("the log has %q", secret)
	}
	l.e.signal(syscall.SIGTERM)
	if err := l.e.wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

func newLoad(t *testing.T) *load {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../fixtures/workspace")); err != nil {
		t.Fatal(err)
	}
	l := &load{t: t, dir: dir}
	l.write(l.workspace(moodyKeys(t)))
	l.e = start(t, dir, "--watch", "--https=127.0.0.1:0", "--journal=200", "--state", t.TempDir())
	l.plain = caller{l.e.http, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 50}}}
	_, pem, err := l.plain.do(context.Background(), http.MethodGet, "/_emulator/ca.pem", "", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(pem)) {
		t.Fatal("no CA")
	}
	l.secure = caller{l.e.https, &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots}}}}
	return l
}

// moodyKeys is a key set that is sometimes not there: it breaks off, says something
// else, or says nothing at all. Its keys sign nothing that is sent here.
func moodyKeys(t *testing.T) string {
	var n atomic.Int64
	set, err := os.ReadFile("../../fixtures/vectors/keys/one.json")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n.Add(1) % 5 {
		case 1:
			_, _ = w.Write(set)
		case 2:
			w.WriteHeader(http.StatusInternalServerError)
		case 3:
			_, _ = w.Write(set[:len(set)/2])
		case 4:
			panic(http.ErrAbortHandler)
		default:
			<-r.Context().Done()
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func (l *load) workspace(keys string) string {
	data, err := os.ReadFile(filepath.Join(l.dir, "emulator.yaml"))
	if err != nil {
		l.t.Fatal(err)
	}
	text := strings.Replace(string(data), "trust: [emulator]", "trust: [emulator, "+keys+"/]", 1)
	if text == string(data) {
		l.t.Fatal("the workspace trusts something else")
	}
	return text
}

func (l *load) write(text string) {
	if err := os.WriteFile(filepath.Join(l.dir, "emulator.yaml"), []byte(text), 0o600); err != nil {
		l.t.Error(err)
	}
}
