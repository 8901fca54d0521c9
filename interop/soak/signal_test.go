package soak

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A command that has nothing to drain ends with the first signal, whatever it is at: here
// at telling more than anybody reads.
func TestSignalEndsACheck(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i := range 20 {
		name := filepath.Join(dir, fmt.Sprintf("%d.json", i))
		members := strings.Repeat(`{"name": "aud", "value": "https://management.azure.com"},`, 150)
		text := `{"accessControl": {"triggers": {"openAuthenticationPolicies": {"policies": {"p": {"type": "AAD", "claims": [` + strings.TrimSuffix(members, ",") + `]}}}}}}`
		text = strings.ReplaceAll(text, `"value"`, `"values"`)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	check := exec.Command(binary, append([]string{"check"}, files...)...)
	out, err := check.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReaderSize(out, 16).ReadByte(); err != nil { // it tells
		t.Fatal(err)
	}
	wantEndBy(t, syscall.SIGTERM, check)
}

// So does one that waits for a token that nobody types.
func TestSignalEndsAnExplanation(t *testing.T) {
	explain := exec.Command(binary, "explain", "--workflow", "orders")
	in, err := explain.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := explain.Start(); err != nil {
		t.Fatal(err)
	}
	wantEndBy(t, syscall.SIGINT, explain)
}

// wantEndBy sends a signal to a command that goes on until then.
func wantEndBy(t *testing.T, signal syscall.Signal, command *exec.Cmd) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		t.Fatalf("it ended by itself: %v", err)
	case <-time.After(time.Second):
	}
	if err := command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it ended well")
		}
	case <-time.After(10 * time.Second):
		_ = command.Process.Kill()
		t.Error("it goes on")
	}
}
