package lax_test

import (
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

// TestPrint compares with the text of JAX's jaxprs. We lack these parameters: sharding
// and out_sharding, is_stable of sort, axis_index_groups of psum and pmax.
func TestPrint(t *testing.T) {
	resolver := ir.Resolve(lax.Ops()...)
	f32, i32 := core.Of(dtype.Float32, 3, 4), core.Of(dtype.Int32, 3, 4)
	for _, row := range []struct {
		f    func(x array) []array
		t    core.Type
		want string
	}{
		{all(func(x array) array { return lax.Transpose(x, []int{1, 0}) }), f32,
			"b:f32[4,3] = transpose[permutation=(1, 0)] a"},
		{all(func(x array) array { return lax.Concatenate(0, x, x) }), f32, "b:f32[6,4] = concatenate[dimension=0] a a"},
		{all(func(x array) array {
			return lax.Pad(x, lax.Number(dtype.Float32, 0), []lax.Padding{{1, -1, 2}, {}})
		}), f32, "b:f32[7,4] = pad[padding_config=((1, -1, 2), (0, 0, 0))] a 0.0:f32[]"},
		{all(func(x array) array { return lax.Slice(x, []int{0, 1}, []int{3, 4}, []int{2, 1}) }), f32,
			"b:f32[2,3] = slice[limit_indices=(3, 4) start_indices=(0, 1) strides=(2, 1)] a"},
		{all(func(x array) array { return lax.Slice(x, []int{0, 1}, []int{3, 4}, nil) }), f32,
			"b:f32[3,3] = slice[limit_indices=(3, 4) start_indices=(0, 1) strides=None] a"},
		{all(func(x array) array { return lax.Rev(x, []int{0}) }), f32, "b:f32[3,4] = rev[dimensions=(0,)] a"},
		{all(func(x array) array { return lax.BroadcastedIota(dtype.Int32, []int{2, 3}, 1) }), f32,
			"b:i32[2,3] = iota[dimension=1 dtype=int32 shape=(2, 3)] "},
		{all(func(x array) array { return lax.ExpandDims(x, []int{1}) }), f32,
			"b:f32[3,1,4] = broadcast_in_dim[broadcast_dimensions=(0, 2)] a"},
		{all(func(x array) array { return lax.Full([]int{2}, 3, dtype.Float32) }), f32,
			"b:f32[2] = broadcast_in_dim 3.0:f32[]"},
		{all(func(x array) array { return lax.ReduceSum(x, []int{0}) }), f32, "b:f32[4] = reduce_sum[axes=(0,)] a"},
		{all(func(x array) array { return lax.ReduceXor(x, []int{0}) }), i32, "b:i32[4] = reduce_xor[axes=(0,)] a"},
		{all(func(x array) array { return lax.ArgMax(x, 1, dtype.Int32) }), f32,
			"b:i32[3] = argmax[axes=(1,) index_dtype=int32] a"},
		{all(func(x array) array { return lax.CumLogSumExp(x, 1, false) }), f32,
			"b:f32[3,4] = cumlogsumexp[axis=1 reverse=False] a"},
		{func(x array) []array { return lax.SortMulti([]array{x, x}, 1, 2) }, f32,
			"b:f32[3,4] c:f32[3,4] = sort[dimension=1 num_keys=2] a a"},
		{func(x array) []array {
			values, indices := lax.TopK(x, 2)
			return []array{values, indices}
		}, f32, "b:f32[3,2] c:i32[3,2] = top_k[axis=1 k=2] a"},
		{all(lax.StopGradient), f32, "b:f32[3,4] = stop_gradient a"},
		{func(x array) []array { return lax.OptimizationBarrier(x, x) }, f32,
			"b:f32[3,4] c:f32[3,4] = optimization_barrier a a"},
		{all(func(x array) array { return lax.PSum(x, "i") }), f32, "b:f32[3,4] = psum[axes=('i',)] a"},
		{all(func(x array) array { return lax.PMax(x, "i") }), f32, "b:f32[3,4] = pmax[axes=('i',)] a"},
		{all(func(x array) array { return lax.AxisIndex("i") }), f32, "b:i32[] = axis_index[axis_name=i] "},
		{all(func(x array) array { return lax.Squeeze(lax.Slice(x, []int{0, 0}, []int{1, 4}, nil), []int{0}) }), f32,
			"b:f32[1,4] = slice[limit_indices=(1, 4) start_indices=(0, 0) strides=None] a\n" +
				"    c:f32[4] = squeeze[dimensions=(0,)] b"},
		{all(func(x array) array {
			zero := lax.Number(dtype.Int32, 0)
			return lax.DynamicUpdateSlice(x, lax.DynamicSlice(x, []array{zero, zero}, []int{2, 2}), []array{zero, zero})
		}), f32, "b:f32[2,2] = dynamic_slice[slice_sizes=(2, 2)] a 0:i32[] 0:i32[]\n" +
			"    c:f32[3,4] = dynamic_update_slice a b 0:i32[] 0:i32[]"},
		{all(func(x array) array { return lax.Dot(x, lax.Transpose(x, []int{1, 0})) }), f32,
			"c:f32[3,3] = dot_general[ dimension_numbers=(([1], [0]), ([], [])) preferred_element_type=float32 ] a b"},
		{all(func(x array) array { return x.At(lax.FromSlice([]int32{0, 1})).Get(lax.FillOrDrop) }), f32,
			"gather[ dimension_numbers=GatherDimensionNumbers(offset_dims=(1,), collapsed_slice_dims=(0,), " +
				"start_index_map=(0,), operand_batching_dims=(), start_indices_batching_dims=()) fill_value=nan " +
				"indices_are_sorted=False mode=GatherScatterMode.FILL_OR_DROP slice_sizes=(1, 4) unique_indices=False ] b"},
		{all(func(x array) array { return x.Index([]int{0, 1}) }), i32,
			"fill_value=None indices_are_sorted=False mode=GatherScatterMode.PROMISE_IN_BOUNDS"},
		{all(func(x array) array { return x.At(lax.All, 1).Get(lax.FillValue(-7)) }), i32, "fill_value=-7"},
		{all(func(x array) array { return x.At(1).Add(5) }), f32,
			"d:f32[3,4] = scatter-add[ dimension_numbers=ScatterDimensionNumbers(update_window_dims=(0,), " +
				"inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,), operand_batching_dims=(), " +
				"scatter_indices_batching_dims=()) indices_are_sorted=True mode=GatherScatterMode.FILL_OR_DROP " +
				"unique_indices=True ] a b c"},
		{all(func(x array) array { u := lax.Convert(x, dtype.Uint32); return lax.Threefry2x32(u, u, u, u) }), i32,
			"c:u64[3,4] = threefry2x32 b b b b"},
	} {
		f, _ := ir.Stage(owner, []core.Type{row.t}, fn(func(x ...array) []array { return row.f(x[0]) }))
		got := f.String()
		if !strings.Contains(squash(got), squash(row.want)) {
			t.Errorf("got %s\nwant %s", got, row.want)
		}
		g, err := ir.Parse(got, resolver)
		if err != nil {
			t.Errorf("%s: %v", got, err)
		} else if again := g.String(); again != got {
			t.Errorf("got %s\nparsed as %s", got, again)
		}
	}
}

func all(f func(x array) array) func(x array) []array {
	return func(x array) []array { return []array{f(x)} }
}

// squash drops line breaks, which depend on the width.
func squash(s string) string { return strings.Join(strings.Fields(s), " ") }
