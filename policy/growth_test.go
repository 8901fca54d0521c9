package policy

import (
	"fmt"
	"testing"
)

// crowd is a set of n policies of m claims each, and claims that the last policy admits.
func crowd(n, m int) (Set, Claims) {
	claims := Claims{}
	policies := make([]Policy, n)
	for i := range policies {
		p := Policy{Name: fmt.Sprintf("policy%03d", i), Type: AAD}
		for j := range m {
			name := fmt.Sprint("claim", j)
			claims[name] = "the value that is wanted"
			wanted := "the value that is wanted"
			if j == m-1 && i < n-1 {
				wanted = "another value"
			}
			p.Claims = append(p.Claims, Claim{name, wanted})
		}
		policies[i] = p
	}
	return NewSet(policies...), claims
}

// BenchmarkGrowth shows what policies and claims cost, beyond what the service saves as well.
func BenchmarkGrowth(b *testing.B) {
	for _, size := range []struct {
		by   string
		n, m int
	}{
		{"policies", 1, 5}, {"policies", 5, 5}, {"policies", 10, 5}, {"policies", 20, 5}, {"policies", 50, 5},
		{"claims", 1, 1}, {"claims", 1, 5}, {"claims", 1, 10}, {"claims", 1, 20}, {"claims", 1, 50},
	} {
		set, claims := crowd(size.n, size.m)
		at := fmt.Sprintf("%s=%d", size.by, map[string]int{"policies": size.n, "claims": size.m}[size.by])
		b.Run("admits/"+at, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := set.Admits(claims); !ok {
					b.Fatal("refused")
				}
			}
		})
		b.Run("authorize/"+at, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !set.Authorize(claims).Admitted {
					b.Fatal("refused")
				}
			}
		})
		claims["claim0"] = "nobody's value"
		b.Run("explain/"+at, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if Explain(set.Authorize(claims), claims, Known{}).Cause == "" {
					b.Fatal("no cause")
				}
			}
		})
	}
}
