// Package nn has what neural networks are made of: activations, softmax and its kin,
// standardization, one-hot vectors; package nn/initializers has first values for
// weights. All follow JAX's jax.nn, derivatives at kinks too, and go through every
// transformation.
//
// A function of one array takes an Array and returns one, so that jax.Grad, jax.Vmap and
// jax.Jit take it as it is. Where JAX has more arguments a second function takes them,
// whose name ends in With or Axis, or says what differs:
//
//	nn.Softmax(x)                       // over the last axis
//	nn.SoftmaxWith(x, nn.Axis(0))
//	nn.Logsumexp(x)                     // over all axes
//	nn.LogsumexpWith(x, nn.Axis(-1), nn.KeepDims())
//
// Integers become floats where the function needs them: those of 64 bits f64, others f32.
//
//	nn.go         what all share
//	relu.go       activations made of pieces
//	smooth.go     smooth activations
//	softmax.go    Softmax, LogSoftmax, Logsumexp, Logmeanexp
//	standard.go   Standardize, OneHot, Glu
//	option.go     options
package nn

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// floating returns x, integers as floats.
func floating(what string, x lax.Array) lax.Array { return lax.Inexact(lax.Operand(what, x)) }

// numeric returns x, bools as i32.
func numeric(what string, x lax.Array) lax.Array {
	if x = lax.Operand(what, x); x.DType() == dtype.Bool {
		return lax.Convert(x, dtype.Int32)
	}
	return x
}

// like returns the number v with the element type of x.
func like(x lax.Array, v float64) lax.Array { return lax.Number(x.DType(), v) }

// wantReal panics if x is complex.
func wantReal(what string, x lax.Array) lax.Array {
	if x.DType().IsComplex() {
		panic(core.Errorf(what, "operand has type %v, want real elements", x.Type()))
	}
	return x
}

// axisOf returns the axis of x that a user means; negative ones count from the end.
func axisOf(what string, axis int, x lax.Array) int {
	n := x.Rank()
	if axis < -n || axis >= n {
		panic(core.Errorf(what, "the axis is %d, want an axis of %v", axis, x.Type()))
	}
	if axis < 0 {
		axis += n
	}
	return axis
}

// axesOf returns the axes of x that a user means, increasing; nil means all.
func axesOf(what string, axes []int, x lax.Array) []int {
	var all []int
	if axes == nil {
		for a := range x.Rank() {
			all = append(all, a)
		}
		return all
	}
	for _, a := range axes {
		all = append(all, axisOf(what, a, x))
	}
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) < len(all) {
		panic(core.Errorf(what, "the axes are %v, want different axes of %v", axes, x.Type()))
	}
	return all
}

// spread repeats an array with axes of size 1 to the shape of x.
func spread(y, x lax.Array) lax.Array { return lax.BroadcastTo(y, x.Shape()) }

// sum adds over axes where the mask, if there is one, is true, and keeps the axes. Half
// types are added in f32.
func sum(x lax.Array, axes []int, mask lax.Array) lax.Array {
	t := x.DType()
	if !mask.IsAbsent() {
		x = lax.Select(mask, x, like(x, 0))
	}
	if t.IsHalf() {
		x = lax.Convert(x, dtype.Float32)
	}
	return lax.ExpandDims(lax.Convert(lax.ReduceSum(x, axes), t), axes)
}
