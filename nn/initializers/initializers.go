// Package initializers makes first values for weights, as JAX's jax.nn.initializers. An
// Initializer is called with a key, a shape and, if that is not f32, an element type:
//
//	dense := initializers.HeNormal()
//	w := dense(key, jax.Shape{784, 128})
//
// Those that scale with the size of a layer take its inputs along the second to last
// axis and its outputs along the last one. Axes before them are those of a convolution's
// window. See InAxis, OutAxis and BatchAxis for other layouts.
package initializers

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
	"gojax/random"
)

// An Initializer returns an array of the given shape whose elements have type t, f32 if
// it is left out.
type Initializer func(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array

// Zeros is the Initializer that returns zeros. It does not use the key.
func Zeros(_ lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	return lax.Full(checked("Zeros", shape), 0, typeOf("Zeros", t))
}

// Ones is the Initializer that returns ones. It does not use the key.
func Ones(_ lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	return lax.Full(checked("Ones", shape), 1, typeOf("Ones", t))
}

// Constant returns an Initializer that repeats v, a Go number or an array that broadcasts
// to the shape.
func Constant(v any) Initializer {
	return func(_ lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
		d := typeOf("Constant", t)
		x := lax.Convert(lax.Promote("Constant", lax.Number(d, 0), v)[1], d)
		return lax.BroadcastTo(x, checked("Constant", shape))
	}
}

// Uniform returns an Initializer of uniform numbers from [0, scale). JAX's default scale
// is 0.01.
func Uniform(scale float64) Initializer {
	return func(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
		return times(random.Uniform(key, shape, typeOf("Uniform", t)), scale)
	}
}

// Normal returns an Initializer of normal numbers with mean 0 and the given standard
// deviation. JAX's default is 0.01.
func Normal(stddev float64) Initializer {
	return func(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
		return times(random.Normal(key, shape, typeOf("Normal", t)), stddev)
	}
}

// TruncatedNormal returns an Initializer of normal numbers with the given standard
// deviation, given that they lie in (lo, hi) times it, which makes their own less. JAX's
// defaults are 0.01, -2 and 2.
func TruncatedNormal(stddev, lo, hi float64) Initializer {
	return func(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
		d := typeOf("TruncatedNormal", t)
		return times(random.TruncatedNormal(key, lo, hi, checked("TruncatedNormal", shape), d), stddev)
	}
}

// times returns x·v.
func times(x lax.Array, v float64) lax.Array { return lax.Mul(x, lax.Number(x.DType(), v)) }

// checked returns the shape, which must have no negative size; nil is that of a scalar.
func checked(what string, shape lax.Shape) lax.Shape {
	for _, d := range shape {
		if d < 0 {
			panic(core.Errorf(what, "the shape is %v, want no negative size", shape))
		}
	}
	if shape == nil {
		return lax.Shape{}
	}
	return shape
}

// typeOf returns the one element type in given, or f32.
func typeOf(what string, given []lax.DType) lax.DType {
	switch len(given) {
	case 0:
		return dtype.Float32
	case 1:
		return given[0]
	}
	panic(core.Errorf(what, "got %d element types, want at most one", len(given)))
}
