package interp

import (
	"fmt"
	"testing"

	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestBlocks has reductions of many blocks, one that is divided among threads and some that
// are not, with rests and without, and one of which other steps make the elements.
func TestBlocks(t *testing.T) {
	for _, c := range []struct {
		rows, n, stride int
		t               dtype.Type
		by              kir.Code
		many            bool
	}{
		{1, 2 * kir.Block, 1, dtype.Float32, kir.Add, true},
		{1, 7*kir.Block + 1000, 1, dtype.Float32, kir.Add, true},
		{1, 2*mostBlocks*kir.Block + 64, 1, dtype.Float32, kir.Max, true},
		{9, 2*kir.Block + 100, 1, dtype.Float32, kir.Add, true},
		{9, 5 * kir.Block, 1, dtype.Float64, kir.Mul, true},
		{2, 6 * kir.Block, 1, dtype.Int32, kir.Min, true},
		{1, 3*kir.Block + 65, 1, dtype.BFloat16, kir.Add, true},
		{9, 3 * kir.Block, 1, dtype.Int64, kir.Add, true},
		{1, 3*kir.Block + 32, 1, dtype.Float32, kir.Add, true},
		{1, 3*kir.Block + 1, 1, dtype.Float32, kir.Max, true},
		{1, 3*kir.Block + 63, 1, dtype.Float32, kir.Add, false},
		{1, 3 * kir.Block, 2, dtype.Float32, kir.Add, true},
		{2, 2 * kir.Block, 2, dtype.Int32, kir.Add, true},
		{1, 3 * kir.Block, 3, dtype.Float32, kir.Add, false},
	} {
		b := kir.NewBuilder()
		x, y := b.In(c.t, c.rows*c.n*c.stride), b.In(c.t, c.rows)
		z := b.Out(c.t, c.rows)
		i := b.Loops([]int{0}, []int{c.rows})
		s := b.Reduce([]int{c.n}, []kir.Val{b.Number(c.t, 1)}, func(j []kir.Val) []kir.Val {
			at := b.Affine(0, kir.Term{Atom: i[0], Stride: int64(c.n * c.stride)}, kir.Term{Atom: j[0], Stride: int64(c.stride)})
			return []kir.Val{b.Emit(kir.Max, b.Load(x, at), b.Load(y, i[0]))}
		}, func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(c.by, x[0], y[0])} })
		b.Store(z, i[0], s[0])
		k, name := b.Kernel(), fmt.Sprint(c)
		check(t, name, k)
		for _, l := range levels() {
			if got := CompileFor(l, k).folds[0].blocks != nil; got != (c.many && l != code.Portable) {
				t.Errorf("%s: %v: there is code for many blocks: %v", name, l, got)
			}
		}
	}
}
