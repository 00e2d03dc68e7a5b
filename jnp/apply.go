package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/jax"
	"gojax/lax"
)

// ApplyAlongAxis returns the results of f, a function of an array with one axis, on all
// vectors along an axis of x; the axes of a result take the place of that one.
func ApplyAlongAxis(f func(x lax.Array) lax.Array, axis int, x any) lax.Array {
	const what = "apply_along_axis"
	wantFunction(what, f == nil)
	y := lax.Operand(what, x)
	a := lax.CanonicalAxis(what, axis, y.Rank())
	rows := moveaxis(what, y, []int{a}, []int{-1})
	before := slices.Clone(rows.Shape()[:y.Rank()-1])
	flat := lax.Reshape(rows, core.Shape{core.Size(before), y.Shape()[a]})
	out := jax.Vmap(f)(flat)
	rank := out.Rank() - 1
	out = lax.Reshape(out, slices.Concat(before, out.Shape()[1:]))
	return moveaxis(what, out, seq(len(before), len(before)+rank), seq(a, a+rank))
}

// ApplyOverAxes applies f, a reduction of an array along an axis, for one axis after the
// other. Axes that f drops are kept with size 1.
func ApplyOverAxes(f func(x lax.Array, axis int) lax.Array, x any, axes ...int) lax.Array {
	const what = "apply_over_axes"
	wantFunction(what, f == nil)
	y := lax.Operand(what, x)
	for _, a := range axes {
		a = lax.CanonicalAxis(what, a, y.Rank())
		z := f(y, a)
		switch z.Rank() {
		case y.Rank():
			y = z
		case y.Rank() - 1:
			y = z.ExpandDims(a)
		default:
			panic(core.Errorf(what, "the function made %v of %v, want as many axes or one less", z.Type(), y.Type()))
		}
	}
	return y
}

// Fromfunction returns an array of the given shape with the values of f at the indices of
// all elements, which it gets as an array for each axis, f32 if no element type is given.
func Fromfunction(f func(indices ...lax.Array) lax.Array, shape core.Shape, t ...lax.DType) lax.Array {
	const what = "fromfunction"
	wantFunction(what, f == nil)
	checkShape(what, shape)
	d := one(what, t, jax.Float32)
	index := make([]lax.Array, len(shape))
	for a := range shape {
		index[a] = lax.BroadcastedIota(d, shape, a)
	}
	return f(index...)
}

// wantFunction panics if the function that a caller passed is nil.
func wantFunction(what string, absent bool) {
	if absent {
		panic(core.Errorf(what, "the function is nil, want one to apply"))
	}
}
