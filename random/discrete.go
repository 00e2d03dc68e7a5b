package random

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Bernoulli returns bools that are true with probability p, a Go number or a floating
// array that broadcasts to the shape; if that is nil, the shape of p is meant. An f32
// probability counts in steps of 2⁻²³.
func Bernoulli(key lax.Array, p any, shape lax.Shape) lax.Array {
	const what = "Bernoulli"
	x := floating(what, p)
	shape = shapeOf(what, shape, x)
	return lax.Lt(unit(what, key, shape, x.DType()), to(x, shape))
}

// floating returns a parameter that has a floating type, f32 if it is a Go number.
func floating(what string, p any) lax.Array {
	if _, ok := integer(p); ok {
		return param(what, p, dtype.Float32)
	}
	x := lax.Operand(what, p)
	if !x.DType().IsFloat() {
		panic(core.Errorf(what, "the probability has type %v, want floating elements", x.Type()))
	}
	return x
}

// Rademacher returns -1 or 1, equally likely, as numbers of type t, i32 if it is left
// out.
func Rademacher(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "Rademacher"
	d := typeOf(what, t, dtype.Int32, "a number type", isNumber)
	checkShape(what, shape)
	u := unit(what, key, shape, dtype.Float32)
	return lax.Select(lax.Lt(u, like(u, 0.5)), lax.Full(shape, 1, d), lax.Neg(lax.Full(shape, 1, d)))
}

func isNumber(t lax.DType) bool { return t != dtype.Bool }

// Geometric returns how many trials, each of which succeeds with probability p, there are
// up to the first success: integers of type t, i32 if it is left out. p broadcasts to the
// shape; if that is nil, its own shape is meant.
func Geometric(key lax.Array, p any, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "Geometric"
	d := intType(what, t)
	x := floating(what, p)
	shape = shapeOf(what, shape, x)
	u := unit(what, key, shape, x.DType())
	u = lax.Select(lax.Eq(u, like(u, 0)), like(u, 1), u)
	trials := lax.Floor(lax.Div(lax.Log(u), to(lax.Log1p(lax.Neg(x)), shape)))
	return lax.Convert(lax.Add(trials, like(trials, 1)), d)
}

// Categorical returns, as i32, indices along an axis of logits, which are logarithms of
// probabilities up to a constant. The options are Axis (the last one if it is left out),
// Samples (the shape of the result, if it is not that of the other axes of logits: these
// must come last in it) and WithoutReplacement, which makes all samples of one
// distribution different.
func Categorical(key, logits lax.Array, options ...Option) lax.Array {
	const what = "Categorical"
	o := collect(what, options, axisOption|samplesOption|replaceOption)
	lax.Operand(what, logits)
	if !logits.DType().IsFloat() {
		panic(core.Errorf(what, "logits have type %v, want floating elements", logits.Type()))
	}
	if o.given&axisOption == 0 {
		o.axis = -1
	}
	axis := axisOf(what, o.axis, logits)
	batch := slices.Delete(slices.Clone(logits.Shape()), axis, axis+1)
	shape := batch
	if o.given&samplesOption != 0 {
		shape = o.samples
		n := len(shape) - len(batch)
		if checkShape(what, shape); n < 0 || !slices.Equal(shape[n:], batch) {
			panic(core.Errorf(what, "the samples have shape %v and logits type %v, want a shape that ends in %v",
				shape, logits.Type(), batch))
		}
	}
	draws := shape[:len(shape)-len(batch)]
	if o.distinct {
		return distinct(key, logits, axis, draws, shape)
	}
	whole := slices.Concat(draws, logits.Shape())
	x := lax.Add(gumbel(what, key, whole, logits.DType()), lax.BroadcastTo(logits, whole))
	return lax.ArgMax(x, len(draws)+axis, dtype.Int32)
}

// distinct takes, for each distribution, the places of the largest disturbed logits.
func distinct(key, logits lax.Array, axis int, draws, shape lax.Shape) lax.Array {
	const what = "Categorical"
	k := core.Size(draws)
	if n := logits.Shape()[axis]; k > n {
		panic(core.Errorf(what, "got %d samples without replacement, want at most as many as there are categories (%d)", k, n))
	}
	x := lax.Add(logits, gumbel(what, key, logits.Shape(), logits.DType()))
	_, places := lax.TopK(lax.MoveAxis(x, axis, x.Rank()-1), k)
	return lax.Reshape(lax.MoveAxis(places, places.Rank()-1, 0), shape)
}
