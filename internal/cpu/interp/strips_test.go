package interp

import (
	"fmt"
	"testing"

	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestStrips has reductions of columns, with weights of their rows and factors of their
// columns, of as many lanes as strips have and of others.
func TestStrips(t *testing.T) {
	for _, c := range []struct {
		outer, n, lanes int
		t               dtype.Type
		by              kir.Code
		strips          bool
	}{
		{1, 1000, 1000, dtype.Float32, kir.Add, true},
		{1, 63, 64, dtype.Float32, kir.Add, true},
		{1, 2*kir.Block + 70, 65, dtype.Float32, kir.Add, true},
		{3, 100, 130, dtype.Float32, kir.Max, true},
		{3, 130, 40, dtype.Float32, kir.Add, true},
		{40, 100, 3, dtype.Float32, kir.Max, true},
		{70, 33, 10, dtype.Int16, kir.Add, true},
		{3, 20, 40, dtype.Float32, kir.Add, false}, // strips would go over two rows
		{1, 90, 128, dtype.Float64, kir.Mul, true},
		{1, 200, 100, dtype.BFloat16, kir.Add, true},
		{1, 200, 100, dtype.Int8, kir.Min, true},
		{1, 200, 100, dtype.Uint32, kir.Add, true},
		{1, 2, 100, dtype.Float16, kir.Max, true},
	} {
		b := kir.NewBuilder()
		shape := []int{c.outer, c.n, c.lanes}
		x, y, w := b.In(c.t, c.outer*c.n*c.lanes), b.In(c.t, c.lanes), b.In(c.t, c.n)
		z := b.Out(c.t, c.outer*c.lanes)
		i := b.Loops([]int{0, 0}, []int{c.outer, c.lanes})
		s := b.Reduce([]int{c.n}, []kir.Val{b.Number(c.t, 1)}, func(j []kir.Val) []kir.Val {
			v := b.Load(x, b.Address(shape, []kir.Val{i[0], j[0], i[1]}))
			return []kir.Val{b.Emit(kir.Mul, b.Emit(kir.Sub, v, b.Load(w, j[0])), b.Load(y, i[1]))}
		}, func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(c.by, x[0], y[0])} })
		b.Store(z, b.Address([]int{c.outer, c.lanes}, i), s[0])
		k, name := b.Kernel().Collapse(), fmt.Sprint(c)
		check(t, name, k)
		for _, l := range levels() {
			if got := CompileFor(l, k).folds[0].strips != nil; got != (c.strips && l != code.Portable) {
				t.Errorf("%s: %v: there is code for strips: %v", name, l, got)
			}
		}
	}
}

// What is read along a reduction may be one element for all lanes of a row: then the row is the strip,
// also if it is short or there is little to reduce, rather than that columns are read one by one.
func TestStripsOfRows(t *testing.T) {
	for _, c := range []struct {
		rows, n, lanes int
		strips         bool
	}{
		{70, 64, 64, true},
		{9, 20, 100, true},
		{33, 20, 16, true},
		{33, 20, 12, false},
		{10, 300, 12, false},
	} {
		b := kir.NewBuilder()
		x, y, z := b.In(dtype.Float32, c.rows*c.n), b.In(dtype.Float32, c.n*c.lanes), b.Out(dtype.Float32, c.rows*c.lanes)
		i := b.Loops([]int{0, 0}, []int{c.rows, c.lanes})
		s := b.Reduce([]int{c.n}, []kir.Val{b.Number(dtype.Float32, 1)}, func(j []kir.Val) []kir.Val {
			return []kir.Val{b.Emit(kir.Add, b.Load(x, b.Address([]int{c.rows, c.n}, []kir.Val{i[0], j[0]})),
				b.Load(y, b.Address([]int{c.n, c.lanes}, []kir.Val{j[0], i[1]})))}
		}, func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Max, x[0], y[0])} })
		b.Store(z, b.Address([]int{c.rows, c.lanes}, i), s[0])
		k, name := b.Kernel().Collapse(), fmt.Sprint(c)
		check(t, name, k)
		for _, l := range levels() {
			if got := CompileFor(l, k).folds[0].strips != nil; got != (c.strips && l != code.Portable) {
				t.Errorf("%s: %v: there is code for strips: %v", name, l, got)
			}
		}
	}
}
