package jnp

import (
	"math"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Equal reports where x = y.
func Equal(x, y any) lax.Array { return method("equal", lax.Array.Eq, x, y) }

// NotEqual reports where x ≠ y.
func NotEqual(x, y any) lax.Array { return method("not_equal", lax.Array.Ne, x, y) }

// Less reports where x < y. Complex numbers are ordered by their real parts, then by
// their imaginary parts.
func Less(x, y any) lax.Array { return method("less", lax.Array.Lt, x, y) }

// LessEqual reports where x ≤ y, in the order of Less.
func LessEqual(x, y any) lax.Array { return method("less_equal", lax.Array.Le, x, y) }

// Greater reports where x > y, in the order of Less.
func Greater(x, y any) lax.Array { return method("greater", lax.Array.Gt, x, y) }

// GreaterEqual reports where x ≥ y, in the order of Less.
func GreaterEqual(x, y any) lax.Array { return method("greater_equal", lax.Array.Ge, x, y) }

// LogicalAnd reports where neither x nor y is 0.
func LogicalAnd(x, y any) lax.Array { return method("logical_and", lax.Array.LogicalAnd, x, y) }

// LogicalOr reports where x or y is not 0.
func LogicalOr(x, y any) lax.Array { return method("logical_or", lax.Array.LogicalOr, x, y) }

// LogicalXor reports where one of x and y is not 0.
func LogicalXor(x, y any) lax.Array { return method("logical_xor", lax.Array.LogicalXor, x, y) }

// Isnan reports where x is not a number.
func Isnan(x lax.Array) lax.Array { return x.IsNaN() }

// Isinf reports where x is infinite, of a complex number in one of its parts.
func Isinf(x lax.Array) lax.Array { return x.IsInf() }

// Isfinite reports where x is neither infinite nor NaN in any part.
func Isfinite(x lax.Array) lax.Array { return x.IsFinite() }

// Isposinf reports where x, which is not complex, is +∞.
func Isposinf(x lax.Array) lax.Array { return isExactly("isposinf", x, math.Inf(1)) }

// Isneginf reports where x, which is not complex, is -∞.
func Isneginf(x lax.Array) lax.Array { return isExactly("isneginf", x, math.Inf(-1)) }

func isExactly(what string, x lax.Array, v float64) lax.Array {
	rejectComplex(what, operand(what, x))
	if x.DType().IsFloat() {
		return lax.Eq(x, number(x, v))
	}
	return none(x)
}

// none returns false in the shape of x.
func none(x lax.Array) lax.Array {
	return lax.BroadcastInDim(lax.Number(dtype.Bool, 0), x.Shape(), nil)
}

// Isreal reports where the imaginary part of x is 0.
func Isreal(x lax.Array) lax.Array { return x.Imag().Eq(0) }

// Iscomplex reports where the imaginary part of x is not 0.
func Iscomplex(x lax.Array) lax.Array { return x.Imag().Ne(0) }

const closeKinds = rtolKind | atolKind | equalNaNKind

// Isclose reports where |x-y| ≤ atol + rtol·|y|, or x = y. Options: Rtol, 1e-5 by
// default; Atol, 1e-8 by default; EqualNaN.
func Isclose(x, y any, opts ...Option) lax.Array {
	return isclose("isclose", x, y, parse("isclose", opts, closeKinds))
}

func isclose(what string, x, y any, o *options) lax.Array {
	a, b := inexact2(what, x, y)
	real := a.DType().Real()
	rtol, atol := lax.Number(real, 1e-5), lax.Number(real, 1e-8)
	if o.rtol != nil {
		rtol = lax.Convert(lax.Operand(what, o.rtol), real)
	}
	if o.atol != nil {
		atol = lax.Convert(lax.Operand(what, o.atol), real)
	}
	near := lax.Abs(lax.Sub(a, b)).Le(atol.Add(rtol.Mul(lax.Abs(b))))
	y2 := lax.Eq(a, b).Or(b.IsFinite().And(near))
	if o.has(equalNaNKind) {
		y2 = y2.Or(a.IsNaN().And(b.IsNaN()))
	}
	return y2
}

// Allclose reports whether Isclose holds for all elements. Options as Isclose.
func Allclose(x, y any, opts ...Option) lax.Array {
	const what = "allclose"
	return All(isclose(what, x, y, parse(what, opts, closeKinds)))
}

// ArrayEqual reports whether x and y have one shape and equal elements. Option:
// EqualNaN.
func ArrayEqual(x, y any, opts ...Option) lax.Array {
	const what = "array_equal"
	o := parse(what, opts, equalNaNKind)
	a, b := lax.Operand(what, x), lax.Operand(what, y)
	if !slices.Equal(a.Shape(), b.Shape()) {
		return lax.Number(dtype.Bool, 0)
	}
	eq := a.Eq(b)
	if o.has(equalNaNKind) {
		eq = eq.Or(a.IsNaN().And(b.IsNaN()))
	}
	return All(eq)
}

// ArrayEquiv reports whether x and y, broadcast to one shape, have equal elements; it is
// false if they cannot be.
func ArrayEquiv(x, y any) lax.Array {
	const what = "array_equiv"
	a, b := lax.Operand(what, x), lax.Operand(what, y)
	if _, err := lax.BroadcastShapes(a.Shape(), b.Shape()); err != nil {
		return lax.Number(dtype.Bool, 0)
	}
	return All(a.Eq(b))
}

// ResultType returns the element type that operands are promoted to.
func ResultType(xs ...any) lax.DType {
	if len(xs) == 0 {
		panic(core.Errorf("result_type", "got no operands, want at least one"))
	}
	return lax.Promote("result_type", xs...)[0].DType()
}
