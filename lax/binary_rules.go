package lax

import (
	"fmt"
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
	"gojax/internal/rule"
)

func (op binary) String() string { return binaries[op].name }

// Code says which instruction op is.
func (op binary) Code() kir.Code { return binaries[op].code }

// Domain says where op is smooth.
func (op binary) Domain(operand int) Interval { return binaries[op].in[operand] }

func (op binary) Infer(in []Type) ([]Type, error) {
	if err := binaries[op].takes.check(in...); err != nil {
		return nil, err
	}
	return common(in)
}

func (op binary) Eval(in []*Value) []*Value {
	b, x, y := &binaries[op], in[0], in[1]
	t, _ := common(core.Types(in))
	z := newLike(t[0])
	for i := range z.Size() {
		j, k := i%x.Size(), i%y.Size() // 0 in scalars
		switch {
		case x.DType.IsComplex():
			core.Put(z, i, b.c(core.At(x, j), core.At(y, k)))
		case b.g != nil:
			core.Put(z, i, complex(b.g(real(core.At(x, j)), real(core.At(y, k)), x.DType), 0))
		case x.DType.IsFloat():
			core.Put(z, i, complex(b.f(real(core.At(x, j)), real(core.At(y, k))), 0))
		default:
			core.PutInt(z, i, b.i(core.Int(x, j), core.Int(y, k), x.DType))
		}
	}
	return []*Value{z}
}

func (op binary) JVP(x, y, t []*Value) []*Value {
	r, a, b, z := &binaries[op], Of(x[0]), Of(x[1]), Of(y[0])
	if r.dx == nil {
		return nil
	}
	var dx, dy *Value
	if t[0] != nil {
		dx = r.dx(a, b, z, to(Of(t[0]), z.p.Shape)).p
	}
	if t[1] != nil {
		dy = r.dy(a, b, z, to(Of(t[1]), z.p.Shape)).p
	}
	return []*Value{Sum(dx, dy)}
}

func (op binary) Transpose(ct, x []*Value) []*Value {
	a, b, c := Of(x[0]), Of(x[1]), Of(ct[0])
	back := make([]*Value, 2)
	for i, d := range [2]slope{binaries[op].dx, binaries[op].dy} {
		if !core.IsHole(x[i]) {
			continue
		}
		if !binaries[op].linear[i] {
			panic(core.Errorf(op.String(), "not linear in operand %d", i))
		}
		back[i] = from(d(a, b, Array{}, c), x[i].Shape).p
	}
	return back
}

func (op binary) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, align(a, x, stacked)...), core.Mask{true}
}

// common is the type rule of elementwise operations: one type, but for scalars.
func common(in []Type) ([]Type, error) {
	wide := in[0]
	for _, t := range in[1:] {
		if wide.Rank() == 0 {
			wide = Type{DType: wide.DType, Shape: t.Shape}
		}
		if t.DType != wide.DType || t.Rank() > 0 && !t.Equal(wide) {
			return nil, fmt.Errorf("operands have types %v and %v, want equal types", in[0], t)
		}
	}
	return []Type{wide}, nil
}

// to adds leading axes to the scalar x, unless it has the given shape already.
func to(x Array, shape Shape) Array {
	if x.Rank() == len(shape) {
		return x
	}
	return BroadcastInDim(x, shape, nil)
}

// from undoes to for cotangents: it sums over all axes if shape is that of a scalar.
func from(x Array, shape Shape) Array {
	if x.Rank() == len(shape) {
		return x
	}
	return ReduceSum(x, axes(0, x.Rank()))
}

// align gives all operands of an elementwise operation the leading axis a,
// except scalars that are not stacked, which need none.
func align(a rule.Axis, x []*Value, stacked core.Mask) []*Value {
	var shape Shape
	for i, v := range x {
		if !stacked[i] && v.Rank() > 0 {
			shape = v.Type().Stacked(a.Size).Shape
		} else if stacked[i] && v.Rank() > len(shape) {
			shape = v.Shape
		}
	}
	aligned := make([]*Value, len(x))
	for i, v := range x {
		switch aligned[i] = v; {
		case stacked[i] && v.Rank() < len(shape): // a scalar for each example
			aligned[i] = BroadcastInDim(Of(v), shape, []int{0}).p
		case !stacked[i] && v.Rank() > 0:
			aligned[i] = Stack(a, v, false)
		}
	}
	return aligned
}

// Sum adds tangents or cotangents, of which nil is zero.
func Sum(x, y *Value) *Value {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	return Add(Of(x), Of(y)).p
}

// share is the part that operand x has in the derivative of z, the greater or lesser
// of x and y: all of it, none, or half.
func share(x, z, y Array) Array {
	return Div(Select(Eq(x, z), one(z), zero(z)), Select(Eq(y, z), like(z, 2), one(z)))
}

// wide is the definition on integers by that on those of 64 bits.
func wide(s func(x, y int64) int64, u func(x, y uint64) uint64) func(x, y int64, t DType) int64 {
	return func(x, y int64, t DType) int64 {
		if t == dtype.Uint64 {
			return int64(u(uint64(x), uint64(y)))
		}
		return s(x, y)
	}
}

// signedBits returns the bits of x in type t as a signed integer.
func signedBits(x int64, t DType) int64 { return x << (64 - t.Bits()) >> (64 - t.Bits()) }

func isNaN(x complex128) bool { return math.IsNaN(real(x)) || math.IsNaN(imag(x)) }

func maxComplex(x, y complex128) complex128 {
	if real(x) > real(y) || real(x) == real(y) && imag(x) > imag(y) || isNaN(x) {
		return x
	}
	return y
}

func minComplex(x, y complex128) complex128 {
	if real(x) < real(y) || real(x) == real(y) && imag(x) < imag(y) || isNaN(x) {
		return x
	}
	return y
}

// mulComplex multiplies without fusing a product with a sum.
func mulComplex(x, y complex128) complex128 {
	a, b, c, d := real(x), imag(x), real(y), imag(y)
	return complex(float64(a*c)-float64(b*d), float64(a*d)+float64(b*c))
}

func atan2Complex(x, y Array) Array {
	i := number{kind: dtype.ComplexKind, c: 1i}.as("atan2", x.p.DType)
	r := Sqrt(Add(Square(x), Square(y)))
	return Neg(Mul(i, Log(Div(Add(y, Mul(i, x)), r))))
}

// nextAfterFloat steps through the values of type t.
func nextAfterFloat(x, y float64, t DType) float64 {
	switch t {
	case dtype.Float16:
		return float64(dtype.F16ToF32(ref.NextAfter16(dtype.F64ToF16(x), dtype.F64ToF16(y))))
	case dtype.BFloat16:
		return float64(dtype.BF16ToF32(ref.NextAfterBF16(dtype.F64ToBF16(x), dtype.F64ToBF16(y))))
	case dtype.Float32:
		return float64(ref.NextAfter32(float32(x), float32(y)))
	}
	return ref.NextAfter64(x, y)
}
