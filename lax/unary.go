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

// unary is an elementwise operation of one operand.
type unary uint8

const (
	neg unary = iota
	exp
	log
	sin
	cos
	tanh
	sqrt
	unaryCount
)

// unaries has all there is to know of each. f, c and i are the definition on real,
// complex and integer elements; an operation takes the kinds it has one for. The
// tangent of y = op(x) is grad(x, y, t); where back is set, the operation is linear
// and ct is mapped back by it.
var unaries = [...]struct {
	name string
	code kir.Code
	f    func(x float64) float64
	c    func(x complex128) complex128
	i    func(x int64, t DType) int64
	grad func(x, y, t Array) Array
	back func(x, ct Array) Array
}{
	neg: {"neg", kir.Neg, func(x float64) float64 { return -x }, func(x complex128) complex128 { return -x },
		func(x int64, _ DType) int64 { return -x },
		func(x, y, t Array) Array { return Neg(t) }, func(x, ct Array) Array { return Neg(ct) }},
	exp: {"exp", kir.Exp, math.Exp, cmplx.Exp, nil,
		func(x, y, t Array) Array { return Mul(t, y) }, nil},
	log: {"log", kir.Log, math.Log, cmplx.Log, nil,
		func(x, y, t Array) Array { return Div(t, x) }, nil},
	sin: {"sin", kir.Sin, math.Sin, cmplx.Sin, nil,
		func(x, y, t Array) Array { return Mul(t, Cos(x)) }, nil},
	cos: {"cos", kir.Cos, math.Cos, cmplx.Cos, nil,
		func(x, y, t Array) Array { return Neg(Mul(t, Sin(x))) }, nil},
	tanh: {"tanh", kir.Tanh, math.Tanh, cmplx.Tanh, nil,
		func(x, y, t Array) Array { return Mul(t, Sub(one(y), Mul(y, y))) }, nil},
	sqrt: {"sqrt", kir.Sqrt, math.Sqrt, cmplx.Sqrt, nil,
		func(x, y, t Array) Array { return Div(t, Mul(y, number2(y))) }, nil},
}

func number2(x Array) Array { return literal(x.p.DType, 2) }
func one(x Array) Array     { return literal(x.p.DType, 1) }

// Neg returns -x, elementwise; unsigned integers wrap.
func Neg(x Array) Array { return bind(neg, x) }

// Exp returns e to the power x, elementwise.
func Exp(x Array) Array { return bind(exp, x) }

// Log returns the natural logarithm of x, elementwise.
func Log(x Array) Array { return bind(log, x) }

// Sin returns the sine of x radians, elementwise.
func Sin(x Array) Array { return bind(sin, x) }

// Cos returns the cosine of x radians, elementwise.
func Cos(x Array) Array { return bind(cos, x) }

// Tanh returns the hyperbolic tangent of x, elementwise.
func Tanh(x Array) Array { return bind(tanh, x) }

// Sqrt returns the square root of x, elementwise.
func Sqrt(x Array) Array { return bind(sqrt, x) }

func (op unary) String() string { return unaries[op].name }

// Code says which instruction op is.
func (op unary) Code() kir.Code { return unaries[op].code }

func (op unary) Infer(in []Type) ([]Type, error) {
	u := &unaries[op]
	switch d := in[0].DType; {
	case d.IsFloat() && u.f == nil, d.IsComplex() && u.c == nil, d.IsInt() && u.i == nil, d == dtype.Bool:
		return nil, fmt.Errorf("operand has type %v, which it does not take", in[0])
	}
	return in[:1:1], nil
}

func (op unary) Eval(in []*Value) []*Value {
	u, x := &unaries[op], in[0]
	y := newLike(x.Type)
	for i := range x.Size() {
		switch {
		case x.DType.IsComplex():
			core.Put(y, i, u.c(core.At(x, i)))
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
	return core.Bind(op, x...), stacked
}
