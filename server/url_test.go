package server

import (
	"net/http"
	"strings"
	"testing"

	"flowgate/journal"
)

// One character more than the service takes is turned away before anything else is
// looked at, and is no echo of what was sent.
func TestURLLimit(t *testing.T) {
	s := gate(t, Options{})
	for _, path := range []string{s.url("orders") + "&x=", "/nothing/here?"} {
		fits := path + strings.Repeat("x", maxURL-len("http://localhost"+path))
		if w := post(s, fits, "", "", ""); w.Code == http.StatusRequestURITooLong {
			t.Errorf("%d characters: %d", maxURL, w.Code)
		}
		w := post(s, fits+"x", "", "", "")
		e := s.newest()
		if w.Code != http.StatusRequestURITooLong || w.Body.Len() != 0 || e.Outcome != journal.Refused || e.Reason != string(ReasonRoute) || !strings.Contains(e.Detail, "16385 characters") {
			t.Errorf("%d %q, noted %s %s %s", w.Code, w.Body, e.Outcome, e.Reason, e.Detail)
		}
	}
}
