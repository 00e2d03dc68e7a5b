package lib

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"gojax/internal/cpu/run"
)

// draws are distributions of keys: what is split by their digits differs.
var draws = []func(r *rand.Rand, i int) uint64{
	func(r *rand.Rand, i int) uint64 { return r.Uint64() },
	func(r *rand.Rand, i int) uint64 { return 1 << 40 },
	func(r *rand.Rand, i int) uint64 { return uint64(i) * 0x0101010101 },
	func(r *rand.Rand, i int) uint64 { return r.Uint64() >> r.IntN(64) },
	func(r *rand.Rand, i int) uint64 { return r.Uint64N(3) << 32 * 0x81 },
	func(r *rand.Rand, i int) uint64 { // nearly all in one place
		if r.IntN(10_000) == 0 {
			return r.Uint64()
		}
		return 0x5a5a5a_00_5a_000000 | r.Uint64N(1<<16)<<8
	},
	func(r *rand.Rand, i int) uint64 { // several long parts and short ones
		return r.Uint64N(1<<r.IntN(9))<<56 | r.Uint64N(1<<r.IntN(17))<<32 | r.Uint64N(1<<20)
	},
}

func TestRadix(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	sizes := []int{2, shortRow, shortRow + 1, 1000, mediumRow, mediumRow + 1, chunk - 1, 2*chunk + 3 + chunk/2}
	for i, draw := range draws {
		for k, n := range sizes {
			run.SetThreads(1 + r.IntN(4))
			keys := make([]uint64, n)
			for j := range keys {
				keys[j] = draw(r, j)
			}
			if n <= mediumRow || (i+k)%3 == 0 {
				x := make([][1]uint32, n)
				for j, key := range keys {
					x[j][0] = uint32(key >> 32)
				}
				testRadix[[1]uint32, uint32](t, i, x, 0, 32)
			}
			if n <= mediumRow || (i+k)%3 == 1 {
				x := make([][1]uint64, n)
				for j, key := range keys {
					x[j][0] = key&^(1<<32-1) | uint64(j)
				}
				testRadix[[1]uint64, uint64](t, i, x, 32, 64)
			}
			if n <= mediumRow || (i+k)%3 == 2 {
				x := make([][2]uint64, n)
				for j, key := range keys {
					x[j] = [2]uint64{key, uint64(j)}
				}
				testRadix[[2]uint64, uint64](t, i, x, 8*r.IntN(2), 64)
			}
		}
	}
	run.SetThreads(0)
}

func testRadix[T interface {
	comparable
	item[K]
}, K uint32 | uint64](t *testing.T, draw int, x []T, lo, hi int) {
	t.Helper()
	want, got := slices.Clone(x), slices.Clone(x)
	slices.SortStableFunc(want, func(a, b T) int {
		return cmp.Compare(a[0]>>lo, b[0]>>lo)
	})
	radix[T, K](got, make([]T, len(x)), make([]uint32, counters(len(x))), lo, hi)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("keys %d, %d items by bits [%d, %d): item %d is %x, want %x", draw, len(x), lo, hi, i, got[i], want[i])
		}
	}
}
