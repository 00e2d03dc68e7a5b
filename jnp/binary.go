package jnp

import (
	"math"

	"gojax/lax"
)

// Elementwise functions of two operands: Arrays, Go numbers or slices, which are
// promoted to one element type and broadcast to one shape.

// pair returns the operands as those of a method: the first is an Array; a number has the
// type that it takes when it meets the second.
func pair(what string, x, y any) (lax.Array, any) {
	if a, ok := x.(lax.Array); ok {
		return operand(what, a), y
	}
	in := lax.Promote(what, x, y)
	return in[0], in[1]
}

// method makes a function of two operands of a method of Array.
func method(what string, f func(x lax.Array, y any) lax.Array, x, y any) lax.Array {
	a, b := pair(what, x, y)
	return f(a, b)
}

// numeric2 and inexact2 promote and broadcast two operands, of which bools become i32,
// or all but floats and complex numbers floats.
func numeric2(what string, x, y any) (lax.Array, lax.Array) {
	a, b := lax.Promote2(what, x, y)
	return numeric(a), numeric(b)
}

func inexact2(what string, x, y any) (lax.Array, lax.Array) {
	a, b := lax.Promote2(what, x, y)
	return lax.Inexact(a), lax.Inexact(b)
}

// Add returns x + y; of bools, x or y.
func Add(x, y any) lax.Array { return method("add", lax.Array.Add, x, y) }

// Subtract returns x - y.
func Subtract(x, y any) lax.Array { return method("subtract", lax.Array.Sub, x, y) }

// Sub is Subtract.
func Sub(x, y any) lax.Array { return Subtract(x, y) }

// Multiply returns x·y; of bools, x and y.
func Multiply(x, y any) lax.Array { return method("multiply", lax.Array.Mul, x, y) }

// Mul is Multiply.
func Mul(x, y any) lax.Array { return Multiply(x, y) }

// Divide returns x / y; integers become floats.
func Divide(x, y any) lax.Array { return method("divide", lax.Array.Div, x, y) }

// Div is Divide.
func Div(x, y any) lax.Array { return Divide(x, y) }

// TrueDivide is Divide.
func TrueDivide(x, y any) lax.Array { return Divide(x, y) }

// FloorDivide returns the greatest integer not above x / y, in the type of the operands.
func FloorDivide(x, y any) lax.Array { return method("floor_divide", lax.Array.FloorDiv, x, y) }

// Remainder returns what FloorDivide leaves, which has the sign of y; of integers by 0
// it is 0.
func Remainder(x, y any) lax.Array { return method("remainder", lax.Array.Mod, x, y) }

// Mod is Remainder.
func Mod(x, y any) lax.Array { return Remainder(x, y) }

// Divmod returns FloorDivide and Remainder.
func Divmod(x, y any) (quotient, remainder lax.Array) { return FloorDivide(x, y), Remainder(x, y) }

// Fmod returns what division towards zero leaves, which has the sign of x.
func Fmod(x, y any) lax.Array {
	a, b := numeric2("fmod", x, y)
	if b.DType().IsInt() {
		b = lax.Select(lax.Eq(b, number(b, 0)), number(b, 1), b)
	}
	return lax.Rem(a, b)
}

// Power returns x to the power y. A Go integer y is a part of the operation and
// multiplies; integers do not take negative ones.
func Power(x, y any) lax.Array {
	if a, ok := x.(lax.Array); ok {
		return operand("power", a).Pow(y)
	}
	if b, ok := y.(lax.Array); ok { // the power stays an array, and adapts the number x
		in := lax.Promote("power", x, b)
		return in[0].Pow(in[1])
	}
	return lax.Operand("power", x).Pow(y)
}

// Pow is Power.
func Pow(x, y any) lax.Array { return Power(x, y) }

// FloatPower returns x to the power y as floats.
func FloatPower(x, y any) lax.Array { return lax.Pow(inexact2("float_power", x, y)) }

// Maximum returns the greater of x and y, or NaN if one is NaN.
func Maximum(x, y any) lax.Array { return method("maximum", lax.Array.Maximum, x, y) }

// Minimum returns the lesser of x and y, or NaN if one is NaN.
func Minimum(x, y any) lax.Array { return method("minimum", lax.Array.Minimum, x, y) }

// Fmax returns the greater of x and y, or the other one if one is NaN.
func Fmax(x, y any) lax.Array {
	a, b := lax.Promote2("fmax", x, y)
	return Where(a.Gt(b).LogicalOr(b.IsNaN()), a, b)
}

// Fmin returns the lesser of x and y, or the other one if one is NaN.
func Fmin(x, y any) lax.Array {
	a, b := lax.Promote2("fmin", x, y)
	return Where(a.Lt(b).LogicalOr(b.IsNaN()), a, b)
}

// Arctan2 returns the angle of the point with the ordinate y and the abscissa x.
func Arctan2(y, x any) lax.Array { return method("arctan2", lax.Array.Atan2, y, x) }

