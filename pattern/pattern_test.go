package pattern

import (
	"fmt"
	"regexp"
	"testing"
)

var guid = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

func TestIsGUID(t *testing.T) {
	const one = "0a1b2c3d-4e5F-6071-8293-A4b5c6d7e8f9"
	for i := range len(one) {
		for _, c := range "/:@G`g-0\x00\u0663" {
			s := one[:i] + string(c) + one[i+1:]
			if got, want := IsGUID(s), guid.MatchString(s); got != want {
				t.Errorf("IsGUID(%q) = %v", s, got)
			}
		}
	}
	for s, want := range map[string]bool{
		one: true, "": false, one + "\n": false, " " + one: false, "{" + one + "}": false,
		one[1:]: false, one + "0": false, "g" + one[1:]: false, "0a1b2c3d4e5f60718293a4b5c6d7e8f9": false,
	} {
		if got := IsGUID(s); got != want {
			t.Errorf("IsGUID(%q) = %v", s, got)
		}
	}
}

func TestNewPanicsWhereItIsUsed(t *testing.T) {
	broken := New("(")
	defer func() {
		if said := fmt.Sprint(recover()); said == "<nil>" {
			t.Error("no panic")
		}
	}()
	broken()
}
