package inspector

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

// asked is a request as it arrives, from this machine unless it says otherwise.
func asked(method, host string, header map[string]string) *http.Request {
	r := httptest.NewRequest(method, "/_emulator/api/requests", nil)
	r.RemoteAddr, r.Host = "127.0.0.1:50000", host
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return r
}

func TestGuardPeers(t *testing.T) {
	for peer, here := range map[string]bool{
		"127.0.0.1:1": true, "127.255.0.1:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true,
		"10.0.0.1:1": false, "[::2]:1": false, "[fe80::1%eth0]:1": false, "0.0.0.0:1": false, "[::]:1": false, "": false, "@": false, "127.0.0.1": false,
	} {
		r := asked("GET", "localhost", nil)
		r.RemoteAddr = peer
		if got := (inspector{}).turnAway(r) == ""; got != here {
			t.Errorf("peer %q is let in: %v", peer, got)
		}
		if why := (inspector{Options: Options{AllowRemote: true}}).turnAway(r); why != "" {
			t.Errorf("peer %q is turned away in spite of the flag: %s", peer, why)
		}
	}
}

// What other machines may ask for is a list, so that what is added to the API is not open to them.
func TestGuardKeepsEveryAddressButFour(t *testing.T) {
	all := inspector{}.routes()
	routes := 0
	err := chi.Walk(all, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes++
		r := httptest.NewRequest(method, "/_emulator"+route, nil)
		r.RemoteAddr, r.Host = "172.17.0.1:50000", "emulator"
		in := (inspector{}).turnAway(r) == ""
		if open := route == "/health" || route == "/ready" || route == "/metrics" || route == "/ca.pem"; in != open {
			t.Errorf("%s %s is open to other machines: %v", method, route, in)
		}
		return nil
	})
	if err != nil || routes < 20 {
		t.Errorf("%d addresses, %v", routes, err)
	}
}

func TestGuardOrigins(t *testing.T) {
	for _, tc := range []struct {
		method, host, origin string
		secure, in           bool
	}{
		{"POST", "localhost:7080", "http://localhost:7080", false, true},
		{"POST", "LocalHost:7080", "http://localhost:7080", false, true},
		{"POST", "localhost:7443", "https://localhost:7443", true, true},
		{"POST", "localhost:7443", "http://localhost:7443", true, false},
		{"POST", "localhost:7080", "https://localhost:7080", false, false},
		{"POST", "localhost:7080", "http://localhost:7081", false, false},
		{"POST", "localhost:7080", "http://127.0.0.1:7080", false, false},
		{"POST", "localhost", "http://localhost.attacker.example", false, false},
		{"POST", "localhost:7080", "http://localhost:7080/", false, false},
		{"POST", "localhost:7080", "null", false, false},
		{"GET", "localhost:7080", "chrome-extension://abc", false, false},
	} {
		r := asked(tc.method, tc.host, map[string]string{"Origin": tc.origin})
		if tc.secure {
			r.TLS = &tls.ConnectionState{}
		}
		if got := (inspector{}).turnAway(r) == ""; got != tc.in {
			t.Errorf("%+v: let in: %v", tc, got)
		}
	}
	r := asked("POST", "localhost", map[string]string{"Origin": "http://localhost"})
	if r.Header.Add("Origin", "http://attacker.example"); (inspector{}).turnAway(r) == "" {
		t.Error("of two origins the first alone is looked at")
	}
}

// A host that is let in is an address, has no dots, or is one of a list: no name of
// any other shape is.
func FuzzGuardHost(f *testing.F) {
	for _, host := range []string{"127.0.0.1:7080", "[::1]", "localhost.:1", "a.localhost", "a.xlocalhost", "localhost.attacker.example", "attacker.example", "127.1", "1.1.1.1.attacker.example:80", "[::1].attacker.example", "a:b:c", "%31.attacker.example", "[fe80::1%25attacker.example]"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if (inspector{}).turnAway(asked("GET", host, nil)) != "" {
			return
		}
		name := hostname(host)
		_, err := netip.ParseAddr(name)
		if err != nil && strings.Contains(name, ".") && !strings.HasSuffix(name, ".localhost") &&
			name != "host.docker.internal" && name != "host.containers.internal" {
			t.Errorf("host %q is let in as %q", host, name)
		}
	})
}
