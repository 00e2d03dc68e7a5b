// Package random draws random arrays, the same ones as JAX's jax.random: counters are
// hashed under a key, so that the same key gives the same numbers on every machine, in
// any order and with any number of threads.
//
// A key is a u32[2] array. It is used up by one draw: draw again with the same key and
// you get the same numbers. Split makes new keys of one, FoldIn makes a key of one and
// a number (a step, a row).
//
//	key := random.PRNGKey(0)
//	key, sub := random.Split2(key)
//	x := random.Normal(sub, jax.Shape{3, 4})
//
// Functions take one key. For many keys, in a u32[n,2] array, map over them:
//
//	draw := func(key jax.Array) jax.Array { return random.Normal(key, jax.Shape{4}) }
//	rows := jax.Vmap(draw)(random.Split(key, 3)) // f32[3,4]
//
// The element type of the result comes last and may be left out: then it is f32, i32
// or, of Bits, u32. Parameters such as bounds may be Go numbers, slices or arrays that
// broadcast to the shape of the result, which has derivatives in them.
//
// Bits, keys, integers, bools and permutations equal JAX's. So do floats that are
// uniform; those that need logarithms or inverse error functions can differ in the
// last bits.
//
//	random.go       what all share: shapes, types, parameters
//	key.go          keys
//	bits.go         Bits, from counters
//	uniform.go      Uniform, UniformIn
//	randint.go      Randint
//	normal.go       Normal and what is made of it
//	continuous.go   other continuous distributions
//	discrete.go     Bernoulli, Categorical and others
//	permutation.go  Permutation, Choice
//	option.go       options of Categorical and Choice
package random

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// typeOf returns the one element type in given, or what is usual if there is none. It
// must satisfy is, which want describes.
func typeOf(what string, given []lax.DType, usual lax.DType, want string, is func(lax.DType) bool) lax.DType {
	if len(given) > 1 {
		panic(core.Errorf(what, "got %d element types, want at most one", len(given)))
	}
	if len(given) == 0 {
		return usual
	}
	if t := given[0]; t == dtype.Invalid || !is(t) {
		panic(core.Errorf(what, "the element type is %v, want %s", t, want))
	}
	return given[0]
}

func floatType(what string, given []lax.DType) lax.DType {
	return typeOf(what, given, dtype.Float32, "a floating type", lax.DType.IsFloat)
}

func intType(what string, given []lax.DType) lax.DType {
	return typeOf(what, given, dtype.Int32, "an integer type", lax.DType.IsInt)
}

// checkShape panics if shape has a negative size.
func checkShape(what string, shape lax.Shape) {
	if slices.ContainsFunc(shape, func(d int) bool { return d < 0 }) {
		panic(core.Errorf(what, "the shape is %v, want no negative size", shape))
	}
}

// checkParams panics unless all parameters broadcast to the shape of the result.
func checkParams(what string, shape lax.Shape, params ...lax.Array) {
	checkShape(what, shape)
	for _, p := range params {
		got, err := lax.BroadcastShapes(shape, p.Shape())
		if err != nil || !slices.Equal(got, shape) {
			panic(core.Errorf(what, "a parameter has type %v, want a shape that broadcasts to %v", p.Type(), shape))
		}
	}
}

// shapeOf returns shape or, if that is nil, the shape that the parameters have together.
func shapeOf(what string, shape lax.Shape, params ...lax.Array) lax.Shape {
	if shape != nil {
		checkParams(what, shape, params...)
		return shape
	}
	shapes := make([]lax.Shape, len(params))
	for i, p := range params {
		shapes[i] = p.Shape()
	}
	shape, err := lax.BroadcastShapes(shapes...)
	if err != nil {
		panic(core.Errorf(what, "the parameters have %w", err))
	}
	return shape
}

// param returns a parameter as an array of type t. A Go number is rounded once.
func param(what string, v any, t lax.DType) lax.Array {
	if x, ok := v.(lax.Array); ok {
		return lax.Convert(lax.Operand(what, x), t)
	}
	return lax.Convert(lax.Promote(what, lax.Number(t, 0), v)[1], t)
}

// to returns a parameter as an operand for arrays of the given shape: scalars stay.
func to(x lax.Array, shape lax.Shape) lax.Array {
	if x.Rank() == 0 {
		return x
	}
	return lax.BroadcastTo(x, shape)
}

// like returns the number v with the element type of x.
func like(x lax.Array, v float64) lax.Array { return lax.Number(x.DType(), v) }

// literal returns the value of a Go number that has become an array.
func literal(x lax.Array) (v float64, ok bool) {
	if v := x.Value(); v.Literal() && !v.Traced() {
		return real(core.At(v, 0)), true
	}
	return 0, false
}
