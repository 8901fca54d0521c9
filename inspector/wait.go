package inspector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	defaultWait = 10 * time.Second
	maxWait     = 10 * time.Minute
)

// howToKeep is what to do about a journal that keeps no calls.
const howToKeep = "start the emulator with --journal N, or EMULATOR_JOURNAL=N, to keep the newest N"

// wait answers when so many calls that fit have arrived. Those that are in the journal
// already count, so that it does not matter whether a test waits before or after it
// calls; since leaves out what came before.
func (i inspector) wait(w http.ResponseWriter, r *http.Request) {
	f, q, ok := i.filter(w, r, "count", "timeout")
	if !ok || !i.since(w, &f, q.Get("since")) {
		return
	}
	count, err := readCount(q.Get("count"), i.Journal.Size())
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	limit, err := readTimeout(q.Get("timeout"))
	if err != nil {
		problem(w, http.StatusBadRequest, err.Error())
		return
	}
	// It may wait for longer than other answers may take to be written.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + patience))
	ctx, cancel := context.WithTimeout(r.Context(), limit) // it ends when the client goes away
	defer cancel()
	list, err := i.Journal.Wait(ctx, f, count)
	switch {
	case err == nil:
		writeEntries(w, list)
	case errors.Is(err, context.DeadlineExceeded):
		problem(w, http.StatusRequestTimeout, fmt.Sprintf("%d of %d calls that fit arrived within %s", len(list), count, limit))
	case errors.Is(err, context.Canceled): // nobody is there to tell
	default:
		problem(w, http.StatusServiceUnavailable, err.Error())
	}
}

func readCount(written string, size int) (int, error) {
	if size == 0 {
		return 0, errors.New("the journal keeps no calls, so none can be waited for; " + howToKeep)
	}
	if written == "" {
		written = "1"
	}
	n, err := strconv.Atoi(written)
	if err != nil || n < 1 || n > size {
		return 0, fmt.Errorf("count %s is no number from 1 to %d, which is how many calls the journal keeps", quoted(written), size)
	}
	return n, nil
}

func readTimeout(written string) (time.Duration, error) {
	if written == "" {
		return defaultWait, nil
	}
	d, err := time.ParseDuration(written)
	if err != nil || d < 0 || d > maxWait {
		return 0, fmt.Errorf(`timeout %s is no time from 0s to %s; write one such as "10s"`, quoted(written), maxWait)
	}
	return d, nil
}
