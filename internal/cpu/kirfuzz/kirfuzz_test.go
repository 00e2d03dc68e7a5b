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

// TestPrograms tries a few programs at the level of this process.
func TestPrograms(t *testing.T) {
	n := uint64(150)
	if testing.Short() {
		n = 20
	}
	for seed := range n {
		if _, err := checkProgram(seed); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}
