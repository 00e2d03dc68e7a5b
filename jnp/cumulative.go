package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Cumsum returns the sums of the elements up to each along one axis, by default in
// row-major order. Bools count as 0 and 1. Options: Axis, DType.
func Cumsum(x lax.Array, opts ...Option) lax.Array {
	return cumulative("cumsum", x, opts, lax.CumSum)
}

// Cumprod returns the products of the elements up to each along one axis, by default in
// row-major order. Bools count as 0 and 1. Options: Axis, DType.
func Cumprod(x lax.Array, opts ...Option) lax.Array {
	return cumulative("cumprod", x, opts, lax.CumProd)
}

// Cummax returns the largest of the elements up to each along one axis, by default in
// row-major order. Options: Axis, DType.
func Cummax(x lax.Array, opts ...Option) lax.Array {
	return cumulative("cummax", x, opts, lax.CumMax)
}

// Cummin returns the smallest of the elements up to each along one axis, by default in
// row-major order. Options: Axis, DType.
func Cummin(x lax.Array, opts ...Option) lax.Array {
	return cumulative("cummin", x, opts, lax.CumMin)
}

// Cumlogsumexp returns Logsumexp of the elements up to each along one axis, by default
// in row-major order. Options: Axis, DType.
func Cumlogsumexp(x lax.Array, opts ...Option) lax.Array {
	return cumulative("cumlogsumexp", lax.Inexact(operand("cumlogsumexp", x)), opts, lax.CumLogSumExp)
}

func cumulative(what string, x lax.Array, opts []Option, op func(x lax.Array, axis int, reverse bool) lax.Array) lax.Array {
	o := parse(what, opts, axisKind|dtypeKind)
	x = numeric(operand(what, x))
	if o.dtype != dtype.Invalid {
		x = numeric(x.Astype(o.dtype))
	}
	x, a := o.flatOrAxis(what, x)
	y := op(x, a, false)
	return y.Astype(o.dtypeOr(y.DType()))
}

// Diff returns the differences of elements side by side along an axis, by default the
// last; of bools whether they differ. Options: Axis; Order, how often to do it.
func Diff(x lax.Array, opts ...Option) lax.Array {
	const what = "diff"
	o := parse(what, opts, axisKind|orderKind)
	a := o.oneAxis(what, operand(what, x).Rank(), -1)
	n := 1
	if o.has(orderKind) {
		n = o.order
	}
	if n < 0 {
		panic(core.Errorf(what, "the order is %d, want at least 0", n))
	}
	for range n {
		x = diff(x, a)
	}
	return x
}

func diff(x lax.Array, axis int) lax.Array {
	size := x.Shape()[axis]
	if size == 0 {
		return x
	}
	next, here := span(x, axis, 1, size), span(x, axis, 0, size-1)
	if x.DType() == dtype.Bool {
		return lax.Ne(next, here)
	}
	return lax.Sub(next, here)
}

// span returns the elements from, …, to-1 along an axis.
func span(x lax.Array, axis, from, to int) lax.Array {
	return lax.SliceInDim(x, from, to, 1, axis)
}

// at returns the elements at index i along an axis, which the result lacks.
func at(x lax.Array, axis, i int) lax.Array {
	return lax.Squeeze(span(x, axis, i, i+1), []int{axis})
}

// Ediff1d returns the differences of elements side by side in row-major order.
func Ediff1d(x lax.Array) lax.Array {
	x = operand("ediff1d", x).Ravel()
	if x.Size() == 0 {
		return x
	}
	return lax.Sub(span(x, 0, 1, x.Size()), span(x, 0, 0, x.Size()-1))
}

// Trapezoid integrates y along an axis, by default the last, by straight lines between
// its elements. x is nil for points at distance 1, a scalar distance, or the points:
// along one axis, or in the shape of y. Option: Axis.
func Trapezoid(y lax.Array, x any, opts ...Option) lax.Array {
	const what = "trapezoid"
	o := parse(what, opts, axisKind)
	a := o.oneAxis(what, operand(what, y).Rank(), -1)
	if x == nil {
		x = 1.0
	}
	in := lax.PromoteInexact(what, y, x)
	y, d := in[0], in[1]
	n := y.Shape()[a]
	if d.Rank() == 0 {
		if n == 0 {
			return y.Sum(a)
		}
		ends := at(y, a, 0).Add(at(y, a, n-1))
		return d.Mul(y.Sum(a).Sub(ends.Mul(0.5)))
	}
	switch {
	case d.Rank() == 1 && d.Size() == n:
		shape := slices.Repeat([]int{1}, y.Rank())
		shape[a] = n - 1
		d = lax.Reshape(diff(d, 0), shape)
	case slices.Equal(d.Shape(), y.Shape()):
		d = diff(d, a)
	default:
		panic(core.Errorf(what, "the points have type %v and the values %v, want %d points or as many as values", d.Type(), y.Type(), n))
	}
	return d.Mul(span(y, a, 1, n).Add(span(y, a, 0, n-1))).Sum(a).Mul(0.5)
}

// Gradient returns the slopes of x along an axis, by central differences inside and
// one-sided ones at the ends, for points at the distance spacing, a scalar; nil stands
// for 1. Option: Axis, 0 by default.
func Gradient(x lax.Array, spacing any, opts ...Option) lax.Array {
	const what = "gradient"
	o := parse(what, opts, axisKind)
	if spacing == nil {
		spacing = 1.0
	}
	in := lax.PromoteInexact(what, operand(what, x), spacing)
	x, h := in[0], in[1]
	a := o.oneAxis(what, x.Rank(), 0)
	n := x.Shape()[a]
	if h.Rank() > 0 || n < 2 {
		panic(core.Errorf(what, "operand has type %v and spacing %v, want at least two elements in axis %d and a scalar", x.Type(), h.Type(), a))
	}
	first := lax.Sub(span(x, a, 1, 2), span(x, a, 0, 1)).Div(h)
	last := lax.Sub(span(x, a, n-1, n), span(x, a, n-2, n-1)).Div(h)
	inner := lax.Sub(span(x, a, 2, n), span(x, a, 0, n-2)).Mul(0.5).Div(h)
	return lax.Concatenate(a, first, inner, last)
}
