package jnp

import (
	"math"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

const meanKinds = shapeKinds | dtypeKind | whereKind

// Mean returns the mean. Integers become floats, those of 64 bits f64 and others f32;
// halves are added in f32. Options: Axis, KeepDims, DType, WhereMask.
func Mean(x lax.Array, opts ...Option) lax.Array {
	const what = "mean"
	return mean(what, x, parse(what, opts, meanKinds))
}

func mean(what string, x lax.Array, o *options) lax.Array {
	x = lax.Inexact(operand(what, x))
	if o.dtype != dtype.Invalid {
		x = x.Astype(o.dtype)
	}
	if o.where == nil && x.DType().IsInexact() {
		return o.restore(what, x, x.Mean(o.axes...))
	}
	work := *o
	work.dtype = wide(x.DType())
	return lax.Convert(lax.Div(sum(what, x, &work), o.count(what, x, work.dtype)), x.DType())
}

// wide is the type in which t is added: f32 for halves.
func wide(t lax.DType) lax.DType {
	if t.IsHalf() {
		return dtype.Float32
	}
	return t
}

// count returns how many elements of x are reduced to one, as type t.
func (o *options) count(what string, x lax.Array, t lax.DType) lax.Array {
	if o.where == nil {
		return lax.Number(t, float64(core.Size(pick(x.Shape(), lax.CanonicalAxes(what, o.axes, x.Rank())))))
	}
	on := *o
	on.dtype, on.where = t, nil
	return sum(what, broadcastTo(what, lax.Operand(what, o.where), x.Shape()), &on)
}

// Var returns the mean of the squared distances from the mean: a real number, in the
// type of Mean. It divides by the number of elements less Ddof; where that leaves
// nothing the result is NaN. Options: Axis, KeepDims, DType, WhereMask, Ddof.
func Var(x lax.Array, opts ...Option) lax.Array {
	const what = "var"
	return variance(what, x, parse(what, opts, meanKinds|ddofKind))
}

// Std returns the square root of Var. Options as Var.
func Std(x lax.Array, opts ...Option) lax.Array {
	const what = "std"
	return lax.Sqrt(variance(what, x, parse(what, opts, meanKinds|ddofKind)))
}

func variance(what string, x lax.Array, o *options) lax.Array {
	x, t := varianceTypes(what, x, o)
	center := *o
	center.given, center.dtype = o.given|keepDimsKind, dtype.Invalid
	d := square(x.Sub(mean(what, x, &center)))
	total := *o
	total.dtype = d.DType()
	n := o.count(what, x, d.DType())
	n = n.Sub(o.ddof)
	return Where(n.Gt(0), lax.Convert(lax.Div(sum(what, d, &total), n), t), number(lax.Number(t, 0), math.NaN()))
}

// varianceTypes returns x in the type in which its variance is computed, and the type of
// the result.
func varianceTypes(what string, x lax.Array, o *options) (lax.Array, lax.DType) {
	x = lax.Inexact(operand(what, x))
	t := x.DType().Real()
	if o.dtype != dtype.Invalid {
		if x.DType().IsComplex() && !o.dtype.IsComplex() || !o.dtype.IsInexact() {
			panic(core.Errorf(what, "the type of the result is %v, want a floating type, or a complex one for %v", o.dtype, x.Type()))
		}
		x, t = x.Astype(o.dtype), o.dtype
	}
	return lax.Convert(x, wide(x.DType())), t
}

// square returns |x|².
func square(x lax.Array) lax.Array {
	if x.DType().IsComplex() {
		return lax.Real(lax.Mul(x, lax.Conj(x)))
	}
	return lax.Square(x)
}

// Average returns the mean with the given weights, which have the shape of x or, with
// Axis, the sizes of those axes. Options: Axis, KeepDims, Weights.
func Average(x lax.Array, opts ...Option) lax.Array {
	const what = "average"
	o := parse(what, opts, shapeKinds|weightsKind)
	if o.weights == nil {
		return mean(what, x, o)
	}
	in := lax.PromoteInexact(what, operand(what, x), o.weights)
	x, w := in[0], in[1]
	axes := o.axes
	if axes == nil {
		axes = seq(0, x.Rank())
	}
	if !slices.Equal(x.Shape(), w.Shape()) {
		w = alongAxes(what, w, x.Shape(), axes)
	}
	return sum(what, x.Mul(w), o).Div(sum(what, w, o))
}

// alongAxes returns w, whose axes have the sizes of some axes of a shape, in their
// places, with size 1 in the other axes.
func alongAxes(what string, w lax.Array, shape core.Shape, axes []int) lax.Array {
	place := make([]int, len(axes))
	for i, a := range axes {
		place[i] = lax.CanonicalAxis(what, a, len(shape))
	}
	if !slices.Equal(w.Shape(), pick(shape, place)) {
		panic(core.Errorf(what, "the weights have shape %v, want %v or the sizes of axes %v of it", w.Shape(), shape, axes))
	}
	order := seq(0, len(place))
	slices.SortFunc(order, func(i, j int) int { return place[i] - place[j] })
	fit := slices.Repeat([]int{1}, len(shape))
	for _, a := range place {
		fit[a] = shape[a]
	}
	return lax.Reshape(lax.Transpose(w, order), fit)
}

// Cov returns the covariances of the rows of x. It divides by the number of columns less
// Ddof, which is 1 by default. Option: Ddof.
func Cov(x lax.Array, opts ...Option) lax.Array {
	const what = "cov"
	o := parse(what, opts, ddofKind)
	x = lax.Inexact(operand(what, x))
	if x.Rank() > 2 {
		panic(core.Errorf(what, "operand has type %v, want at most two axes", x.Type()))
	}
	ddof := 1.0
	if o.has(ddofKind) {
		ddof = o.ddof
	}
	x = Atleast2d(x)
	n := float64(x.Shape()[1]) - ddof
	x = x.Sub(Mean(x, Axis(1), KeepDims()))
	return x.Dot(conjugate(x.T())).Div(n).Squeeze()
}

// Corrcoef returns the correlations of the rows of x.
func Corrcoef(x lax.Array) lax.Array {
	c := Cov(operand("corrcoef", x))
	if c.Rank() == 0 {
		return c.Div(c)
	}
	std := lax.Convert(lax.Sqrt(Diag(c).Real()), c.DType())
	c = c.Div(std.ExpandDims(1)).Div(std.ExpandDims(0))
	return parts(c, func(x lax.Array) lax.Array { return x.Clip(-1, 1) })
}
