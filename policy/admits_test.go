package policy

import "testing"

// Admits must be free: it is asked on every call.
func TestAdmitsAllocatesNothing(t *testing.T) {
	set := NewSet(
		Policy{"a", AAD, []Claim{{"iss", v1Contoso}, {"roles", "x"}}},
		Policy{"b", AAD, []Claim{{"iss", v1Contoso}, {"roles", "Payroll.Run"}}},
	)
	claims := appToken("roles", []any{"A", "Payroll.Run"})
	if by, ok := set.Admits(claims); !ok || by != "b" {
		t.Fatalf("admits %v by %q", ok, by)
	}
	stranger := appToken("iss", v1Fabrikam)
	if n := testing.AllocsPerRun(100, func() { set.Admits(claims); set.Admits(stranger) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func admitsAgrees(t *testing.T, set Set, claims Claims) {
	t.Helper()
	d := set.Authorize(claims)
	if by, ok := set.Admits(claims); ok != d.Admitted || by != d.By {
		t.Fatalf("Admits says %v by %q, Authorize %v by %q", ok, by, d.Admitted, d.By)
	}
}

func TestAdmitsAgreesWithAuthorize(t *testing.T) {
	for _, tc := range explainCases {
		admitsAgrees(t, tc.set, tc.claims)
	}
	for _, set := range []Set{{}, NewSet(Policy{Name: "empty"}), NewSet(Policy{Name: "empty"}, asks("iss", v1Contoso).policies[0]), asks("iss", v1Contoso)} {
		admitsAgrees(t, set, appToken())
		admitsAgrees(t, set, nil)
	}
}
