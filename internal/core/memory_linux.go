package core

import (
	"math"
	"syscall"
)

// addressable is how many bytes of address space the process may have.
func addressable() int {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &r) != nil || r.Cur > math.MaxInt {
		return math.MaxInt
	}
	return int(r.Cur)
}
