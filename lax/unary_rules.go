package lax

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

func (op unary) String() string { return unaries[op].name }

// Code says which instruction op is.
func (op unary) Code() kir.Code { return unaries[op].code }

// Domain says where op is smooth.
func (op unary) Domain(int) Interval { return unaries[op].in }

func (op unary) Infer(in []Type) ([]Type, error) {
	u := &unaries[op]
	if err := u.takes.check(in...); err != nil {
		return nil, err
	}
	if u.out != nil {
		return []Type{in[0].With(u.out(in[0].DType))}, nil
	}
	return in[:1:1], nil
}

func (op unary) Eval(in []*Value) []*Value {
	u, x := &unaries[op], in[0]
	t, _ := op.Infer([]Type{x.Type()})
	y := newLike(t[0])
	for i := range x.Size() {
		switch {
		case x.DType.IsComplex():
			core.Put(y, i, u.c(core.At(x, i)))
		case u.f32 != nil && x.DType != dtype.Float64:
			core.Put(y, i, complex(float64(u.f32(float32(real(core.At(x, i))))), 0))
		case x.DType.IsFloat():
			core.Put(y, i, complex(u.f(real(core.At(x, i))), 0))
		default:
			core.PutInt(y, i, u.i(core.Int(x, i), x.DType))
		}
	}
	return []*Value{y}
}

func (op unary) JVP(x, y, t []*Value) []*Value {
	return []*Value{unaries[op].grad(Of(x[0]), Of(y[0]), Of(t[0])).p}
}

func (op unary) Transpose(ct, x []*Value) []*Value {
	back := unaries[op].back
	if back == nil {
		panic(core.Errorf(op.String(), "not a linear operation"))
	}
	return []*Value{back(Of(x[0]), Of(ct[0])).p}
}

func (op unary) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), stacked
}

// like returns the number v with the element type of x.
func like(x Array, v float64) Array { return literal(x.p.DType, v) }
func zero(x Array) Array            { return like(x, 0) }
func one(x Array) Array             { return like(x, 1) }

// flat is the derivative of what is constant wherever it is smooth.
func flat(x, y, t Array) Array { return Array{} }

// gradSign is zero but for complex numbers: their sign y turns by the part of t/|x|
// across y. (JAX takes zero there too, which is not the derivative.)
func gradSign(x, y, t Array) Array {
	if !x.p.DType.IsComplex() {
		return Array{}
	}
	across := Imag(Mul(Conj(y), t))
	r := Abs(x)
	r = Select(Eq(r, zero(r)), one(r), r)
	turn := Div(across, r)
	return Mul(y, Complex(zero(turn), turn))
}

// gradAbs takes the side above 0, and the direction of x where that is complex.
func gradAbs(x, y, t Array) Array {
	if !x.p.DType.IsComplex() {
		return Select(Ge(x, zero(x)), t, Neg(t))
	}
	return Real(Mul(t, Div(Conj(x), replaceZero(Convert(y, x.p.DType)))))
}

// replaceZero returns x with 1 for 0.
func replaceZero(x Array) Array { return Select(Eq(x, zero(x)), one(x), x) }

// gradAcosh divides by the root of x²-1. In the left half of the complex plane that
// is not √(x-1)·√(x+1), which it must be.
func gradAcosh(x, y, t Array) Array {
	if x.p.DType.IsComplex() {
		return Mul(t, Mul(Rsqrt(Sub(x, one(x))), Rsqrt(Add(x, one(x)))))
	}
	return Mul(t, Rsqrt(Sub(Square(x), one(x))))
}

// truth is the number that stands for a bool.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// low returns the bits that x has in type t.
func low(x int64, t DType) uint64 { return uint64(x) << (64 - t.Bits()) >> (64 - t.Bits()) }

func notInt(x int64, t DType) int64 {
	if t == dtype.Bool {
		return 1 - x
	}
	return ^x
}

func signInt(x int64, t DType) int64 {
	switch {
	case x == 0:
		return 0
	case x < 0 && t.IsSigned():
		return -1
	}
	return 1
}
