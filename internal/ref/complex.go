package ref

import (
	"math"
	"math/cmplx"
)

var nan = math.NaN()

func finite(x float64) bool { return x-x == 0 }

// timesI returns i·z, fromI its inverse -i·z: so sin z = fromI(sinh(timesI z)), which
// holds for signs of zero and infinities too.
func timesI(z complex128) complex128 { return complex(-imag(z), real(z)) }
func fromI(z complex128) complex128  { return complex(imag(z), -real(z)) }

// CAbs returns |z|, without overflow; Inf if either part is infinite.
func CAbs(z complex128) float64 { return math.Hypot(real(z), imag(z)) }

// CSign returns z/|z|, zero as it is.
func CSign(z complex128) complex128 {
	x, y := real(z), imag(z)
	a, b := math.Abs(x), math.Abs(y)
	switch {
	case z == 0:
		return z
	case math.IsInf(a, 1) && math.IsInf(b, 1):
		return complex(nan, nan)
	case math.IsInf(a, 1):
		return complex(math.Copysign(1, x), 0)
	case math.IsInf(b, 1):
		return complex(0, math.Copysign(1, y))
	}
	_, e := math.Frexp(max(a, b))
	x, y = math.Ldexp(x, -e), math.Ldexp(y, -e)
	h := math.Hypot(x, y)
	return complex(x/h, y/h)
}

// CSquare returns z².
func CSquare(z complex128) complex128 {
	x, y := math.Abs(real(z)), math.Abs(imag(z))
	return complex((x-y)*(x+y), 2*(real(z)*imag(z)))
}

// CExp returns e to the power z.
func CExp(z complex128) complex128 { return polar(Exp, real(z), dd{imag(z), 0}) }

// CExp2 returns 2 to the power z.
func CExp2(z complex128) complex128 {
	y := imag(z)
	a := prod2(y, math.Ln2)
	return polar(Exp2, real(z), dd{a.hi, a.lo + y*0x1.abc9e3b39803fp-56})
}

// polar returns exp(x)·(cos y + i sin y), with the exponential of any base.
func polar(exp func(float64) float64, x float64, angle dd) complex128 {
	y := angle.hi
	switch {
	case y == 0:
		return complex(exp(x), y)
	case finite(y):
		s, c := sinCos(angle)
		if x < 700 {
			h := exp(x)
			return complex(h*c, h*s)
		}
		h := exp(x / 2) // exp(x) may overflow where its product does not
		return complex(h*c*h, h*s*h)
	case math.IsInf(x, -1):
		return complex(0, math.Copysign(0, y))
	case math.IsInf(x, 1):
		return complex(x, nan)
	}
	return complex(nan, nan)
}

// CExpm1 returns exp(z) - 1, accurate near zero.
func CExpm1(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(math.Expm1(x), y)
	case x > 40:
		return CExp(z)
	case x < -40:
		return complex(-1, imag(CExp(z)))
	}
	// Re = (exp(x) - 1)·cos y - (1 - cos y)
	s, c := sinCos(dd{y, 0})
	h := Sin(y / 2)
	return complex(float64(math.Expm1(x)*c)-float64(2*h*h), Exp(x)*s)
}

// logAbs returns log|x + iy|, accurate near 1.
func logAbs(x, y float64) float64 {
	a, b := math.Abs(x), math.Abs(y)
	if b > a {
		a, b = b, a
	}
	switch {
	case a < 0x1p-500 && a > 0:
		return logAbs(a*0x1p600, b*0x1p600) - 600*math.Ln2
	case a > 0x1p500 && finite(a):
		return logAbs(a*0x1p-600, b*0x1p-600) + 600*math.Ln2
	case 0.5 <= a && a <= 2:
		return halfLog1p(prod2(a, a).add(prod2(b, b)).add(dd{-1, 0}))
	}
	return Log(math.Hypot(a, b))
}

// halfLog1p returns log(1+t)/2.
func halfLog1p(t dd) float64 { return 0.5 * (math.Log1p(t.hi) + t.lo/(1+t.hi)) }

// CLog returns the logarithm of z, cut along the negative axis.
func CLog(z complex128) complex128 {
	return complex(logAbs(real(z), imag(z)), Atan2(imag(z), real(z)))
}

// CLog1p returns log(1 + z), accurate near zero.
func CLog1p(z complex128) complex128 {
	x, y := real(z), imag(z)
	im := Atan2(y, 1+x)
	if math.Abs(x) <= 2 && math.Abs(y) <= 2 {
		// |1+z|² = 1 + t
		t := prod2(x, x).add(prod2(y, y)).add(dd{2 * x, 0})
		if t.hi > -0.75 {
			return complex(halfLog1p(t), im)
		}
	}
	return complex(logAbs(1+x, y), im)
}

