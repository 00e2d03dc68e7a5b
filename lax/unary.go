package lax

import (
	"math"
	mathbits "math/bits"

	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// unary is an elementwise operation of one operand.
type unary uint8

const (
	neg unary = iota
	sign
	abs
	floor
	ceil
	isFinite
	exp
	exp2
	expm1
	log
	log1p
	sqrt
	rsqrt
	cbrt
	square
	sin
	cos
	tan
	asin
	acos
	atan
	sinh
	cosh
	tanh
	asinh
	acosh
	atanh
	logistic
	erf
	erfc
	erfInv
	erfInvGiles
	lgamma
	digamma
	realPart
	imagPart
	not
	populationCount
	clz
	unaryCount
)

// unaries has all there is to know of each: the element types that it takes, and f, c
// and i, its definition on real, complex and integer (or bool) elements; f32, if set, is
// that on f32 and shorter, to the bit. The tangent of
// y = op(x) is grad(x, y, t); where back is set, the operation is linear and ct is
// mapped back by it. in is where tests look, and out the type of the result if that
// is not the operand's.
var unaries = [...]struct {
	name  string
	code  kir.Code
	takes kinds
	f     func(x float64) float64
	f32   func(x float32) float32
	c     func(x complex128) complex128
	i     func(x int64, t DType) int64
	grad  func(x, y, t Array) Array
	back  func(x, ct Array) Array
	in    Interval
	out   func(t DType) DType
}{
	neg: {name: "neg", code: kir.Neg, takes: numeric,
		f:    func(x float64) float64 { return -x },
		c:    func(x complex128) complex128 { return -x },
		i:    func(x int64, _ DType) int64 { return -x },
		grad: func(x, y, t Array) Array { return Neg(t) },
		back: func(x, ct Array) Array { return Neg(ct) }},
	sign: {name: "sign", code: kir.Sign, takes: numeric, f: ref.Sign, c: ref.CSign, i: signInt, grad: gradSign},
	abs: {name: "abs", code: kir.Abs, takes: signed | inexact, f: math.Abs,
		c:    func(x complex128) complex128 { return complex(ref.CAbs(x), 0) },
		i:    func(x int64, _ DType) int64 { return max(x, -x) },
		grad: gradAbs, out: DType.Real},
	floor: {name: "floor", code: kir.Floor, takes: floats, f: math.Floor, grad: flat},
	ceil:  {name: "ceil", code: kir.Ceil, takes: floats, f: math.Ceil, grad: flat},
	isFinite: {name: "is_finite", code: kir.IsFinite, takes: floats,
		f:    func(x float64) float64 { return truth(x-x == 0) },
		grad: flat, out: func(DType) DType { return dtype.Bool }},

	exp: {name: "exp", code: kir.Exp, takes: inexact, f: ref.Exp, c: ref.CExp,
		grad: func(x, y, t Array) Array { return Mul(t, y) }},
	exp2: {name: "exp2", code: kir.Exp2, takes: inexact, f: ref.Exp2, c: ref.CExp2,
		grad: func(x, y, t Array) Array { return Mul(t, Mul(like(x, math.Ln2), y)) }},
	expm1: {name: "expm1", code: kir.Expm1, takes: inexact, f: ref.Expm1, c: ref.CExpm1,
		grad: func(x, y, t Array) Array { return Mul(t, Add(y, one(y))) }},
	log: {name: "log", code: kir.Log, takes: inexact, f: ref.Log, c: ref.CLog,
		grad: func(x, y, t Array) Array { return Div(t, x) }, in: Interval{0.1, 4}},
	log1p: {name: "log1p", code: kir.Log1p, takes: inexact, f: ref.Log1p, c: ref.CLog1p,
		grad: func(x, y, t Array) Array { return Div(t, Add(x, one(x))) }, in: Interval{-0.8, 4}},
	sqrt: {name: "sqrt", code: kir.Sqrt, takes: inexact, f: ref.Sqrt, c: ref.CSqrt,
		grad: func(x, y, t Array) Array { return Mul(t, Div(like(x, 0.5), y)) }, in: Interval{0.1, 4}},
	rsqrt: {name: "rsqrt", code: kir.Rsqrt, takes: inexact, f: ref.Rsqrt, c: ref.CRsqrt,
		grad: func(x, y, t Array) Array { return Mul(t, Mul(like(x, -0.5), Div(y, x))) }, in: Interval{0.1, 4}},
	cbrt: {name: "cbrt", code: kir.Cbrt, takes: floats, f: ref.Cbrt,
		grad: func(x, y, t Array) Array { return Mul(t, Mul(like(x, 1./3), IntegerPow(y, -2))) },
		in:   Interval{0.1, 4}},
	square: {name: "square", code: kir.Square, takes: numeric,
		f:    func(x float64) float64 { return x * x },
		c:    ref.CSquare,
		i:    func(x int64, _ DType) int64 { return x * x },
		grad: func(x, y, t Array) Array { return Mul(t, Mul(like(x, 2), x)) }},

	sin: {name: "sin", code: kir.Sin, takes: inexact, f: ref.Sin, c: ref.CSin,
		grad: func(x, y, t Array) Array { return Mul(t, Cos(x)) }},
	cos: {name: "cos", code: kir.Cos, takes: inexact, f: ref.Cos, c: ref.CCos,
		grad: func(x, y, t Array) Array { return Neg(Mul(t, Sin(x))) }},
	tan: {name: "tan", code: kir.Tan, takes: inexact, f: ref.Tan, c: ref.CTan,
		grad: func(x, y, t Array) Array { return Mul(t, Add(one(y), Square(y))) }, in: Interval{-1.3, 1.3}},
	asin: {name: "asin", code: kir.Asin, takes: inexact, f: ref.Asin, c: ref.CAsin,
		grad: func(x, y, t Array) Array { return Mul(t, Rsqrt(Sub(one(x), Square(x)))) }, in: Interval{-0.9, 0.9}},
	acos: {name: "acos", code: kir.Acos, takes: inexact, f: ref.Acos, c: ref.CAcos,
		grad: func(x, y, t Array) Array { return Mul(t, Neg(Rsqrt(Sub(one(x), Square(x))))) }, in: Interval{-0.9, 0.9}},
	atan: {name: "atan", code: kir.Atan, takes: inexact, f: ref.Atan, c: ref.CAtan,
		grad: func(x, y, t Array) Array { return Div(t, Add(one(x), Square(x))) }, in: Interval{-0.9, 0.9}},
	sinh: {name: "sinh", code: kir.Sinh, takes: inexact, f: ref.Sinh, c: ref.CSinh,
		grad: func(x, y, t Array) Array { return Mul(t, Cosh(x)) }},
	cosh: {name: "cosh", code: kir.Cosh, takes: inexact, f: ref.Cosh, c: ref.CCosh,
		grad: func(x, y, t Array) Array { return Mul(t, Sinh(x)) }},
	tanh: {name: "tanh", code: kir.Tanh, takes: inexact, f: ref.Tanh, c: ref.CTanh,
		grad: func(x, y, t Array) Array { return Mul(Add(t, Mul(t, y)), Sub(one(y), y)) }, in: Interval{-1.3, 1.3}},
	asinh: {name: "asinh", code: kir.Asinh, takes: inexact, f: ref.Asinh, c: ref.CAsinh,
		grad: func(x, y, t Array) Array { return Mul(t, Rsqrt(Add(Square(x), one(x)))) }, in: Interval{-0.9, 0.9}},
	acosh: {name: "acosh", code: kir.Acosh, takes: inexact, f: ref.Acosh, c: ref.CAcosh, grad: gradAcosh,
		in: Interval{1.1, 4}},
	atanh: {name: "atanh", code: kir.Atanh, takes: inexact, f: ref.Atanh, c: ref.CAtanh,
		grad: func(x, y, t Array) Array { return Mul(Reciprocal(Add(one(x), x)), Div(t, Sub(one(x), x))) },
		in:   Interval{-0.9, 0.9}},
	logistic: {name: "logistic", code: kir.Logistic, takes: inexact, f: ref.Logistic, c: ref.CLogistic,
		grad: func(x, y, t Array) Array { return Mul(t, Mul(y, Sub(one(y), y))) }},

	erf: {name: "erf", code: kir.Erf, takes: floats, f: ref.Erf,
		grad: func(x, y, t Array) Array { return Mul(like(x, 2/sqrtPi), Mul(t, Exp(Neg(Square(x))))) }},
	erfc: {name: "erfc", code: kir.Erfc, takes: floats, f: ref.Erfc,
		grad: func(x, y, t Array) Array { return Mul(like(x, -2/sqrtPi), Mul(t, Exp(Neg(Square(x))))) }},
	erfInv: {name: "erf_inv", code: kir.ErfInv, takes: floats, f: ref.ErfInv, grad: erfInvGrad,
		in: Interval{-0.9, 0.9}},
	erfInvGiles: {name: "erf_inv_giles", code: kir.ErfInvGiles, takes: floats, f: ref.ErfInv, f32: ref.ErfInv32,
		grad: erfInvGrad, in: Interval{-0.9, 0.9}},
	lgamma: {name: "lgamma", code: kir.Lgamma, takes: floats, f: ref.Lgamma,
		grad: func(x, y, t Array) Array { return Mul(t, Digamma(x)) }, in: Interval{0.2, 4}},
	digamma: {name: "digamma", code: kir.Digamma, takes: floats, f: ref.Digamma,
		grad: func(x, y, t Array) Array { return Mul(t, Polygamma(one(x), x)) }, in: Interval{0.3, 4}},

	realPart: {name: "real", code: kir.Real, takes: complexes, c: func(x complex128) complex128 { return x },
		grad: func(x, y, t Array) Array { return Real(t) },
		back: func(x, ct Array) Array { return Complex(ct, zero(ct)) }, out: DType.Real},
	imagPart: {name: "imag", code: kir.Imag, takes: complexes,
		c:    func(x complex128) complex128 { return complex(imag(x), 0) },
		grad: func(x, y, t Array) Array { return Imag(t) },
		back: func(x, ct Array) Array { return Complex(zero(ct), Neg(ct)) }, out: DType.Real},

	not: {name: "not", code: kir.Not, takes: integers | bools, i: notInt, grad: flat},
	populationCount: {name: "population_count", code: kir.PopulationCount, takes: integers,
		i:    func(x int64, t DType) int64 { return int64(mathbits.OnesCount64(low(x, t))) },
		grad: flat},
	clz: {name: "clz", code: kir.Clz, takes: integers,
		i:    func(x int64, t DType) int64 { return int64(mathbits.LeadingZeros64(low(x, t)) - 64 + t.Bits()) },
		grad: flat},
}

const sqrtPi = 1.77245385090551602729816748334114518279754945612238712821380779

// Neg returns -x; unsigned integers wrap.
func Neg(x Array) Array { return bind(neg, x) }

// Sign returns -1, 0 or 1 with the sign of x, and 0 and NaN as they are; of a complex
// number x/|x|.
func Sign(x Array) Array { return bind(sign, x) }

// Abs returns the absolute value of x, which of a complex number is real. Of the
// least integer it is that integer. The derivative at 0 is 1, as in JAX.
func Abs(x Array) Array { return bind(abs, x) }

// Floor returns the greatest integer not above x, as a float.
func Floor(x Array) Array { return bind(floor, x) }

// Ceil returns the least integer not below x, as a float.
func Ceil(x Array) Array { return bind(ceil, x) }

// IsFinite reports where x is neither infinite nor NaN.
func IsFinite(x Array) Array { return bind(isFinite, x) }

// Exp returns e to the power x.
func Exp(x Array) Array { return bind(exp, x) }

// Exp2 returns 2 to the power x.
func Exp2(x Array) Array { return bind(exp2, x) }

// Expm1 returns e to the power x, less 1, precisely near 0.
func Expm1(x Array) Array { return bind(expm1, x) }

// Log returns the natural logarithm of x.
func Log(x Array) Array { return bind(log, x) }

// Log1p returns the natural logarithm of 1 + x, precisely near 0.
func Log1p(x Array) Array { return bind(log1p, x) }

// Sqrt returns the square root of x.
func Sqrt(x Array) Array { return bind(sqrt, x) }

// Rsqrt returns 1 over the square root of x.
func Rsqrt(x Array) Array { return bind(rsqrt, x) }

// Cbrt returns the real cube root of x.
func Cbrt(x Array) Array { return bind(cbrt, x) }

// Square returns x·x.
func Square(x Array) Array { return bind(square, x) }

// Sin returns the sine of x radians.
func Sin(x Array) Array { return bind(sin, x) }

// Cos returns the cosine of x radians.
func Cos(x Array) Array { return bind(cos, x) }

// Tan returns the tangent of x radians.
func Tan(x Array) Array { return bind(tan, x) }

// Asin returns the inverse sine of x, in radians.
func Asin(x Array) Array { return bind(asin, x) }

// Acos returns the inverse cosine of x, in radians.
func Acos(x Array) Array { return bind(acos, x) }

// Atan returns the inverse tangent of x, in radians.
func Atan(x Array) Array { return bind(atan, x) }

// Sinh returns the hyperbolic sine of x.
func Sinh(x Array) Array { return bind(sinh, x) }

// Cosh returns the hyperbolic cosine of x.
func Cosh(x Array) Array { return bind(cosh, x) }

// Tanh returns the hyperbolic tangent of x.
func Tanh(x Array) Array { return bind(tanh, x) }

// Asinh returns the inverse hyperbolic sine of x.
func Asinh(x Array) Array { return bind(asinh, x) }

// Acosh returns the inverse hyperbolic cosine of x.
func Acosh(x Array) Array { return bind(acosh, x) }

// Atanh returns the inverse hyperbolic tangent of x.
func Atanh(x Array) Array { return bind(atanh, x) }

// Logistic returns 1/(1 + exp(-x)), the sigmoid.
func Logistic(x Array) Array { return bind(logistic, x) }

// Erf returns the error function of x.
func Erf(x Array) Array { return bind(erf, x) }

// Erfc returns 1 less the error function of x, precisely where that is small.
func Erfc(x Array) Array { return bind(erfc, x) }

// ErfInv returns the inverse of the error function at x.
func ErfInv(x Array) Array { return bind(erfInv, x) }

// ErfInvGiles is ErfInv, but for f32 and shorter types with the bits that XLA has, by the
// polynomials of Giles (Approximating the erfinv function, 2010): up to 65 units in the last
// place off next to ±1. Random normals are made of it.
func ErfInvGiles(x Array) Array { return bind(erfInvGiles, x) }

func erfInvGrad(x, y, t Array) Array { return Mul(like(x, sqrtPi/2), Mul(t, Exp(Square(y)))) }

// Lgamma returns the logarithm of |Γ(x)|.
func Lgamma(x Array) Array { return bind(lgamma, x) }

// Digamma returns the derivative of Lgamma at x.
func Digamma(x Array) Array { return bind(digamma, x) }

// Real returns the real part of the complex x.
func Real(x Array) Array { return bind(realPart, x) }

// Imag returns the imaginary part of the complex x.
func Imag(x Array) Array { return bind(imagPart, x) }

// BitwiseNot returns x with all bits turned over; of a bool the other one.
func BitwiseNot(x Array) Array { return bind(not, x) }

// PopulationCount returns how many bits of the integer x are set.
func PopulationCount(x Array) Array { return bind(populationCount, x) }

// Clz returns how many leading bits of the integer x are not set.
func Clz(x Array) Array { return bind(clz, x) }

// Reciprocal returns 1/x.
func Reciprocal(x Array) Array { return IntegerPow(x, -1) }
