package code

import (
	"runtime"
	"unsafe"
)

// Call runs the kernel f with RDI = args. It costs a few nanoseconds and does not
// allocate. What args points to may lie on the goroutine's stack if its pointers have
// pointer types: a stack that moves takes those along, but no uintptr.
//
// It is not inlined, and not marked nosplit, so that each call begins with the check of
// the stack by which the scheduler stops a goroutine: without it, a loop of calls would
// hold up garbage collections for seconds.
//
//go:noinline
func Call(f Func, args unsafe.Pointer) {
	call(f.entry, args)
	runtime.KeepAlive(f.code)
}

// address is where mem begins.
func address(mem []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(mem))) }
