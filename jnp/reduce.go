package jnp

import (
	"math"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Reductions combine the elements of an array over the axes that Axis chooses, by
// default over all.

const (
	shapeKinds  = axisKind | keepDimsKind
	reduceKinds = shapeKinds | initialKind | whereKind
)

// Sum adds. Bools count as 0 and 1, integers below 32 bits are added in 32, and halves
// in f32. Options: Axis, KeepDims, DType, Initial, WhereMask.
func Sum(x lax.Array, opts ...Option) lax.Array {
	return sum("sum", x, parse("sum", opts, reduceKinds|dtypeKind))
}

func sum(what string, x lax.Array, o *options) lax.Array {
	return o.accumulate(what, x, 0, lax.Array.Sum, lax.Array.Add)
}

// Prod multiplies, in types as Sum. Options: Axis, KeepDims, DType, Initial, WhereMask.
func Prod(x lax.Array, opts ...Option) lax.Array {
	return prod("prod", x, parse("prod", opts, reduceKinds|dtypeKind))
}

func prod(what string, x lax.Array, o *options) lax.Array {
	return o.accumulate(what, x, 1, lax.Array.Prod, lax.Array.Mul)
}

// accumulate reduces x, of which identity changes nothing.
func (o *options) accumulate(what string, x lax.Array, identity float64,
	over func(x lax.Array, axes ...int) lax.Array, with func(x lax.Array, y any) lax.Array) lax.Array {
	x = numeric(operand(what, x))
	if o.dtype != dtype.Invalid {
		x = x.Astype(o.dtype)
	}
	y := over(o.masked(what, x, identity), o.axes...)
	y = lax.Convert(y, o.dtypeOr(y.DType()))
	return o.finish(what, x, y, with)
}

// masked returns x with identity where the mask leaves elements out.
func (o *options) masked(what string, x lax.Array, identity float64) lax.Array {
	if o.where == nil {
		return x
	}
	mask := lax.Operand(what, o.where)
	if mask.DType() != dtype.Bool {
		panic(core.Errorf(what, "the mask has type %v, want bool elements", mask.Type()))
	}
	return Where(mask, x, number(x, identity))
}

// finish combines the result y of a reduction of x with the initial value and restores
// the axes that it lacks.
func (o *options) finish(what string, x, y lax.Array, with func(x lax.Array, y any) lax.Array) lax.Array {
	if o.initial != nil {
		first := lax.Operand(what, o.initial)
		if first.Rank() > 0 {
			panic(core.Errorf(what, "the initial value has type %v, want a scalar", first.Type()))
		}
		y = with(y, lax.Convert(first, y.DType()))
	}
	return o.restore(what, x, y)
}

// restore gives the result y of a reduction of x the axes that it lacks, if the call
// wants to keep them.
func (o *options) restore(what string, x, y lax.Array) lax.Array {
	if !o.has(keepDimsKind) {
		return y
	}
	return keep(y, lax.CanonicalAxes(what, o.axes, x.Rank()))
}

// keep returns y with new axes of size 1.
func keep(y lax.Array, axes []int) lax.Array { return y.ExpandDims(axes...) }

// Max returns the largest element, or NaN if there is one. A mask needs an initial
// value, and so do no elements at all. Options: Axis, KeepDims, Initial, WhereMask.
func Max(x lax.Array, opts ...Option) lax.Array {
	const what = "max"
	return extreme(what, x, parse(what, opts, reduceKinds), math.Inf(-1), lax.Array.Max, lax.Array.Maximum)
}

// Amax is Max.
func Amax(x lax.Array, opts ...Option) lax.Array { return Max(x, opts...) }

// Min returns the smallest element, or NaN if there is one. A mask needs an initial
// value, and so do no elements at all. Options: Axis, KeepDims, Initial, WhereMask.
func Min(x lax.Array, opts ...Option) lax.Array {
	const what = "min"
	return extreme(what, x, parse(what, opts, reduceKinds), math.Inf(1), lax.Array.Min, lax.Array.Minimum)
}

// Amin is Min.
func Amin(x lax.Array, opts ...Option) lax.Array { return Min(x, opts...) }

// extreme reduces x by over, of which worst is no better than any element.
func extreme(what string, x lax.Array, o *options, worst float64,
	over func(x lax.Array, axes ...int) lax.Array, with func(x lax.Array, y any) lax.Array) lax.Array {
	operand(what, x)
	if o.initial == nil {
		if o.where != nil {
			panic(core.Errorf(what, "it got a mask and no initial value, want one for where the mask leaves nothing"))
		}
		return o.restore(what, x, over(x, o.axes...))
	}
	mask := o.where
	if mask == nil {
		mask = true
	}
	y := limit(x.DType(), worst)
	o.where = mask
	m := lax.Operand(what, mask)
	if m.DType() != dtype.Bool {
		panic(core.Errorf(what, "the mask has type %v, want bool elements", m.Type()))
	}
	axes := lax.CanonicalAxes(what, o.axes, x.Rank())
	if size := core.Size(pick(x.Shape(), axes)); size == 0 {
		y = lax.BroadcastInDim(y, drop(x.Shape(), axes), nil)
	} else {
		y = over(Where(m, x, y), axes...)
	}
	return o.finish(what, x, y, with)
}

// limit returns infinity in type t, or its largest or smallest number.
func limit(t lax.DType, infinity float64) lax.Array {
	if t.IsInexact() {
		return lax.Number(t, infinity)
	}
	info := dtype.IInfo(t)
	switch {
	case infinity < 0:
		return lax.OperandAs("limit", info.Min, t)
	}
	return lax.OperandAs("limit", info.Max, t)
}

// pick returns the sizes of some axes and drop those of the others.
func pick(shape core.Shape, axes []int) core.Shape {
	out := make(core.Shape, len(axes))
	for i, a := range axes {
		out[i] = shape[a]
	}
	return out
}

func drop(shape core.Shape, axes []int) core.Shape {
	out := make(core.Shape, 0, len(shape))
	for a, d := range shape {
		if !slices.Contains(axes, a) {
			out = append(out, d)
		}
	}
	return out
}

// All reports whether no element is 0. Options: Axis, KeepDims, WhereMask.
func All(x lax.Array, opts ...Option) lax.Array {
	const what = "all"
	return logical(what, x, parse(what, opts, shapeKinds|whereKind), 1, lax.ReduceAnd)
}

// Any reports whether an element is not 0. Options: Axis, KeepDims, WhereMask.
func Any(x lax.Array, opts ...Option) lax.Array {
	const what = "any"
	return logical(what, x, parse(what, opts, shapeKinds|whereKind), 0, lax.ReduceOr)
}

func logical(what string, x lax.Array, o *options, identity float64, over func(x lax.Array, axes []int) lax.Array) lax.Array {
	x = truth(operand(what, x))
	y := over(o.masked(what, x, identity), lax.CanonicalAxes(what, o.axes, x.Rank()))
	return o.restore(what, x, y)
}

// CountNonzero returns the number (i32) of elements that are not 0. Options: Axis,
// KeepDims.
func CountNonzero(x lax.Array, opts ...Option) lax.Array {
	const what = "count_nonzero"
	return sum(what, truth(operand(what, x)), parse(what, opts, shapeKinds))
}

// Ptp returns the largest element less the smallest. Options: Axis, KeepDims.
func Ptp(x lax.Array, opts ...Option) lax.Array { return Max(x, opts...).Sub(Min(x, opts...)) }

// Argmax returns the index (i32) of the first largest element along one axis, by default
// in row-major order. The first NaN counts as largest. Options: Axis, KeepDims.
func Argmax(x lax.Array, opts ...Option) lax.Array {
	const what = "argmax"
	o := parse(what, opts, shapeKinds)
	return o.restore(what, x, operand(what, x).Argmax(o.axes...))
}

// Argmin returns the index (i32) of the first smallest element along one axis, by
// default in row-major order. The first NaN counts as smallest. Options: Axis, KeepDims.
func Argmin(x lax.Array, opts ...Option) lax.Array {
	const what = "argmin"
	o := parse(what, opts, shapeKinds)
	return o.restore(what, x, operand(what, x).Argmin(o.axes...))
}

// Logsumexp returns the logarithm of the sum of e to the powers x, without overflow on
// the way. Options: Axis, KeepDims, WhereMask.
func Logsumexp(x lax.Array, opts ...Option) lax.Array {
	const what = "logsumexp"
	o := parse(what, opts, shapeKinds|whereKind)
	x = lax.Inexact(operand(what, x))
	axes := lax.CanonicalAxes(what, o.axes, x.Rank())
	top := Max(x.Real(), Axis(axes...), KeepDims(), Initial(Inf*-1), WhereMask(o.maskOr(true)))
	top = lax.StopGradient(Where(top.IsFinite(), top, 0))
	e := lax.Exp(x.Sub(lax.Convert(top, x.DType())))
	o2 := *o
	o2.given &^= keepDimsKind
	y := lax.Log(sum(what, e, &o2))
	y = lax.Add(y, lax.Convert(lax.Reshape(top, y.Shape()), y.DType()))
	return o.restore(what, x, y)
}

// maskOr returns the mask of a call, or else m.
func (o *options) maskOr(m any) any {
	if o.where == nil {
		return m
	}
	return o.where
}
