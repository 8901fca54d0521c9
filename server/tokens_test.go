package server

import (
	"testing"

	"flowgate/entra"
	"flowgate/inspector"
)

// A bad token of a running emulator is signed with the key that it signs with: its defect
// is what is refused, not a key that nobody believes any more.
func TestBadTokensAreSignedWithTheKeyOfNow(t *testing.T) {
	s := gate(t, Options{})
	if err := s.Keys().Rotate(noon, 0); err != nil {
		t.Fatal(err)
	}
	for _, b := range entra.BadTokens() {
		answer, err := s.issueToken(inspector.TokenRequest{Bad: b.Name})
		if err != nil {
			t.Fatal(err)
		}
		w := post(s, s.url(b.Workflow), "Bearer "+answer.AccessToken, "", "")
		if e := s.newest(); w.Code != answer.Bad.Status || e.Refusal != b.Refusal || e.Reason != b.Reason {
			t.Errorf("%s: answered %d, refusal %d, %s: %s", b.Name, w.Code, e.Refusal, e.Reason, e.Detail)
		}
	}
}
