package jnp

import (
	"math"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Quantile returns the numbers below which the fractions q, a scalar or with one axis,
// of the elements lie, along a new leading axis if q has one. If there is a NaN it is
// NaN. Options: Axis, KeepDims, and Method: linear, the default, lower, higher, nearest
// or midpoint.
func Quantile(x lax.Array, q any, opts ...Option) lax.Array {
	const what = "quantile"
	return quantile(what, x, q, parse(what, opts, shapeKinds|methodKind), false)
}

// Percentile is Quantile of q percent.
func Percentile(x lax.Array, q any, opts ...Option) lax.Array {
	const what = "percentile"
	return quantile(what, x, Divide(q, 100.0), parse(what, opts, shapeKinds|methodKind), false)
}

// Median returns the element in the middle, or the mean of the two there. Options: Axis,
// KeepDims.
func Median(x lax.Array, opts ...Option) lax.Array {
	const what = "median"
	o := parse(what, opts, shapeKinds)
	o.method = "midpoint"
	return quantile(what, x, 0.5, o, false)
}

// quantile sorts; skip leaves NaN out, which come last.
func quantile(what string, x lax.Array, q any, o *options, skip bool) lax.Array {
	x = lax.Inexact(operand(what, x))
	rejectComplex(what, x)
	f := lax.Inexact(lax.Operand(what, q))
	if f.Rank() > 1 {
		panic(core.Errorf(what, "the fractions have type %v, want a scalar or one axis", f.Type()))
	}
	axes := lax.CanonicalAxes(what, o.axes, x.Rank())
	kept := drop(x.Shape(), axes)
	rows := lax.Reshape(moveaxis(what, x, axes, seq(x.Rank()-len(axes), x.Rank())), append(slices.Clone(kept), -1))
	if x.Size() == 0 {
		panic(core.Errorf(what, "operand has type %v, want at least one element", x.Type()))
	}
	last := rows.Rank() - 1
	n := number(f, float64(rows.Shape()[last]))
	if skip {
		n = lax.Convert(rows.IsNaN().Not().Sum(last), f.DType())
	} else {
		rows = Where(Any(rows.IsNaN(), Axis(last), KeepDims()), math.NaN(), rows)
	}
	sorted := lax.Sort(rows, last)
	// The fractions are the leading axis of the places, which the rows share if NaN are
	// not counted.
	column := lax.Reshape(f, append(slices.Clone(f.Shape()), slices.Repeat([]int{1}, n.Rank())...))
	y := o.interpolate(what, sorted, column.Mul(n.Sub(1)), n, f.Rank() == 1)
	y = lax.Convert(y, x.DType())
	if o.has(keepDimsKind) {
		shape := slices.Clone(x.Shape())
		for _, a := range axes {
			shape[a] = 1
		}
		y = lax.Reshape(y, append(slices.Clone(f.Shape()), shape...))
	}
	return y
}

// interpolate returns the elements of sorted rows at the fractional places, of n.
func (o *options) interpolate(what string, rows, place, n lax.Array, many bool) lax.Array {
	low, high := lax.Floor(place), lax.Ceil(place)
	up := lax.Sub(place, low)
	down := lax.Sub(number(up, 1), up)
	top := n.Sub(1)
	below, above := elements(rows, low.Clip(0, top), many), elements(rows, high.Clip(0, top), many)
	if many && up.Rank() == 1 { // the same places in all rows
		shape := append(slices.Clone(up.Shape()), slices.Repeat([]int{1}, rows.Rank()-1)...)
		up, down = lax.Reshape(up, shape), lax.Reshape(down, shape)
	}
	switch o.method {
	case "", "linear":
		return lax.Convert(below, up.DType()).Mul(down).Add(lax.Convert(above, up.DType()).Mul(up))
	case "lower":
		return below
	case "higher":
		return above
	case "nearest":
		return Where(up.Le(0.5), below, above)
	case "midpoint":
		return below.Add(above).Mul(0.5)
	}
	panic(core.Errorf(what, "the method is %q, want linear, lower, higher, nearest or midpoint", o.method))
}

// elements returns from the last axis of rows those at the given indices, as floats: if
// many is set the leading axis of the indices becomes that of the result; their other
// axes, if there are any, are those of the rows.
func elements(rows, index lax.Array, many bool) lax.Array {
	last := rows.Rank() - 1
	i := lax.Convert(index, dtype.Int32)
	shared := i.Rank() == 0 || many && i.Rank() == 1 && last > 0 || last == 0
	if shared {
		y := take("quantile", rows, i, last, "clip", nil)
		if many {
			y = moveaxis("quantile", y, []int{last}, []int{0})
		}
		return y
	}
	if !many {
		return lax.Squeeze(takeAlong("quantile", rows, i.ExpandDims(last), last), []int{last})
	}
	y := takeAlong("quantile", rows, moveaxis("quantile", i, []int{0}, []int{last}), last)
	return moveaxis("quantile", y, []int{last}, []int{0})
}
