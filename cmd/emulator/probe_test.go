package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flowgate/probe"
	"flowgate/server"
)

// runProbe runs the command and returns its exit status and what it printed.
func runProbe(t *testing.T, in string, args ...string) (int, string, string) {
	t.Helper()
	var out, problems bytes.Buffer
	code := run(t.Context, append([]string{"probe"}, args...), strings.NewReader(in), &out, &problems)
	return code, out.String(), problems.String()
}

// The emulator answers every probe of every embedded workflow as the catalogue says,
// with a token and with a signature; and no run starts.
func TestTheEmulatorPassesItsOwnProbes(t *testing.T) {
	g := serveEmbedded(t)
	untaken := map[string]int{"hooks": 11, "signup": 11, "payroll": 0, "orders": 0, "invoices": 0, "approvals": 0}
	for _, w := range g.Workspace().Workflows {
		want, ok := untaken[w.Name]
		if !ok {
			t.Fatalf("%s is not in the table", w.Name)
		}
		_, url := server.URLs(g.url, w, "manual")
		token := tokenFor(t, audience(w.Name))
		code, out, problems := runProbe(t, token, "--url", url, "--token", "-", "--json")
		var report probe.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		if code != exitOK || len(report.Probes) < 18 || report.Summary.Same != len(report.Probes) || problems != "" || !report.Emulator {
			t.Errorf("%s: exit %d\n%s%s", w.Name, code, out, problems)
		}
		for _, p := range report.Probes {
			if p.Name == "token-bad-body" && want != 0 && p.Refusal != want {
				t.Errorf("%s: refusal %d, not %d", w.Name, p.Refusal, want)
			}
		}
		_, sig, _ := strings.Cut(url, "sig=")
		if strings.Contains(out, "eyJ") || sig != "" && strings.Contains(out, sig) {
			t.Errorf("%s: the report has a token or a signature:\n%s", w.Name, out)
		}
	}
	_, body := get(t, http.DefaultClient, g.url+"/_emulator/api/requests?outcome=admitted")
	if !strings.Contains(body, `"requests": []`) {
		t.Errorf("admitted:\n%s", body)
	}
}

func tokenFor(t *testing.T, resource string, more ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	if code := run(t.Context, append([]string{"token", "--resource", resource}, more...), strings.NewReader(""), &out, &problems); code != exitOK {
		t.Fatal(problems.String())
	}
	return out.String()
}

// A run starts only when it is asked for, once for each credential.
func TestProbeRuns(t *testing.T) {
	g := serveEmbedded(t)
	_, url := server.URLs(g.url, g.Workspace().Workflows[0], "manual")
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(tokenFor(t, "https://management.azure.com/")), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, problems := runProbe(t, "", "--url", url, "--token", "@"+file, "--run")
	if code != exitOK || !strings.Contains(out, "\nsigned-run ") || !strings.Contains(out, "\ntoken-run ") {
		t.Errorf("exit %d\n%s%s", code, out, problems)
	}
	_, body := get(t, http.DefaultClient, g.url+"/_emulator/api/requests?outcome=admitted")
	if n := strings.Count(body, `"outcome": "admitted"`); n != 2 {
		t.Errorf("%d runs", n)
	}
}

// A token that has expired settles another row of the catalogue.
func TestProbeWithAnExpiredToken(t *testing.T) {
	g := serveEmbedded(t)
	url, _ := server.URLs(g.url, g.Workspace().Workflows[0], "manual")
	code, out, problems := runProbe(t, "Bearer "+tokenFor(t, "https://management.azure.com/", "--bad", "expired"), "--url", url, "--token", "-")
	if code != exitOK || !strings.Contains(out, "\ntoken-expired        12 presumed  ") || strings.Contains(out, "token-bad-body") {
		t.Errorf("exit %d\n%s%s", code, out, problems)
	}
}
