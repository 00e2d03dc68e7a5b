package cpu_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

// A batch is a product of batches of matrices: how many there are, and their sides.
type batch struct {
	b, h    int // heads lie beside each other if there are several
	m, n, k int
	x, y    int // the axis that is summed over, of the last two
}

// types are those of the operands, of heads where they lie, as b×rows×heads×columns.
func (c batch) types(d dtype.Type) []core.Type {
	of := func(free, summed int) core.Type {
		s := [][]int{{c.k, free}, {free, c.k}}[summed]
		if c.h > 1 {
			return core.Of(d, c.b, s[0], c.h, s[1])
		}
		return core.Of(d, c.b, s[0], s[1])
	}
	return []core.Type{of(c.m, c.x), of(c.n, c.y)}
}

// dot is the product.
func (c batch) dot(x, y array) array {
	axes := []int{0}
	if c.h > 1 {
		axes = []int{0, 1}
		x, y = lax.Transpose(x, []int{0, 2, 1, 3}), lax.Transpose(y, []int{0, 2, 1, 3})
	}
	k := len(axes)
	return lax.DotGeneral(x, y, [2][]int{{k + c.x}, {k + c.y}}, [2][]int{axes, axes}, x.DType())
}

var batches = []batch{
	{40, 1, 16, 16, 16, 1, 0}, {37, 1, 5, 33, 20, 1, 0}, {11, 1, 17, 9, 300, 0, 1}, {23, 1, 12, 12, 40, 1, 1}, {9, 1, 65, 64, 33, 0, 0},
	{12, 1, 90, 70, 64, 1, 0}, {9, 1, 131, 130, 129, 1, 0}, {8, 1, 300, 70, 110, 0, 1}, {13, 1, 140, 300, 260, 1, 1}, {8, 1, 520, 490, 70, 1, 0},
	{8, 4, 12, 20, 8, 1, 1}, {10, 3, 40, 24, 32, 1, 0}, {3, 2, 27, 28, 19, 0, 0},
	{50, 1, 1, 30, 17, 1, 0}, {30, 1, 25, 1, 40, 1, 1}, {300, 1, 3, 1, 6, 1, 1}, {8, 6, 1, 14, 8, 1, 1},
}

// TestPrologueOfBatch has batches of products of computed operands: the same bits as operation by
// operation, with any number of threads, and no memory for the operands.
func TestPrologueOfBatch(t *testing.T) {
	defer run.SetThreads(0)
	computed := map[string]func(x, z array) array{
		"scaled": func(x, z array) array { return lax.Mul(x, lax.Number(x.DType(), 0.375)) },
		"active": func(x, z array) array { return lax.Exp(lax.Neg(lax.Abs(x))) },
		"summed": func(x, z array) array { return lax.Add(x, z) },
		"masked": func(x, z array) array { // by what all have in common
			last := x.Rank() - 1
			row := lax.Reshape(lax.SliceInDim(z, 0, 1, 1, 0), x.Shape()[1:])
			return lax.Select(lax.Gt(x, lax.Number(x.DType(), 0.1)), x, lax.BroadcastInDim(row, x.Shape(), []int{1, 2, 3}[:last]))
		},
		"shifted": func(x, z array) array {
			shape := append([]int(nil), x.Shape()[:x.Rank()-1]...)
			return lax.Sub(x, lax.BroadcastInDim(lax.ReduceMax(x, []int{x.Rank() - 1}), x.Shape(), []int{0, 1, 2}[:len(shape)]))
		},
		"widened": func(x, z array) array { return lax.Convert(x, dtype.Float32) },
	}
	for i, c := range batches {
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Float16} {
			for name, p := range computed {
				if (name == "widened") != d.IsHalf() && (name != "scaled" || i%3 > 0) {
					continue
				}
				f := staged(func(in []array) []array { return []array{c.dot(p(in[0], in[2]), p(in[1], in[3]))} }, append(c.types(d), c.types(d)...)...)
				what := fmt.Sprintf("%s %v of %v", name, c, d)
				text := cpu.CompileForTest(f).String()
				if !strings.Contains(text, "within") && name != "shifted" && move.Native() != nil { // which may be a pass with its extremes
					t.Errorf("%s: no kernel is part of the product\n%s", what, text)
				}
				sameBits(t, what, f)
			}
		}
	}
}

// sameBits holds that f computes the same with several numbers of threads, and one operation at a time.
func sameBits(t *testing.T, what string, f *ir.Func) {
	t.Helper()
	in := inputs(f)
	want := f.Call(in...)
	for _, threads := range []int{1, 2, 3} {
		run.SetThreads(threads)
		for i, got := range core.Run(called{f: f}, cpu.Default(), in) {
			if !bytes.Equal(data(got), data(want[i])) {
				t.Fatalf("%s with %d threads: result %d is %v, want %v", what, threads, i, lax.Of(got), lax.Of(want[i]))
			}
		}
	}
}

// TestBatchOfOneMatrix has products of one computed matrix and many others: it is computed once, and
// stored.
func TestBatchOfOneMatrix(t *testing.T) {
	defer run.SetThreads(0)
	f := staged(func(in []array) []array {
		x := lax.Exp(in[0]) // whose columns are summed, so that every matrix of the other is multiplied by it
		return []array{lax.DotGeneral(x, in[1], [2][]int{{0}, {1}}, [2][]int{}, dtype.Invalid)}
	}, f32(40, 30), f32(20, 40, 12))
	text := cpu.CompileForTest(f).String()
	if strings.Contains(text, "within") {
		t.Errorf("the matrix is computed for each product\n%s", text)
	}
	sameBits(t, "one matrix", f)
}
