package random

import (
	"math"

	"gojax/internal/dtype"
	"gojax/lax"
)

// Normal returns numbers with mean 0 and variance 1 from the normal distribution. Type t
// is floating or complex, f32 if it is left out; the two parts of a complex number are
// independent and have variance ½.
func Normal(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "Normal"
	d := typeOf(what, t, dtype.Float32, "a floating or complex type", lax.DType.IsInexact)
	if !d.IsComplex() {
		return normal(what, key, shape, d)
	}
	k1, k2 := split2(what, key)
	x := lax.Complex(normal(what, k1, shape, d.Real()), normal(what, k2, shape, d.Real()))
	return lax.Div(x, like(x, math.Sqrt2))
}

// normal maps numbers from (-1, 1) by the inverse of the error function.
func normal(what string, key lax.Array, shape lax.Shape, t lax.DType) lax.Array {
	above := lax.Number(t, -1+dtype.FInfo(t).EpsNeg)
	u := between(what, key, shape, above, lax.Number(t, 1))
	return lax.Mul(like(u, math.Sqrt2), lax.ErfInvGiles(u))
}

// TruncatedNormal returns numbers from the normal distribution, given that they lie in
// the open interval (lo, hi). The bounds, floating, broadcast to the shape; if that is
// nil, their own shape is meant. Type t is floating, f32 if it is left out.
func TruncatedNormal(key lax.Array, lo, hi any, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "TruncatedNormal"
	d := floatType(what, t)
	a, b := param(what, lo, d), param(what, hi, d)
	shape = shapeOf(what, shape, a, b)
	root := lax.Number(d, math.Sqrt2)
	u := between(what, key, shape, lax.Erf(lax.Div(a, root)), lax.Erf(lax.Div(b, root)))
	x := lax.Mul(root, lax.ErfInvGiles(u))
	// Rounding must not move it to a bound or beyond.
	x = lax.Max(to(inside(a, math.Inf(1)), shape), x)
	return lax.Min(to(inside(b, math.Inf(-1)), shape), x)
}

// inside returns the number next to a bound in the direction of far.
func inside(bound lax.Array, far float64) lax.Array {
	return lax.NextAfter(lax.StopGradient(bound), like(bound, far))
}

// LogNormal returns e to the power of normal numbers with standard deviation sigma, which
// broadcasts to the shape; if that is nil, its own shape is meant. Type t is floating, f32
// if it is left out.
func LogNormal(key lax.Array, sigma any, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "LogNormal"
	d := floatType(what, t)
	s := param(what, sigma, d)
	shape = shapeOf(what, shape, s)
	return lax.Exp(lax.Mul(normal(what, key, shape, d), to(s, shape)))
}
