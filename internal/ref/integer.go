package ref

import "math/bits"

// Signed is the signed integer types, Unsigned the others.
type (
	Signed interface {
		~int8 | ~int16 | ~int32 | ~int64
	}
	Unsigned interface {
		~uint8 | ~uint16 | ~uint32 | ~uint64
	}
	Integer interface{ Signed | Unsigned }
)

// Width returns the bits of T.
func Width[T Integer]() int {
	w := 8
	for T(1)<<w != 0 {
		w *= 2
	}
	return w
}

// pattern returns the bits of x, zeros above them.
func pattern[T Integer](x T) uint64 {
	return uint64(x) & (1<<(Width[T]()-1)<<1 - 1)
}

// Div returns x/y, truncated toward zero. Divided by zero, every integer is -1, of
// an unsigned type all ones; the least integer divided by -1 is itself.
func Div[T Integer](x, y T) T {
	if y == 0 {
		return ^T(0)
	}
	return x / y
}

// Mod returns the remainder of Div, with the sign of x; x itself where y is zero,
// and 0 for y = -1.
func Mod[T Integer](x, y T) T {
	if y == 0 {
		return x
	}
	return x % y
}

// ShiftLeft returns x·2^n, which wraps. Shifts by the width of T and more, and
// negative ones, leave 0.
func ShiftLeft[T Integer](x, n T) T {
	if s := pattern(n); s < uint64(Width[T]()) {
		return x << s
	}
	return 0
}

// ShiftRightLogical shifts in zeros. Shifts by the width of T and more, and negative
// ones, leave 0.
func ShiftRightLogical[T Integer](x, n T) T {
	if s := pattern(n); s < uint64(Width[T]()) {
		return T(pattern(x) >> s)
	}
	return 0
}

// ShiftRightArithmetic shifts in copies of the highest bit, in unsigned types too.
// Shifts by the width of T and more, and negative ones, leave only those.
func ShiftRightArithmetic[T Integer](x, n T) T {
	w := uint64(Width[T]())
	s := min(pattern(n), w-1)
	return T(int64(pattern(x)<<(64-w)) >> (64 - w + s))
}

// PowInt returns x to the power n as jnp.power does: the product of x^(2^k) over
// those of the low six bits of n that are set, which wraps. So a negative n counts as
// its low bits, and 0 to any power but 0 is 0.
func PowInt[T Integer](x, n T) T {
	if x == 0 && n != 0 {
		return 0
	}
	y := T(1)
	for k := range 6 {
		if n>>k&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

// IntegerPow returns x to the power n, of an integer type for n >= 0 only: the
// products of lax.integer_pow in its order.
func IntegerPow[T Integer | ~float32 | ~float64 | ~complex64 | ~complex128](x T, n int) T {
	m := uint(n)
	switch {
	case n == 0:
		return 1
	case n < 0:
		m = -m
	}
	for ; m&1 == 0; m >>= 1 {
		x *= x
	}
	y := x
	for m >>= 1; m > 0; m >>= 1 {
		x *= x
		if m&1 == 1 {
			y *= x
		}
	}
	if n < 0 {
		return 1 / y
	}
	return y
}

// PopCount returns the number of bits of x that are set.
func PopCount[T Integer](x T) T { return T(bits.OnesCount64(pattern(x))) }

// Clz returns the number of zero bits above the highest one; of 0 the width of T.
func Clz[T Integer](x T) T { return T(Width[T]() - bits.Len64(pattern(x))) }

// AbsInt returns the magnitude of x; that of the least integer is itself.
func AbsInt[T Integer](x T) T {
	if x < 0 {
		return -x
	}
	return x
}

// SignInt returns -1, 0 or 1 as x is below, at or above zero.
func SignInt[T Integer](x T) T {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return ^T(0)
	}
	return 0
}
