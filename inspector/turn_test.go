package inspector

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flowgate/journal"
)

// sent is what a listener was sent, and in how many pieces.
type sent struct {
	http.ResponseWriter
	mu     sync.Mutex
	text   strings.Builder
	pieces int
}

func (w *sent) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pieces++
	return w.text.Write(p)
}

func (w *sent) Flush() {}

// listenBeside lets one listen beside so many others, who hear of nothing, and returns what it was
// sent of calls with bodies of a size that came at intervals. Time is the bubble's.
func listenBeside(t *testing.T, others, calls, size int, interval time.Duration) (heard, missed, pieces int) {
	j := journal.New(1000)
	defer j.Close()
	for range others {
		s, err := j.Subscribe(journal.Filter{Workflow: "other"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
	}
	ctx, end := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/api/requests/stream", nil)
	r.RemoteAddr = "127.0.0.1:1"
	w := &sent{ResponseWriter: httptest.NewRecorder()}
	var listening sync.WaitGroup
	listening.Go(func() { inspector{Options{Journal: j}, patience}.routes().ServeHTTP(w, r) })
	synctest.Wait()
	before := w.pieces
	for i := range calls {
		j.Add(fmt.Sprint(i), &journal.Entry{ID: fmt.Sprint(i), Body: strings.Repeat("x", size)})
		time.Sleep(interval)
	}
	time.Sleep(2 * time.Second)
	end()
	listening.Wait()
	return strings.Count(w.text.String(), "event: request\n"), strings.Count(w.text.String(), "event: missed\n"), w.pieces - before
}

// Beside fifty others one waits 50 ms on average, so twenty calls in twenty milliseconds need few
// writes; alone it is told of each.
func TestManyListenersWriteSeldom(t *testing.T) {
	for others, most := range map[int]int{50: 10, 0: 20} {
		synctest.Test(t, func(t *testing.T) {
			heard, missed, pieces := listenBeside(t, others, 20, 100, 5*time.Millisecond/time.Duration(max(1, others/10)))
			if heard != 20 || missed != 0 || pieces > most || others == 0 && pieces < 20 {
				t.Errorf("beside %d others: heard of %d calls in %d writes, missed %d", others, heard, pieces, missed)
			}
		})
	}
}

// Who waits for a moment of its own misses nothing that it would not have missed at once.
func TestWaitingListenersMissNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heard, missed, pieces := listenBeside(t, journal.MaxSubscriptions-1, 60, 64<<10, 15*time.Millisecond)
		if heard != 60 || missed != 0 {
			t.Errorf("heard of %d calls in %d writes, missed %d times", heard, pieces, missed)
		}
	})
}
