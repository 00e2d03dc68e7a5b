package mem

import (
	"slices"
	"strings"
	"unsafe"
)

// piece is how many bytes are copied at once: some 20 µs.
const piece = 256 << 10

// Copy is copy, but the scheduler can stop the goroutine between pieces. It cannot within
// the instructions that copy, and a collection would wait for all of a large array.
func Copy[T any](dst, src []T) int {
	n := min(len(dst), len(src))
	most := max(1, piece/max(1, int(unsafe.Sizeof(*new(T)))))
	for lo := 0; lo < n; lo += most {
		hi := min(lo+most, n)
		copyPiece(dst[lo:hi], src[lo:hi])
	}
	return n
}

// copyPiece is not inlined, so it begins with the check of the stack by which goroutines
// are stopped.
//
//go:noinline
func copyPiece[T any](dst, src []T) { copy(dst, src) }

// Clone is slices.Clone by Copy, of elements without pointers.
func Clone[T any](data []T) []T {
	bytes := len(data) * int(unsafe.Sizeof(*new(T)))
	if bytes <= piece {
		return slices.Clone(data)
	}
	// A builder has memory that was not cleared before, as only append has else.
	var b strings.Builder
	b.Grow(bytes)
	from := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), bytes)
	for p := range slices.Chunk(from, piece) {
		b.Write(p)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.StringData(b.String()))), len(data))
}
