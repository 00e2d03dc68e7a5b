package lax

import (
	"fmt"
	"math/cmplx"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// binary is an elementwise operation of two operands of one type, either of
// which may be a scalar.
type binary uint8

const (
	add binary = iota
	sub
	mul
	div
	pow
	binaryCount
)

// binaries has all there is to know of each. f, c and i are the definition on real,
// complex and integer elements. Of z = op(x, y), dx and dy map a tangent of one
// operand; in an operand that op is linear in (linear says which), cotangents too.
var binaries = [...]struct {
	name   string
	code   kir.Code
	f      func(x, y float64) float64
	c      func(x, y complex128) complex128
	i      func(x, y int64, t DType) int64
	dx, dy func(x, y, z, t Array) Array
	linear [2]bool
}{
	add: {"add", kir.Add,
		func(x, y float64) float64 { return x + y }, func(x, y complex128) complex128 { return x + y },
		func(x, y int64, _ DType) int64 { return x + y },
		func(x, y, z, t Array) Array { return t }, func(x, y, z, t Array) Array { return t }, [2]bool{true, true}},
	sub: {"sub", kir.Sub,
		func(x, y float64) float64 { return x - y }, func(x, y complex128) complex128 { return x - y },
		func(x, y int64, _ DType) int64 { return x - y },
		func(x, y, z, t Array) Array { return t }, func(x, y, z, t Array) Array { return Neg(t) }, [2]bool{true, true}},
	mul: {"mul", kir.Mul,
		func(x, y float64) float64 { return x * y }, func(x, y complex128) complex128 { return x * y },
		func(x, y int64, _ DType) int64 { return x * y },
		func(x, y, z, t Array) Array { return Mul(t, y) }, func(x, y, z, t Array) Array { return Mul(x, t) },
		[2]bool{true, true}},
	div: {"div", kir.Div,
		func(x, y float64) float64 { return x / y }, func(x, y complex128) complex128 { return x / y },
		func(x, y int64, _ DType) int64 { return x / y },
		func(x, y, z, t Array) Array { return Div(t, y) },
		func(x, y, z, t Array) Array { return Neg(Mul(t, Div(z, y))) }, [2]bool{true, false}},
	pow: {"pow", kir.Pow,
		nil, cmplx.Pow, nil,
		func(x, y, z, t Array) Array { return Mul(t, Mul(y, Pow(x, Sub(y, one(y))))) },
		func(x, y, z, t Array) Array { return Mul(t, Mul(z, Log(x))) }, [2]bool{}},
}

// Add returns x + y, elementwise. Operands have one type; either may be a scalar.
func Add(x, y Array) Array { return bind(add, x, y) }

// Sub returns x - y, elementwise. Operands have one type; either may be a scalar.
func Sub(x, y Array) Array { return bind(sub, x, y) }

// Mul returns x·y, elementwise. Operands have one type; either may be a scalar.
func Mul(x, y Array) Array { return bind(mul, x, y) }

// Div returns x / y, elementwise; integers are divided towards zero. Operands have
// one type; either may be a scalar.
func Div(x, y Array) Array { return bind(div, x, y) }

// Pow returns x to the power y, elementwise. Operands have one type; either may be
// a scalar.
func Pow(x, y Array) Array { return bind(pow, x, y) }

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

func (op binary) String() string { return binaries[op].name }

// Code says which instruction op is.
func (op binary) Code() kir.Code { return binaries[op].code }

func (op binary) Infer(in []Type) ([]Type, error) {
	b := &binaries[op]
	switch d := in[0].DType; {
	case d.IsFloat() && b.f == nil, d.IsComplex() && b.c == nil, d.IsInt() && b.i == nil, d == dtype.Bool:
		return nil, fmt.Errorf("operand has type %v, which it does not take", in[0])
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
		case x.DType.IsFloat():
			core.Put(z, i, complex(b.f(real(core.At(x, j)), real(core.At(y, k))), 0))
		default:
			core.PutInt(z, i, b.i(core.Int(x, j), core.Int(y, k), x.DType))
		}
	}
	return []*Value{z}
}

func (op binary) JVP(x, y, t []*Value) []*Value {
	a, b, z := Of(x[0]), Of(x[1]), Of(y[0])
	var dx, dy *Value
	if t[0] != nil {
		dx = binaries[op].dx(a, b, z, to(Of(t[0]), z.p.Shape)).p
	}
	if t[1] != nil {
		dy = binaries[op].dy(a, b, z, to(Of(t[1]), z.p.Shape)).p
	}
	return []*Value{Sum(dx, dy)}
}

func (op binary) Transpose(ct, x []*Value) []*Value {
	a, b, c := Of(x[0]), Of(x[1]), Of(ct[0])
	back := make([]*Value, 2)
	for i, d := range [2]func(x, y, z, t Array) Array{binaries[op].dx, binaries[op].dy} {
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
	return core.Bind(op, align(a, x, stacked)...), core.Mask{true}
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
