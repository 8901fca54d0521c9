//go:build !unix

package main

// descriptorLimit: no limit of this system is known.
func descriptorLimit() (uint64, bool) { return 0, false }
