package move

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"unsafe"

	"gojax/internal/cpu/run"
)

// Pieces copy what the walk does, each before it is told of, and all of it once.
func TestPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	all := units(t)
	tried := 0
	for tried < 150 {
		dims, begin, fromSize, toSize := randomWalk(r)
		size := 1 << r.IntN(5)
		w := Prepare(size, dims)
		p := w.pieces(1 << r.IntN(7))
		if p == nil {
			continue
		}
		tried++
		src, want := make([]byte, fromSize*size), make([]byte, toSize*size)
		for i := range src {
			src[i] = byte(r.Uint32())
		}
		w.Copy(nil, unsafe.Pointer(&want[0]), unsafe.Pointer(&src[begin*size]))
		for level, u := range all {
			run.SetThreads(1 + r.IntN(3))
			got := make([]byte, len(want))
			order := placesOf(dims)
			var told atomic.Int64
			p.Copy(u, unsafe.Pointer(&got[0]), unsafe.Pointer(&src[begin*size]), func(lo, hi int) {
				told.Add(int64(hi - lo))
				for _, at := range order[lo/size : hi/size] {
					if at *= size; string(got[at:at+size]) != string(want[at:at+size]) {
						t.Errorf("%v: bytes [%d, %d) of elements of %d bytes along %+v", level, lo, hi, size, dims)
						break
					}
				}
			})
			if string(got) != string(want) || int(told.Load()) != len(order)*size {
				t.Fatalf("%v: told of %d bytes of %d along %+v", level, told.Load(), len(want), dims)
			}
		}
		run.SetThreads(0)
	}
}

// placesOf lists where elements go to, in the order of the walk.
func placesOf(dims []Dim) []int {
	at := []int{0}
	for _, d := range dims {
		var all []int
		for _, p := range at {
			for i := range d.N {
				all = append(all, p+i*d.To)
			}
		}
		at = all
	}
	return at
}