// CSqrt returns the square root of z in the right half plane, cut along the negative
// axis.
func CSqrt(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case z == 0:
		return complex(0, y)
	case math.IsInf(y, 0):
		return complex(math.Inf(1), y)
	case math.IsInf(x, 1):
		return complex(x, math.Copysign(y-y, y))
	case math.IsInf(x, -1):
		return complex(y-y, math.Copysign(-x, y))
	}
	// Keep the sum below from overflow and underflow.
	back := 1.0
	switch a := max(math.Abs(x), math.Abs(y)); {
	case a > 0x1p1000:
		x, y, back = x*0x1p-10, y*0x1p-10, 0x1p5
	case a < 0x1p-900:
		x, y, back = x*0x1p200, y*0x1p200, 0x1p-100
	}
	t := math.Sqrt((math.Abs(x) + math.Hypot(x, y)) / 2)
	u := y / (2 * t)
	if x >= 0 {
		return complex(t*back, u*back)
	}
	return complex(math.Abs(u)*back, math.Copysign(t, y)*back)
}

// CRsqrt returns 1/√z: NaN at 0, and 0 at infinity.
func CRsqrt(z complex128) complex128 {
	s := CSqrt(z)
	if math.IsInf(real(z), 0) || math.IsInf(imag(z), 0) {
		return complex(0, -math.Copysign(0, imag(s)))
	}
	m := CAbs(s)
	return complex(real(s)/m/m, -imag(s)/m/m)
}

// CSinh returns the hyperbolic sine of z.
func CSinh(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(Sinh(x), y)
	case !finite(y):
		switch {
		case x == 0:
			return complex(x, nan)
		case math.IsInf(x, 0):
			return complex(x, nan)
		}
		return complex(nan, nan)
	}
	s, c := sinCos(dd{y, 0})
	if x == 0 {
		return complex(x*c, s)
	}
	if a := math.Abs(x); a > 700 {
		h := Exp(a / 2)
		return complex(math.Copysign(0.5*h, x)*c*h, 0.5*h*s*h)
	}
	return complex(Sinh(x)*c, Cosh(x)*s)
}

// CCosh returns the hyperbolic cosine of z.
func CCosh(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(Cosh(x), math.Copysign(1, x)*y)
	case !finite(y):
		switch {
		case x == 0:
			return complex(nan, 0)
		case math.IsInf(x, 0):
			return complex(math.Inf(1), nan)
		}
		return complex(nan, nan)
	}
	s, c := sinCos(dd{y, 0})
	if a := math.Abs(x); a > 700 {
		h := Exp(a / 2)
		return complex(0.5*h*c*h, math.Copysign(0.5*h, x)*s*h)
	}
	return complex(Cosh(x)*c, Sinh(x)*s)
}

// CTanh returns the hyperbolic tangent of z (Kahan).
func CTanh(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case x != x && y == 0:
		return z
	case math.IsInf(x, 0) && !finite(y):
		return complex(math.Copysign(1, x), math.Copysign(0, y))
	case x == 0 && !finite(y):
		return complex(x, nan)
	case x != x || !finite(y):
		return complex(nan, nan)
	case math.Abs(x) > 22:
		s, c := sinCos(dd{y, 0})
		h := Exp(-math.Abs(x))
		return complex(math.Copysign(1, x), 4*s*c*h*h)
	}
	t, s := Tan(y), Sinh(x)
	b := 1 + t*t
	d := 1 + b*s*s
	return complex(b*Cosh(x)*s/d, t/d)
}

// CSin returns the sine of z.
func CSin(z complex128) complex128 { return fromI(CSinh(timesI(z))) }

// CCos returns the cosine of z.
func CCos(z complex128) complex128 { return CCosh(timesI(z)) }

// CTan returns the tangent of z.
func CTan(z complex128) complex128 { return fromI(CTanh(timesI(z))) }

// CLogistic returns 1/(1 + exp(-z)), accurate in both tails and next to the poles.
func CLogistic(z complex128) complex128 {
	x, y := real(z), imag(z)
	switch {
	case y == 0:
		return complex(Logistic(x), y)
	case x > 40:
		e := CExp(complex(-x, y))
		if cmplx.IsNaN(e) {
			return e
		}
		return complex(1, imag(e))
	case x < -40:
		return CExp(z) // 1 + exp(z) is 1
	}
	// exp(z/2) by the conjugate of 2·cosh(z/2) = d, over |d|²
	s, c := sinCos(dd{y / 2, 0})
	u, d := Exp(x/2), complex(2*Cosh(x/2)*c, 2*Sinh(x/2)*s)
	m := real(d)*real(d) + imag(d)*imag(d)
	return complex((u*c*real(d)+u*s*imag(d))/m, 2*s*c/m)
}

// CPow returns z to the power w: 1 for w = 0; of z = 0 it is 0 if w has a positive
// real part, else NaN. The error grows with |w·log z|, except where w is a small
// integer.
func CPow(z, w complex128) complex128 {
	u, v := real(w), imag(w)
	switch {
	case w == 0 || z == 1:
		return 1
	case z == 0 && u > 0:
		return 0
	case z == 0:
		return complex(nan, nan)
	case v == 0 && math.Abs(u) <= 64 && u == math.Trunc(u):
		return IntegerPow(z, int(u))
	}
	l := CLog(z)
	return CExp(complex(u*real(l)-v*imag(l), v*real(l)+u*imag(l)))
}
