package lax

import (
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// binary is an elementwise operation of two operands of one type, either of
// which may be a scalar.
type binary uint8

const (
	add binary = iota
	sub
	mul
	div
	rem
	maximum
	minimum
	atan2
	nextAfter
	and
	or
	xor
	shiftLeft
	shiftRightArithmetic
	shiftRightLogical
	binaryCount
)

// A slope maps a tangent t of one operand of z = op(x, y) to a tangent of z.
type slope = func(x, y, z, t Array) Array

// binaries has all there is to know of each: the element types that it takes, and f, c
// and i, its definition on real, complex and integer (or bool) elements; g instead of
// f where it depends on the type. dx and dy are the derivatives, nil if there is none;
// in an operand that op is linear in (linear says which), they map cotangents back,
// too. in is where tests look in the two operands.
var binaries = [...]struct {
	name   string
	code   kir.Code
	takes  kinds
	f      func(x, y float64) float64
	g      func(x, y float64, t DType) float64
	c      func(x, y complex128) complex128
	i      func(x, y int64, t DType) int64
	dx, dy slope
	linear [2]bool
	in     [2]Interval
}{
	add: {name: "add", code: kir.Add, takes: numeric,
		f:  func(x, y float64) float64 { return x + y },
		c:  func(x, y complex128) complex128 { return x + y },
		i:  func(x, y int64, _ DType) int64 { return x + y },
		dx: func(x, y, z, t Array) Array { return t },
		dy: func(x, y, z, t Array) Array { return t }, linear: [2]bool{true, true}},
	sub: {name: "sub", code: kir.Sub, takes: numeric,
		f:  func(x, y float64) float64 { return x - y },
		c:  func(x, y complex128) complex128 { return x - y },
		i:  func(x, y int64, _ DType) int64 { return x - y },
		dx: func(x, y, z, t Array) Array { return t },
		dy: func(x, y, z, t Array) Array { return Neg(t) }, linear: [2]bool{true, true}},
	mul: {name: "mul", code: kir.Mul, takes: numeric,
		f:  func(x, y float64) float64 { return x * y },
		c:  mulComplex,
		i:  func(x, y int64, _ DType) int64 { return x * y },
		dx: func(x, y, z, t Array) Array { return Mul(t, y) },
		dy: func(x, y, z, t Array) Array { return Mul(x, t) }, linear: [2]bool{true, true}},
	div: {name: "div", code: kir.Div, takes: numeric,
		f:  func(x, y float64) float64 { return x / y },
		c:  func(x, y complex128) complex128 { return x / y },
		i:  wide(ref.Div[int64], ref.Div[uint64]),
		dx: func(x, y, z, t Array) Array { return Div(t, y) },
		dy: func(x, y, z, t Array) Array { return Mul(Mul(Neg(t), x), IntegerPow(y, -2)) }, linear: [2]bool{true, false},
		in: [2]Interval{{-3, 3}, {0.5, 3}}},
	rem: {name: "rem", code: kir.Rem, takes: integers | floats, f: ref.Rem, i: wide(ref.Mod[int64], ref.Mod[uint64]),
		dx: func(x, y, z, t Array) Array { return t },
		dy: func(x, y, z, t Array) Array {
			q := Div(x, y)
			return Mul(Neg(t), Mul(Sign(q), Floor(Abs(q))))
		}, in: [2]Interval{{-3, 3}, {0.5, 3}}},
	maximum: {name: "max", code: kir.Max, takes: anything, f: ref.Max, c: maxComplex,
		i:  wide(func(x, y int64) int64 { return max(x, y) }, func(x, y uint64) uint64 { return max(x, y) }),
		dx: func(x, y, z, t Array) Array { return Mul(t, share(x, z, y)) },
		dy: func(x, y, z, t Array) Array { return Mul(t, share(y, z, x)) }},
	minimum: {name: "min", code: kir.Min, takes: anything, f: ref.Min, c: minComplex,
		i:  wide(func(x, y int64) int64 { return min(x, y) }, func(x, y uint64) uint64 { return min(x, y) }),
		dx: func(x, y, z, t Array) Array { return Mul(t, share(x, z, y)) },
		dy: func(x, y, z, t Array) Array { return Mul(t, share(y, z, x)) }},
	atan2: {name: "atan2", code: kir.Atan2, takes: floats, f: ref.Atan2,
		dx: func(x, y, z, t Array) Array { return Mul(t, Div(y, Add(Square(x), Square(y)))) },
		dy: func(x, y, z, t Array) Array { return Mul(t, Div(Neg(x), Add(Square(x), Square(y)))) },
		in: [2]Interval{{0.2, 0.8}, {1.2, 3}}},
	nextAfter: {name: "nextafter", code: kir.NextAfter, takes: floats, g: nextAfterFloat},
	and: {name: "and", code: kir.And, takes: bits,
		i: func(x, y int64, _ DType) int64 { return x & y }},
	or: {name: "or", code: kir.Or, takes: bits,
		i: func(x, y int64, _ DType) int64 { return x | y }},
	xor: {name: "xor", code: kir.Xor, takes: bits,
		i: func(x, y int64, _ DType) int64 { return x ^ y }},
	shiftLeft: {name: "shift_left", code: kir.ShiftLeft, takes: integers,
		i: func(x, n int64, t DType) int64 { return x << min(low(n, t), uint64(t.Bits())) }},
	shiftRightArithmetic: {name: "shift_right_arithmetic", code: kir.ShiftRightArithmetic, takes: integers,
		i: func(x, n int64, t DType) int64 { return signedBits(x, t) >> min(low(n, t), uint64(t.Bits())) }},
	shiftRightLogical: {name: "shift_right_logical", code: kir.ShiftRightLogical, takes: integers,
		i: func(x, n int64, t DType) int64 { return int64(low(x, t) >> min(low(n, t), uint64(t.Bits()))) }},
}

// Add returns x + y. Like all functions of this family it works elementwise on
// operands of one type, either of which may be a scalar.
func Add(x, y Array) Array { return bind(add, x, y) }

// Sub returns x - y.
func Sub(x, y Array) Array { return bind(sub, x, y) }

// Mul returns x·y.
func Mul(x, y Array) Array { return bind(mul, x, y) }

// Div returns x / y. Integers are divided towards zero; a quotient by 0 has all bits
// set.
func Div(x, y Array) Array { return bind(div, x, y) }

// Rem returns the remainder of the division of x by y towards zero, which has the
// sign of x. The remainder of an integer by 0 is x.
func Rem(x, y Array) Array { return bind(rem, x, y) }

// Max returns the greater of x and y, or NaN if one is NaN. Complex numbers are
// ordered by their real parts, then by their imaginary parts. At a tie each operand
// has half the derivative.
func Max(x, y Array) Array { return bind(maximum, x, y) }

// Min returns the lesser of x and y, or NaN if one is NaN. See Max.
func Min(x, y Array) Array { return bind(minimum, x, y) }

// Atan2 returns the angle of the point with the ordinate x and the abscissa y; of
// complex numbers, -i·log((y + ix)/√(x² + y²)).
func Atan2(x, y Array) Array {
	if x.p != nil && x.p.DType.IsComplex() {
		return atan2Complex(x, y)
	}
	return bind(atan2, x, y)
}

// NextAfter returns the float next to x in the direction of y.
func NextAfter(x, y Array) Array { return bind(nextAfter, x, y) }

// BitwiseAnd returns the bits set in both x and y.
func BitwiseAnd(x, y Array) Array { return bind(and, x, y) }

// BitwiseOr returns the bits set in x or y.
func BitwiseOr(x, y Array) Array { return bind(or, x, y) }

// BitwiseXor returns the bits set in one of x and y.
func BitwiseXor(x, y Array) Array { return bind(xor, x, y) }

// ShiftLeft returns the bits of x moved y places up; places from the width of
// the type on, and negative ones, leave none. So do those of the other shifts.
func ShiftLeft(x, y Array) Array { return bind(shiftLeft, x, y) }

// ShiftRightArithmetic returns the bits of x moved y places down, with copies of the
// highest bit above.
func ShiftRightArithmetic(x, y Array) Array { return bind(shiftRightArithmetic, x, y) }

// ShiftRightLogical returns the bits of x moved y places down, with zeros above.
func ShiftRightLogical(x, y Array) Array { return bind(shiftRightLogical, x, y) }
