package probe

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func now() time.Time { return time.Unix(1795430000, 0) }

const (
	goodToken = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJhdWQiOiJhcGk6Ly9vcmRlcnMifQ.VGhpcyBzaWduYXR1cmUgaXMgYSBzZWNyZXQ"
	goodSig   = "Qk-this_is_the_secret_signature_of_the_URL"
	key       = "another+secret%2Fof%20a%20gateway"
)

// probeOf runs every probe there is against a handler.
func probeOf(t *testing.T, answer http.HandlerFunc) *Report {
	t.Helper()
	s := httptest.NewServer(answer)
	defer s.Close()
	target, err := ParseTarget(s.URL + invoke + "?api-version=2016-10-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=" + goodSig + "&subscription-key=" + key)
	if err != nil {
		t.Fatal(err)
	}
	token, err := ParseToken(goodToken)
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(t.Context(), Options{Target: target, Token: token, Timeout: 5 * time.Second, Now: now})
	if err != nil || len(report.Probes) < 20 {
		t.Fatalf("%+v, %v", report, err)
	}
	return report
}

func (r *Report) named(t *testing.T, name string) Result {
	t.Helper()
	for _, p := range r.Probes {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no probe %s", name)
	return Result{}
}

// Every call of a trigger that may start a run has a body that no run starts with,
// whatever its credentials are.
func TestNoProbeCanStartARun(t *testing.T) {
	var mu sync.Mutex
	calls := 0
	report := probeOf(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		calls++
		if err != nil || string(body) != harmless || json.Valid(body) || r.Header.Get("Content-Type") != "application/json" || r.Method == http.MethodGet {
			t.Errorf("%s %s: %q, %v", r.Method, r.URL, body, err)
		}
	})
	if calls != len(report.Probes) {
		t.Errorf("%d calls for %d probes", calls, len(report.Probes))
	}
}

// A gate that lets everybody through is told of at every call without good
// credentials, and passes nowhere.
func TestAGateThatLetsEverybodyThrough(t *testing.T) {
	report := probeOf(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	if report.AsExpected() || report.Summary.Differs != len(report.Probes) {
		t.Errorf("%+v", report.Summary)
	}
	for _, name := range []string{"no-credentials", "token-unsigned", "token-foreign", "token-changed", "token-cut", "sig-wrong", "signed-cut", "signed-other-scope"} {
		if p := report.named(t, name); len(p.Differences) == 0 || !strings.HasPrefix(p.Differences[0], "the call was let through") {
			t.Errorf("%s: %q", name, p.Differences)
		}
	}
}

// A server that repeats all that it is sent, in the form of a refusal and in none,
// gets no secret into the report.
func TestTheReportHoldsNoSecret(t *testing.T) {
	for _, form := range []string{"plain", "refusal"} {
		report := probeOf(t, func(w http.ResponseWriter, r *http.Request) {
			credential := r.Header.Get("Authorization")
			all := strings.Join([]string{credential, r.URL.String(), r.URL.RawQuery, r.URL.Query().Get("sig"), r.URL.Query().Get("subscription-key"),
				credential[strings.LastIndexByte(credential, '.')+1:]}, " ")
			w.Header().Set("X-Ms-Request-Id", all)
			if form == "plain" {
				_, _ = io.WriteString(w, all)
				return
			}
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": all, "message": all, "messageTemplate": all}})
		})
		text, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "[redacted]") {
			t.Errorf("%s: nothing of what was sent is in the report", form)
		}
		for _, secret := range []string{goodSig[:len(goodSig)-1], goodToken[strings.LastIndexByte(goodToken, '.')+1:][:20], "eyJ", key, "another secret", "another+secret"} {
			if at := strings.Index(string(text), secret); at >= 0 {
				t.Errorf("%s: the report has %q:\n%s", form, secret, text[max(0, at-200):at+len(secret)])
			}
		}
	}
}

// What is not observed is told apart from what is: the first differs, the second was
// only presumed.
func TestVerdicts(t *testing.T) {
	report := probeOf(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("X-Ms-Request-Id", "westeurope:00000000-0000-4000-8000-000000000000")
		for _, name := range workflowHeaders {
			w.Header().Set(name, "x")
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"code":"DirectApiAuthorizationRequired","message":"The request must be authenticated only by Shared Access scheme."}}`)
	})
	for name, want := range map[string]Verdict{"no-credentials": Same, "bearer-nonsense": Presumed, "sig-wrong": Differs} {
		if p := report.named(t, name); p.Verdict != want || p.Refusal != 4 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// Redirects are not followed, an endless answer is cut, and one that never comes is
// waited for no longer than was said.
func TestUnwillingServers(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was followed", r.URL) }))
	defer elsewhere.Close()
	report := probeOf(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if p := report.named(t, "signed-bad-body"); p.Answer.Status != http.StatusTemporaryRedirect || p.Verdict != Differs {
		t.Errorf("%+v", p)
	}

	report = probeOf(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			if _, err := w.Write(make([]byte, maxAnswer)); err != nil {
				return
			}
		}
	})
	if p := report.named(t, "no-credentials"); len(p.Answer.Body) > 1000 {
		t.Errorf("%d bytes are kept", len(p.Answer.Body))
	}

	// All calls but the first break off, and that is told of each.
	var first sync.Once
	report = probeOf(t, func(http.ResponseWriter, *http.Request) {
		answered := false
		first.Do(func() { answered = true })
		if !answered {
			panic(http.ErrAbortHandler)
		}
	})
	if report.Summary.NoAnswer != len(report.Probes)-1 || report.AsExpected() {
		t.Errorf("%+v", report.Summary)
	}
	if p := report.named(t, "signed-bad-body"); p.Answer != nil || len(p.Differences) != 1 || strings.Contains(p.Differences[0], "workflows") {
		t.Errorf("%+v", p)
	}

	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer s.Close()
	defer close(release)
	target, err := ParseTarget(s.URL + invoke)
	if err != nil {
		t.Fatal(err)
	}
	report, err = Run(t.Context(), Options{Target: target, Timeout: 20 * time.Millisecond, Now: now})
	if err == nil || report != nil || !strings.HasPrefix(err.Error(), "no answer: ") || strings.Contains(err.Error(), "workflows") {
		t.Errorf("none at all: %+v, %v", report, err)
	}
}
