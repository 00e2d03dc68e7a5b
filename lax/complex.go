package lax

import (
	"fmt"
	"math/cmplx"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// complexOf makes complex numbers of their real and imaginary parts.
type complexOf struct{}

// Complex returns x + iy, elementwise, of f32 or f64 parts of one type; either may be
// a scalar.
func Complex(x, y Array) Array { return bind(complexOf{}, x, y) }

func (complexOf) String() string { return "complex" }

// Code says which instruction it is.
func (complexOf) Code() kir.Code { return kir.MakeComplex }

func (complexOf) Infer(in []Type) ([]Type, error) {
	for _, t := range in {
		if t.DType != dtype.Float32 && t.DType != dtype.Float64 {
			return nil, fmt.Errorf("operand has type %v, want f32 or f64 elements", t)
		}
	}
	t, err := common(in)
	if err != nil {
		return nil, err
	}
	return []Type{t[0].With(t[0].DType.Complex())}, nil
}

func (op complexOf) Eval(in []*Value) []*Value {
	t, _ := op.Infer(core.Types(in))
	z := newLike(t[0])
	for i := range z.Size() {
		x, y := core.At(in[0], i%in[0].Size()), core.At(in[1], i%in[1].Size())
		core.Put(z, i, complex(real(x), real(y)))
	}
	return []*Value{z}
}

func (complexOf) JVP(x, y, t []*Value) []*Value {
	tx, ty := Of(t[0]), Of(t[1])
	if tx.p == nil {
		tx = zero(Of(x[0]))
	}
	if ty.p == nil {
		ty = zero(Of(x[1]))
	}
	return []*Value{to(Complex(tx, ty), y[0].Shape).p}
}

// Transpose takes the cotangent a - ib of a + ib, as JAX does.
func (complexOf) Transpose(ct, x []*Value) []*Value {
	back, c := make([]*Value, 2), Of(ct[0])
	if core.IsHole(x[0]) {
		back[0] = from(Real(c), x[0].Shape).p
	}
	if core.IsHole(x[1]) {
		back[1] = from(Imag(Neg(c)), x[1].Shape).p
	}
	return back
}

func (op complexOf) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, align(a, x, stacked)...), core.Mask{true}
}

// conj turns over the sign of imaginary parts.
type conj struct{ InputDtype DType }

// Conj returns the complex conjugate of x; of x itself if it is not complex.
func Conj(x Array) Array {
	if !x.present("conj").p.DType.IsComplex() {
		return x
	}
	return bind(conj{x.p.DType}, x)
}

func (conj) String() string { return "conj" }

// Code says which instruction it is.
func (conj) Code() kir.Code { return kir.Conj }

func (conj) Infer(in []Type) ([]Type, error) { return in[:1:1], complexes.check(in...) }

func (conj) Eval(in []*Value) []*Value {
	y := newLike(in[0].Type())
	for i := range y.Size() {
		core.Put(y, i, cmplx.Conj(core.At(in[0], i)))
	}
	return []*Value{y}
}

func (op conj) JVP(x, y, t []*Value) []*Value     { return Bind(op, t...) }
func (op conj) Transpose(ct, x []*Value) []*Value { return Bind(op, ct...) }

func (op conj) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), stacked
}
