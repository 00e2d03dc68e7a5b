package run

import (
	"fmt"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/mem"
)

// Memory lends memory for temporaries, which is recycled. The zero Memory is ready.
type Memory struct{}

// Temporaries is the memory that library steps and programs work in.
var Temporaries Memory

// scratch is who wants memory that no operation asked for by name.
type scratch struct{}

func (scratch) String() string { return "scratch" }

// Alloc returns memory of the given size, aligned to 8 bytes and, if it is at
// least mem.Large, to 64. What it contains is not defined. Free gives it back. It panics
// with a *core.Error if that would go over the budget of memory.
func (m *Memory) Alloc(bytes int) []byte { return alloc(scratch{}, bytes, mem.Shared.Borrow) }

// Place is Alloc for all temporaries of a program, by their plan.
func (m *Memory) Place(op fmt.Stringer, bytes int) []byte { return alloc(op, bytes, mem.Shared.Place) }

func alloc(op fmt.Stringer, bytes int, lend func(int, any) (unsafe.Pointer, error)) []byte {
	if bytes < mem.Large {
		return view(unsafe.Pointer(unsafe.SliceData(make([]uint64, (bytes+7)/8))), bytes)
	}
	p, err := lend(bytes, core.Note(op, core.Type{}, bytes))
	if err != nil {
		panic(core.OverBudget(op, core.Type{}, err))
	}
	return view(p, bytes)
}

// Free gives back what Alloc returned, all of it and once.
func (m *Memory) Free(b []byte) {
	if len(b) >= mem.Large {
		mem.Shared.Free(unsafe.Pointer(unsafe.SliceData(b)))
	}
}

func view(p unsafe.Pointer, bytes int) []byte { return unsafe.Slice((*byte)(p), bytes) }

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
