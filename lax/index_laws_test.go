package lax_test

import (
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Drawn integers are 0 to 3: in the axes of size 2 and 3 below some are out of bounds,
// and some repeat.
func TestIndexLaws(t *testing.T) {
	for _, mode := range []lax.GatherScatterMode{lax.PromiseInBounds, lax.Clip, lax.FillOrDrop} {
		get := func(x array, items ...any) array { return x.At(items...).Get(mode, mode) }
		checkLaws(t, "get rows", func(x ...array) []array {
			return []array{lax.Select(lax.FullLike(get(x[0], x[1]), 0).IsNaN(), get(x[0], x[1]), x[0].At(x[1]).Get(lax.Clip))}
		}, f64(3, 2), i32(4))
		checkLaws(t, "get elements", func(x ...array) []array {
			return []array{x[0].At(x[1], lax.All, x[2]).Get(lax.FillValue(1), mode)}
		}, f64(2, 2, 3), i32(3), i32(3))
		checkLaws(t, "get slices", func(x ...array) []array {
			return []array{x[0].At(lax.R(lax.Open, lax.Open, -2), x[1], lax.NewAxis).Get(lax.FillValue(1), mode)}
		}, f64(3, 2), i32(2, 2))
		type update = func(p lax.Place, y any, o ...lax.IndexOption) array
		for name, f := range map[string]update{"set": lax.Place.Set, "add": lax.Place.Add, "mul": lax.Place.Mul, "min": lax.Place.Min, "max": lax.Place.Max} {
			checkLaws(t, name+" rows", func(x ...array) []array { return []array{f(x[0].At(x[1]), x[2], mode)} },
				f64(3, 2), i32(4), f64(4, 2))
			checkLaws(t, name+" elements", func(x ...array) []array { return []array{f(x[0].At(x[1], lax.All, x[2]), x[3], mode)} },
				f64(2, 2, 3), i32(3), i32(3), f64(3, 2))
			checkLaws(t, name+" a column", func(x ...array) []array { return []array{f(x[0].At(lax.All, x[1]), x[2], mode)} },
				f64(3, 2), i32(), f64(3))
			checkLaws(t, name+" a part", func(x ...array) []array { return []array{f(x[0].At(lax.R(0, 2), 1), x[1], mode)} },
				f64(3, 2), f64())
		}
		checkLaws(t, "mul of unique", func(x ...array) []array {
			return []array{x[0].At([]int{2, 0}).Mul(x[1], mode, lax.UniqueIndices())}
		}, f64(3, 2), f64(2, 2))
	}
	checkLaws(t, "index one", func(x ...array) []array { return []array{x[0].Index(x[1])} }, f64(3, 2), i32())
	checkLaws(t, "index empty", func(x ...array) []array { return []array{x[0].Index(x[1])} }, f64(3, 2), i32(0))
	checkLaws(t, "index integers", func(x ...array) []array { return []array{x[0].Index(x[1])} }, i32(3, 2), i32(2))
	checkLaws(t, "set unique", func(x ...array) []array { return []array{x[0].At([]int{2, 0}).Set(x[1], lax.UniqueIndices())} },
		f64(3), f64(2))
	checkLaws(t, "set twice", func(x ...array) []array { return []array{x[0].At(x[1]).Set(x[2]).Mul(x[0]).At(x[1]).Add(x[0])} },
		f64(3), i32(3), f64(3))
	checkLaws(t, "add complex", func(x ...array) []array { return []array{x[0].At(x[1]).Add(x[2])} },
		core.Of(dtype.Complex128, 3), i32(4), core.Of(dtype.Complex128, 4))
	checkLaws(t, "mul by zeros", func(x ...array) []array {
		return []array{x[0].At([]int{0, 0, 1, 1, 1, 5}).Mul(lax.Mul(x[1], lax.FromSlice([]float64{1, 0, 0, 1, 0, 0})))}
	}, f64(3), f64(6))
}

func TestGatherScatterErrors(t *testing.T) {
	x, i := lax.FromSlice(make([]float32, 6), 2, 3), lax.FromSlice(make([]int32, 4), 4, 1)
	rows := lax.GatherDimensionNumbers{OffsetDims: []int{1}, CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}
	gather := func(change func(d *lax.GatherDimensionNumbers), sizes ...int) func() {
		d := rows
		change(&d)
		return func() { lax.Gather(x, i, d, sizes) }
	}
	same := func(d *lax.GatherDimensionNumbers) {}
	into := lax.ScatterDimensionNumbers{UpdateWindowDims: []int{1}, InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}}
	for n, row := range []struct {
		f    func()
		want string
	}{
		{gather(same, 1, 4), "gather: the window sizes are [1 4], want at most those of f32[2,3]"},
		{gather(same, 2, 3), "gather: the window sizes are [2 3], want 1 in collapsed axis 0"},
		{gather(same, 1), "gather: there are window sizes [1], want one for each axis of f32[2,3]"},
		{func() { lax.Gather(x, x, rows, []int{1, 3}) }, "gather: the indices have type f32[2,3], want integers"},
		{func() { lax.Gather(x, i.Index(0, 0), rows, []int{1, 3}) }, "gather: the indices have type i32[], want an axis for their components"},
		{gather(func(d *lax.GatherDimensionNumbers) { d.CollapsedSliceDims = []int{2} }, 1, 3),
			"gather: the collapsed axes are [2] and the batching axes [], want increasing and different axes of f32[2,3]"},
		{gather(func(d *lax.GatherDimensionNumbers) { d.StartIndexMap = []int{0, 1} }, 1, 3),
			"gather: indices of type i32[4,1] have 1 components, want 2, one for each of the axes [0 1]"},
		{gather(func(d *lax.GatherDimensionNumbers) { d.StartIndexMap = []int{2} }, 1, 3),
			"gather: indices are for the axes [2], want different axes of f32[2,3] that are not batching ([])"},
		{gather(func(d *lax.GatherDimensionNumbers) { d.OffsetDims = []int{0, 1} }, 1, 3),
			"gather: windows have 2 axes, 1 are collapsed and 0 batching, want as many in all as f32[2,3] has"},
		{gather(func(d *lax.GatherDimensionNumbers) { d.OffsetDims = []int{2} }, 1, 3),
			"gather: the axes of windows are [2], want increasing axes of 2"},
		{gather(func(d *lax.GatherDimensionNumbers) {
			d.CollapsedSliceDims, d.StartIndexMap, d.OperandBatchingDims = nil, []int{1}, []int{0}
		}, 1, 1), "gather: batching axes are [0] of the operand and [] of the indices, want as many different axes, not the last of i32[4,1]"},
		{gather(func(d *lax.GatherDimensionNumbers) {
			d.CollapsedSliceDims, d.StartIndexMap = nil, []int{1}
			d.OperandBatchingDims, d.StartIndicesBatchingDims = []int{0}, []int{0}
		}, 1, 1), "gather: batching axes have sizes [2] of the operand and [4] of the indices, want equal sizes"},
		{func() { lax.Scatter(x, i, x, into) }, "scatter: updates have type f32[2,3], want f32[4,3]"},
		{func() { lax.ScatterAdd(x.Gt(0), i, lax.FromSlice(make([]bool, 12), 4, 3), into) },
			"scatter-add: operand has type bool[2,3], want integer, floating or complex elements"},
		{func() { lax.ScatterMax(x.Astype(dtype.Complex64), i, lax.FromSlice(make([]complex64, 12), 4, 3), into) },
			"scatter-max: operand has type c64[2,3], want bool, integer or floating elements"},
	} {
		if got := panicOf(row.f); got != row.want {
			t.Errorf("row %d: got %q, want %q", n, got, row.want)
		}
	}
}
