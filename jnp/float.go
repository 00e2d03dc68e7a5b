package jnp

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Functions that round and that take floats apart.

// Floor returns the greatest integer not above x. Integers stay.
func Floor(x lax.Array) lax.Array { return x.Floor() }

// Ceil returns the least integer not below x. Integers stay.
func Ceil(x lax.Array) lax.Array { return x.Ceil() }

// Trunc returns the integer nearest to x between it and 0. Integers stay.
func Trunc(x lax.Array) lax.Array {
	if !operand("trunc", x).DType().IsInexact() {
		return x
	}
	return Where(lax.Lt(x, number(x, 0)), lax.Ceil(x), lax.Floor(x))
}

// Fix is Trunc.
func Fix(x lax.Array) lax.Array { return Trunc(x) }

// Rint returns the integer nearest to x, halves to even, as a float.
func Rint(x lax.Array) lax.Array {
	if !operand("rint", x).DType().IsInexact() {
		return lax.Convert(x, dtype.Float32)
	}
	return parts(x, nearest)
}

func nearest(x lax.Array) lax.Array { return lax.Round(x, lax.ToNearestEven) }

// Round returns the nearest number with the given decimals, 0 by default, halves to
// even. Integers stay, and take no negative decimals.
func Round(x lax.Array, decimals ...int) lax.Array {
	const what = "round"
	n := 0
	switch t := operand(what, x).DType(); {
	case len(decimals) > 1:
		panic(core.Errorf(what, "the decimals are %v, want at most one number", decimals))
	case len(decimals) == 1:
		n = decimals[0]
		fallthrough
	default:
		if t.IsInt() {
			if n < 0 {
				panic(core.Errorf(what, "operand has type %v and decimals are %d, want at least 0 for integers", x.Type(), n))
			}
			return x
		}
		if t == dtype.Bool {
			panic(core.Errorf(what, "operand has type %v, want numbers", x.Type()))
		}
		if float64(n) > math.Log10(dtype.FInfo(t).Max) {
			return x
		}
	}
	return parts(x, func(x lax.Array) lax.Array { return roundTo(x, n) })
}

func roundTo(x lax.Array, decimals int) lax.Array {
	if decimals == 0 {
		return nearest(x)
	}
	t := x.DType()
	if t == dtype.Float16 {
		x = lax.Convert(x, dtype.Float32)
	}
	factor := number(x, math.Pow(10, float64(decimals)))
	return lax.Convert(lax.Div(nearest(lax.Mul(x, factor)), factor), t)
}

// Around is Round.
func Around(x lax.Array, decimals ...int) lax.Array { return Round(x, decimals...) }

// Clip returns x limited to at least lo and at most hi; nil is no limit. On a limit the
// derivative is divided between the two.
func Clip(x lax.Array, lo, hi any) lax.Array {
	rejectComplex("clip", operand("clip", x))
	return x.Clip(lo, hi)
}

// NanToNum returns x with 0 for NaN and the largest finite numbers for infinite ones.
func NanToNum(x lax.Array) lax.Array {
	if !operand("nan_to_num", x).DType().IsInexact() {
		return x
	}
	return parts(x, func(x lax.Array) lax.Array {
		most := dtype.FInfo(x.DType()).Max
		x = Where(x.IsNaN(), number(x, 0), x)
		x = Where(Isposinf(x), number(x, most), x)
		return Where(Isneginf(x), number(x, -most), x)
	})
}

// Signbit reports where x has a minus sign, zeros and NaN too.
func Signbit(x lax.Array) lax.Array {
	const what = "signbit"
	rejectComplex(what, operand(what, x))
	switch t := x.DType(); {
	case t.IsFloat():
		i := lax.BitcastConvertType(x, bitsOf(t))
		return lax.Lt(i, number(i, 0))
	case t == dtype.Bool:
		return fillLike(x, 0)
	}
	return lax.Lt(x, number(x, 0))
}

// bitsOf is the signed integer type as wide as a float type.
func bitsOf(t lax.DType) lax.DType {
	switch t.Size() {
	case 2:
		return dtype.Int16
	case 4:
		return dtype.Int32
	}
	return dtype.Int64
}

