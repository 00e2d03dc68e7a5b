package move

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSift(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	all := units(t)
	for range 200 {
		index := make([]int32, r.IntN(100))
		for i := range index {
			index[i] = int32(r.IntN(120) - 10)
			if r.IntN(9) == 0 {
				index[i] = int32(r.Uint32())
			}
		}
		lo, n, first := uint32(r.IntN(50)), uint32(1+r.IntN(50)), uint32(r.IntN(1000))
		var wantAt, wantFrom []uint32
		for i, p := range index {
			if int(p) >= int(lo) && int(p) < int(lo+n) {
				wantAt, wantFrom = append(wantAt, uint32(p)-lo), append(wantFrom, first+uint32(i))
			}
		}
		for level, u := range all {
			at, from := make([]uint32, len(index)+SiftRoom), make([]uint32, len(index)+SiftRoom)
			count := u.Sift(index, lo, n, first, at, from)
			if !slices.Equal(at[:count], wantAt) || !slices.Equal(from[:count], wantFrom) {
				t.Fatalf("%v: of %v in [%d, %d): %v at %v, want %v at %v", level, index, lo, lo+n, at[:count], from[:count], wantAt, wantFrom)
			}
		}
	}
}
