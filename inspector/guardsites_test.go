package inspector

import "testing"

// Of what another site's page makes a browser ask, the following of a link alone is fine.
func TestGuardOtherSites(t *testing.T) {
	for _, tc := range []struct {
		method, mode, dest string
		in                 bool
	}{
		{"GET", "navigate", "document", true},
		{"HEAD", "navigate", "document", true},
		{"POST", "navigate", "document", false},
		{"PUT", "navigate", "document", false},
		{"GET", "navigate", "iframe", false},
		{"GET", "navigate", "", false},
		{"GET", "no-cors", "image", false},
		{"GET", "no-cors", "document", false},
	} {
		r := asked(tc.method, "localhost", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": tc.mode, "Sec-Fetch-Dest": tc.dest})
		if got := (inspector{}).turnAway(r) == ""; got != tc.in {
			t.Errorf("%+v: let in: %v", tc, got)
		}
	}
}

// A name may end with the dot of the root.
func TestGuardFinalDot(t *testing.T) {
	for host, in := range map[string]bool{"localhost.:7080": true, "127.0.0.1.": true, "a.localhost.": true, "host.docker.internal.": true, "attacker.example.": false} {
		if got := (inspector{}).turnAway(asked("GET", host, nil)) == ""; got != in {
			t.Errorf("%s: let in: %v", host, got)
		}
	}
}
