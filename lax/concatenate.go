package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// concatenate joins arrays along an axis.
type concatenate struct{ Dimension int }

// Concatenate joins arrays of one element type along axis dim; the sizes of the
// other axes are equal.
func Concatenate(dim int, xs ...Array) Array {
	switch {
	case len(xs) == 0:
		panic(core.Errorf("concatenate", "there are no operands, want at least one"))
	case len(xs) == 1 && dim >= 0 && dim < xs[0].present("concatenate").Rank():
		return xs[0]
	}
	return bind(concatenate{dim}, xs...)
}

func (concatenate) String() string { return "concatenate" }

func (concatenate) Deferrable() {}

func (op concatenate) Infer(in []Type) ([]Type, error) {
	if len(in) == 0 {
		return nil, fmt.Errorf("there are no operands, want at least one")
	}
	d, shape := op.Dimension, slices.Clone(in[0].Shape)
	if d < 0 || d >= len(shape) {
		return nil, fmt.Errorf("dimension is %d, want an axis of %v", d, in[0])
	}
	for _, t := range in[1:] {
		switch {
		case t.DType != in[0].DType:
			return nil, fmt.Errorf("operands have types %v and %v, want one element type", in[0], t)
		case t.Rank() != len(shape):
			return nil, fmt.Errorf("operands have types %v and %v, want equal ranks", in[0], t)
		}
		shape[d] += t.Shape[d]
		for a := range shape {
			if a != d && shape[a] != t.Shape[a] {
				return nil, fmt.Errorf("operands have types %v and %v, want equal sizes in all axes but %d", in[0], t, d)
			}
		}
	}
	return []Type{in[0].Shaped(shape...)}, nil
}

// Along is the axis.
func (op concatenate) Along() int { return op.Dimension }

// Kernel asks the operands that the index may lie in for their elements nearest to it, and
// selects that of the operand which covers it.
func (op concatenate) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	var y kir.Val
	lo, hi := b.Range(i[op.Dimension])
	start, first := 0, true
	for _, operand := range x {
		n := operand.Shape[op.Dimension]
		if n > 0 && int64(start) <= hi && lo < int64(start+n) {
			from := slices.Clone(i)
			from[op.Dimension] = clampIndex(b, offsetBy(b, i[op.Dimension], -start), n)
			if v := operand.At(from); first {
				y, first = v, false
			} else {
				y = b.Emit(kir.Select, b.Emit(kir.Lt, i[op.Dimension], b.At(start)), y, v)
			}
		}
		start += n
	}
	if first { // there is no element to compute
		return b.Number(out.DType, 0)
	}
	return y
}

// offsetBy returns the index i + n.
func offsetBy(b *kir.Builder, i kir.Val, n int) kir.Val {
	if n == 0 {
		return i
	}
	return b.Emit(kir.Add, i, b.At(n))
}

// clampIndex returns the index nearest to i in an axis of size n > 0.
func clampIndex(b *kir.Builder, i kir.Val, n int) kir.Val {
	return b.Emit(kir.Max, b.Emit(kir.Min, i, b.At(n-1)), b.At(0))
}

func (op concatenate) Eval(in []*Value) []*Value {
	t, _ := op.Infer(core.Types(in))
	y, start := newLike(t[0]), 0
	for _, x := range in {
		index := make([]int, x.Rank())
		for n := range x.Size() {
			to := slices.Clone(index)
			to[op.Dimension] += start
			copyElement(y, offset(to, y.Shape), x, n)
			next(index, x.Shape)
		}
		start += x.Shape[op.Dimension]
	}
	return []*Value{y}
}

func (op concatenate) JVP(x, y, t []*Value) []*Value { return Bind(op, denseLike(t, x)...) }

// denseLike makes arrays of the zeros among t; x has their types.
func denseLike(t, x []*Value) []*Value {
	dense := make([]*Value, len(t))
	for i := range t {
		dense[i] = Dense(t[i], x[i].Type())
	}
	return dense
}

// Transpose cuts.
func (op concatenate) Transpose(ct, x []*Value) []*Value {
	back, start := make([]*Value, len(x)), 0
	for i, v := range x {
		n := v.Shape[op.Dimension]
		if core.IsHole(v) {
			back[i] = SliceInDim(Of(ct[0]), start, start+n, 1, op.Dimension).p
		}
		start += n
	}
	return back
}

func (op concatenate) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(concatenate{op.Dimension + 1}, stackAll(a, x, stacked)...), core.Mask{true}
}

// stackAll gives all operands the leading axis a.
func stackAll(a rule.Axis, x []*Value, stacked core.Mask) []*Value {
	all := make([]*Value, len(x))
	for i, v := range x {
		all[i] = Stack(a, v, stacked[i])
	}
	return all
}
