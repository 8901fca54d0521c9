package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

// newLogger returns a logger and what ends it: lines are written behind the callers'
// backs, and the last of them when the returned function is called.
func newLogger(form string, w io.Writer) (*slog.Logger, func()) {
	l := newLines(w)
	if form == "json" {
		return slog.New(slog.NewJSONHandler(l, nil)), l.close
	}
	return slog.New(slog.NewTextHandler(l, nil)), l.close
}

const (
	// maxPending bounds the log that a slow reader has not taken yet. What comes
	// beyond it is counted and dropped: a terminal that is held must hold no call.
	maxPending = 1 << 20
	// gather is how long lines are gathered between two writes, so that a busy
	// emulator does not make a system call for each.
	gather = 2 * time.Millisecond
	// endTime is how long the end waits for a reader.
	endTime = time.Second
)

// lines is a writer that never makes its caller wait for the one behind it. Each
// Write is one line.
type lines struct {
	out     io.Writer
	mu      sync.Mutex
	pending []byte
	dropped int
	wake    chan struct{} // capacity 1
	ending  chan struct{}
	ended   chan struct{}
	once    sync.Once
}

func newLines(out io.Writer) *lines {
	l := &lines{out: out, wake: make(chan struct{}, 1), ending: make(chan struct{}), ended: make(chan struct{})}
	go l.run()
	return l
}

// Write takes a line. It never fails: a log that cannot be written is nobody to tell.
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	first := len(l.pending) == 0
	if len(l.pending)+len(line) > maxPending {
		l.dropped++
	} else {
		l.pending = append(l.pending, line...)
	}
	l.mu.Unlock()
	if first {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	return len(line), nil
}

func (l *lines) run() {
	defer close(l.ended)
	var spare []byte
	for {
		select {
		case <-l.wake:
			spare = l.flush(spare)
			time.Sleep(gather)
		case <-l.ending:
			l.flush(spare)
			return
		}
	}
}

// flush writes what is pending and returns a buffer to use again.
func (l *lines) flush(spare []byte) []byte {
	l.mu.Lock()
	text, dropped := l.pending, l.dropped
	l.pending, l.dropped = spare[:0], 0
	l.mu.Unlock()
	if dropped > 0 {
		text = append(bytes.Clone(text), fmt.Sprintf("emulator: %d lines of the log are missing here: nobody read them in time\n", dropped)...)
	}
	_, _ = l.out.Write(text)
	return text
}

// close writes what is left, unless the one behind takes nothing: the emulator must
// be able to end.
func (l *lines) close() {
	l.once.Do(func() { close(l.ending) })
	select {
	case <-l.ended:
	case <-time.After(endTime):
	}
}
