package lax

import (
	"fmt"
	"math"
	"math/cmplx"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
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
			shape = v.Type.Stacked(a.Size).Shape
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

// divInt divides towards zero; by zero all bits are set.
func divInt(x, y int64, t DType) int64 {
	switch {
	case y == 0:
		return -1
	case t == dtype.Uint64:
		return int64(uint64(x) / uint64(y))
	}
	return x / y
}

// remInt is what divInt leaves; by zero all of x.
func remInt(x, y int64, t DType) int64 {
	switch {
	case y == 0:
		return x
	case t == dtype.Uint64:
		return int64(uint64(x) % uint64(y))
	}
	return x % y
}

// signedBits returns the bits of x in type t as a signed integer.
func signedBits(x int64, t DType) int64 { return x << (64 - t.Bits()) >> (64 - t.Bits()) }

func maxComplex(x, y complex128) complex128 {
	if real(x) > real(y) || real(x) == real(y) && imag(x) > imag(y) || x != x {
		return x
	}
	return y
}

func minComplex(x, y complex128) complex128 {
	if real(x) < real(y) || real(x) == real(y) && imag(x) < imag(y) || x != x {
		return x
	}
	return y
}

// atan2Complex is -i·log((y + ix)/√(x² + y²)).
func atan2Complex(x, y complex128) complex128 {
	return -1i * cmplx.Log((y+1i*x)/cmplx.Sqrt(x*x+y*y))
}

// nextAfterFloat steps through the values of type t, whose bits as integers are in
// the order of their magnitudes.
func nextAfterFloat(x, y float64, t DType) float64 {
	switch {
	case x != x || y != y:
		return math.NaN()
	case x == y:
		return y
	case x == 0:
		return math.Copysign(dtype.FInfo(t).SmallestSubnormal, y)
	}
	up := uint64(1)
	if (x < y) != (x > 0) {
		up = math.MaxUint64
	}
	switch t {
	case dtype.Float16:
		return float64(dtype.F16ToF32(dtype.F64ToF16(x) + uint16(up)))
	case dtype.BFloat16:
		return float64(dtype.BF16ToF32(dtype.F64ToBF16(x) + uint16(up)))
	case dtype.Float32:
		return float64(math.Float32frombits(math.Float32bits(float32(x)) + uint32(up)))
	}
	return math.Float64frombits(math.Float64bits(x) + up)
}
