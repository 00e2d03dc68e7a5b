package nn

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Standardize returns x moved and scaled to mean 0 and variance 1 along the last axis;
// 10⁻⁵ is added to the variance.
func Standardize(x lax.Array) lax.Array { return StandardizeWith(x) }

// StandardizeWith is Standardize with the options Axis, Where (which elements count for
// the mean and the variance), Mean, Variance, Epsilon and Stable.
func StandardizeWith(x lax.Array, options ...Option) lax.Array {
	const what = "Standardize"
	o := collect(what, options, axisOption|whereOption|meanOption|varianceOption|epsilonOption|stableOption)
	x = wantReal(what, floating(what, x))
	axes, mask := o.axesOf(what, []int{-1}, x), o.mask(what, x)
	var m lax.Array
	if o.has(meanOption) {
		m = given(what, o.mean, x)
	} else {
		m = mean(x, axes, mask)
	}
	distance := lax.Sub(x, spread(m, x))
	var v lax.Array
	switch {
	case o.has(varianceOption):
		v = given(what, o.variance, x)
	case o.has(stableOption):
		v = mean(lax.Square(distance), axes, mask)
	default:
		v = lax.Sub(mean(lax.Square(x), axes, mask), lax.Square(m))
		v = lax.Max(like(v, 0), v) // rounding can make it negative
	}
	if !o.has(epsilonOption) {
		o.epsilon = 1e-5
	}
	return lax.Mul(distance, spread(lax.Rsqrt(lax.Add(v, like(v, o.epsilon))), x))
}

// given returns a parameter of x's element type, which broadcasts to its shape.
func given(what string, v any, x lax.Array) lax.Array {
	p := lax.Convert(lax.Promote(what, like(x, 0), v)[1], x.DType())
	if p.Rank() > x.Rank() {
		panic(core.Errorf(what, "a parameter has type %v, want a shape that broadcasts to %v", p.Type(), x.Shape()))
	}
	return p
}

// mean averages over axes, which it keeps. Half types are added and divided in f32.
func mean(x lax.Array, axes []int, mask lax.Array) lax.Array {
	t := x.DType()
	if t.IsHalf() {
		x = lax.Convert(x, dtype.Float32)
	}
	n := lax.Convert(count(x, axes, mask), x.DType())
	return lax.Convert(lax.Div(sum(x, axes, mask), n), t)
}

// count returns how many elements of x sum adds: a scalar or, with a mask, an array of
// the shape of the sum.
func count(x lax.Array, axes []int, mask lax.Array) lax.Array {
	if !mask.IsAbsent() {
		return sum(lax.Convert(mask, dtype.Int32), axes, lax.Array{})
	}
	n := 1
	for _, a := range axes {
		n *= x.Shape()[a]
	}
	return lax.Number(dtype.Float64, float64(n))
}

// OneHot returns, on a new last axis of size n, 1 at the index that x, integers, has and
// 0 elsewhere; also where the index is out of range. The element type is f32 if it is
// left out.
func OneHot(x lax.Array, n int, t ...lax.DType) lax.Array { return oneHot("OneHot", x, n, -1, t) }

// OneHotAxis is OneHot whose new axis is the given one of the result.
func OneHotAxis(x lax.Array, n, axis int, t ...lax.DType) lax.Array {
	return oneHot("OneHotAxis", x, n, axis, t)
}

func oneHot(what string, x lax.Array, n, axis int, types []lax.DType) lax.Array {
	x = lax.Operand(what, x)
	rank := x.Rank() + 1
	switch {
	case !x.DType().IsInt():
		panic(core.Errorf(what, "operand has type %v, want integers", x.Type()))
	case n < 0:
		panic(core.Errorf(what, "the number of classes is %d, want none that is negative", n))
	case axis < -rank || axis >= rank:
		panic(core.Errorf(what, "the axis is %d, want an axis of a result with %d axes", axis, rank))
	case len(types) > 1:
		panic(core.Errorf(what, "got %d element types, want at most one", len(types)))
	}
	if axis < 0 {
		axis += rank
	}
	t := lax.DType(dtype.Float32)
	if len(types) == 1 {
		t = types[0]
	}
	if n > 0 && uint64(n-1) > dtype.IInfo(x.DType()).Max {
		x = lax.Convert(x, dtype.Int32) // else the indices would not fit
	}
	x = lax.ExpandDims(x, []int{axis})
	shape := append(lax.Shape(nil), x.Shape()...)
	shape[axis] = n
	return lax.Convert(lax.Eq(lax.BroadcastTo(x, shape), lax.BroadcastedIota(x.DType(), shape, axis)), t)
}

// Glu returns the first half of x along the last axis times the sigmoid of the second.
func Glu(x lax.Array) lax.Array { return GluAxis(x, -1) }

// GluAxis is Glu along another axis.
func GluAxis(x lax.Array, axis int) lax.Array {
	const what = "Glu"
	x = floating(what, x)
	a := axisOf(what, axis, x)
	n := x.Shape()[a]
	if n%2 != 0 {
		panic(core.Errorf(what, "operand has type %v, want an even size in axis %d", x.Type(), a))
	}
	parts := lax.Split(x, []int{n / 2, n / 2}, a)
	return lax.Mul(parts[0], lax.Logistic(parts[1]))
}
