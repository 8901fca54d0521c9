// Package readme runs what the README shows: every console block, command by
// command, in a shell as a reader would, and compares what it prints.
package readme
