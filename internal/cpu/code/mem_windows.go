//go:build amd64

package code

import (
	"os"
	"syscall"
	"unsafe"
)

var (
	kernel32       = syscall.NewLazyDLL("kernel32.dll")
	virtualAlloc   = kernel32.NewProc("VirtualAlloc")
	virtualProtect = kernel32.NewProc("VirtualProtect")
	virtualFree    = kernel32.NewProc("VirtualFree")
)

const (
	memCommit       = 0x1000
	memReserve      = 0x2000
	memRelease      = 0x8000
	pageReadWrite   = 0x04
	pageExecuteRead = 0x20
)

// alloc returns writable pages of at least n bytes.
func alloc(n int) ([]byte, error) {
	page := os.Getpagesize()
	n = max(page, (n+page-1)&^(page-1))
	p, _, err := virtualAlloc.Call(0, uintptr(n), memCommit|memReserve, pageReadWrite)
	if p == 0 {
		return nil, err
	}
	// The address is the system's, not Go's: read it as a pointer, where a conversion
	// would look like arithmetic.
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&p)), n), nil
}

// protect makes pages executable and no longer writable.
func protect(mem []byte) error {
	var old uint32
	ok, _, err := virtualProtect.Call(address(mem), uintptr(len(mem)), pageExecuteRead, uintptr(unsafe.Pointer(&old)))
	if ok == 0 {
		return err
	}
	return nil
}

// release returns pages to the system.
func release(mem []byte) {
	// It fails only for memory that alloc did not return.
	_, _, _ = virtualFree.Call(address(mem), 0, memRelease)
}
