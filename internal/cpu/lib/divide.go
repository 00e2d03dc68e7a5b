package lib

import (
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
)

const (
	// worthwhile is from how many updates on it pays to divide them among threads, and
	// divisions into how many parts at most, since each looks at all the indices.
	worthwhile = 1 << 15
	divisions  = 8

	// sifted is how many indices are looked at before the updates among them are made.
	sifted = 2048
)

// divided divides the elements from 0 to limit among threads and has each make the updates
// of its own, in their order: f is called with the first element of a part, how far behind
// it those to be updated are, and the numbers of their updates. It reports false, and does
// nothing, where one thread does as well.
func divided(index []int32, limit uint32, f func(lo int, at, from []uint32)) bool {
	parts := min(run.Threads(), divisions)
	size := (int(limit)/parts + 64) &^ 63 // whole lines of memory
	u := move.Native()
	if u == nil || parts < 2 || len(index) < worthwhile || int(limit) < size {
		return false
	}
	run.Share(parts, 1, 0.5*float64(len(index)), func(lo, hi int) {
		var at, from [sifted + move.SiftRoom]uint32
		for ; lo < hi; lo++ {
			first := lo * size
			n := min(size, int(limit)+1-first)
			for i := 0; i < len(index) && n > 0; i += sifted {
				some := index[i:min(i+sifted, len(index))]
				count := u.Sift(some, uint32(first), uint32(n), uint32(i), at[:], from[:])
				f(first, at[:count], from[:count])
			}
		}
	})
	return true
}
