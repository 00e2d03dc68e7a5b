package jnp_test

import (
	"fmt"
	"strings"
	"testing"

	"gojax/jax"
	"gojax/jnp"
)

func TestErrors(t *testing.T) {
	x, i := jnp.Arange(3.0), jnp.Arange(3)
	m := jnp.Ones(jax.Shape{2, 3})
	c := jnp.Complex64(1i)
	none := jax.Array{}
	for _, row := range []struct {
		f    func()
		want string
	}{
		{func() { jnp.Sum(x, jnp.Descending()) }, "sum: it takes no option Descending"},
		{func() { jnp.Sum(none) }, "sum: the operand is absent (the zero Array)"},
		{func() { jnp.Exp(none) }, "exp: the operand is absent (the zero Array)"},
		{func() { jnp.Negative(none) }, "neg: operand 0 is absent (the zero Array)"},
		{func() { jnp.Sum(m, jnp.Axis(2)) }, "sum: the axis is 2, want -2 to 1 for an array with 2 axes"},
		{func() { jnp.Sum(m, jnp.Axis(0, -2)) }, "sum: the axes are [0 -2], want different ones"},
		{func() { jnp.Max(jnp.Zeros(jax.Shape{0, 3}), jnp.Axis(0)) }, "max: operand has type f32[0,3] and axes [0] have no elements, want at least one"},
		{func() { jnp.Max(x, jnp.WhereMask([]bool{true, false, true})) }, "max: it got a mask and no initial value, want one for where the mask leaves nothing"},
		{func() { jnp.Sum(x, jnp.WhereMask(i)) }, "sum: the mask has type i32[3], want bool elements"},
		{func() { jnp.Sum(x, jnp.Initial(x)) }, "sum: the initial value has type f32[3], want a scalar"},
		{func() { jnp.Argmax(m, jnp.Axis(0, 1)) }, "argmax: the axes are [0 1], want at most one"},
		{func() { jnp.Argmin(jnp.Zeros(jax.Shape{0})) }, "argmin: operand has type f32[0] and axis 0 no elements, want at least one"},
		{func() { jnp.Var(c, jnp.DType(jax.Float32)) }, "var: the type of the result is f32, want a floating type, or a complex one for c64[]"},
		{func() { jnp.Average(m, jnp.Weights(i)) }, "average: the weights have shape [3], want [2 3] or the sizes of axes [0 1] of it"},
		{func() { jnp.Quantile(x, 0.5, jnp.Method("best")) }, `quantile: the method is "best", want linear, lower, higher, nearest or midpoint`},
		{func() { jnp.Median(c) }, "median: operand has type c64[], want real elements"},
		{func() { jnp.Add(m, jnp.Ones(jax.Shape{2})) }, "add: operands have shapes [2 3] and [2], want shapes that broadcast: equal sizes or 1, aligned at the last axis"},
		{func() { jnp.Add(x, "three") }, "add: operand is a string, want an Array, a number or a slice of them"},
		{func() { jnp.Add(jnp.Int8(1), 300) }, "add: the number 300 is out of the range of i8"},
		{func() { jnp.Hypot(c, 1) }, "hypot: operand has type c64[], want real elements"},
		{func() { jnp.Gcd(x, 2) }, "gcd: operand has type f32[3], want integers"},
		{func() { jnp.Clip(c, 0, 1) }, "clip: operand has type c64[], want real elements"},
		{func() { jnp.Round(i, -1) }, "round: operand has type i32[3] and decimals are -1, want at least 0 for integers"},
		{func() { jnp.Select(nil, nil, 0) }, "select: got 0 conditions and 0 choices, want as many, and at least one"},
		{func() { jnp.Choose(i, []any{1, 2}, jnp.Mode("raise")) }, `choose: the mode is "raise", want clip or wrap`},
		{func() { jnp.Zeros(jax.Shape{2, -1}) }, "zeros: the shape is [2 -1], want no negative sizes"},
		{func() { jnp.Ones(jax.Shape{2}, jax.Int8, jax.Int16) }, "ones: the element types are [i8 i16], want at most one"},
		{func() { jnp.Full(jax.Shape{2}, x) }, "full: operand has type f32[3], want a shape that broadcasts to [2]"},
		{func() { jnp.Array([][]int{{1}, {2, 3}}) }, "array: the slices are ragged: operand[1] has length 2, want the same as operand[0]"},
		{func() { jnp.Int8(300) }, "int8: the number 300 is out of the range of i8"},
		{func() { jnp.Float32(1i) }, "float32: the number is (0+1i), want a real one for f32"},
		{func() { jnp.Arange() }, "arange: got 0 numbers, want stop, start and stop, or start, stop and step"},
		{func() { jnp.Arange(0, 5, 0) }, "arange: the step is 0, want another number"},
		{func() { jnp.Arange(jnp.NaN) }, "arange: the number of elements is NaN, want one that memory can have"},
		{func() { jnp.Arange(0, 1, 1e-30) }, "arange: the number of elements is 1e+30, want one that memory can have"},
		{func() { jnp.Arange(x) }, "arange: operand has type f32[3], want a scalar"},
		{func() { jnp.Linspace(0, 1, -1) }, "linspace: the number of elements is -1, want at least 0"},
		{func() { jnp.Meshgrid(m, x) }, "meshgrid: operand 1 has type f32[2,3], want one axis"},
		{func() { jnp.Tril(x) }, "tril: operand has type f32[3], want at least two axes"},
		{func() { jnp.Diag(jnp.Float32(1)) }, "diag: operand has type f32[], want one axis or two"},
		{func() { jnp.Trace(m, jnp.Axis(0)) }, "trace: the axes are [0], want two axes"},
		{func() { jnp.Trace(m, jnp.Axis(0, 0)) }, "trace: the axes are [0 0], want different ones"},
		{func() { jnp.Reshape(m, jax.Shape{4}) }, "reshape: operand has type f32[2,3] with 6 elements, want as many as shape [4] has (4)"},
		{func() { jnp.Transpose(m, 0) }, "transpose: operand has type f32[2,3], permutation [0], want each of its axes once"},
		{func() { jnp.Moveaxis(m, 0, "last") }, "moveaxis: got a string, want an int or a []int"},
		{func() { jnp.Squeeze(m, 0) }, "squeeze: operand has type f32[2,3], want size 1 in axis 0"},
		{func() { jnp.BroadcastTo(m, jax.Shape{3}) }, "broadcast_to: operand has type f32[2,3], want a shape that broadcasts to [3]"},
		{func() { jnp.Roll(m, []int{1, 2}, jnp.Axis(0, 1, 0)) }, "roll: the shifts are [1 2] and the axes [0 1 0], want as many, or one"},
		{func() { jnp.Concatenate([]jax.Array{}) }, "concatenate: got no arrays, want at least one"},
		{func() { jnp.Concatenate([]jax.Array{m, x}) }, "concatenate: operands have types f32[2,3] and f32[3], want equal sizes but in axis 0"},
		{func() { jnp.Stack([]jax.Array{m, x}) }, "stack: operands have types f32[2,3] and f32[3], want one shape"},
		{func() { jnp.Split(x, 2) }, "split: operand has type f32[3], size 3 in axis 0, want a size that 2 divides"},
		{func() { jnp.Repeat(x, []int{1, 2}) }, "repeat: operand has type f32[3], size 3 in axis 0, and there are 2 numbers of repeats, want as many"},
		{func() { jnp.Tile(x, -1) }, "tile: the shape is [-1], want no negative sizes"},
		{func() { jnp.Block([]any{[]any{x}, x}) }, "block: got slices 1 and 0 deep side by side, want equal depths"},
		{func() { jnp.Pad(x, -1) }, "pad: the widths are [[-1 -1]], want no negative ones"},
		{func() { jnp.Pad(x, 1, jnp.Mode("mean")) }, `pad: the mode is "mean", want constant, edge, reflect, symmetric or wrap`},
		{func() { jnp.Pad(x, 1, jnp.Mode("edge"), jnp.FillValue(1)) }, "pad: it takes FillValue in mode constant, not edge"},
		{func() { jnp.Pad(jnp.Zeros(jax.Shape{0}), 1, jnp.Mode("edge")) }, "pad: operand has type f32[0], no elements in axis 0, want some for mode edge"},
		{func() { jnp.Take(x, 1.5) }, "take: operand has type f32[], want integers"},
		{func() { jnp.Take(x, 1, jnp.Mode("raise")) }, `take: the mode is "raise", want fill, clip or wrap`},
		{func() { jnp.Take(jnp.Zeros(jax.Shape{0}), 1) }, "take: operand has type f32[0], no elements in axis 0, want some to take"},
		{func() { jnp.TakeAlongAxis(m, i) }, "take_along_axis: operand has type f32[2,3] and indices i32[3], want as many axes"},
		{func() { jnp.Insert(x, 5, 1) }, "insert: the index is 5, want -3 to 3"},
		{func() { jnp.Delete(x, 3) }, "delete: the index is 3, want -3 to 2"},
		{func() { jnp.Partition(x, 3) }, "partition: the index is 3, want -3 to 2"},
		{func() { jnp.Searchsorted(m, 1) }, "searchsorted: the sorted operand has type f32[2,3], want one axis"},
		{func() { jnp.Bincount(x) }, "bincount: operand has type f32[3], want integers"},
		{func() { jnp.Histogram(x, 0) }, "histogram: the number of bins is 0, want at least 1"},
		{func() { jnp.Nonzero(jnp.Float32(1)) }, "nonzero: operand has type f32[], want at least one axis"},
		{func() { jnp.Dot(m, m) }, "dot: operands have types f32[2,3] and f32[2,3], want equal sizes in axis 1 of the one and 0 of the other"},
		{func() { jnp.Matmul(m, m) }, "matmul: operands have types f32[2,3] and f32[2,3], want inner sizes equal (3 and 2)"},
		{func() { jnp.Matmul(m, 2) }, "matmul: operands have types f32[2,3] and f32[], want at least one axis each"},
		{func() { jnp.Matmul(jnp.Ones(jax.Shape{2, 2, 3}), jnp.Ones(jax.Shape{3, 3, 2})) },
			"matmul: operands have types f32[2,2,3] and f32[3,3,2], want axes before the last two that broadcast"},
		{func() { jnp.Tensordot(m, m, 1) }, "tensordot: operands have types f32[2,3] and f32[2,3], want equal sizes in axis 1 of the one and 0 of the other"},
		{func() { jnp.Cross(jnp.Arange(4), jnp.Arange(4)) }, "cross: operand has type i32[4], size 4 in axis 0, want 2 or 3"},
		{func() { jnp.Einsum("ij,jk", m) }, `einsum: "ij,jk" names 2 operands and got 1, want as many, and at least one`},
		{func() { jnp.Einsum("ij->k", m) }, `einsum: the result of "ij->k" has the index k, want one that an operand has`},
		{func() { jnp.Einsum("ij->ii", m) }, `einsum: the result of "ij->ii" has the index i twice, want it once`},
		{func() { jnp.Einsum("ijk", m) }, `einsum: operand 0 has type f32[2,3], want as many axes as "ijk" names in "ijk"`},
		{func() { jnp.Einsum("i1", m) }, `einsum: "i1" has the index "1", want letters, ellipses, commas and one arrow`},
		{func() { jnp.Einsum("ij,jk->ik", m, m) }, `einsum: operand 1 of "ij,jk->ik" has type f32[2,3], size 2 in axis 0, want 3 as others have for that index`},
		{func() { jnp.Einsum("...i->i", m) }, `einsum: the result of "...i->i" lacks the ellipsis, want it where an operand has axes for it`},
		{func() { jnp.Convolve(m, x) }, "convolve: operands have types f32[2,3] and f32[3], want one axis with elements"},
		{func() { jnp.Interp(x, x, m) }, "interp: the points have types f32[3] and f32[2,3], want one axis and one size"},
		{func() { jnp.Gradient(jnp.Ones(jax.Shape{1}), nil) }, "gradient: operand has type f32[1] and spacing f32[], want at least two elements in axis 0 and a scalar"},
	} {
		err := jax.Try(row.f)
		if err == nil {
			t.Errorf("no error, want %q", row.want)
			continue
		}
		place, got, _ := strings.Cut(err.Error(), ": ")
		if got != row.want || !strings.HasPrefix(place, "errors_test.go:") {
			t.Errorf("%s", fmt.Sprintf("%v, want %s", err, row.want))
		}
	}
}

