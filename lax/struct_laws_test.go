package lax_test

import (
	"testing"

	"gojax/internal/dtype"
	"gojax/lax"
)

func TestMovingLaws(t *testing.T) {
	checkLaws(t, "transpose", one(func(x array) array { return lax.Transpose(x, []int{2, 0, 1}) }), f64(2, 3, 4))
	checkLaws(t, "rev", one(func(x array) array { return lax.Rev(x, []int{1, 0}) }), f64(2, 3))
	checkLaws(t, "slice", one(func(x array) array { return lax.Slice(x, []int{1, 0}, []int{4, 3}, []int{2, 2}) }), f64(5, 4))
	checkLaws(t, "slice of nothing", one(func(x array) array { return lax.Slice(x, []int{1}, []int{1}, nil) }), f64(3))
	checkLaws(t, "concatenate", func(x ...array) []array { return []array{lax.Concatenate(1, x...)} },
		f64(2, 3), f64(2, 0), f64(2, 1))
	for _, c := range [][]lax.Padding{{{1, 2, 0}, {0, 0, 1}}, {{-1, 1, 2}, {2, -1, 0}}, {{-2, -3, 2}, {0, 0, 0}}, {{0, 0, 0}, {-2, -2, 0}}} {
		checkLaws(t, "pad", func(x ...array) []array { return []array{lax.Pad(x[0], x[1], c)} }, f64(3, 4), f64())
	}
	checkLaws(t, "pad nothing", func(x ...array) []array {
		return []array{lax.Pad(x[0], x[1], []lax.Padding{{1, 1, 3}})}
	}, f64(0), f64())
	checkLaws(t, "broadcast", one(func(x array) array { return lax.BroadcastInDim(x, []int{2, 3, 4}, []int{0, 2}) }), f64(2, 1))
	checkLaws(t, "broadcast to nothing", one(func(x array) array { return lax.BroadcastInDim(x, []int{0, 4}, []int{0, 1}) }), f64(1, 4))
	checkLaws(t, "reshape", one(func(x array) array { return lax.Reshape(x, []int{3, -1}) }), f64(2, 3, 2))
	checkLaws(t, "squeeze", one(func(x array) array { return lax.Squeeze(x, []int{0, 2}) }), f64(1, 3, 1))
	checkLaws(t, "expand_dims", one(func(x array) array { return lax.ExpandDims(x, []int{0, 2}) }), f64(3))
	checkLaws(t, "optimization_barrier", func(x ...array) []array { return lax.OptimizationBarrier(x...) }, f64(2), f64(), i32(2))
}

func TestReducingLaws(t *testing.T) {
	type reducer = func(x array, axes []int) array
	for _, f := range []reducer{lax.ReduceSum, lax.ReduceProd, lax.ReduceMax, lax.ReduceMin} {
		checkLaws(t, "first", one(func(x array) array { return f(x, []int{0}) }), f64(5, 2))
		checkLaws(t, "all", one(func(x array) array { return f(x, []int{0, 1}) }), f64(2, 3))
		checkLaws(t, "middle", one(func(x array) array { return f(x, []int{1}) }), f64(2, 4, 3))
		checkLaws(t, "one", one(func(x array) array { return f(x, []int{0}) }), f64(1, 2))
		checkLaws(t, "integers", one(func(x array) array { return f(x, []int{1}) }), i32(2, 3))
	}
	checkLaws(t, "sum of nothing", one(func(x array) array { return lax.ReduceSum(x, []int{0}) }), f64(0, 2))
	checkLaws(t, "product of nothing", one(func(x array) array { return lax.ReduceProd(x, []int{0}) }), f64(0, 2))
	for _, f := range []reducer{lax.ReduceAnd, lax.ReduceOr, lax.ReduceXor} {
		checkLaws(t, "bits", one(func(x array) array { return f(x, []int{1}) }), i32(2, 3))
	}
	for _, f := range []func(x array, axis int, t lax.DType) array{lax.ArgMax, lax.ArgMin} {
		checkLaws(t, "arg", one(func(x array) array { return f(x, 1, dtype.Int32) }), f64(2, 3, 2))
	}
}

func TestScanningLaws(t *testing.T) {
	for _, f := range []func(x array, axis int, reverse bool) array{
		lax.CumSum, lax.CumProd, lax.CumMax, lax.CumMin, lax.CumLogSumExp} {
		for n := range 8 {
			checkLaws(t, "vector", one(func(x array) array { return f(x, 0, n%2 == 1) }), f64(n))
		}
		checkLaws(t, "middle", one(func(x array) array { return f(x, 1, true) }), f64(2, 5, 2))
	}
	checkLaws(t, "integers", one(func(x array) array { return lax.CumMax(x, 0, false) }), i32(4))
}
