package inspector

import (
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"testing"

	"flowgate/journal"
)

// A list that cannot be written to its end is broken off: a reader would take what it has
// for all there is.
func TestListThatFailsIsBrokenOff(t *testing.T) {
	j := journal.New(10)
	defer j.Close()
	j.Add("1", &journal.Entry{ID: "1", Decision: make(chan int)}) // which no JSON is
	j.Add("2", &journal.Entry{ID: "2"})
	live := httptest.NewUnstartedServer(inspector{Options{Journal: j}, patience}.routes())
	live.Config.ErrorLog = log.New(io.Discard, "", 0) // here nobody guards it
	live.Start()
	defer live.Close()
	answer, err := live.Client().Get(live.URL + "/api/requests")
	if err == nil {
		_, err = io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		t.Errorf("the list looks whole: %v", err)
	}
}
