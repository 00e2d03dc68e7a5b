package tile

import (
	"math"
	"math/cmplx"
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// complex1 are the functions of one complex number.
var complex1 = map[kir.Code]func(z complex128) complex128{
	kir.Neg: func(z complex128) complex128 { return -z }, kir.Conj: cmplx.Conj, kir.Sign: ref.CSign,
	kir.Exp: ref.CExp, kir.Exp2: ref.CExp2, kir.Expm1: ref.CExpm1, kir.Log: ref.CLog, kir.Log1p: ref.CLog1p,
	kir.Sqrt: ref.CSqrt, kir.Rsqrt: ref.CRsqrt, kir.Square: ref.CSquare,
	kir.Sin: ref.CSin, kir.Cos: ref.CCos, kir.Tan: ref.CTan,
	kir.Asin: ref.CAsin, kir.Acos: ref.CAcos, kir.Atan: ref.CAtan,
	kir.Sinh: ref.CSinh, kir.Cosh: ref.CCosh, kir.Tanh: ref.CTanh,
	kir.Asinh: ref.CAsinh, kir.Acosh: ref.CAcosh, kir.Atanh: ref.CAtanh, kir.Logistic: ref.CLogistic,
}

var complex2 = map[kir.Code]func(x, y complex128) complex128{
	kir.Add: func(x, y complex128) complex128 { return x + y },
	kir.Sub: func(x, y complex128) complex128 { return x - y },
	kir.Mul: cmul,
	kir.Div: cdiv,
	kir.Pow: ref.CPow,
	kir.Max: func(x, y complex128) complex128 { return extreme(x, y, less(y, x)) },
	kir.Min: func(x, y complex128) complex128 { return extreme(x, y, less(x, y)) },
}

// cmul multiplies without fusing.
func cmul(x, y complex128) complex128 {
	a, b, c, d := real(x), imag(x), real(y), imag(y)
	return complex(float64(a*c)-float64(b*d), float64(a*d)+float64(b*c))
}

// cdiv is what Go's operator does, without fusing.
func cdiv(x, y complex128) complex128 {
	e, f, m := fraction(x, y)
	return inTheLimit(x, y, e/m, f/m)
}

// narrowDiv is cdiv of numbers that were complex64, and will be: one product more or less is
// lost in the rounding.
func narrowDiv(x, y complex128) complex128 {
	e, f, m := fraction(x, y)
	m = 1 / m
	return inTheLimit(x, y, e*m, f*m)
}

// fraction returns x/y as a fraction with a real denominator.
func fraction(x, y complex128) (e, f, m float64) {
	a, b, c, d := real(x), imag(x), real(y), imag(y)
	if math.Abs(c) >= math.Abs(d) {
		r := d / c
		return a + float64(b*r), b - float64(a*r), c + float64(r*d)
	}
	r := c / d
	return float64(a*r) + b, float64(b*r) - a, d + float64(r*c)
}

// inTheLimit returns the quotient e + if of x and y, or what it is in the limit where that is no
// number.
func inTheLimit(x, y complex128, e, f float64) complex128 {
	a, b, c, d := real(x), imag(x), real(y), imag(y)
	if e == e || f == f {
		return complex(e, f)
	}
	infinite := func(x, y float64) bool { return math.IsInf(x, 0) || math.IsInf(y, 0) }
	finite := func(x, y float64) bool { return isFinite64(x) && isFinite64(y) }
	k := 0.0
	switch {
	case y == 0 && (a == a || b == b):
		s := math.Copysign(math.Inf(1), c)
		return complex(s*a, s*b)
	case infinite(a, b) && finite(c, d):
		a, b, k = unit(a), unit(b), math.Inf(1)
	case infinite(c, d) && finite(a, b):
		c, d = unit(c), unit(d)
	default:
		return complex(e, f)
	}
	return complex(k*(float64(a*c)+float64(b*d)), k*(float64(b*c)-float64(a*d)))
}

// unit is 1 of what is infinite, else 0, with the sign of x.
func unit(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.Copysign(1, x)
	}
	return math.Copysign(0, x)
}

// less is JAX's order: by the real part, then by the imaginary part.
func less(x, y complex128) bool {
	return real(x) < real(y) || real(x) == real(y) && imag(x) < imag(y)
}

