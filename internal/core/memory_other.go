//go:build !linux

package core

import (
	"math/bits"
	"runtime"
)

// addressable is how many bytes of address space the process may have.
func addressable() int {
	if runtime.GOARCH == "wasm" {
		return 1<<min(bits.UintSize-1, 32) - 1
	}
	return 1<<min(bits.UintSize-1, 47) - 1
}
