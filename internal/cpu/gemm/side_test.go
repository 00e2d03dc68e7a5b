package gemm

import (
	"testing"

	"gojax/internal/cpu/run"
)

// testSides holds products of vectors that lie side by side to their definition, for all rests of
// vectors, with and without other strides between successive k, and threads that share them.
func testSides[T float32 | float64](t *testing.T) {
	defer run.SetThreads(0)
	for _, b := range []int{2, 3, 7, 8, 9, 15, 16, 17, 31, 64, 65, 127, 128, 129, 130, 143, 200, 300, 1000} {
		for _, k := range []int{1, 2, 5, 255, 256, 257, 520} {
			for _, gap := range []int{0, 3} {
				p := Product[T]{B: b, M: 1, N: 1, K: k, X: sideOf[T](b, k, 0, 1), Y: sideOf[T](b, k, gap, 7)}
				want := naive(&p)
				for _, u := range units[T](t) {
					for _, threads := range []int{1, 3} {
						run.SetThreads(threads)
						p.Out = make([]T, b)
						Multiply(u, &p, nil)
						for i := range want {
							if p.Out[i] != want[i] {
								t.Fatalf("%d bytes, %d threads, %d of %d, %d apart: element %d is %v, want %v",
									8*u.width, threads, b, k, gap, i, p.Out[i], want[i])
							}
						}
					}
				}
			}
		}
	}
}

// sideOf is b vectors of k elements, side by side.
func sideOf[T float32 | float64](b, k, gap int, seed uint32) Matrix[T] {
	m := Matrix[T]{Data: make([]T, k*(b+gap)), Batch: 1, Row: 1, Col: b + gap}
	for i := range m.Data {
		seed = seed*1664525 + 1013904223
		m.Data[i] = T(int32(seed)) / (1 << 31)
	}
	return m
}

func TestSides32(t *testing.T) { testSides[float32](t) }
func TestSides64(t *testing.T) { testSides[float64](t) }