// extreme returns x if it is the one wanted or a NaN, else y.
func extreme(x, y complex128, first bool) complex128 {
	if first || math.IsNaN(real(x)) || math.IsNaN(imag(x)) {
		return x
	}
	return y
}

var complexTests = map[kir.Code]func(x, y complex128) bool{
	kir.Eq: func(x, y complex128) bool { return x == y },
	kir.Ne: func(x, y complex128) bool { return x != y },
	kir.Lt: less,
	kir.Le: func(x, y complex128) bool { return less(x, y) || x == y },
	kir.Gt: func(x, y complex128) bool { return less(y, x) },
	kir.Ge: func(x, y complex128) bool { return less(y, x) || x == y },
}

// complexes sets both types. Complex64 is computed in complex128 and rounded.
func complexes(t *[kir.Codes]row) {
	const single, double = dtype.Complex64, dtype.Complex128
	for c, f := range complex1 {
		t[c][single] = map1(func(z complex64) complex64 { return complex64(f(complex128(z))) })
		t[c][double] = map1(f)
	}
	for c, f := range complex2 {
		t[c][single] = map2(func(x, y complex64) complex64 { return complex64(f(complex128(x), complex128(y))) })
		t[c][double] = map2(f)
	}
	for c, f := range complexTests {
		t[c][single] = mapTo2(func(x, y complex64) bool { return f(complex128(x), complex128(y)) })
		t[c][double] = mapTo2(f)
	}
	simple[complex64](t, single)
	simple[complex128](t, double)
	t[kir.Mul][single], t[kir.Mul][double] = mul64, mul128
	t[kir.Div][single] = map2(func(x, y complex64) complex64 { return complex64(narrowDiv(complex128(x), complex128(y))) })
	t[kir.Abs][single] = mapTo(narrowAbs)
	t[kir.Abs][double] = mapTo(ref.CAbs)
	t[kir.Real][single], t[kir.Real][double] = part[float32](0), part[float64](0)
	t[kir.Imag][single], t[kir.Imag][double] = part[float32](1), part[float64](1)
	t[kir.IsFinite][single] = mapTo(func(z complex64) bool { return isFinite32(real(z)) && isFinite32(imag(z)) })
	t[kir.IsFinite][double] = mapTo(func(z complex128) bool { return isFinite64(real(z)) && isFinite64(imag(z)) })
}

// simple sets what is done part by part, which no more digits on the way change.
func simple[T complex64 | complex128](t *[kir.Codes]row, d dtype.Type) {
	t[kir.Neg][d] = func(d, x, _, _, _ unsafe.Pointer, n int) {
		ds, xs := of[T](d, n), of[T](x, n)
		for i := range ds {
			ds[i] = -xs[i]
		}
	}
	t[kir.Add][d] = func(d, x, y, _, _ unsafe.Pointer, n int) {
		ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
		for i := range ds {
			ds[i] = xs[i] + ys[i]
		}
	}
	t[kir.Sub][d] = func(d, x, y, _, _ unsafe.Pointer, n int) {
		ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
		for i := range ds {
			ds[i] = xs[i] - ys[i]
		}
	}
	t[kir.Eq][d], t[kir.Ne][d] = eq[T], ne[T]
}

func mul64(d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[complex64](d, n), of[complex64](x, n), of[complex64](y, n)
	for i := range ds {
		ds[i] = complex64(cmul(complex128(xs[i]), complex128(ys[i])))
	}
}

func mul128(d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[complex128](d, n), of[complex128](x, n), of[complex128](y, n)
	for i := range ds {
		ds[i] = cmul(xs[i], ys[i])
	}
}

// narrowAbs is |z|, whose squares float64 has exactly.
func narrowAbs(z complex64) float32 {
	x, y := float64(real(z)), float64(imag(z))
	if math.IsInf(x, 0) || math.IsInf(y, 0) {
		return float32(math.Inf(1))
	}
	return float32(math.Sqrt(float64(x*x) + float64(y*y)))
}

// part copies the real parts, 0, or the imaginary ones.
func part[R any](which int) Func {
	return func(d, x, _, _, _ unsafe.Pointer, n int) {
		ds, xs := of[R](d, n), of[[2]R](x, n)
		for i := range ds {
			ds[i] = xs[i][which]
		}
	}
}

// pair makes complex numbers of their parts.
func pair[R any](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[[2]R](d, n), of[R](x, n), of[R](y, n)
	for i := range ds {
		ds[i] = [2]R{xs[i], ys[i]}
	}
}