// Copysign returns the absolute value of x with the sign of y.
func Copysign(x, y any) lax.Array {
	const what = "copysign"
	a, b := inexact2(what, x, y)
	rejectComplex(what, a)
	return Where(Signbit(b), lax.Neg(lax.Abs(a)), lax.Abs(a))
}

// Nextafter returns the next float after x on the way to y.
func Nextafter(x, y any) lax.Array {
	a, b := inexact2("nextafter", x, y)
	rejectComplex("nextafter", a)
	return lax.NextAfter(a, b)
}

// Modf returns the fraction and the integer part of x, both with its sign.
func Modf(x lax.Array) (fraction, whole lax.Array) {
	x = lax.Inexact(operand("modf", x))
	whole = Where(lax.Ge(x, number(x, 0)), lax.Floor(x), lax.Ceil(x))
	return lax.Sub(x, whole), whole
}

// Frexp returns m with ½ ≤ |m| < 1 and n (i32) so that x = m·2ⁿ; of 0, infinite numbers
// and NaN m is x and n is 0.
func Frexp(x lax.Array) (m, n lax.Array) {
	x = lax.Inexact(operand("frexp", x))
	rejectComplex("frexp", x)
	n = exponent(lax.StopGradient(x))
	return scale(x, lax.Neg(n)), n
}

// exponent returns n (i32) so that ½ ≤ |x|·2⁻ⁿ < 1, or 0 where there is none.
func exponent(x lax.Array) lax.Array {
	t := x.DType()
	info := dtype.FInfo(t)
	tiny := lax.Lt(lax.Abs(x), number(x, info.SmallestNormal))
	wide := Where(tiny, x.Mul(math.Ldexp(1, info.Mantissa)), x)
	biased := lax.BitcastConvertType(wide, bitsOf(t)).Shr(info.Mantissa).And(1<<info.Exponent - 1)
	n := lax.Convert(biased, dtype.Int32).Sub(1<<(info.Exponent-1) - 2)
	n = Where(tiny, n.Sub(info.Mantissa), n)
	none := lax.Eq(x, number(x, 0)).Or(x.IsFinite().Not())
	return Where(none, number(n, 0), n)
}

// scale returns x·2ⁿ in two steps, neither of which is out of range unless the result
// is.
func scale(x, n lax.Array) lax.Array {
	half := n.Shr(1)
	x = lax.Mul(x, lax.Exp2(lax.Convert(half, x.DType())))
	return lax.Mul(x, lax.Exp2(lax.Convert(lax.Sub(n, half), x.DType())))
}

// Ldexp returns x·2ʸ for integers y.
func Ldexp(x, y any) lax.Array {
	const what = "ldexp"
	a, n := lax.Inexact(lax.Operand(what, x)), lax.Operand(what, y)
	rejectComplex(what, a)
	if n.DType() == dtype.Bool {
		n = lax.Convert(n, dtype.Int32)
	}
	wantIntegers(what, n)
	in := lax.Broadcast(what, a, n)
	a, n = in[0], in[1]
	// Beyond twice the exponents of a type nothing is left of a number.
	limit := 1 << (dtype.FInfo(a.DType()).Exponent + 1)
	if n.DType().IsSigned() {
		n = n.Maximum(max(-limit, int(dtype.IInfo(n.DType()).Min)))
	}
	if uint64(limit) < dtype.IInfo(n.DType()).Max {
		n = n.Minimum(limit)
	}
	n = lax.Convert(n, dtype.Int32)
	e := exponent(lax.StopGradient(a))
	// m is x with exponent 0, so that one multiplication rounds.
	m := scale(a, lax.Sub(number(e, 1), e))
	one := number(e, 1)
	y2 := lax.Mul(m, lax.Exp2(lax.Convert(lax.Sub(lax.Add(e, n), one), a.DType())))
	special := lax.Eq(a, number(a, 0)).Or(a.IsFinite().Not())
	return Where(special, a, y2)
}
