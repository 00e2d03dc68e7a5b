//go:build unix

package mem

import (
	"math"
	"syscall"
)

// addresses returns how many bytes of addresses this process may have, as far as that is
// limited.
func addresses() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &r); err != nil || uint64(r.Cur) > math.MaxInt {
		return math.MaxInt
	}
	return int(r.Cur)
}
