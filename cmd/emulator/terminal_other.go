//go:build !windows

package main

import "os"

// isConsole tells a terminal from the null device, the one other character device that
// is given for a stream.
func isConsole(f *os.File) bool {
	given, err := f.Stat()
	if err != nil {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(given, null)
}
