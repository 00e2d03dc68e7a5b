//go:build amd64 && (linux || darwin)

package code

import (
	"os"
	"syscall"
)

// alloc returns writable pages of at least n bytes.
func alloc(n int) ([]byte, error) {
	page := os.Getpagesize()
	n = max(page, (n+page-1)&^(page-1))
	return syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
}

// protect makes pages executable and no longer writable.
func protect(mem []byte) error { return syscall.Mprotect(mem, syscall.PROT_READ|syscall.PROT_EXEC) }

// release returns pages to the system.
func release(mem []byte) {
	// It fails only for memory that alloc did not return.
	_ = syscall.Munmap(mem)
}
