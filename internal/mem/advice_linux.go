package mem

import (
	"syscall"
	"unsafe"
)

const (
	hugePage     = 2 << 20
	dontNeed     = 4  // MADV_DONTNEED
	wantHugePage = 14 // MADV_HUGEPAGE
)

// huge asks for huge pages for the part of data that can have them: fewer page faults,
// and fewer misses where addresses jump.
func huge(data []byte) {
	base := uintptr(unsafe.Pointer(unsafe.SliceData(data)))
	lo := (hugePage - base%hugePage) % hugePage
	hi := uintptr(len(data))
	if hi < lo+hugePage {
		return
	}
	hi -= (base + hi) % hugePage
	// The system may refuse: it is advice.
	_ = syscall.Madvise(data[lo:hi], wantHugePage)
}

// discard gives the pages of data back to the system; they are zero when they are next
// touched. Blocks of discardable size begin and end at pages; others are left to Go.
func discard(data []byte) {
	if len(data) < discardable {
		return
	}
	_ = syscall.Madvise(data, dontNeed)
}
