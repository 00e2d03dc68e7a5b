package jnp

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Functions that are transcendental, and roots, make floats of integers and bools: f64
// of those of 64 bits, f32 of others.

// inexact applies op to x as floats.
func inexact(what string, op func(x lax.Array) lax.Array, x lax.Array) lax.Array {
	return op(lax.Inexact(operand(what, x)))
}

// Negative returns -x.
func Negative(x lax.Array) lax.Array { return x.Neg() }

// Positive returns x, which must not be bool.
func Positive(x lax.Array) lax.Array {
	if operand("positive", x).DType() == dtype.Bool {
		panic(core.Errorf("positive", "operand has type %v, want numbers", x.Type()))
	}
	return x
}

// Abs returns the absolute value of x.
func Abs(x lax.Array) lax.Array { return x.Abs() }

// Absolute is Abs.
func Absolute(x lax.Array) lax.Array { return x.Abs() }

// Fabs returns the absolute value of x, which is not complex, as a float.
func Fabs(x lax.Array) lax.Array {
	rejectComplex("fabs", operand("fabs", x))
	return inexact("fabs", lax.Abs, x)
}

// Sign returns -1, 0 or 1 with the sign of x; of a complex number x/|x|.
func Sign(x lax.Array) lax.Array { return x.Sign() }

// Exp returns e to the power x.
func Exp(x lax.Array) lax.Array { return inexact("exp", lax.Exp, x) }

// Exp2 returns 2 to the power x.
func Exp2(x lax.Array) lax.Array { return inexact("exp2", lax.Exp2, x) }

// Expm1 returns e to the power x less 1, exact for small x.
func Expm1(x lax.Array) lax.Array { return inexact("expm1", lax.Expm1, x) }

// Log returns the natural logarithm of x.
func Log(x lax.Array) lax.Array { return inexact("log", lax.Log, x) }

// Log1p returns the natural logarithm of 1 + x, exact for small x.
func Log1p(x lax.Array) lax.Array { return inexact("log1p", lax.Log1p, x) }

// Log2 returns the logarithm of x with base 2.
func Log2(x lax.Array) lax.Array {
	x = lax.Log(lax.Inexact(operand("log2", x)))
	by := lax.Log(lax.Number(x.DType().Real(), 2))
	return parts(x, func(x lax.Array) lax.Array { return lax.Div(x, by) })
}

// Log10 returns the logarithm of x with base 10.
func Log10(x lax.Array) lax.Array {
	x = lax.Log(lax.Inexact(operand("log10", x)))
	by := lax.Number(x.DType().Real(), 1/math.Ln10)
	return parts(x, func(x lax.Array) lax.Array { return lax.Mul(x, by) })
}

// parts applies f to x, or to the real and imaginary parts of complex x.
func parts(x lax.Array, f func(x lax.Array) lax.Array) lax.Array {
	if x.DType().IsComplex() {
		return lax.Complex(f(lax.Real(x)), f(lax.Imag(x)))
	}
	return f(x)
}

// Sqrt returns the square root of x.
func Sqrt(x lax.Array) lax.Array { return inexact("sqrt", lax.Sqrt, x) }

// Cbrt returns the cube root of x.
func Cbrt(x lax.Array) lax.Array { return inexact("cbrt", lax.Cbrt, x) }

// Square returns x·x.
func Square(x lax.Array) lax.Array { return x.Square() }

// Reciprocal returns 1/x.
func Reciprocal(x lax.Array) lax.Array { return x.Reciprocal() }

// Sin returns the sine of x radians.
func Sin(x lax.Array) lax.Array { return inexact("sin", lax.Sin, x) }

// Cos returns the cosine of x radians.
func Cos(x lax.Array) lax.Array { return inexact("cos", lax.Cos, x) }

// Tan returns the tangent of x radians.
func Tan(x lax.Array) lax.Array { return inexact("tan", lax.Tan, x) }

// Arcsin returns the angle in radians whose sine is x.
func Arcsin(x lax.Array) lax.Array { return inexact("arcsin", lax.Asin, x) }

// Arccos returns the angle in radians whose cosine is x.
func Arccos(x lax.Array) lax.Array { return inexact("arccos", lax.Acos, x) }

