package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"flowgate/journal"
)

// headroom is what calls need beside the workspace and a journal of the largest bodies.
const headroom = 28 << 20

// garbage is how much of it may lie about, in per cent of what is kept. Less, and what is
// kept is looked through more often; more, and memory is touched for the first time more
// often, which on a virtual machine costs no less.
const garbage = 200

// limitMemory makes the collector work harder, rather than the process grow, once the
// journal is full: without a limit a process takes a multiple of what it keeps. GOGC
// and GOMEMLIMIT say otherwise.
func limitMemory(calls int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(headroom + 2*int64(m.HeapAlloc) + int64(calls)*journal.MaxBody)
}