// Hypot returns √(x² + y²) without overflow on the way.
func Hypot(x, y any) lax.Array {
	const what = "hypot"
	a, b := inexact2(what, x, y)
	rejectComplex(what, a, b)
	a, b = lax.Abs(a), lax.Abs(b)
	inf := number(a, math.Inf(1))
	infinite := lax.Eq(a, inf).Or(lax.Eq(b, inf))
	big, small := a.Maximum(b), a.Minimum(b)
	zero := lax.Eq(big, number(big, 0))
	ratio := lax.Div(small, Where(zero, number(big, 1), big))
	h := lax.Mul(big, lax.Sqrt(lax.Add(number(big, 1), lax.Square(ratio))))
	return Where(infinite, inf, Where(zero, big, h))
}

// Logaddexp returns log(eˣ + eʸ) without overflow on the way. The imaginary part of a
// complex one is from -π to π.
func Logaddexp(x, y any) lax.Array {
	a, b := inexact2("logaddexp", x, y)
	big, d := ordered(a, b)
	return principal(lax.Add(big, lax.Log1p(lax.Exp(d))), math.Pi)
}

// Logaddexp2 returns log2(2ˣ + 2ʸ) without overflow on the way. The imaginary part of a
// complex one is from -π/ln 2 to π/ln 2.
func Logaddexp2(x, y any) lax.Array {
	a, b := inexact2("logaddexp2", x, y)
	big, d := ordered(a, b)
	return principal(lax.Add(big, lax.Div(lax.Log1p(lax.Exp2(d)), number(big, math.Ln2))), math.Pi/math.Ln2)
}

// principal moves the imaginary part of a complex x by periods of 2·half into [-half, half).
func principal(x lax.Array, half float64) lax.Array {
	if !x.DType().IsComplex() {
		return x
	}
	re, im := lax.Real(x), lax.Imag(x)
	return lax.Complex(re, lax.Sub(Mod(lax.Add(im, number(im, half)), number(im, 2*half)), number(im, half)))
}

// ordered returns the greater of two operands and the difference of the lesser from it.
// Both are chosen by one comparison, so that their derivatives belong together where
// the two are equal.
func ordered(a, b lax.Array) (big, d lax.Array) {
	first := a.Ge(b)
	big, small := Where(first, a, b), Where(first, b, a)
	same := lax.Eq(a, b).And(a.IsInf()) // ∞ - ∞ is no number
	zero := number(big, 0)
	return big, lax.Sub(Where(same, zero, small), Where(same, zero, big))
}

// BitwiseAnd returns the bits set in both x and y, integers or bools.
func BitwiseAnd(x, y any) lax.Array { return method("bitwise_and", lax.Array.And, x, y) }

// BitwiseOr returns the bits set in x or y, integers or bools.
func BitwiseOr(x, y any) lax.Array { return method("bitwise_or", lax.Array.Or, x, y) }

// BitwiseXor returns the bits set in one of x and y, integers or bools.
func BitwiseXor(x, y any) lax.Array { return method("bitwise_xor", lax.Array.Xor, x, y) }

// LeftShift returns the bits of x moved y places up.
func LeftShift(x, y any) lax.Array { return method("left_shift", lax.Array.Shl, x, y) }

// RightShift returns the bits of x moved y places down; signed integers keep their sign.
func RightShift(x, y any) lax.Array { return method("right_shift", lax.Array.Shr, x, y) }

// Heaviside returns 0 where x is negative, 1 where it is positive and y where it is 0.
func Heaviside(x, y any) lax.Array {
	a, b := inexact2("heaviside", x, y)
	zero := number(a, 0)
	at0 := Where(a.IsNaN(), a, b)
	return Where(lax.Lt(a, zero), zero, Where(lax.Gt(a, zero), number(a, 1), at0))
}

// Gcd returns the greatest common divisor of integers.
func Gcd(x, y any) lax.Array {
	const what = "gcd"
	a, b := lax.Promote2(what, x, y)
	wantIntegers(what, a, b)
	a, b = a.Abs(), b.Abs()
	zero, one := number(a, 0), number(a, 1)
	// Euclid's remainders fall at least as fast as Fibonacci numbers, which have 1.45
	// members for each bit.
	for range a.DType().Bits()*3/2 + 1 {
		more := lax.Ne(b, zero)
		a, b = Where(more, b, a), Where(more, lax.Rem(a, Where(more, b, one)), zero)
	}
	return a
}

// Lcm returns the least common multiple of integers.
func Lcm(x, y any) lax.Array {
	const what = "lcm"
	a, b := lax.Promote2(what, x, y)
	wantIntegers(what, a, b)
	d := Gcd(a, b)
	none := lax.Eq(d, number(d, 0))
	return Where(none, number(d, 0), a.Abs().Mul(lax.Div(b.Abs(), Where(none, number(d, 1), d))))
}
