package cpu

import (
	"math/rand/v2"
	"testing"
)

// What is taken from an arena at once does not overlap, and gaps are used again.
func TestArena(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		var a arena
		owner := map[int]int{} // by byte
		at, size := map[int]int{}, map[int]int{}
		sum, most := 0, 0
		for i := range 200 {
			if len(at) > 0 && r.IntN(2) == 0 {
				for k := range at {
					a.free(at[k], size[k])
					for b := range size[k] {
						delete(owner, at[k]+b)
					}
					sum -= size[k]
					delete(at, k)
					break
				}
				continue
			}
			n := []int{1, 4, 16, 17, 64, 100, 1000, 5000}[r.IntN(8)]
			at[i], size[i] = a.take(n), n
			if at[i]%piece != 0 || n > piece && at[i]%line != 0 || at[i]+n > a.size {
				t.Fatalf("seed %d: %d bytes at %d of %d", seed, n, at[i], a.size)
			}
			for b := range n {
				if k, ok := owner[at[i]+b]; ok {
					t.Fatalf("seed %d: %d and %d overlap", seed, k, i)
				}
				owner[at[i]+b] = i
			}
			sum += n
			most = max(most, sum)
		}
		if a.size > 2*most+4*line {
			t.Errorf("seed %d: %d bytes for %d", seed, a.size, most)
		}
	}
}
