package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"flowgate/journal"
)

// headroom is what calls need beside the workspace and a journal of the largest bodies.
const headroom = 28 << 20

// limitMemory makes the collector work harder, rather than the process grow, once the
// journal is full: without a limit a process takes twice what it keeps. GOMEMLIMIT
// says otherwise.
func limitMemory(calls int) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(headroom + 2*int64(m.HeapAlloc) + int64(calls)*journal.MaxBody)
}
