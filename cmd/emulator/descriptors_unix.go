//go:build unix

package main

import "syscall"

// descriptorLimit returns how many files this process may have open. Go has raised
// it to what the system allows.
func descriptorLimit() (uint64, bool) {
	var l syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	return uint64(l.Cur), err == nil
}
