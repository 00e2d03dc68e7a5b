package move

import (
	"math"
	"math/rand/v2"
	"testing"

	"gojax/internal/cpu/code"
)

// sieves returns the kernels of every level, nil for Portable.
func sieves(t *testing.T) map[code.Level]*Sieve {
	all := map[code.Level]*Sieve{}
	for l := code.Portable; l <= code.Best(code.Host()); l++ {
		u, err := NewSieve(l)
		if err != nil {
			t.Fatal(err)
		}
		all[l] = u
	}
	return all
}

func TestSift(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	all := sieves(t)
	for range 2000 {
		index := make([]int32, r.IntN(100))
		lo, n := uint32(r.IntN(20)), uint32(1+r.IntN(40))
		switch r.IntN(8) {
		case 0:
			n = math.MaxInt32 - lo
		case 1:
			lo = math.MaxInt32 - n
		}
		for i := range index {
			switch r.IntN(6) {
			case 0:
				index[i] = int32(r.Uint32())
			case 1:
				index[i] = int32(lo) + int32(r.IntN(3)) - 1
			case 2:
				index[i] = int32(lo+n) + int32(r.IntN(3)) - 1
			default:
				index[i] = int32(lo) + int32(r.IntN(50)) - 5
			}
		}
		var at, number []uint32
		for i, p := range index {
			if p := int64(p); p >= int64(lo) && p < int64(lo)+int64(n) {
				at, number = append(at, uint32(p)-lo), append(number, uint32(i))
			}
		}
		for level, u := range all {
			if u == nil {
				continue
			}
			const guard = 1 << 30
			a, b := make([]uint32, len(index)+Spare+1), make([]uint32, len(index)+Spare+1)
			a[len(a)-1], b[len(b)-1] = guard, guard
			k := u.Sift(index, lo, n, a[:len(a)-1], b[:len(b)-1])
			if k != len(at) || a[len(a)-1] != guard || b[len(b)-1] != guard {
				t.Fatalf("%v: found %d of %d in [%d, %d+%d) of %v", level, k, len(at), lo, lo, n, index)
			}
			for i := range k {
				if a[i] != at[i] || b[i] != number[i] {
					t.Fatalf("%v: found %v at %v, want %v at %v", level, b[:k], a[:k], number, at)
				}
			}
		}
	}
}
