package prefault

import (
	"runtime"
	"syscall"
	"unsafe"
)

// Advice of madvise(2), since Linux 5.14: page tables are filled as if every page had been read, or
// written. Contents stay as they are.
const (
	populateRead  = 22
	populateWrite = 23
)

const (
	heap = 2 << 20 // a start leaves as much in use
	code = 8 << 20 // as much as there is, or nearly
)

// object lies on the heap, for it outlives init.
var object *[64]byte

// The heap is taken into use upwards from a random place, where the object now lies; code begins
// with the runtime's. What lies beyond the end of either is refused by the kernel, as is all of it
// by a kernel before 5.14: pages are then mapped as they are touched, as ever.
func init() {
	object = new([64]byte)
	_ = populate(uintptr(unsafe.Pointer(object)), heap, populateWrite)
	first := runtime.GC // a function's value points to where its address is
	_ = populate(**(**uintptr)(unsafe.Pointer(&first)), code, populateRead)
}

// populate maps so many bytes from the page that holds an address. Its error is a syscall.Errno, and
// comes after what could be mapped has been.
func populate(address, size, advice uintptr) error {
	page := uintptr(syscall.Getpagesize())
	if _, _, failure := syscall.Syscall(syscall.SYS_MADVISE, address&^(page-1), size, advice); failure != 0 {
		return failure
	}
	return nil
}
