package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// squeeze drops axes of size 1.
type squeeze struct{ Dimensions []int }

// Squeeze returns x without the given axes, which have size 1.
func Squeeze(x Array, dims []int) Array {
	if len(dims) == 0 {
		return x
	}
	return bind(squeeze{dims}, x)
}

func (squeeze) String() string { return "squeeze" }

// Operands is how many there are.
func (squeeze) Operands() int { return 1 }

// Deferrable says that eager mode may put it off.
func (squeeze) Deferrable() {}

// Alias says that no element moves.
func (squeeze) Alias() {}

func (op squeeze) Infer(in []Type) ([]Type, error) {
	x := in[0]
	if !isAxes(op.Dimensions, x.Rank()) {
		return nil, fmt.Errorf("dimensions are %v, want different axes of %v", op.Dimensions, x)
	}
	if i := slices.IndexFunc(op.Dimensions, func(a int) bool { return x.Shape[a] != 1 }); i >= 0 {
		return nil, fmt.Errorf("operand has type %v, want size 1 in axis %d", x, op.Dimensions[i])
	}
	return []Type{x.Shaped(at(x.Shape, without(x.Rank(), op.Dimensions))...)}, nil
}

// Kernel looks at the only index of what was dropped.
func (op squeeze) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	from := make([]kir.Val, len(x[0].Shape))
	for _, a := range op.Dimensions {
		from[a] = b.At(0)
	}
	for n, a := range without(len(from), op.Dimensions) {
		from[a] = i[n]
	}
	return x[0].At(from)
}

func (op squeeze) Eval(in []*Value) []*Value {
	t, _ := op.Infer(core.Types(in))
	y := newLike(t[0])
	copy(core.Slice[byte](y.Buf), core.Slice[byte](in[0].Buf))
	return []*Value{y}
}

func (op squeeze) JVP(x, y, t []*Value) []*Value { return Bind(op, t...) }
func (op squeeze) Transpose(ct, x []*Value) []*Value {
	return []*Value{Reshape(Of(ct[0]), x[0].Shape).p}
}

func (op squeeze) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(squeeze{shift(op.Dimensions)}, x...), stacked
}
