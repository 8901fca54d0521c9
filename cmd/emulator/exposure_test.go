package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowgate/server"
	"flowgate/workspace"
)

// With the flag it starts where others can call, and warns.
func TestServeBeyondLoopbackWhenTold(t *testing.T) {
	p := start(t, "serve", "--http=0.0.0.0:0", "--https=", "--allow-public-key")
	if status, body := get(t, http.DefaultClient, p.origin("http")+"/_emulator/ready"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if code := p.end(); code != exitOK { // the log is written in the background, and whole at the end
		t.Errorf("exit %d", code)
	}
	if !strings.Contains(p.log.String(), "listening beyond loopback") {
		t.Errorf("it does not warn:\n%s", p.log)
	}
}

// othersKey is a key set that the emulator cannot sign for.
const othersKey = `{"keys":[{"kty":"RSA","use":"sig","kid":"other","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]}`

// A reload cannot do what a start may not: a gate that others can call keeps its
// keys, and its workspace.
func TestReloadCannotTrustThePublicKeyBeyondLoopback(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"w.json":        `{"definition":{"triggers":{"manual":{"type":"Request","kind":"Http","inputs":{}}},"actions":{}}}`,
		"keys.json":     othersKey,
		"emulator.yaml": "trust: [keys.json]\nworkflows: [{ file: w.json, name: first }]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first, _, problems := readWorkspace(dir)
	if first == nil {
		t.Fatal(problems)
	}
	public, _, _ := readWorkspace("")
	at, err := resolve("--http", "0.0.0.0:7080")
	if err != nil {
		t.Fatal(err)
	}
	exposed := exposureOf(false, []endpoint{{flag: "--https"}, at})
	if err := exposed.check(first); err != nil {
		t.Errorf("other keys: %v", err)
	}
	gate, err := server.New(context.Background(), server.Options{Workspace: first})
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Close()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	reload(context.Background(), public, nil, gate, exposed, logger)
	if trusts(gate) != trusted(first) || !strings.Contains(log.String(), "the last good one stays") || !strings.Contains(log.String(), "--allow-public-key") {
		t.Errorf("it was loaded:\n%s", &log)
	}
	reload(context.Background(), public, nil, gate, exposureOf(true, []endpoint{at}), logger)
	if trusts(gate) != trusted(public) {
		t.Errorf("with the flag it was not:\n%s", &log)
	}
}

func trusts(gate *server.Server) string { return trusted(gate.Workspace()) }

func trusted(ws *workspace.Workspace) string { return ws.Trust[0].Name }
