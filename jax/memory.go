package jax

import (
	"gojax/internal/core"
	"gojax/internal/mem"
)

// MemoryUsage says how much memory arrays and the temporaries of programs take, in host
// memory. Arrays of less than 8 KiB are not counted.
type MemoryUsage struct {
	BytesInUse       int // now; dropped arrays count until the garbage collector has found them
	PeakBytesInUse   int // the most so far
	BytesLimit       int // the most that may be: see SetMemoryLimit
	BytesReserved    int // of memory that waits to be used again
	LargestAllocSize int // the most that was asked for at once
	NumAllocs        int // how often memory was asked for
}

// MemoryStats returns the figures of this process.
func MemoryStats() MemoryUsage {
	s := mem.Shared.Stats()
	return MemoryUsage{s.Live, s.Peak, s.Limit, s.Kept, s.Largest, s.Lent}
}

// SetMemoryLimit sets how many bytes arrays and temporaries of programs may take: a
// process-wide budget, by default nine tenths of what the system has for this process; 0
// means that. An operation that would exceed it panics with an [*Error] whose cause is a
// [*MemoryError], before it takes anything and after a collection of garbage has not
// helped. If that happens to a program that runs asynchronously, the panic comes where its
// results are waited for.
func SetMemoryLimit(bytes int) { mem.Shared.SetLimit(bytes) }

// A MemoryError says that an operation would go over the limit of memory, and lists the
// largest arrays in use.
type MemoryError = core.MemoryError

// A MemoryUse is memory in use: what made it, and the user's line.
type MemoryUse = core.Use

// LargestArrays lists the largest arrays and temporaries in use, at most so many. Those
// below 1 MiB come without what made them.
func LargestArrays(most int) []MemoryUse { return core.Uses(most) }

// TrimMemory collects what was dropped and gives the memory that waits to be used again
// back to the system.
func TrimMemory() {
	mem.Shared.Collect()
	mem.Shared.Trim()
}
