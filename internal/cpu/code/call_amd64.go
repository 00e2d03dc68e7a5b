package code

import "unsafe"

// call jumps to the code at entry. Kernels keep nothing of args.
//
//go:noescape
func call(entry uintptr, args unsafe.Pointer)
