package server

import (
	"fmt"
	"net/http"
	"testing"

	"flowgate/journal"
)

// BenchmarkCallWhileOthersListen shows that calls cost the same with a hundred that
// listen to the journal, of whom half never take what they are sent.
func BenchmarkCallWhileOthersListen(b *testing.B) {
	for _, listeners := range []int{0, 100} {
		b.Run(fmt.Sprintf("listeners=%d", listeners), func(b *testing.B) {
			s, target, authorization := served(b, 10, 1000)
			for i := range listeners {
				l, err := s.journal.Subscribe(journal.Filter{})
				if err != nil {
					b.Fatal(err)
				}
				defer l.Close()
				if i%2 == 0 {
					go follow(l)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if w := post(s, target, authorization, "application/json", `{"order":1}`); w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

func follow(l *journal.Subscription) {
	for {
		select {
		case <-l.Ready():
			for _, e := range l.Take() {
				if e.Entry != nil {
					e.JSON()
				}
			}
		case <-l.Done():
			return
		}
	}
}
