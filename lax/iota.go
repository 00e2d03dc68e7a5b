package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// counting is iota, a name that Go has taken: it counts along an axis. It has no
// operands, so only the current trace can say where it belongs.
type counting struct {
	rule.ZeroGrad
	Dimension int
	Dtype     DType
	Shape     []int
}

// Iota returns 0, 1, …, n-1 as elements of type t, a number type; integers wrap.
func Iota(t DType, n int) Array { return BroadcastedIota(t, Shape{n}, 0) }

// BroadcastedIota returns an array of the given shape whose elements are their
// indices along axis dim, as elements of type t, a number type; integers wrap.
func BroadcastedIota(t DType, shape Shape, dim int) Array {
	return bind(counting{Dimension: dim, Dtype: t, Shape: shape})
}

func (counting) String() string { return "iota" }

// Operands is how many there are.
func (counting) Operands() int { return 0 }

// Deferrable says that eager mode may put it off.
func (counting) Deferrable() {}

func (op counting) Infer(in []Type) ([]Type, error) {
	switch {
	case op.Dtype == dtype.Bool || op.Dtype == dtype.Invalid:
		return nil, fmt.Errorf("dtype is %v, want a number type", op.Dtype)
	case slices.ContainsFunc(op.Shape, func(d int) bool { return d < 0 }):
		return nil, fmt.Errorf("shape is %v, want no negative size", op.Shape)
	case op.Dimension < 0 || op.Dimension >= len(op.Shape):
		return nil, fmt.Errorf("dimension is %d, want an axis of shape %v", op.Dimension, op.Shape)
	}
	return []Type{core.Of(op.Dtype, op.Shape...)}, nil
}

// Kernel is the index itself.
func (op counting) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	return b.Convert(op.Dtype, i[op.Dimension])
}

func (op counting) Eval(in []*Value) []*Value {
	y := newLike(core.Of(op.Dtype, op.Shape...))
	index := make([]int, len(op.Shape))
	for n := range y.Size() {
		core.PutInt(y, n, int64(index[op.Dimension]))
		next(index, op.Shape)
	}
	return []*Value{y}
}

// Batch has nothing to do: it counts alike in every example.
func (op counting) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), core.Mask{false}
}
