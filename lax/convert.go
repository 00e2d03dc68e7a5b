package lax

import (
	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// convertElementType changes the element type.
type convertElementType struct{ NewDtype DType }

// Convert returns x with element type t, as C converts: integers wrap, floats are
// rounded to nearest even, and towards zero to integers.
func Convert(x Array, t DType) Array {
	if x.p.DType == t {
		return x
	}
	return bind(convertElementType{t}, x)
}

func (convertElementType) String() string { return "convert_element_type" }

func (op convertElementType) Infer(in []Type) ([]Type, error) {
	return []Type{in[0].With(op.NewDtype)}, nil
}

// Kernel converts each element.
func (op convertElementType) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	return b.Convert(op.NewDtype, x[0].At(i))
}

func (op convertElementType) Eval(in []*Value) []*Value {
	y := newLike(in[0].Type.With(op.NewDtype))
	for i := range y.Size() {
		core.Put(y, i, core.At(in[0], i))
	}
	return []*Value{y}
}

func (op convertElementType) JVP(x, y, t []*Value) []*Value {
	if !op.NewDtype.IsInexact() {
		return []*Value{nil}
	}
	return core.Bind(op, t...)
}

func (op convertElementType) Transpose(ct, x []*Value) []*Value {
	return []*Value{Convert(Of(ct[0]), x[0].DType).p}
}

func (op convertElementType) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return core.Bind(op, x...), stacked
}
