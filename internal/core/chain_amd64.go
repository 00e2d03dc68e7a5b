package core

// chain puts the return addresses of the calling function and of those that called it
// into pcs, n at most, and returns how many there are. Calls that were inlined are not
// among them.
//
//go:noescape
func chain(pcs *uintptr, n int) int
