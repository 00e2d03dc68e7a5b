package jnp

import (
	"math"

	"gojax/lax"
)

// Reductions that leave NaN out.

// withoutNaN returns x with v in place of NaN.
func withoutNaN(what string, x lax.Array, v float64) lax.Array {
	if !operand(what, x).DType().IsInexact() {
		return x
	}
	return Where(x.IsNaN(), number(x, v), x)
}

// Nansum is Sum without NaN.
func Nansum(x lax.Array, opts ...Option) lax.Array {
	const what = "nansum"
	return sum(what, withoutNaN(what, x, 0), parse(what, opts, reduceKinds|dtypeKind))
}

// Nanprod is Prod without NaN.
func Nanprod(x lax.Array, opts ...Option) lax.Array {
	const what = "nanprod"
	return prod(what, withoutNaN(what, x, 1), parse(what, opts, reduceKinds|dtypeKind))
}

// Nanmax is Max without NaN; of nothing but NaN it is NaN.
func Nanmax(x lax.Array, opts ...Option) lax.Array {
	const what = "nanmax"
	o := parse(what, opts, reduceKinds)
	y := extreme(what, withoutNaN(what, x, math.Inf(-1)), o, math.Inf(-1), lax.Array.Max, lax.Array.Maximum)
	return o.orNaN(x, y)
}

// Nanmin is Min without NaN; of nothing but NaN it is NaN.
func Nanmin(x lax.Array, opts ...Option) lax.Array {
	const what = "nanmin"
	o := parse(what, opts, reduceKinds)
	y := extreme(what, withoutNaN(what, x, math.Inf(1)), o, math.Inf(1), lax.Array.Min, lax.Array.Minimum)
	return o.orNaN(x, y)
}

// orNaN returns y, reduced from x, with NaN where all elements are and there is no
// initial value.
func (o *options) orNaN(x, y lax.Array) lax.Array {
	if !x.DType().IsInexact() || o.initial != nil {
		return y
	}
	return Where(o.allNaN(x), number(y, math.NaN()), y)
}

// allNaN reports whether there is nothing but NaN in what is reduced to one element.
func (o *options) allNaN(x lax.Array) lax.Array {
	p := options{given: o.given & shapeKinds, axes: o.axes}
	return logical("all", x.IsNaN(), &p, 1, lax.ReduceAnd)
}

// Nanargmax is Argmax without NaN; of nothing but NaN it is -1.
func Nanargmax(x lax.Array, opts ...Option) lax.Array {
	const what = "nanargmax"
	o := parse(what, opts, shapeKinds)
	return o.orNone(x, Argmax(withoutNaN(what, x, math.Inf(-1)), opts...))
}

// Nanargmin is Argmin without NaN; of nothing but NaN it is -1.
func Nanargmin(x lax.Array, opts ...Option) lax.Array {
	const what = "nanargmin"
	o := parse(what, opts, shapeKinds)
	return o.orNone(x, Argmin(withoutNaN(what, x, math.Inf(1)), opts...))
}

func (o *options) orNone(x, y lax.Array) lax.Array {
	if !x.DType().IsInexact() {
		return y
	}
	return Where(o.allNaN(x), -1, y)
}

// Nanmean is Mean without NaN.
func Nanmean(x lax.Array, opts ...Option) lax.Array {
	const what = "nanmean"
	o := parse(what, opts, meanKinds)
	return mean(what, x, o.skipNaN(what, x))
}

// skipNaN returns o with a mask that leaves out the NaN of x too.
func (o *options) skipNaN(what string, x lax.Array) *options {
	if !operand(what, x).DType().IsInexact() {
		return o
	}
	p := *o
	p.where = LogicalAnd(x.IsNaN().Not(), o.maskOr(true))
	return &p
}

// Nanvar is Var without NaN.
func Nanvar(x lax.Array, opts ...Option) lax.Array {
	const what = "nanvar"
	return nanVariance(what, x, parse(what, opts, meanKinds|ddofKind))
}

// Nanstd is Std without NaN.
func Nanstd(x lax.Array, opts ...Option) lax.Array {
	const what = "nanstd"
	return lax.Sqrt(nanVariance(what, x, parse(what, opts, meanKinds|ddofKind)))
}

// nanVariance puts 0 in place of NaN too, so that derivatives there are 0.
func nanVariance(what string, x lax.Array, o *options) lax.Array {
	return variance(what, withoutNaN(what, x, 0), o.skipNaN(what, x))
}

// Nancumsum is Cumsum with 0 for NaN.
func Nancumsum(x lax.Array, opts ...Option) lax.Array {
	return Cumsum(withoutNaN("nancumsum", x, 0), opts...)
}

// Nancumprod is Cumprod with 1 for NaN.
func Nancumprod(x lax.Array, opts ...Option) lax.Array {
	return Cumprod(withoutNaN("nancumprod", x, 1), opts...)
}

// Nanmedian is Median without NaN; of nothing but NaN it is NaN.
func Nanmedian(x lax.Array, opts ...Option) lax.Array {
	const what = "nanmedian"
	o := parse(what, opts, shapeKinds)
	o.method = "midpoint"
	return quantile(what, x, 0.5, o, true)
}

// Nanquantile is Quantile without NaN; of nothing but NaN it is NaN.
func Nanquantile(x lax.Array, q any, opts ...Option) lax.Array {
	const what = "nanquantile"
	return quantile(what, x, q, parse(what, opts, shapeKinds|methodKind), true)
}

// Nanpercentile is Percentile without NaN; of nothing but NaN it is NaN.
func Nanpercentile(x lax.Array, q any, opts ...Option) lax.Array {
	const what = "nanpercentile"
	return quantile(what, x, Divide(q, 100.0), parse(what, opts, shapeKinds|methodKind), true)
}
