package main

import (
	"os"
	"syscall"
)

// isConsole tells a console from the other character devices, such as NUL.
func isConsole(f *os.File) bool {
	var mode uint32
	return syscall.GetConsoleMode(syscall.Handle(f.Fd()), &mode) == nil
}
