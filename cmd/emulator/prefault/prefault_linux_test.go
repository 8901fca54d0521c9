package prefault

import (
	"bytes"
	"errors"
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// Every page is mapped up to where no memory may be used, which is an error, and what was written
// stays.
func TestPopulateMapsEveryPageThatIsThere(t *testing.T) {
	const pages = 8
	size := syscall.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 2*pages*size, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(memory) }()
	usable := memory[:pages*size]
	if err := syscall.Mprotect(usable, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		t.Fatal(err)
	}
	_ = syscall.Madvise(memory, syscall.MADV_NOHUGEPAGE) // or one touch might map several
	usable[size] = 7
	if got := resident(t, usable); !bytes.Equal(got, []byte{0, 1, 0, 0, 0, 0, 0, 0}) {
		t.Fatalf("resident before: %v", got)
	}
	if err := populate(uintptr(unsafe.Pointer(&usable[9])), uintptr(size), populateWrite); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err) // or nobody ever runs this
		}
		t.Skipf("this kernel is older than 5.14: %v", err)
	}
	if err := populate(uintptr(unsafe.Pointer(&usable[size])), uintptr(len(memory)-size), populateWrite); err == nil {
		t.Error("a range that ends beyond what may be used was taken whole")
	}
	if got := resident(t, usable); !bytes.Equal(got, bytes.Repeat([]byte{1}, pages)) {
		t.Errorf("resident after: %v", got)
	}
	if usable[size] != 7 {
		t.Error("what was written is gone")
	}
}

// resident says of every page whether it is mapped.
func resident(t *testing.T, memory []byte) []byte {
	t.Helper()
	mapped := make([]byte, len(memory)/syscall.Getpagesize())
	_, _, err := syscall.Syscall(syscall.SYS_MINCORE, uintptr(unsafe.Pointer(&memory[0])), uintptr(len(memory)), uintptr(unsafe.Pointer(&mapped[0])))
	if !errors.Is(err, syscall.Errno(0)) {
		t.Fatal(err)
	}
	for i := range mapped {
		mapped[i] &= 1
	}
	return mapped
}
