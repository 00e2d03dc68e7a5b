package lax

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// The methods of Array follow NumPy and JAX's jnp: operands are promoted to one element
// type and broadcast to one shape. y is an Array, a Go number, which adapts to x, or a
// slice of numbers.

// Add returns x + y; of bools, x or y.
func (x Array) Add(y any) Array { return logicalOr(Add, BitwiseOr)(promote2("add", x, y)) }

// Sub returns x - y.
func (x Array) Sub(y any) Array { return Sub(promote2("sub", x, y)) }

// Mul returns x·y; of bools, x and y.
func (x Array) Mul(y any) Array { return logicalOr(Mul, BitwiseAnd)(promote2("mul", x, y)) }

// Div returns x / y; integers become floats, those of 64 bits f64 and others f32.
func (x Array) Div(y any) Array { return Div(inexact2("div", x, y)) }

// FloorDiv returns the greatest integer not above x / y, in the type of the operands.
func (x Array) FloorDiv(y any) Array { return floorDiv(numeric2("floor_divide", x, y)) }

// Mod returns what FloorDiv leaves, which has the sign of y; of integers by 0 it is 0.
func (x Array) Mod(y any) Array { return floorMod(numeric2("remainder", x, y)) }

// Pow returns x to the power y. A Go integer y is a part of the operation and
// multiplies; integers do not take negative ones. An integer array y leaves x, if it is
// inexact, with derivatives at 0.
func (x Array) Pow(y any) Array { return power(x, y) }

// Atan2 returns the angle of the point with the ordinate x and the abscissa y.
func (x Array) Atan2(y any) Array { return Atan2(inexact2("atan2", x, y)) }

// Maximum returns the greater of x and y, or NaN if one is NaN.
func (x Array) Maximum(y any) Array { return Max(promote2("maximum", x, y)) }

// Minimum returns the lesser of x and y, or NaN if one is NaN.
func (x Array) Minimum(y any) Array { return Min(promote2("minimum", x, y)) }

// Eq reports where x = y.
func (x Array) Eq(y any) Array { return Eq(promote2("eq", x, y)) }

// Ne reports where x ≠ y.
func (x Array) Ne(y any) Array { return Ne(promote2("ne", x, y)) }

// Lt reports where x < y. Complex numbers are ordered by their real parts, then by
// their imaginary parts.
func (x Array) Lt(y any) Array { return lexical(Lt)(promote2("lt", x, y)) }

// Le reports where x ≤ y, in the order of Lt.
func (x Array) Le(y any) Array { return lexical(Le)(promote2("le", x, y)) }

// Gt reports where x > y, in the order of Lt.
func (x Array) Gt(y any) Array { return lexical(Gt)(promote2("gt", x, y)) }

// Ge reports where x ≥ y, in the order of Lt.
func (x Array) Ge(y any) Array { return lexical(Ge)(promote2("ge", x, y)) }

// And returns the bits set in both x and y, integers or bools.
func (x Array) And(y any) Array { return BitwiseAnd(promote2("and", x, y)) }

// Or returns the bits set in x or y, integers or bools.
func (x Array) Or(y any) Array { return BitwiseOr(promote2("or", x, y)) }

// Xor returns the bits set in one of x and y, integers or bools.
func (x Array) Xor(y any) Array { return BitwiseXor(promote2("xor", x, y)) }

// Shl returns the bits of x moved y places up.
func (x Array) Shl(y any) Array { return ShiftLeft(numeric2("shift_left", x, y)) }

// Shr returns the bits of x moved y places down; signed integers keep their sign.
func (x Array) Shr(y any) Array { return shiftRight(numeric2("shift_right", x, y)) }

// LogicalAnd reports where neither x nor y is 0.
func (x Array) LogicalAnd(y any) Array { return BitwiseAnd(truth2("logical_and", x, y)) }

// LogicalOr reports where x or y is not 0.
func (x Array) LogicalOr(y any) Array { return BitwiseOr(truth2("logical_or", x, y)) }

// LogicalXor reports where one of x and y is not 0.
func (x Array) LogicalXor(y any) Array { return BitwiseXor(truth2("logical_xor", x, y)) }

// LogicalNot reports where x is 0.
func (x Array) LogicalNot() Array { return BitwiseNot(isTrue(x)) }

// Not returns x with all bits turned over; of a bool the other one.
func (x Array) Not() Array { return BitwiseNot(x) }

// Neg returns -x.
func (x Array) Neg() Array { return Neg(x) }

