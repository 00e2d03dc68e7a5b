//go:build !amd64

package code

import "unsafe"

// call is not reached: Load makes no Func here.
func call(uintptr, unsafe.Pointer) { panic("code: no machine code on this architecture") }
