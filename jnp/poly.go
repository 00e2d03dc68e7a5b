package jnp

import (
	"math"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Polynomials are arrays of coefficients with one axis, the highest power first.

// Polyval returns the values of the polynomial p at x. p may have more axes: then each
// member along the leading one is broadcast against x.
func Polyval(p, x any) lax.Array {
	const what = "polyval"
	in := lax.Promote(what, p, x)
	c, v := in[0], in[1]
	if c.Rank() == 0 {
		panic(core.Errorf(what, "the coefficients have type %v, want at least one axis", c.Type()))
	}
	y := fillLike(v, 0)
	for i := range c.Shape()[0] {
		y = y.Mul(v).Add(at(c, 0, i))
	}
	return y
}

// Polyadd returns the sum of two polynomials.
func Polyadd(p, q any) lax.Array {
	in := lax.Promote("polyadd", p, q)
	a, b := atLeast(in[0], 1), atLeast(in[1], 1)
	n := max(a.Size(), b.Size())
	return lax.Add(padFront(a, n), padFront(b, n))
}

// padFront puts zeros before x until it has n elements.
func padFront(x lax.Array, n int) lax.Array {
	return lax.Pad(x, number(x, 0), []lax.Padding{{n - x.Size(), 0, 0}})
}

// Polymul returns the product of two polynomials.
func Polymul(p, q any) lax.Array {
	in := lax.PromoteInexact("polymul", p, q)
	return Convolve(in[0], in[1])
}

// Polyder returns the derivative of a polynomial.
func Polyder(p any) lax.Array {
	c := lax.Inexact(atLeast(lax.Operand("polyder", p), 1))
	n := c.Size()
	if n == 0 {
		return c
	}
	powers := lax.Rev(lax.Iota(c.DType().Real(), n), []int{0})
	return span(c.Mul(powers), 0, 0, n-1)
}

// Polyint returns the integral of a polynomial that is 0 at 0.
func Polyint(p any) lax.Array {
	c := lax.Inexact(atLeast(lax.Operand("polyint", p), 1))
	powers := lax.Rev(lax.Iota(c.DType().Real(), c.Size()), []int{0}).Add(1)
	return lax.Pad(c.Div(powers), number(c, 0), []lax.Padding{{0, 1, 0}})
}

// Vander returns the powers of the elements of x, which has one axis, one row for each,
// the highest first. Options: Columns, by default as many as rows; Increasing, the lowest
// first.
func Vander(x any, opts ...Option) lax.Array {
	const what = "vander"
	o := parse(what, opts, columnsKind|increasingKind)
	v := vectors(what, []any{x})[0]
	n := v.Size()
	if o.has(columnsKind) {
		n = o.columns
	}
	checkShape(what, core.Shape{n})
	columns := make([]lax.Array, n)
	for i := range n {
		columns[i] = Power(v, i).ExpandDims(1)
	}
	if !o.has(increasingKind) {
		slices.Reverse(columns)
	}
	if n == 0 {
		return lax.BroadcastInDim(number(numeric(v), 0), core.Shape{v.Size(), 0}, nil)
	}
	return lax.Concatenate(1, columns...)
}

// Convolve returns the sums of products of x and y, both with one axis, turned over and
// moved along each other. Option: Mode: full, the default, same for as many elements as
// the longer has, or valid for where the two overlap wholly.
func Convolve(x, y any, opts ...Option) lax.Array {
	const what = "convolve"
	o := parse(what, opts, modeKind)
	a, b := convolved(what, x, y)
	return slide(what, a, lax.Rev(b, []int{0}), o.mode, "full")
}

// Correlate returns the sums of products of x and y, conjugated, both with one axis, moved
// along each other. Option: Mode: valid, the default, same or full.
func Correlate(x, y any, opts ...Option) lax.Array {
	const what = "correlate"
	o := parse(what, opts, modeKind)
	in := lax.PromoteInexact(what, x, y)
	b := conjugate(in[1])
	if in[0].Size() >= b.Size() {
		a, b := convolved(what, in[0], b)
		return slide(what, a, b, o.mode, "valid")
	}
	a, b := convolved(what, b, in[0])
	return lax.Rev(slide(what, a, b, o.mode, "valid"), []int{0})
}

// convolved returns two vectors as floats, the longer first.
func convolved(what string, x, y any) (long, short lax.Array) {
	in := lax.PromoteInexact(what, x, y)
	for _, z := range in {
		if z.Rank() != 1 || z.Size() == 0 {
			panic(core.Errorf(what, "operands have types %v and %v, want one axis with elements", in[0].Type(), in[1].Type()))
		}
	}
	if in[0].Size() < in[1].Size() {
		return in[1], in[0]
	}
	return in[0], in[1]
}

// slide returns the products of y with the windows of x.
func slide(what string, x, y lax.Array, mode, otherwise string) lax.Array {
	if mode == "" {
		mode = otherwise
	}
	n := y.Size()
	var pad lax.Padding
	switch mode {
	case "full":
		pad = lax.Padding{n - 1, n - 1, 0}
	case "same":
		pad = lax.Padding{n / 2, n - n/2 - 1, 0}
	case "valid":
	default:
		panic(core.Errorf(what, "the mode is %q, want full, same or valid", mode))
	}
	x = lax.Pad(x, number(x, 0), []lax.Padding{pad})
	m := x.Size() - n + 1
	shape := core.Shape{m, n}
	i := lax.Add(lax.BroadcastedIota(dtype.Int32, shape, 0), lax.BroadcastedIota(dtype.Int32, shape, 1))
	t := x.DType()
	if t.IsHalf() { // products are rounded once, as sums are
		x, y = lax.Convert(x, dtype.Float32), lax.Convert(y, dtype.Float32)
	}
	// As a sum over windows, none of which is ever in memory; a product would want them all.
	return lax.Convert(lax.ReduceSum(take(what, x, i, 0, "clip", nil).Mul(y), []int{1}), t)
}

// Interp returns the values at x of the function that joins the points (xs, ys), both
// with one axis and xs ascending, by straight lines. Options: Outside, the values left
// and right of the points, by default those of the nearest point; Period.
func Interp(x, xs, ys any, opts ...Option) lax.Array {
	const what = "interp"
	o := parse(what, opts, outsideKind|periodKind)
	in := lax.PromoteInexact(what, x, xs)
	v, p, f := in[0], in[1], lax.Inexact(lax.Operand(what, ys))
	rejectComplex(what, v, p)
	if p.Rank() != 1 || !slices.Equal(p.Shape(), f.Shape()) {
		panic(core.Errorf(what, "the points have types %v and %v, want one axis and one size", p.Type(), f.Type()))
	}
	if o.period != nil {
		v, p, f = periodic(what, v, p, f, o.period)
	}
	n := p.Size()
	i := searchSorted(p, v, true).Clip(1, max(n-1, 1))
	point := func(x, i lax.Array) lax.Array { return take(what, x, i, 0, "clip", nil) }
	f0, p0 := point(f, i.Sub(1)), point(p, i.Sub(1))
	df, dp := point(f, i).Sub(f0), point(p, i).Sub(p0)
	steep := lax.Abs(dp).Le(math.Nextafter(dtype.FInfo(p.DType()).Eps, 1) - dtype.FInfo(p.DType()).Eps)
	y := Where(steep, f0, f0.Add(v.Sub(p0).Div(Where(steep, 1, dp)).Mul(df)))
	if o.period != nil {
		return y
	}
	var left, right any = at(f, 0, 0), at(f, 0, n-1)
	if o.lo != nil {
		left = o.lo
	}
	if o.hi != nil {
		right = o.hi
	}
	y = Where(v.Lt(at(p, 0, 0)), left, y)
	return Where(v.Gt(at(p, 0, n-1)), right, y)
}

// periodic moves points into one period and adds a point before and behind.
func periodic(what string, v, p, f lax.Array, period any) (x, xs, ys lax.Array) {
	t := lax.Convert(lax.Operand(what, period), p.DType()).Abs()
	both := lax.SortMulti([]lax.Array{p.Mod(t), f}, 0, 1)
	p, f = both[0], both[1]
	n := p.Size()
	p = lax.Concatenate(0, span(p, 0, n-1, n).Sub(t), p, span(p, 0, 0, 1).Add(t))
	f = lax.Concatenate(0, span(f, 0, n-1, n), f, span(f, 0, 0, 1))
	return v.Mod(t), p, f
}

// Unwrap removes jumps of more than half a turn between angles side by side along an
// axis, by default the last, by adding whole turns. Option: Axis.
func Unwrap(x lax.Array, opts ...Option) lax.Array {
	const what = "unwrap"
	o := parse(what, opts, axisKind)
	x = lax.Inexact(operand(what, x))
	rejectComplex(what, x)
	a := o.oneAxis(what, x.Rank(), -1)
	n := x.Shape()[a]
	if n == 0 {
		return x
	}
	d := diff(x, a)
	turned := d.Add(Pi).Mod(2 * Pi).Sub(Pi)
	turned = Where(turned.Eq(-Pi).And(d.Gt(0)), Pi, turned)
	jump := Where(d.Abs().Lt(Pi), 0, turned.Sub(d))
	return lax.Concatenate(a, span(x, a, 0, 1), span(x, a, 1, n).Add(jump.Cumsum(a)))
}