// Abs returns the absolute value of x.
func (x Array) Abs() Array { return absolute(x) }

// Sign returns -1, 0 or 1 with the sign of x; of a complex number x/|x|.
func (x Array) Sign() Array { return Sign(x) }

// Floor returns the greatest integer not above x. Integers stay.
func (x Array) Floor() Array { return unlessInteger(Floor, x) }

// Ceil returns the least integer not below x. Integers stay.
func (x Array) Ceil() Array { return unlessInteger(Ceil, x) }

// Round returns the integer nearest to x, halves to even, in both parts of complex
// numbers. Integers stay.
func (x Array) Round() Array { return roundEven(x) }

// Exp returns e to the power x. Like all functions of this kind it makes floats of
// integers: f64 of those of 64 bits, f32 of others.
func (x Array) Exp() Array { return Exp(Inexact(x)) }

// Log returns the natural logarithm of x.
func (x Array) Log() Array { return Log(Inexact(x)) }

// Sqrt returns the square root of x.
func (x Array) Sqrt() Array { return Sqrt(Inexact(x)) }

// Sin returns the sine of x radians.
func (x Array) Sin() Array { return Sin(Inexact(x)) }

// Cos returns the cosine of x radians.
func (x Array) Cos() Array { return Cos(Inexact(x)) }

// Tan returns the tangent of x radians.
func (x Array) Tan() Array { return Tan(Inexact(x)) }

// Tanh returns the hyperbolic tangent of x.
func (x Array) Tanh() Array { return Tanh(Inexact(x)) }

// Reciprocal returns 1/x.
func (x Array) Reciprocal() Array { return Reciprocal(Inexact(x)) }

// Square returns x·x.
func (x Array) Square() Array { return Square(noBool(x)) }

// Conj returns the complex conjugate of x.
func (x Array) Conj() Array { return Conj(x) }

// Real returns the real part of x, which is x if it is not complex.
func (x Array) Real() Array {
	if x.present("real").p.DType.IsComplex() {
		return Real(x)
	}
	return x
}

// Imag returns the imaginary part of x, which is 0 if it is not complex.
func (x Array) Imag() Array {
	if x.present("imag").p.DType.IsComplex() {
		return Imag(x)
	}
	return Of(Zeros(x.p.Type()))
}

// Astype returns x with element type t; see Convert. Of a complex number bool tells
// whether it is 0.
func (x Array) Astype(t DType) Array {
	if x.present("astype"); t == dtype.Bool && x.p.DType.IsComplex() {
		return isTrue(x)
	}
	return Convert(x, t)
}

// IsNaN reports where x is not a number.
func (x Array) IsNaN() Array { return Ne(x, x) }

// IsInf reports where x is infinite, of a complex number in one of its parts.
func (x Array) IsInf() Array {
	switch x.present("is_inf"); {
	case x.p.DType.IsComplex():
		return BitwiseOr(Real(x).IsInf(), Imag(x).IsInf())
	case x.p.DType.IsFloat():
		return Eq(Abs(x), like(x, math.Inf(1)))
	}
	return Of(Zeros(x.p.With(dtype.Bool)))
}

// IsFinite reports where x is neither infinite nor NaN in any part.
func (x Array) IsFinite() Array {
	switch x.present("is_finite"); {
	case x.p.DType.IsComplex():
		return BitwiseAnd(IsFinite(Real(x)), IsFinite(Imag(x)))
	case x.p.DType.IsFloat():
		return IsFinite(x)
	}
	return to(literal(dtype.Bool, 1), x.p.Shape)
}

// Inexact returns x as it is or, of integers and bools, as floats: those of 64 bits as
// f64, others as f32.
func Inexact(x Array) Array {
	if x.p == nil || x.p.DType.IsInexact() {
		return x
	}
	return Convert(x, inexactType(x.p.DType))
}

func inexactType(t DType) DType {
	switch {
	case t.IsInexact():
		return t
	case t.Size() == 8:
		return dtype.Float64
	}
	return dtype.Float32
}

// noBool returns x with bools as integers.
func noBool(x Array) Array {
	if x.p != nil && x.p.DType == dtype.Bool {
		return Convert(x, dtype.Int32)
	}
	return x
}

// isTrue reports where x is not 0.
func isTrue(x Array) Array {
	if x.p == nil || x.p.DType == dtype.Bool {
		return x
	}
	return Ne(x, zero(x))
}

