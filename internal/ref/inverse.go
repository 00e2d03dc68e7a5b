package ref

import "math"

// large is where z² ± 1 is z².
const large = 0x1p500

// The inverse functions follow Kahan, "Branch Cuts for Complex Elementary Functions"
// (1987): sums of square roots in which nothing cancels.

// CAsin returns the arcsine of z, cut along the real axis outside [-1, 1].
func CAsin(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case x != x && math.IsInf(y, 0):
		return z
	case y != y && x == 0:
		return z
	case y != y && math.IsInf(x, 0):
		return complex(nan, math.Inf(1))
	case x != x || y != y:
		return complex(nan, nan)
	case math.Abs(x) > large || math.Abs(y) > large:
		return complex(Atan2(x, math.Abs(y)), math.Copysign(logAbs(x, y)+math.Ln2, y))
	}
	a, b := CSqrt(complex(1-x, -y)), CSqrt(complex(1+x, y))
	return complex(
		Atan2(x, product(a, b)),
		asinhOfProduct(real(a), imag(b), -imag(a), real(b)))
}

// CAcos returns the arccosine of z, cut along the real axis outside [-1, 1].
func CAcos(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case x != x && math.IsInf(y, 0):
		return complex(nan, -y)
	case y != y && x == 0:
		return complex(math.Pi/2, nan)
	case y != y && math.IsInf(x, 0):
		return complex(nan, math.Inf(1))
	case x != x || y != y:
		return complex(nan, nan)
	case math.Abs(x) > large || math.Abs(y) > large:
		return complex(Atan2(math.Abs(y), x), math.Copysign(logAbs(x, y)+math.Ln2, -y))
	}
	a, b := CSqrt(complex(1-x, -y)), CSqrt(complex(1+x, y))
	return complex(
		2*Atan2(real(a), real(b)),
		asinhOfProduct(real(b), imag(a), -imag(b), real(a)))
}

// product returns the real part of a·b.
func product(a, b complex128) float64 {
	return float64(real(a)*real(b)) - float64(imag(a)*imag(b))
}

// asinhOfProduct returns asinh(a·b + c·d), where both products have the same sign.
func asinhOfProduct(a, b, c, d float64) float64 {
	return math.Asinh(float64(a*b) + float64(c*d))
}

// CAsinh returns the inverse hyperbolic sine of z, cut along the imaginary axis
// outside [-i, i].
func CAsinh(z complex128) complex128 { return fromI(CAsin(timesI(z))) }

// CAcosh returns the inverse hyperbolic cosine of z, cut along the real axis below 1.
func CAcosh(z complex128) complex128 {
	w := CAcos(z)
	return complex(math.Abs(imag(w)), math.Copysign(real(w), imag(z)))
}

// CAtanh returns the inverse hyperbolic tangent of z, cut along the real axis outside
// [-1, 1].
func CAtanh(z complex128) complex128 {
	x, y := real(z), imag(z)
	a, b := math.Abs(x), math.Abs(y)
	var re, im float64
	switch {
	case math.IsInf(b, 1):
		re, im = 0, math.Pi/2
	case b != b:
		if x != 0 && !math.IsInf(x, 0) {
			return complex(nan, nan)
		}
		re, im = 0, nan
	case a != a:
		return complex(nan, nan)
	case a > large || b > large:
		// Re(1/z) = a/(a² + b²), whose squares would overflow.
		im = math.Pi / 2
		if a < b {
			re = 0.5 * (a / b) / (0.5*b + 0.5*(a/b)*a)
		} else {
			re = 0.5 / (0.5*a + 0.5*(b/a)*b)
		}
	case a == 1 && b < 0x1p-500:
		re = (math.Ln2 - Log(b)) / 2
		im = math.Pi / 4
		if b == 0 {
			im = 0
		}
	default:
		d := 1 - a
		re = math.Log1p(4*a/(d*d+b*b)) / 4
		im = Atan2(2*b, d*(1+a)-b*b) / 2
	}
	return complex(math.Copysign(re, x), math.Copysign(im, y))
}

// CAtan returns the arctangent of z, cut along the imaginary axis outside [-i, i].
func CAtan(z complex128) complex128 { return fromI(CAtanh(timesI(z))) }
