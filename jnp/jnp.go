// Package jnp is NumPy's interface to arrays, with the semantics and result types of
// JAX's jax.numpy: compositions of the operations of package lax that promote and
// broadcast their operands, and that every transformation goes through.
//
// A function of one array takes an Array, so that jax.Grad(jnp.Tanh) and
// jax.Vmap(jnp.Sin) are functions too. A function of several takes any: an Array, a Go
// number, or a slice of them, nested too. Go numbers are weak: they adapt to the type
// of the arrays they meet. Without an array, and where arrays are made, floats are f32
// and integers i32.
//
// What NumPy has as keyword arguments are options: jnp.Sum(x, jnp.Axis(0),
// jnp.KeepDims()). Each function lists those it takes, and an option that it does not
// take is an error. Axes may be negative, which counts from the end. Where an axis is
// not optional it is a plain int.
//
//	option.go                             options
//	create.go, range.go, matrix.go        making arrays
//	unary.go, binary.go, float.go,
//	compare.go, where.go                  elementwise functions
//	reduce.go, mean.go, nan.go,
//	quantile.go, cumulative.go            functions over axes
//	shape.go, join.go, pad.go             moving elements
//	index.go, search.go, sort.go,
//	set.go, histogram.go                  finding and counting elements
//	product.go, einsum.go                 products of matrices and tensors
//	poly.go                               polynomials, interpolation, convolution
//	apply.go                              user's functions along axes
package jnp

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Mathematical constants.
const (
	Pi         = math.Pi
	E          = math.E
	EulerGamma = 0.57721566490153286060651209008240243
)

// Infinity and what is not a number.
var (
	Inf = math.Inf(1)
	NaN = math.NaN()
)

// NewAxis is an index that makes an axis of size 1: x.Index(jnp.NewAxis).
const NewAxis = lax.NewAxis

// Finfo returns the limits of a floating-point type; those of a complex type are its
// parts'.
func Finfo(t lax.DType) dtype.FloatInfo {
	if !t.IsInexact() {
		panic(core.Errorf("finfo", "the element type is %v, want a floating or complex type", t))
	}
	return dtype.FInfo(t)
}

// Iinfo returns the limits of an integer type.
func Iinfo(t lax.DType) dtype.IntInfo {
	if !t.IsInt() {
		panic(core.Errorf("iinfo", "the element type is %v, want an integer type", t))
	}
	return dtype.IInfo(t)
}

// PromoteTypes returns the element type that arrays of two types are promoted to.
func PromoteTypes(t, u lax.DType) lax.DType { return dtype.Promote(t, u) }

// operand returns x, which must not be absent.
func operand(what string, x lax.Array) lax.Array {
	if x.IsAbsent() {
		panic(core.Errorf(what, "the operand is absent (the zero Array)"))
	}
	return x
}

// number returns v as a scalar of the element type of x.
func number(x lax.Array, v float64) lax.Array { return lax.Number(x.DType(), v) }

// numeric returns x with bools as i32.
func numeric(x lax.Array) lax.Array {
	if x.DType() == dtype.Bool {
		return lax.Convert(x, dtype.Int32)
	}
	return x
}

// truth reports where x is not 0.
func truth(x lax.Array) lax.Array {
	if x.DType() == dtype.Bool {
		return x
	}
	return lax.Ne(x, number(x, 0))
}

// rejectComplex panics if one of the operands is complex.
func rejectComplex(what string, in ...lax.Array) {
	for _, x := range in {
		if x.DType().IsComplex() {
			panic(core.Errorf(what, "operand has type %v, want real elements", x.Type()))
		}
	}
}

// wantIntegers panics unless all operands are integers.
func wantIntegers(what string, in ...lax.Array) {
	for _, x := range in {
		if !x.DType().IsInt() {
			panic(core.Errorf(what, "operand has type %v, want integers", x.Type()))
		}
	}
}

// seq returns from, …, to-1.
func seq(from, to int) []int {
	s := make([]int, 0, max(to-from, 0))
	for i := from; i < to; i++ {
		s = append(s, i)
	}
	return s
}