// numeric2, inexact2 and truth2 are promote2 of what is made numbers, floats or bools.
func numeric2(what string, x Array, y any) (Array, Array) {
	a, b := promote2(what, x, y)
	return noBool(a), noBool(b)
}

func inexact2(what string, x Array, y any) (Array, Array) {
	a, b := promote2(what, x, y)
	return Inexact(a), Inexact(b)
}

func truth2(what string, x Array, y any) (Array, Array) {
	in := Broadcast(what, isTrue(x.present(what)), isTrue(Operand(what, y)))
	return in[0], in[1]
}

// logicalOr returns op, which is logical on bools.
func logicalOr(op, logical func(x, y Array) Array) func(x, y Array) Array {
	return func(x, y Array) Array {
		if x.p.DType == dtype.Bool {
			return logical(x, y)
		}
		return op(x, y)
	}
}

// lexical returns the comparison op, which of complex numbers compares the imaginary
// parts where the real parts are equal.
func lexical(op func(x, y Array) Array) func(x, y Array) Array {
	return func(x, y Array) Array {
		if !x.p.DType.IsComplex() {
			return op(x, y)
		}
		return Select(Eq(Real(x), Real(y)), op(Imag(x), Imag(y)), op(Real(x), Real(y)))
	}
}

func unlessInteger(op func(x Array) Array, x Array) Array {
	if x.p != nil && bits.has(x.p.DType) {
		return x
	}
	return op(x)
}

func roundEven(x Array) Array {
	switch {
	case x.p != nil && x.p.DType.IsInt():
		return x
	case x.p != nil && x.p.DType.IsComplex():
		return Complex(roundEven(Real(x)), roundEven(Imag(x)))
	}
	return Round(x, ToNearestEven)
}

// absolute is x itself where nothing is negative.
func absolute(x Array) Array {
	if x.p != nil && (unsigned | bools).has(x.p.DType) {
		return x
	}
	return Abs(x)
}

func shiftRight(x, y Array) Array {
	if x.p.DType.IsUnsigned() {
		return ShiftRightLogical(x, y)
	}
	return ShiftRightArithmetic(x, y)
}

// floorDiv corrects the quotient towards zero where the signs differ, and divides
// floats as Python does.
func floorDiv(x, y Array) Array {
	switch t := x.p.DType; {
	case t.IsUnsigned():
		return Div(x, y)
	case t.IsInt():
		q := Div(x, y)
		below := BitwiseAnd(Ne(Sign(x), Sign(y)), Ne(Rem(x, y), zero(x)))
		return Select(below, Sub(q, one(q)), q)
	case t.IsComplex():
		panic(core.Errorf("floor_divide", "operands have type %v, want integer or floating elements", x.p.Type()))
	}
	r := Rem(x, y)
	q := Div(Select(Eq(y, zero(y)), x, Sub(x, r)), y)
	below := BitwiseAnd(Ne(r, zero(r)), Ne(Sign(y), Sign(r)))
	return Round(Select(below, Sub(q, one(q)), q), AwayFromZero)
}

// floorMod corrects the remainder of the division towards zero where the signs
// differ.
func floorMod(x, y Array) Array {
	if y.p.DType.IsInt() {
		y = Select(Eq(y, zero(y)), one(y), y)
	}
	r := Rem(x, y)
	below := BitwiseAnd(Ne(Lt(r, zero(r)), Lt(y, zero(y))), Ne(r, zero(r)))
	return Select(below, Add(r, y), r)
}

func power(x Array, y any) Array {
	if n, ok := numberOf(y); ok && n.kind == dtype.IntKind && !n.big {
		return IntegerPow(noBool(x), int(n.i))
	}
	if p, ok := y.(Array); ok && p.p != nil && p.p.DType.IsInt() && x.p != nil && x.p.DType.IsInexact() {
		in := Broadcast("power", x, p)
		return Pow(in[0], in[1])
	}
	a, b := numeric2("power", x, y)
	if a.p.DType.IsInt() {
		return powInt(a, b)
	}
	return Pow(a, b)
}

// powInt multiplies by squares for the low six bits of y, as JAX does: more would
// overflow for any x but 0, 1 and -1. A negative power has no meaning.
func powInt(x, y Array) Array {
	acc := Select(BitwiseAnd(Eq(x, zero(x)), Ne(y, zero(y))), zero(x), one(x))
	for range 6 {
		acc = Select(isTrue(BitwiseAnd(y, one(y))), Mul(acc, x), acc)
		x = Mul(x, x)
		y = ShiftRightLogical(y, one(y))
	}
	return acc
}
