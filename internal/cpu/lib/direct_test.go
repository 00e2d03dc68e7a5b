package lib

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Products whose axes come out in another order have the elements of those whose axes
// do not; and each element is announced once, with its value.
func TestDotTurned(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 80 {
		var sizes [4][]int
		for i := range sizes {
			for range r.IntN(3) {
				sizes[i] = append(sizes[i], 1+r.IntN([]int{3, 6, 20}[r.IntN(3)]))
			}
		}
		if core.Size(slices.Concat(sizes[:]...)) > 2e5 {
			continue
		}
		sp := randomSpec(r, sizes)
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.Int16, dtype.BFloat16, dtype.Complex128} {
			x, y := random(r, core.Of(d, sp.x...), false), random(r, core.Of(d, sp.y...), false)
			plain := runs(t, sp.s, []*core.Value{x, y}, core.Of(d, sp.out()...))[0]
			perm := r.Perm(plain.Rank())
			if r.IntN(2) == 0 { // of whole groups of axes
				b, m, n := len(sp.b), len(sp.m), len(sp.n)
				for i := range perm {
					perm[i] = i
				}
				perm = slices.Concat(perm[:b/2], perm[b+m:b+m+n], perm[b/2:b], perm[b:b+m])
			}
			checkTurned(t, sp.s, x, y, plain, perm)
		}
	}
}

func checkTurned(t *testing.T, s kir.Dot, x, y, plain *core.Value, perm []int) {
	t.Helper()
	shape := make([]int, len(perm))
	for a, b := range perm {
		shape[a] = plain.Shape[b]
	}
	got := core.New(core.Of(plain.DType, shape...), nil)
	times := make([]atomic.Int32, got.Size())
	p := NewProduct(s, x.Type(), y.Type(), got.Type(), perm)
	seen := core.New(got.Type(), nil)
	p.Run(x.Buf.Pointer(), y.Buf.Pointer(), got.Buf.Pointer(), func(lo, hi int) {
		size := got.DType.Size()
		copy(core.Slice[byte](seen.Buf)[lo*size:hi*size], core.Slice[byte](got.Buf)[lo*size:hi*size])
		for i := lo; i < hi; i++ {
			times[i].Add(1)
		}
	})
	what := fmt.Sprintf("%+v of %v and %v, axes %v", s, x.Type(), y.Type(), perm)
	from := make([]int, len(perm))
	indices(shape, func(i []int) {
		for a, b := range perm {
			from[b] = i[a]
		}
		n := at(i, shape)
		if g, w := core.At(got, n), core.At(plain, at(from, plain.Shape)); g != w {
			t.Fatalf("%s: element %v is %v, want %v", what, i, g, w)
		}
		if times[n].Load() != 1 {
			t.Fatalf("%s: element %v is announced %d times", what, i, times[n].Load())
		}
	})
	same(t, what, seen, got)
}
