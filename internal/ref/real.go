package ref

import "math"

// What is good enough in package math is passed on to it, so that operations have one
// place to look.

// Exp returns e to the power x.
func Exp(x float64) float64 { return expDD(dd{x, 0}) }

// Exp2 returns 2 to the power x.
func Exp2(x float64) float64 { return math.Exp2(x) }

// Expm1 returns exp(x) - 1.
func Expm1(x float64) float64 { return math.Expm1(x) }

// Log returns the natural logarithm of x; NaN for x < 0.
func Log(x float64) float64 {
	if 0 < x && x < 0x1p-1022 { // math.Log takes subnormals for normals on amd64
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}

// Log1p returns log(1 + x).
func Log1p(x float64) float64 { return math.Log1p(x) }

// Sqrt returns the square root of x; NaN for x < 0, and -0 for -0.
func Sqrt(x float64) float64 { return math.Sqrt(x) }

// Rsqrt returns 1/√x; ±Inf for ±0.
func Rsqrt(x float64) float64 { return 1 / math.Sqrt(x) }

// Cbrt returns the real cube root of x.
func Cbrt(x float64) float64 { return math.Cbrt(x) }

// Logistic returns 1/(1 + exp(-x)), accurate in both tails.
func Logistic(x float64) float64 {
	if x < 0 {
		e := Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + Exp(-x))
}

// Asin returns the arcsine of x; NaN outside [-1, 1].
func Asin(x float64) float64 { return math.Atan2(x, math.Sqrt((1-x)*(1+x))) }

// Acos returns the arccosine of x; NaN outside [-1, 1].
func Acos(x float64) float64 { return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) }

// Atan returns the arctangent of x.
func Atan(x float64) float64 { return math.Atan(x) }

// Atan2 returns the angle of the point (x, y), by the signs of both; those of zeros
// count.
func Atan2(y, x float64) float64 {
	return math.Copysign(math.Atan2(math.Abs(y), x), y) // math.Atan2 takes the sign of y/x, which may be 0
}

// Sinh returns the hyperbolic sine of x.
func Sinh(x float64) float64 {
	a := math.Abs(x)
	if a > 30 {
		h := Exp(a / 2) // exp(a) may overflow where its half does not
		return math.Copysign(0.5*h*h, x)
	}
	t := math.Expm1(a)
	return math.Copysign(0.5*(t+t/(t+1)), x)
}

// Cosh returns the hyperbolic cosine of x.
func Cosh(x float64) float64 {
	a := math.Abs(x)
	if a > 30 {
		h := Exp(a / 2)
		return 0.5 * h * h
	}
	e := Exp(a)
	return 0.5 * (e + 1/e)
}

// Tanh returns the hyperbolic tangent of x.
func Tanh(x float64) float64 {
	t := math.Expm1(-2 * math.Abs(x))
	return math.Copysign(-t/(t+2), x)
}

// Asinh returns the inverse hyperbolic sine of x.
func Asinh(x float64) float64 { return math.Asinh(x) }

// Acosh returns the inverse hyperbolic cosine of x; NaN for x < 1.
func Acosh(x float64) float64 { return math.Acosh(x) }

// Atanh returns the inverse hyperbolic tangent of x; NaN outside [-1, 1].
func Atanh(x float64) float64 { return math.Atanh(x) }

// LogAddExp returns log(exp(x) + exp(y)) without overflow.
func LogAddExp(x, y float64) float64 {
	if x == y { // infinities too, whose difference is NaN
		return x + math.Ln2
	}
	return max(x, y) + math.Log1p(math.Exp(-math.Abs(x-y)))
}

// Pow returns x to the power y as C and JAX do: 1 for y = 0 and for x = 1 whatever
// the other is, NaN for a negative x and a fractional y. Results that are
// representable are exact.
func Pow(x, y float64) float64 {
	if x == 0 || y == 0 || x == 1 || x-x != 0 || y-y != 0 {
		return math.Pow(x, y) // 0, 1, Inf, NaN
	}
	sign := 1.0
	if x < 0 {
		switch math.Abs(math.Mod(y, 2)) {
		case 0:
		case 1:
			sign = -1
		default:
			return math.NaN()
		}
	}
	l := logDD(math.Abs(x))
	if p := l.hi * y; math.Abs(p) > 1000 {
		return sign * math.Exp(p)
	}
	return sign * expDD(l.mul(dd{y, 0}))
}

// Rem returns the remainder of x/y with the sign of x, exactly; NaN for y = 0 and
// for an infinite x.
func Rem(x, y float64) float64 { return math.Mod(x, y) }

// Max returns the larger of x and y, NaN if either is; 0 is larger than -0.
func Max(x, y float64) float64 { return max(x, y) }

// Min returns the smaller of x and y, NaN if either is; -0 is smaller than 0.
func Min(x, y float64) float64 { return min(x, y) }

// Clamp returns min(max(x, lo), hi), NaN if any is.
func Clamp(lo, x, hi float64) float64 { return min(max(x, lo), hi) }

// Sign returns -1, 0 or 1 as x is below, at or above zero; -0 and NaN are returned
// as they are.
func Sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}