// Reading values under Jit is an error that says what to do.
func TestErrorsUnderJit(t *testing.T) {
	x := jnp.Arange(3.0)
	for name, f := range map[string]func(x jax.Array) jax.Array{
		"nonzero":  func(x jax.Array) jax.Array { return jnp.Nonzero(x)[0] },
		"unique":   func(x jax.Array) jax.Array { return jnp.Unique(x) },
		"arange":   func(x jax.Array) jax.Array { return jnp.Arange(x.Sum()) },
		"bincount": func(x jax.Array) jax.Array { return jnp.Bincount(x.Astype(jax.Int32)) },
	} {
		err := jax.Try(func() { jax.Jit(f)(x) })
		if err == nil || !strings.Contains(err.Error(), name+": ") || !strings.Contains(err.Error(), "is traced by Jit") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The zero Array is an error in every function of one array, and in the methods.
func TestAbsent(t *testing.T) {
	var none jax.Array
	for i, f := range []func(x jax.Array) jax.Array{
		jnp.Negative, jnp.Positive, jnp.Abs, jnp.Fabs, jnp.Sign, jnp.Exp, jnp.Exp2, jnp.Expm1, jnp.Log, jnp.Log1p,
		jnp.Log2, jnp.Log10, jnp.Sqrt, jnp.Cbrt, jnp.Square, jnp.Reciprocal, jnp.Sin, jnp.Cos, jnp.Tan, jnp.Arcsin,
		jnp.Arccos, jnp.Arctan, jnp.Sinh, jnp.Cosh, jnp.Tanh, jnp.Arcsinh, jnp.Arccosh, jnp.Arctanh, jnp.Deg2Rad,
		jnp.Rad2Deg, jnp.Real, jnp.Imag, jnp.Conj, jnp.Angle, jnp.Sinc, jnp.LogicalNot, jnp.BitwiseNot,
		jnp.BitwiseCount, jnp.Floor, jnp.Ceil, jnp.Trunc, jnp.Rint, jnp.NanToNum, jnp.Signbit, jnp.Isnan, jnp.Isinf,
		jnp.Isfinite, jnp.Isposinf, jnp.Isreal, jnp.Iscomplex, jnp.Ravel, jnp.MatrixTranspose, jnp.Fliplr, jnp.Flipud,
		jnp.Ediff1d, jnp.Corrcoef, jax.Array.T, jax.Array.Ravel,
		func(x jax.Array) jax.Array { return x.Sum() },
		func(x jax.Array) jax.Array { return x.Mean() },
		func(x jax.Array) jax.Array { return x.Var() },
		func(x jax.Array) jax.Array { return x.Max() },
		func(x jax.Array) jax.Array { return x.Argmax() },
		func(x jax.Array) jax.Array { return x.Cumsum() },
		func(x jax.Array) jax.Array { return x.Sort() },
		func(x jax.Array) jax.Array { return x.Argsort() },
		func(x jax.Array) jax.Array { return x.Squeeze() },
		func(x jax.Array) jax.Array { return x.ExpandDims(0) },
		func(x jax.Array) jax.Array { return x.Swapaxes(0, 1) },
		func(x jax.Array) jax.Array { return x.Clip(0, 1) },
		func(x jax.Array) jax.Array { return x.Dot(1) },
		func(x jax.Array) jax.Array { return x.MatMul(1) },
		func(x jax.Array) jax.Array { return x.Reshape(1) },
		func(x jax.Array) jax.Array { return jnp.Flip(x) },
		func(x jax.Array) jax.Array { return jnp.Diff(x) },
		func(x jax.Array) jax.Array { return jnp.Argsort(x) },
		func(x jax.Array) jax.Array { return jnp.Partition(x, 0) },
		func(x jax.Array) jax.Array { return jnp.Unique(x) },
		func(x jax.Array) jax.Array { return jnp.Ptp(x) },
		func(x jax.Array) jax.Array { return jnp.Clip(x, 0, 1) },
		func(x jax.Array) jax.Array { return jnp.Astype(x, jax.Int32) },
	} {
		if err := jax.Try(func() { f(none) }); err == nil || !strings.Contains(err.Error(), "absent") {
			t.Errorf("function %d: %v", i, err)
		}
	}
}
