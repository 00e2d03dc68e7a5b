package gemm

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"
)

// TestCollections multiplies in many goroutines, of growing stacks, while garbage is
// collected all the time.
func TestCollections(t *testing.T) {
	stop := make(chan struct{})
	var collector sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	var workers sync.WaitGroup
	for _, u := range units[float32](t) {
		for seed := range 6 {
			r := rand.New(rand.NewPCG(uint64(seed), 0))
			sizes := [][4]int{{1, 5, 3, 7}, {20, 16, 16, 16}, {1, 1, 300, 300}, {1, 100, 90, 300}, {1, 300, 1, 40}, {1, 3, 3, 3}}[seed]
			p := random[float32](r, sizes[0], sizes[1], sizes[2], sizes[3])
			want := naive(&p)
			workers.Go(func() {
				for begin := time.Now(); time.Since(begin) < 300*time.Millisecond; {
					deep(r.IntN(60), func() { check(t, u, p, want) })
				}
			})
		}
	}
	workers.Wait()
	close(stop)
	collector.Wait()
}

// deep calls f on a stack that is n frames deeper.
func deep(n int, f func()) int {
	var room [64]int
	if n == 0 {
		f()
		return 0
	}
	room[n%64] = deep(n-1, f)
	return room[n%64] + n
}
