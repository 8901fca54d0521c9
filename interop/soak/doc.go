// Package soak puts one real emulator, the binary as it is built, under mixed load
// with faults, and at the limits that need a process of its own: ten thousand
// connections, signals, a full disk.
package soak
