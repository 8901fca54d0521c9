package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"

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
