package ref

import "math"

// Round rounds to the nearest integer, ties away from zero.
func Round(x float64) float64 { return math.Round(x) }

// RoundEven rounds to the nearest integer, ties to the even one.
func RoundEven(x float64) float64 { return math.RoundToEven(x) }

// ToInt truncates x toward zero. What T cannot hold becomes the nearest that it can,
// and NaN becomes 0. A complex number converts by its real part.
func ToInt[T Integer](x float64) T {
	w := Width[T]()
	lo, hi := T(0), ^T(0)
	if hi < 0 { // signed
		lo = T(1) << (w - 1)
		hi = ^lo
		w--
	}
	switch {
	case x != x:
		return 0
	case x <= float64(lo):
		return lo
	case x >= math.Ldexp(1, w):
		return hi
	}
	return T(x)
}

// ToBool reports whether x is not zero: of NaN it is true.
func ToBool(x float64) bool { return x != 0 }

// ComplexToBool reports whether the real part of z is not zero, as in JAX.
func ComplexToBool(z complex128) bool { return real(z) != 0 }

// NextAfter64 returns the float64 next to x in the direction of y; y if they are
// equal, which matters for zeros, and NaN if either is.
func NextAfter64(x, y float64) float64 {
	if x == y {
		return y
	}
	return math.Nextafter(x, y)
}

// NextAfter32 is NextAfter64 of float32.
func NextAfter32(x, y float32) float32 {
	if x == y {
		return y
	}
	return math.Nextafter32(x, y)
}

// NextAfter16 is NextAfter64 of float16 patterns.
func NextAfter16(x, y uint16) uint16 { return nextAfter(x, y, 0x7c00) }

// NextAfterBF16 is NextAfter64 of bfloat16 patterns.
func NextAfterBF16(x, y uint16) uint16 { return nextAfter(x, y, 0x7f80) }

// nextAfter steps between patterns of sign and magnitude, of which inf is the
// largest that is a number.
func nextAfter(x, y, inf uint16) uint16 {
	const sign = 0x8000
	ax, ay := x&^sign, y&^sign
	switch {
	case ax > inf:
		return x
	case ay > inf || x == y || ax|ay == 0:
		return y
	case ax == 0:
		return y&sign | 1
	case (x^y)&sign == 0 && ay > ax:
		return x + 1
	}
	return x - 1
}
