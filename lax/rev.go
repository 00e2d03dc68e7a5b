package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// rev reverses the order of elements along axes.
type rev struct{ Dimensions []int }

// Rev returns x with the order of its elements along each of the given axes reversed.
func Rev(x Array, axes []int) Array {
	if len(axes) == 0 {
		return x
	}
	return bind(rev{axes}, x)
}

func (rev) String() string { return "rev" }

// Operands is how many there are.
func (rev) Operands() int { return 1 }

// Deferrable says that eager mode may put it off.
func (rev) Deferrable() {}

func (op rev) Infer(in []Type) ([]Type, error) {
	if !isAxes(op.Dimensions, in[0].Rank()) {
		return nil, fmt.Errorf("dimensions are %v, want different axes of %v", op.Dimensions, in[0])
	}
	return in[:1:1], nil
}

// Kernel counts from the other end.
func (op rev) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	from := slices.Clone(i)
	for _, a := range op.Dimensions {
		from[a] = b.Emit(kir.Sub, b.At(out.Shape[a]-1), i[a])
	}
	return x[0].At(from)
}

func (op rev) Eval(in []*Value) []*Value {
	return pull(in[0], in[0].Type(), func(i []int) []int {
		from := slices.Clone(i)
		for _, a := range op.Dimensions {
			from[a] = in[0].Shape[a] - 1 - i[a]
		}
		return from
	})
}

func (op rev) JVP(x, y, t []*Value) []*Value     { return Bind(op, t...) }
func (op rev) Transpose(ct, x []*Value) []*Value { return Bind(op, ct...) }

func (op rev) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(rev{shift(op.Dimensions)}, x...), stacked
}
