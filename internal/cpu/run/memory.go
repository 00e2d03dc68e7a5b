package run

import (
	"math/bits"
	"sync"
	"unsafe"
)

// Memory lends memory for temporaries. The zero Memory is ready; it keeps no more
// than Limit bytes of what was given back.
type Memory struct {
	Limit int // in bytes; 0 means 256 MB

	mu   sync.Mutex
	bins [bins][][]uint64
	kept int
	live int
	peak int
}

const (
	// small temporaries are left to Go's allocator, which is faster for them.
	small = 64 << 10
	bins  = 4 * 64
)

// Alloc returns memory of the given size, aligned to 8 bytes and, if it is at
// least 64 KB, to a page. What it contains is not defined. Free gives it back.
func (m *Memory) Alloc(bytes int) []byte {
	if bytes < small {
		return view(make([]uint64, (bytes+7)/8), bytes)
	}
	bin, size := class(bytes)
	m.mu.Lock()
	m.live += size
	m.peak = max(m.peak, m.live)
	var block []uint64
	if free := m.bins[bin]; len(free) > 0 {
		block = free[len(free)-1]
		free[len(free)-1] = nil
		m.bins[bin] = free[:len(free)-1]
		m.kept -= size
	}
	m.mu.Unlock()
	if block == nil {
		block = make([]uint64, size/8)
	}
	return view(block, bytes)
}

// Free gives back what Alloc returned, all of it and once.
func (m *Memory) Free(b []byte) {
	if len(b) < small {
		return
	}
	bin, size := class(len(b))
	limit := m.Limit
	if limit == 0 {
		limit = 256 << 20
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.live -= size
	if m.kept+size <= limit {
		m.kept += size
		m.bins[bin] = append(m.bins[bin], unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), size/8))
	}
}

// Trim drops what is kept for later.
func (m *Memory) Trim() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bins, m.kept = [bins][][]uint64{}, 0
}

// Use returns how many bytes of big temporaries are lent now, how many were at
// most, and how many are kept for later.
func (m *Memory) Use() (live, peak, kept int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.live, m.peak, m.kept
}

// class returns the bin for a size and the size of its blocks: four a power of
// two.
func class(bytes int) (bin, size int) {
	e := bits.Len(uint(bytes-1)) - 3 // a step of the class is 1<<e
	step := (bytes - 1) >> e         // 4 to 7
	return 4*e + step - 3, (step + 1) << e
}

func view(block []uint64, bytes int) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(block))), bytes)
}

// Of returns memory of m as n elements of a type without pointers.
func Of[T any](m *Memory, n int) []T {
	var x T
	b := m.Alloc(n * int(unsafe.Sizeof(x)))
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// Give gives back what Of returned.
func Give[T any](m *Memory, data []T) {
	var x T
	m.Free(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(x))))
}

// Temporaries is the memory that library steps and programs work in.
var Temporaries Memory
