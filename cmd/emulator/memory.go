package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"flowgate/journal"
)

// journalSize is how many calls the journal keeps.
type journalSize int

// maxJournal is far more than anybody reads: 64 GB, if each has the largest body that is kept.
const maxJournal = 1_000_000

// Decode reads what --journal is given. kong alone takes a number below zero for a flag, and
// says that there is none.
func (n *journalSize) Decode(c *kong.DecodeContext) error {
	given := c.Scan.Pop()
	written := fmt.Sprint(given.Value)
	calls, err := strconv.ParseInt(written, 0, 64)
	if given.IsEOL() || err != nil && strings.HasPrefix(written, "--") {
		_, err := c.Scan.PushToken(given).PopValue("int")
		return err
	}
	if err != nil || calls < 0 || calls > maxJournal {
		return fmt.Errorf("%q is no number of calls from 0 to %d", written, maxJournal)
	}
	*n = journalSize(calls)
	return nil
}

// headroom is what calls need beside the workspace and a journal of the largest bodies.
const headroom = 28 << 20

// garbage is how much of it may lie about, in per cent of what is kept. Less, and what is
// kept is looked through more often; more, and memory is touched for the first time more
// often, which on a virtual machine costs no less.
const garbage = 200

// limitMemory makes the collector work harder, rather than the process grow, once the
// journal is full: without a limit a process takes a multiple of what it keeps. GOGC
// and GOMEMLIMIT say otherwise.
func limitMemory(calls journalSize) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap) // ReadMemStats would stop everything for two milliseconds of a start
	debug.SetMemoryLimit(headroom + 2*int64(heap[0].Value.Uint64()) + int64(calls)*journal.MaxBody)
}
