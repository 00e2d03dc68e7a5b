package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// reshape gives elements, in row-major order, other axes.
type reshape struct{ NewSizes []int }

// Reshape returns the elements of x, in row-major order, in an array of another
// shape of the same size. One size may be -1: it is what is left.
func Reshape(x Array, shape Shape) Array {
	x.present("reshape")
	if i := slices.Index(shape, -1); i >= 0 {
		if slices.Contains(shape[i+1:], -1) {
			panic(core.Errorf("reshape", "the sizes are %v, want at most one -1", shape))
		}
		known := -core.Size(shape)
		shape = slices.Clone(shape)
		if known == 0 || x.Size()%known != 0 {
			panic(core.Errorf("reshape", "operand has type %v, want a size that %v divides", x.p.Type(), shape))
		}
		shape[i] = x.Size() / known
	}
	if slices.Equal(x.p.Shape, shape) {
		return x
	}
	return bind(reshape{shape}, x)
}

func (reshape) String() string { return "reshape" }

// Operands is how many there are.
func (reshape) Operands() int { return 1 }

// Deferrable says that eager mode may put it off.
func (reshape) Deferrable() {}

// Alias says that no element moves.
func (reshape) Alias() {}

func (op reshape) Infer(in []Type) ([]Type, error) {
	if i := slices.IndexFunc(op.NewSizes, func(d int) bool { return d < 0 }); i >= 0 {
		return nil, fmt.Errorf("the sizes are %v, want none below 0 but one -1", op.NewSizes)
	}
	if core.Size(op.NewSizes) != in[0].Size() {
		return nil, fmt.Errorf("operand has type %v with %d elements, want as many as shape %v has (%d)",
			in[0], in[0].Size(), op.NewSizes, core.Size(op.NewSizes))
	}
	return []Type{in[0].Shaped(op.NewSizes...)}, nil
}

// Kernel numbers the elements.
func (op reshape) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	n := b.At(0)
	for a, d := range op.NewSizes {
		n = b.Emit(kir.Add, b.Emit(kir.Mul, n, b.At(d)), i[a])
	}
	from := make([]kir.Val, len(x[0].Shape))
	for a := len(from) - 1; a > 0; a-- {
		d := b.At(x[0].Shape[a])
		from[a], n = b.Emit(kir.Rem, n, d), b.Emit(kir.Div, n, d)
	}
	if len(from) > 0 {
		from[0] = n
	}
	return x[0].At(from)
}

func (op reshape) Eval(in []*Value) []*Value {
	y := newLike(in[0].Shaped(op.NewSizes...))
	copy(core.Slice[byte](y.Buf), core.Slice[byte](in[0].Buf))
	return []*Value{y}
}

func (op reshape) JVP(x, y, t []*Value) []*Value { return Bind(op, t...) }
func (op reshape) Transpose(ct, x []*Value) []*Value {
	return []*Value{Reshape(Of(ct[0]), x[0].Shape).p}
}

func (op reshape) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(reshape{append([]int{a.Size}, op.NewSizes...)}, x...), stacked
}