// Arctan returns the angle in radians whose tangent is x.
func Arctan(x lax.Array) lax.Array { return inexact("arctan", lax.Atan, x) }

// Sinh returns the hyperbolic sine of x.
func Sinh(x lax.Array) lax.Array { return inexact("sinh", lax.Sinh, x) }

// Cosh returns the hyperbolic cosine of x.
func Cosh(x lax.Array) lax.Array { return inexact("cosh", lax.Cosh, x) }

// Tanh returns the hyperbolic tangent of x.
func Tanh(x lax.Array) lax.Array { return inexact("tanh", lax.Tanh, x) }

// Arcsinh returns the number whose hyperbolic sine is x.
func Arcsinh(x lax.Array) lax.Array { return inexact("arcsinh", lax.Asinh, x) }

// Arccosh returns the number, not negative, whose hyperbolic cosine is x.
func Arccosh(x lax.Array) lax.Array {
	y := inexact("arccosh", lax.Acosh, x)
	if y.DType().IsComplex() {
		y = lax.Select(lax.Real(y).Lt(0), lax.Neg(y), y)
	}
	return y
}

// Arctanh returns the number whose hyperbolic tangent is x.
func Arctanh(x lax.Array) lax.Array { return inexact("arctanh", lax.Atanh, x) }

// Deg2Rad returns x degrees in radians.
func Deg2Rad(x lax.Array) lax.Array {
	return inexact("deg2rad", func(x lax.Array) lax.Array { return lax.Mul(x, number(x, Pi/180)) }, x)
}

// Radians is Deg2Rad.
func Radians(x lax.Array) lax.Array { return Deg2Rad(x) }

// Rad2Deg returns x radians in degrees.
func Rad2Deg(x lax.Array) lax.Array {
	return inexact("rad2deg", func(x lax.Array) lax.Array { return lax.Mul(x, number(x, 180/Pi)) }, x)
}

// Degrees is Rad2Deg.
func Degrees(x lax.Array) lax.Array { return Rad2Deg(x) }

// Real returns the real part of x, which is x if it is not complex.
func Real(x lax.Array) lax.Array { return x.Real() }

// Imag returns the imaginary part of x, which is 0 if it is not complex.
func Imag(x lax.Array) lax.Array { return x.Imag() }

// Conj returns the complex conjugate of x.
func Conj(x lax.Array) lax.Array { return conjugate(operand("conj", x)) }

// Conjugate is Conj.
func Conjugate(x lax.Array) lax.Array { return Conj(x) }

func conjugate(x lax.Array) lax.Array {
	if x.DType().IsComplex() {
		return lax.Conj(x)
	}
	return x
}

// Angle returns the angle of the complex number x in radians.
func Angle(x lax.Array) lax.Array {
	re, im := lax.Inexact(operand("angle", x).Real()), lax.Inexact(x.Imag())
	return lax.Atan2(im, re)
}

// Sinc returns sin(πx)/(πx), and 1 at 0.
func Sinc(x lax.Array) lax.Array {
	x = lax.Inexact(operand("sinc", x))
	y := lax.Mul(number(x, Pi), x)
	zero := lax.Eq(x, number(x, 0))
	// At 0 a Taylor polynomial has the value and the derivatives.
	off := lax.Select(zero, number(x, 1), y)
	on := lax.Select(zero, y, number(x, 0))
	series, square := number(x, 0), lax.Square(on)
	for n := 5; n >= 0; n-- {
		series = lax.Add(lax.Mul(series, square), number(x, math.Pow(-1, float64(n))/math.Gamma(float64(2*n+2))))
	}
	return lax.Select(zero, series, lax.Div(lax.Sin(off), off))
}

// LogicalNot reports where x is 0.
func LogicalNot(x lax.Array) lax.Array { return x.LogicalNot() }

// BitwiseNot returns x, integer or bool, with all bits turned over.
func BitwiseNot(x lax.Array) lax.Array { return x.Not() }

// Invert is BitwiseNot.
func Invert(x lax.Array) lax.Array { return x.Not() }

// BitwiseCount returns the number of bits set in the absolute value of x, as u8.
func BitwiseCount(x lax.Array) lax.Array {
	return lax.Convert(lax.PopulationCount(numeric(operand("bitwise_count", x)).Abs()), dtype.Uint8)
}
