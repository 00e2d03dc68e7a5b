package random

import (
	"math"

	"gojax/internal/dtype"
	"gojax/lax"
)

// The distributions of this file map uniform numbers by the inverse of the distribution
// function. Type t is floating, f32 if it is left out.

// Exponential returns numbers x ≥ 0 with density e⁻ˣ.
func Exponential(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	return exponential("Exponential", key, shape, floatType("Exponential", t))
}

func exponential(what string, key lax.Array, shape lax.Shape, t lax.DType) lax.Array {
	u := unit(what, key, shape, t)
	return lax.Neg(lax.Log1p(lax.Neg(u))) // 1-u is not 0
}

// Gumbel returns numbers x with density exp(-(x + e⁻ˣ)).
func Gumbel(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	return gumbel("Gumbel", key, shape, floatType("Gumbel", t))
}

func gumbel(what string, key lax.Array, shape lax.Shape, t lax.DType) lax.Array {
	u := positive(what, key, shape, t)
	return lax.Neg(lax.Log(lax.Neg(lax.Log(u))))
}

// positive returns uniform numbers from (0, 1).
func positive(what string, key lax.Array, shape lax.Shape, t lax.DType) lax.Array {
	least := lax.Number(t, dtype.FInfo(t).SmallestNormal)
	return between(what, key, shape, least, lax.Number(t, 1))
}

// Laplace returns numbers x with density e^-|x| / 2.
func Laplace(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "Laplace"
	d := floatType(what, t)
	u := between(what, key, shape, lax.Number(d, -1+dtype.FInfo(d).EpsNeg), lax.Number(d, 1))
	return lax.Mul(lax.Sign(u), lax.Log1p(lax.Neg(lax.Abs(u))))
}

// Logistic returns numbers x with density e⁻ˣ / (1 + e⁻ˣ)².
func Logistic(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	u := positive("Logistic", key, shape, floatType("Logistic", t))
	return lax.Sub(lax.Log(u), lax.Log1p(lax.Neg(u)))
}

// Cauchy returns numbers x with density 1 / (π(1 + x²)).
func Cauchy(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "Cauchy"
	d := floatType(what, t)
	u := between(what, key, shape, lax.Number(d, dtype.FInfo(d).Eps), lax.Number(d, 1))
	return lax.Tan(lax.Mul(like(u, math.Pi), lax.Sub(u, like(u, 0.5))))
}

// Pareto returns numbers x ≥ 1 with density b / xᵇ⁺¹. b is positive and broadcasts to
// the shape; if that is nil, its own shape is meant.
func Pareto(key lax.Array, b any, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "Pareto"
	d := floatType(what, t)
	p := param(what, b, d)
	shape = shapeOf(what, shape, p)
	return lax.Exp(lax.Div(exponential(what, key, shape, d), to(p, shape)))
}

// Rayleigh returns numbers x ≥ 0 with density x·exp(-x²/2s²) / s² for the scale s, which
// is positive and broadcasts to the shape; if that is nil, its own shape is meant.
func Rayleigh(key lax.Array, scale any, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "Rayleigh"
	d := floatType(what, t)
	s := param(what, scale, d)
	shape = shapeOf(what, shape, s)
	u := unit(what, key, shape, d)
	return lax.Mul(to(s, shape), lax.Sqrt(lax.Mul(lax.Log(u), like(u, -2))))
}

// WeibullMin returns numbers x ≥ 0 with distribution function 1 - exp(-(x/s)ᶜ) for the
// scale s and the concentration c, which are positive and broadcast to the shape; if that
// is nil, their own shape is meant.
func WeibullMin(key lax.Array, scale, concentration any, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "WeibullMin"
	d := floatType(what, t)
	s, c := param(what, scale, d), param(what, concentration, d)
	shape = shapeOf(what, shape, s, c)
	x := exponential(what, key, shape, d)
	return lax.Mul(lax.Pow(x, to(lax.Div(like(c, 1), c), shape)), to(s, shape))
}

// Triangular returns numbers from [left, right] whose density rises linearly up to mode
// and falls linearly from there. The parameters broadcast to the shape; if that is nil,
// their own shape is meant.
func Triangular(key lax.Array, left, mode, right any, shape lax.Shape, t ...lax.DType) lax.Array {
	const what = "Triangular"
	d := floatType(what, t)
	a, m, b := param(what, left, d), param(what, mode, d), param(what, right, d)
	shape = shapeOf(what, shape, a, m, b)
	u := unit(what, key, shape, d)
	in := lax.Broadcast(what, u, a, m, b)
	a, m, b = in[1], in[2], in[3]
	span, rise, fall := lax.Sub(b, a), lax.Sub(m, a), lax.Sub(b, m)
	first := lax.Add(a, lax.Sqrt(lax.Mul(lax.Mul(u, span), rise)))
	second := lax.Sub(b, lax.Sqrt(lax.Mul(lax.Mul(lax.Sub(like(u, 1), u), span), fall)))
	return lax.Select(lax.Lt(u, lax.Div(rise, span)), first, second)
}
