// Package prefault has the kernel map, in two calls, the memory that every start of the command goes
// on to touch page by page, and gives the stack its size at once. It exists for what it does when it is
// initialised.
//
// A first touch of a page traps into the kernel, and under some hypervisors out of the virtual
// machine as well: 16 us where bench/README.md was measured, and 9 when the kernel was told
// beforehand. A start touches some 2,000 pages, and takes a fifth to a quarter less time with this
// package. Where a trap is cheap it changes nothing that can be seen. What it maps and nobody touches
// is 1 to 2 MB.
//
// It imports little and its path sorts early, so that it is initialised before nearly all others,
// whose own initialisation touches most of the pages.
package prefault
