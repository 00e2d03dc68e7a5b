package lax

import (
	"testing"

	"gojax/internal/dtype"
)

func TestReducingErrors(t *testing.T) {
	x, zero := arange(2, 3), Number(dtype.Int32, 0)
	c, b := Convert(x, dtype.Complex64), Full(Shape{2, 3}, true, dtype.Bool)
	for i, row := range []struct {
		f    func()
		want string
	}{
		{func() { ReduceSum(b, []int{0}) }, "reduce_sum: operand has type bool[2,3], which it does not take"},
		{func() { ReduceSum(b, nil) }, "reduce_sum: operand has type bool[2,3], which it does not take"},
		{func() { ReduceAnd(x, []int{0}) }, "reduce_and: operand has type f32[2,3], which it does not take"},
		{func() { ReduceMax(x, []int{1, 0}) }, "reduce_max: axes are [1 0], want increasing axes of f32[2,3]"},
		{func() { ReduceProd(x, []int{2}) }, "reduce_prod: axes are [2], want increasing axes of f32[2,3]"},
		{func() { ArgMax(x, 2, dtype.Int32) }, "argmax: axes are [2], want one axis of f32[2,3]"},
		{func() { ArgMin(c, 0, dtype.Int32) }, "argmin: operand has type c64[2,3], want real elements"},
		{func() { ArgMax(x, 0, dtype.Float32) }, "argmax: index dtype is f32, want an integer type"},
		{func() { ArgMax(arange(0, 2), 0, dtype.Int32) },
			"argmax: operand has type f32[0,2], want an element along axis 0"},
		{func() { CumSum(b, 0, false) }, "cumsum: operand has type bool[2,3], which it does not take"},
		{func() { CumLogSumExp(Iota(dtype.Int32, 3), 0, false) },
			"cumlogsumexp: operand has type i32[3], which it does not take"},
		{func() { CumMax(x, 2, false) }, "cummax: axis is 2, want an axis of f32[2,3]"},
		{func() { Sort(x, -1) }, "sort: dimension is -1, want an axis of f32[2,3]"},
		{func() { SortMulti([]Array{x, x}, 0, 3) }, "sort: there are 2 operands and 3 keys, want 1 to 2 keys"},
		{func() { SortMulti(nil, 0, 1) }, "sort: there are no operands, want at least one"},
		{func() { SortMulti([]Array{x, arange(3)}, 0, 1) },
			"sort: operands have types f32[2,3] and f32[3], want equal shapes"},
		{func() { TopK(c, 1) }, "top_k: operand has type c64[2,3], want real elements"},
		{func() { TopK(zero, 1) }, "top_k: operand has type i32[], axis -1, want the last axis"},
		{func() { TopK(x, 4) }, "top_k: operand has type f32[2,3], k 4, want 0 to 3"},
		{func() { PSum(b, "i") }, "psum: operand has type bool[2,3], want numbers"},
		{func() { PSum(x, "i") }, `psum: unbound axis name: got ["i"], want names of axes of Vmaps around`},
		{func() { PMax(x, "i") }, `pmax: unbound axis name: got ["i"], want names of axes of Vmaps around`},
		{func() { AxisIndex("i") }, `axis_index: unbound axis name: got ["i"], want names of axes of Vmaps around`},
	} {
		if got := message(row.f); got != row.want {
			t.Errorf("row %d: got %q, want %q", i, got, row.want)
		}
	}
}

func TestPlacingErrors(t *testing.T) {
	x, zero := arange(2, 3), Number(dtype.Int32, 0)
	two := []Array{zero, zero}
	for i, row := range []struct {
		f    func()
		want string
	}{
		{func() { DynamicSlice(x, []Array{zero}, []int{1, 1}) },
			"dynamic_slice: operand has type f32[2,3] and there are 1 start indices, want one for each axis"},
		{func() { DynamicSlice(x, []Array{zero, zero, zero}, []int{1, 1}) },
			"dynamic_slice: operand has type f32[2,3] and there are 3 start indices, want one for each axis"},
		{func() { DynamicSlice(x, two, []int{1}) },
			"dynamic_slice: operand has type f32[2,3], slice sizes [1], want one size for each axis"},
		{func() { DynamicSlice(x, two, []int{3, 1}) },
			"dynamic_slice: operand has type f32[2,3], slice size 3 in axis 0, want 0 to 2"},
		{func() { DynamicSlice(x, []Array{zero, Number(dtype.Uint8, 0)}, []int{1, 1}) },
			"dynamic_slice: start indices have types i32[] and u8[], want one type"},
		{func() { DynamicSlice(x, []Array{zero, Number(dtype.Float32, 0)}, []int{1, 1}) },
			"dynamic_slice: a start index has type f32[], want an integer scalar"},
		{func() { DynamicSlice(x, []Array{zero, Iota(dtype.Int32, 1)}, []int{1, 1}) },
			"dynamic_slice: a start index has type i32[1], want an integer scalar"},
		{func() { DynamicSlice(x, []Array{zero, {}}, []int{1, 1}) }, "dynamic_slice: start 1 is absent (the zero Array)"},
		{func() { DynamicUpdateSlice(x, arange(2), two) }, "dynamic_update_slice: operand has type f32[2,3], update f32[2], " +
			"want one element type and equal ranks"},
		{func() { DynamicUpdateSlice(x, Convert(x, dtype.Int32), two) }, "dynamic_update_slice: operand has type f32[2,3], " +
			"update i32[2,3], want one element type and equal ranks"},
		{func() { DynamicUpdateSlice(x, arange(2, 4), two) }, "dynamic_update_slice: operand has type f32[2,3], " +
			"update f32[2,4], want no size larger than the operand's"},
		{func() { Squeeze(x, []int{0}) }, "squeeze: operand has type f32[2,3], want size 1 in axis 0"},
		{func() { Squeeze(x, []int{2}) }, "squeeze: dimensions are [2], want different axes of f32[2,3]"},
		{func() { ExpandDims(x, []int{3}) },
			"expand_dims: operand has type f32[2,3], dimensions [3], want increasing axes of a result with 3 axes"},
		{func() { Full(Shape{-1}, 1, dtype.Int32) }, "broadcast_in_dim: shape is [-1], want no negative size"},
		{func() { Full(Shape{1}, 300, dtype.Int8) }, "full: the number 300 is out of the range of i8"},
	} {
		if got := message(row.f); got != row.want {
			t.Errorf("row %d: got %q, want %q", i, got, row.want)
		}
	}
}
