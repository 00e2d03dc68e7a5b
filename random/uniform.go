package random

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Uniform returns numbers from [0, 1), multiples of 2⁻ᵐ where type t has m fraction
// bits. t is a floating type, f32 if it is left out.
func Uniform(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	return unit("Uniform", key, shape, floatType("Uniform", t))
}

// UniformIn returns numbers from [lo, hi), rounded to type t, a floating type, f32 if it
// is left out: rounding can make them hi. The bounds broadcast to the shape. Where hi is
// below lo the result is lo.
func UniformIn(key lax.Array, shape lax.Shape, lo, hi any, t ...lax.DType) lax.Array {
	const what = "UniformIn"
	d := floatType(what, t)
	return between(what, key, shape, param(what, lo, d), param(what, hi, d))
}

// unit is Uniform: random bits in the fraction make numbers from [1, 2).
func unit(what string, key lax.Array, shape lax.Shape, t lax.DType) lax.Array {
	info := dtype.FInfo(t)
	wide, random := uintOf(t), uintOf(t)
	if info.Mantissa < 8 {
		random = dtype.Uint8
	}
	b := lax.Convert(bits(what, key, shape, random), wide)
	fraction := lax.ShiftRightLogical(b, like(b, float64(random.Bits()-info.Mantissa)))
	one := lax.BitcastConvertType(lax.Number(t, 1), wide)
	x := lax.BitcastConvertType(lax.BitwiseOr(fraction, one), t)
	return lax.Sub(x, like(x, 1))
}

// uintOf returns the unsigned type of t's size.
func uintOf(t lax.DType) lax.DType {
	switch t.Size() {
	case 1:
		return dtype.Uint8
	case 2:
		return dtype.Uint16
	case 4:
		return dtype.Uint32
	}
	return dtype.Uint64
}

// between returns numbers from [lo, hi), whose type is that of the bounds: u·(hi-lo) + lo
// for u from [0, 1), in f32 and f64 rounded once, as XLA does where JAX draws them.
func between(what string, key lax.Array, shape lax.Shape, lo, hi lax.Array) lax.Array {
	checkParams(what, shape, lo, hi)
	u := unit(what, key, shape, lo.DType())
	a, known := literal(lo)
	b, alsoKnown := literal(hi)
	if known && alsoKnown && b >= a {
		span := core.Number(lo.DType(), b-a)
		if width := real(core.At(span, 0)); powerOfTwo(width) { // the product is exact, and no sum below lo
			return lax.Add(lax.Mul(u, like(u, width)), lo)
		}
	}
	in := lax.Broadcast(what, lo, hi)
	span := lax.Sub(in[1], in[0])
	lo, span = to(lo, shape), to(span, shape)
	return lax.Max(lo, multiplyAdd(u, span, lo))
}

func powerOfTwo(x float64) bool {
	fraction, _ := math.Frexp(x)
	return fraction == 0.5
}

// multiplyAdd returns x·y + z for x from [0, 1).
func multiplyAdd(x, y, z lax.Array) lax.Array {
	switch x.DType() {
	case dtype.Float32:
		wide := func(v lax.Array) lax.Array { return lax.Convert(v, dtype.Float64) }
		return lax.Convert(lax.Add(lax.Mul(wide(x), wide(y)), wide(z)), dtype.Float32)
	case dtype.Float64:
		p := lax.Mul(x, y)
		return lax.Add(lax.Add(p, z), lax.StopGradient(roundingErrors(x, y, z, p)))
	}
	return lax.Add(lax.Mul(x, y), z)
}

// roundingErrors returns what the roundings of p = x·y and p + z have dropped, by
// Dekker's product and Knuth's sum, or 0 where numbers are too large for them.
func roundingErrors(x, y, z, p lax.Array) lax.Array {
	xh, xl := halves(x)
	yh, yl := halves(y)
	e := lax.Sub(lax.Mul(xh, yh), p)
	e = lax.Add(lax.Add(e, lax.Mul(xh, yl)), lax.Mul(xl, yh))
	e = lax.Add(e, lax.Mul(xl, yl))
	s := lax.Add(p, z)
	back := lax.Sub(s, p)
	e = lax.Add(e, lax.Add(lax.Sub(p, lax.Sub(s, back)), lax.Sub(z, back)))
	return lax.Select(lax.IsFinite(e), e, like(e, 0))
}

// halves splits f64 numbers into sums of two with 26 bits each.
func halves(x lax.Array) (h, l lax.Array) {
	big := lax.Mul(x, like(x, 1<<27+1))
	h = lax.Sub(big, lax.Sub(big, x))
	return h, lax.Sub(x, h)
}
