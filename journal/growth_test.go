package journal

import (
	"fmt"
	"testing"
)

// BenchmarkGrowth shows that adding a call costs the same in a journal of any size, and what finding
// calls in it costs.
func BenchmarkGrowth(b *testing.B) {
	for _, size := range []int{100, 1_000, 10_000, 100_000} {
		j := opened(b, size)
		entries := make([]*Entry, size)
		for i := range entries {
			entries[i] = &Entry{ID: fmt.Sprint(i), Workflow: fmt.Sprint("w", i%10), Outcome: Admitted}
			add(j, entries[i])
		}
		at := fmt.Sprintf("entries=%d", size)
		b.Run("add/"+at, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				add(j, entries[i%size])
				i++
			}
		})
		b.Run("newest-50/"+at, func(b *testing.B) {
			for b.Loop() {
				if len(j.List(Filter{Limit: 50})) != 50 {
					b.Fatal("fewer")
				}
			}
		})
		b.Run("none-chosen/"+at, func(b *testing.B) {
			for b.Loop() {
				if len(j.List(Filter{Workflow: "another", Limit: 50})) != 0 {
					b.Fatal("one")
				}
			}
		})
	}
}
