package lax

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// convertElementType changes the element type.
type convertElementType struct {
	NewDtype DType
	WeakType bool // always false: JAX's programs have it
}

// Convert returns x with element type t. Integers wrap; floats are rounded to nearest
// even, and to integers towards zero, where NaN becomes 0 and what is out of range
// the limit on its side. Of a complex number the real part is converted.
func Convert(x Array, t DType) Array {
	if x.p != nil && x.p.DType == t {
		return x
	}
	return bind(convertElementType{NewDtype: t}, x)
}

func (convertElementType) String() string { return "convert_element_type" }

// Operands is how many there are.
func (convertElementType) Operands() int { return 1 }

// Deferrable says that eager mode may put it off.
func (convertElementType) Deferrable() {}

func (op convertElementType) Infer(in []Type) ([]Type, error) {
	return []Type{in[0].With(op.NewDtype)}, nil
}

// Kernel converts each element.
func (op convertElementType) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	v, t := x[0].At(i), x[0].DType
	if t.IsComplex() && !out.DType.IsComplex() {
		v, t = b.Emit(kir.Real, v), t.Real()
	}
	switch {
	case t == out.DType:
		return v
	case out.DType == dtype.Bool:
		return b.Emit(kir.Ne, v, b.Number(t, 0))
	case out.DType.IsComplex() && !t.IsComplex():
		return b.Emit(kir.MakeComplex, b.Convert(out.DType.Real(), v), b.Number(out.DType.Real(), 0))
	}
	return b.Convert(out.DType, v)
}

func (op convertElementType) Eval(in []*Value) []*Value {
	x, y := in[0], newLike(in[0].With(op.NewDtype))
	for i := range y.Size() {
		switch {
		case x.DType.IsInexact() && op.NewDtype.IsInexact():
			core.Put(y, i, core.At(x, i))
		case x.DType.IsInexact() && op.NewDtype == dtype.Bool:
			core.PutInt(y, i, int64(truth(real(core.At(x, i)) != 0)))
		case x.DType.IsInexact():
			core.PutInt(y, i, saturate(real(core.At(x, i)), op.NewDtype))
		case op.NewDtype.IsInexact():
			core.Put(y, i, complex(floatOf(core.Int(x, i), x.DType, op.NewDtype), 0))
		default:
			core.PutInt(y, i, core.Int(x, i))
		}
	}
	return []*Value{y}
}

func (op convertElementType) JVP(x, y, t []*Value) []*Value {
	if !op.NewDtype.IsInexact() {
		return []*Value{nil}
	}
	return Bind(op, t...)
}

func (op convertElementType) Transpose(ct, x []*Value) []*Value {
	return []*Value{Convert(Of(ct[0]), x[0].DType).p}
}

func (op convertElementType) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), stacked
}

// saturate converts x to the integer type t.
func saturate(x float64, t DType) int64 {
	limits := dtype.IInfo(t)
	switch {
	case x != x:
		return 0
	case x < float64(limits.Min):
		return limits.Min
	case x >= float64(limits.Max): // of 64 bits, rounded up: 2⁶³ or 2⁶⁴
		return int64(limits.Max)
	case t == dtype.Uint64:
		return int64(uint64(x))
	}
	return int64(x)
}

// floatOf returns the integer x of type t as a number that rounds to the inexact type
// to as x does. Where a float64 does not hold x and to is narrower, it is rounded to
// odd, which the second rounding needs to be as good as the only one.
func floatOf(x int64, t, to DType) float64 {
	const low = 1<<11 - 1 // what the first 53 of 64 bits leave
	if to.Real() != dtype.Float64 && max(x, -x)>>53 != 0 && x&low != 0 {
		x = x&^low | (low + 1)
	}
	if t == dtype.Uint64 {
		return float64(uint64(x))
	}
	return float64(x)
}
