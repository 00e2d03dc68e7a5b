package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/ref"
	"gojax/internal/rule"
)

// pow raises floats and complex numbers to powers, which may be integers.
type pow struct{}

// Pow returns x to the power y, elementwise; either may be a scalar. y has the type of
// x, which is floating or complex, or an integer type: then powers of 0 have
// derivatives in x.
func Pow(x, y Array) Array { return bind(pow{}, x, y) }

func (pow) String() string { return "pow" }

// Operands is how many there are.
func (pow) Operands() int { return 2 }

// Deferrable says that eager mode may put it off.
func (pow) Deferrable() {}

// Domain has bases whose powers are smooth.
func (pow) Domain(operand int) Interval {
	if operand == 0 {
		return Interval{0.3, 3}
	}
	return Interval{-2, 2}
}

func (pow) Infer(in []Type) ([]Type, error) {
	x, y := in[0], in[1]
	if err := inexact.check(x); err != nil {
		return nil, err
	}
	if y.DType.IsInt() {
		y = y.With(x.DType)
	}
	if x.DType != y.DType {
		return nil, fmt.Errorf("operands have types %v and %v, want equal types or an integer power", in[0], in[1])
	}
	t, err := common([]Type{x, y})
	if err != nil {
		return nil, fmt.Errorf("operands have types %v and %v, want equal shapes or scalars", in[0], in[1])
	}
	return t, nil
}

// Kernel converts the power first.
func (pow) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	return b.Emit(kir.Pow, element(x[0], i), b.Convert(out.DType, element(x[1], i)))
}

func (op pow) Eval(in []*Value) []*Value {
	t, _ := op.Infer(core.Types(in))
	z := newLike(t[0])
	y := in[1]
	if y.DType.IsInt() {
		y = convertElementType{NewDtype: t[0].DType}.Eval(in[1:])[0]
	}
	for i := range z.Size() {
		p, q := core.At(in[0], i%in[0].Size()), core.At(y, i%y.Size())
		if z.DType.IsComplex() {
			core.Put(z, i, ref.CPow(p, q))
		} else {
			core.Put(z, i, complex(ref.Pow(real(p), real(q)), 0))
		}
	}
	return []*Value{z}
}

func (pow) JVP(x, y, t []*Value) []*Value {
	a, b, z := Of(x[0]), Of(x[1]), Of(y[0])
	var dx, dy *Value
	if t[0] != nil {
		dx = Mul(to(Of(t[0]), z.p.Shape), powSlope(a, b)).p
	}
	if t[1] != nil {
		dy = Mul(to(Of(t[1]), z.p.Shape), Mul(Log(replaceZero(a)), z)).p
	}
	return []*Value{Sum(dx, dy)}
}

// powSlope is y·xʸ⁻¹, and 0 for the integer power 0 even where x is 0.
func powSlope(x, y Array) Array {
	if !y.p.DType.IsInt() {
		return Mul(y, Pow(x, Sub(y, one(y))))
	}
	y = Convert(y, x.p.DType)
	slope := Mul(replaceZero(y), Pow(x, Sub(y, one(y))))
	return Select(Eq(y, zero(y)), zero(slope), slope)
}

func (op pow) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, align(a, x, stacked)...), core.Mask{true}
}

// integerPow raises to a fixed power.
type integerPow struct{ Y int }

// IntegerPow returns x to the power y by repeated multiplication; a negative power,
// which integers do not take, is 1 over it.
func IntegerPow(x Array, y int) Array { return bind(integerPow{y}, x) }

func (integerPow) String() string { return "integer_pow" }

// Operands is how many there are.
func (integerPow) Operands() int { return 1 }

// Deferrable says that eager mode may put it off.
func (integerPow) Deferrable() {}

// Domain keeps away from the pole.
func (integerPow) Domain(int) Interval { return Interval{0.5, 2} }

func (op integerPow) Infer(in []Type) ([]Type, error) {
	if op.Y < 0 && in[0].DType.IsInt() {
		return nil, fmt.Errorf("operand has type %v, want floating or complex elements for the power %d", in[0], op.Y)
	}
	return in[:1:1], numeric.check(in...)
}

// powers returns x to the power y > 0 by squaring: the order of the multiplications is
// part of the definition, for it decides how they round.
func powers[T any](x T, y int, mul func(x, y T) T) T {
	var acc T
	for first := true; ; x = mul(x, x) {
		if y&1 != 0 {
			if first {
				acc, first = x, false
			} else {
				acc = mul(acc, x)
			}
		}
		if y >>= 1; y == 0 {
			return acc
		}
	}
}

// Kernel multiplies.
func (op integerPow) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	one := b.Number(out.DType, 1)
	if op.Y == 0 {
		return one
	}
	y := powers(x[0].At(i), max(op.Y, -op.Y), func(x, y kir.Val) kir.Val { return b.Emit(kir.Mul, x, y) })
	if op.Y > 0 {
		return y
	}
	return b.Emit(kir.Div, one, y)
}

// Eval multiplies as the kernel does, with the rounding of the element type.
func (op integerPow) Eval(in []*Value) []*Value {
	x := in[0]
	one := to(like(Of(x), 1), x.Shape).p
	if op.Y == 0 {
		return []*Value{one}
	}
	y := powers(x, max(op.Y, -op.Y), func(x, y *Value) *Value { return mul.Eval([]*Value{x, y})[0] })
	if op.Y > 0 {
		return []*Value{y}
	}
	return div.Eval([]*Value{one, y})
}

func (op integerPow) JVP(x, y, t []*Value) []*Value {
	v := Of(x[0])
	switch op.Y {
	case 0:
		return []*Value{nil}
	case 1:
		return t
	case 2:
		return []*Value{Mul(Of(t[0]), Mul(like(v, 2), v)).p}
	}
	return []*Value{Mul(Of(t[0]), Mul(like(v, float64(op.Y)), IntegerPow(v, op.Y-1))).p}
}

func (op integerPow) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), stacked
}
