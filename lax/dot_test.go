package lax_test

import (
	"strings"
	"testing"

	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/rule"
	"gojax/lax"
)

func TestProductLaws(t *testing.T) {
	product := func(contract, batch [2][]int) func(x ...array) []array {
		return func(x ...array) []array { return []array{lax.DotGeneral(x[0], x[1], contract, batch, dtype.Invalid)} }
	}
	c64 := func(shape ...int) core.Type { return core.Of(dtype.Complex128, shape...) }
	checkLaws(t, "vectors", product([2][]int{{0}, {0}}, [2][]int{}), f64(3), f64(3))
	checkLaws(t, "matrices", product([2][]int{{1}, {0}}, [2][]int{}), f64(2, 3), f64(3, 4))
	checkLaws(t, "outer", product([2][]int{}, [2][]int{}), f64(2), f64(3))
	checkLaws(t, "scalars", product([2][]int{}, [2][]int{}), f64(), f64())
	checkLaws(t, "crossed", product([2][]int{{3, 1}, {0, 1}}, [2][]int{{0, 2}, {3, 2}}), f64(2, 3, 4, 5), f64(5, 3, 4, 2))
	checkLaws(t, "crossed the other way", product([2][]int{{1, 3}, {1, 0}}, [2][]int{{2, 0}, {2, 3}}), f64(2, 3, 4, 5), f64(5, 3, 4, 2))
	checkLaws(t, "all axes", product([2][]int{{0, 2, 1}, {1, 0, 2}}, [2][]int{}), f64(2, 3, 4), f64(4, 2, 3))
	checkLaws(t, "elementwise", product([2][]int{}, [2][]int{{1, 0}, {0, 1}}), f64(2, 3), f64(3, 2))
	checkLaws(t, "nothing", product([2][]int{{1}, {0}}, [2][]int{}), f64(2, 0), f64(0, 3))
	checkLaws(t, "no rows", product([2][]int{{1}, {0}}, [2][]int{}), f64(0, 2), f64(2, 3))
	checkLaws(t, "complex", product([2][]int{{1}, {1}}, [2][]int{}), c64(2, 3), c64(2, 3))
	checkLaws(t, "integers", product([2][]int{{1}, {1}}, [2][]int{}), i32(2, 3), i32(2, 3))
	checkLaws(t, "square", one(func(x array) array { return lax.Dot(lax.Dot(x, x), x) }), f64(3, 3))
}

func TestDotErrors(t *testing.T) {
	x, y := lax.FromSlice(make([]float32, 6), 2, 3), lax.FromSlice(make([]float32, 6), 2, 3)
	i := lax.FromSlice(make([]int16, 6), 2, 3)
	dot := func(x, y array, contract, batch [2][]int, t lax.DType) func() {
		return func() { lax.DotGeneral(x, y, contract, batch, t) }
	}
	none := [2][]int{}
	for n, row := range []struct {
		f    func()
		want string
	}{
		{func() { lax.Dot(x, y) }, "dot_general: contracting axes have sizes [3] and [2] (of f32[2,3] and f32[2,3]), want equal sizes"},
		{func() { lax.Dot(x, lax.Number(dtype.Float32, 1)) }, "dot: operands have types f32[2,3] and f32[], want one or two axes: see DotGeneral"},
		{dot(x, y, none, [2][]int{{0}, {1}}, dtype.Invalid), "dot_general: batch axes have sizes [2] and [3] (of f32[2,3] and f32[2,3]), want equal sizes"},
		{dot(x, y, [2][]int{{0, 0}, {0, 0}}, none, dtype.Invalid),
			"dot_general: the axes of operand 0 are [] (batch) and [0 0] (contracting), want different axes of f32[2,3]"},
		{dot(x, y, [2][]int{{0}, {0}}, [2][]int{{1}, {0}}, dtype.Invalid),
			"dot_general: the axes of operand 1 are [0] (batch) and [0] (contracting), want different axes of f32[2,3]"},
		{dot(x, y, [2][]int{{2}, {0}}, none, dtype.Invalid),
			"dot_general: the axes of operand 0 are [] (batch) and [2] (contracting), want different axes of f32[2,3]"},
		{dot(x, y, [2][]int{{0}, {}}, none, dtype.Invalid), "dot_general: contracting axes are [0] and [], want as many of each operand"},
		{dot(x, i, [2][]int{{0}, {0}}, none, dtype.Invalid), "dot_general: operands have types f32[2,3] and i16[2,3], want one element type"},
		{dot(i, i, [2][]int{{0}, {0}}, none, dtype.Int8), "dot_general: the preferred element type is i8, want one that holds sums of i16"},
		{dot(x, x, [2][]int{{0}, {0}}, none, dtype.Int32), "dot_general: the preferred element type is i32, want one that holds sums of f32"},
		{func() { lax.Dot(x, array{}) }, "dot: an operand is absent (the zero Array)"},
	} {
		if got := panicOf(row.f); got != row.want {
			t.Errorf("row %d: got %q, want %q", n, got, row.want)
		}
	}
}

// TestVmapOfMatrixVector holds that Vmap of a product of a matrix with each of many
// vectors is one product, in which nothing is moved.
func TestVmapOfMatrixVector(t *testing.T) {
	f := ir.Derive("test", []core.Type{f64(4, 3), f64(5, 3)}, func(x ...*value) []*value {
		y, _ := batch.Vmap(owner, rule.Axis{Size: 5}, fn(func(x ...array) []array { return []array{lax.Dot(x[0], x[1])} }), x, core.Mask{false, true})
		return y
	})
	if text := f.String(); len(f.Eqns) != 1 || !strings.Contains(text, "dimension_numbers=(([1], [1]), ([], []))") {
		t.Errorf("got %s", text)
	}
}

func TestThreefry(t *testing.T) {
	// The known answers of Salmon and others.
	for _, row := range [][6]uint32{
		{0, 0, 0, 0, 0x6b200159, 0x99ba4efe},
		{1<<32 - 1, 1<<32 - 1, 1<<32 - 1, 1<<32 - 1, 0x1cb996fc, 0xbb002be7},
		{0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0},
	} {
		u := func(i int) array { return lax.FromSlice([]uint32{row[i], row[i]}) }
		scalar := lax.Reshape(lax.FromSlice(row[2:3]), nil)
		f := fn(func(x ...array) []array { return []array{lax.Threefry2x32(x[0], x[1], x[2], x[3])} })
		in := []*value{u(0).Value(), u(1).Value(), scalar.Value(), u(3).Value()}
		for _, got := range []*value{f(in...)[0], byDefinition(f, in...)[0]} {
			if w := lax.Values[uint64](lax.Of(got)); w[0] != uint64(row[4])<<32|uint64(row[5]) || w[1] != w[0] {
				t.Errorf("got %x, want %x %x", w, row[4], row[5])
			}
		}
	}
	u := core.Of(dtype.Uint32, 2)
	checkLaws(t, "threefry", func(x ...array) []array { return []array{lax.Threefry2x32(x[0], x[1], x[2], x[3])} },
		u, u, core.Of(dtype.Uint32), u)
	x := lax.FromSlice([]float32{1})
	want := "threefry2x32: operand has type f32[1], want u32"
	if got := panicOf(func() { lax.Threefry2x32(x, x, x, x) }); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
