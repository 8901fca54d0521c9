package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowgate/entra"
	"flowgate/jwks"
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

// The public key is found in whichever source, at whichever place of it, and however many
// zeros its modulus begins with; every address but loopback is one that others can call.
func TestPublicKeyIsFoundWhereverItIs(t *testing.T) {
	public := string(entra.TrustedKeys())
	_, key, _ := strings.Cut(public, `"keys":[`)
	_, n, _ := strings.Cut(key, `"n":"`)
	n, _, _ = strings.Cut(n, `"`)
	modulus, err := base64.RawURLEncoding.DecodeString(n)
	if err != nil {
		t.Fatal(err)
	}
	zeros := base64.RawURLEncoding.EncodeToString(append([]byte{0, 0}, modulus...))
	others := jwks.Source{Name: "others", Static: []byte(othersKey)}
	for name, sources := range map[string][]jwks.Source{
		"second source": {others, {Name: "copied", Static: []byte(public)}},
		"second key":    {{Name: "copied", Static: []byte(strings.TrimSuffix(othersKey, "]}") + "," + key)}},
		"zeros":         {{Name: "copied", Static: []byte(strings.Replace(public, n, zeros, 1))}},
	} {
		if err := (&sources[len(sources)-1]).Check(); err != nil {
			t.Fatalf("%s is no key set that would be believed: %v", name, err)
		}
		for address, open := range map[string]bool{"10.0.0.1": true, "192.0.2.1": true, "0.0.0.0": true, "[::]": true, "[fe80::1]": true, "": true,
			"127.0.0.1": false, "127.9.9.9": false, "[::1]": false, "[::ffff:127.0.0.1]": false} {
			at, err := resolve("--http", address+":7080")
			if err != nil {
				t.Fatal(err)
			}
			if err := exposureOf(false, []endpoint{at}).check(&workspace.Workspace{Trust: sources}); (err != nil) != open {
				t.Errorf("%s at %q: %v", name, address, err)
			}
		}
	}
}

func trusts(gate *server.Server) string { return trusted(gate.Workspace()) }

func trusted(ws *workspace.Workspace) string { return ws.Trust[0].Name }
