package main

import (
	"testing"
)

// FuzzKernel tries kernels of any seed. As a test it tries a few.
func FuzzKernel(f *testing.F) {
	n := uint64(200)
	if testing.Short() {
		n = 20
	}
	for seed := range n {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		if err := checkKernel(seed); err != nil {
			t.Fatal(err)
		}
	})
}
