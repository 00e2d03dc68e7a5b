package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// broadcastInDim puts axis i of its operand at BroadcastDimensions[i] of a new
// shape; operand axes of size 1 are repeated.
type broadcastInDim struct {
	Shape               []int `ir:"implied"`
	BroadcastDimensions []int `ir:"omitzero"`
}

// BroadcastInDim returns an array of the given shape whose axes dims, increasing,
// are those of x; an axis of size 1 may become longer.
func BroadcastInDim(x Array, shape Shape, dims []int) Array {
	if len(dims) == len(shape) && slices.Equal(x.present("broadcast_in_dim").p.Shape, shape) {
		return x
	}
	return bind(broadcastInDim{shape, dims}, x)
}

// ExpandDims returns x with new axes of size 1, which are the given axes, increasing, of
// the result.
func ExpandDims(x Array, dims []int) Array {
	n := x.present("expand_dims").Rank() + len(dims)
	if !slices.IsSorted(dims) || !isAxes(dims, n) {
		panic(core.Errorf("expand_dims", "operand has type %v, dimensions %v, want increasing axes of a result with %d axes",
			x.p.Type(), dims, n))
	}
	shape, kept := slices.Repeat([]int{1}, n), without(n, dims)
	for i, a := range kept {
		shape[a] = x.p.Shape[i]
	}
	return BroadcastInDim(x, shape, kept)
}

// Full returns an array of the given shape whose elements are value, an Array scalar or
// a Go number, converted to type t.
func Full(shape Shape, value any, t DType) Array {
	if n, ok := numberOf(value); ok {
		return BroadcastInDim(n.as("full", t), shape, nil)
	}
	return BroadcastInDim(Convert(Operand("full", value), t), shape, nil)
}

// FullLike returns an array of x's type whose elements are value, as Full does.
func FullLike(x Array, value any) Array {
	x.present("full_like")
	return Full(x.p.Shape, value, x.p.DType)
}

// BroadcastTo repeats x, aligned at the last axis, to the given shape, as NumPy does.
func BroadcastTo(x Array, shape Shape) Array {
	if n := len(shape) - x.present("broadcast_to").Rank(); n >= 0 {
		return BroadcastInDim(x, shape, axes(n, len(shape)))
	}
	panic(core.Errorf("broadcast_to", "operand has type %v, want at most %d axes", x.p.Type(), len(shape)))
}

// BroadcastShapes returns the shape that operands of the given shapes have after
// NumPy's broadcasting.
func BroadcastShapes(in ...Shape) (Shape, error) {
	n := 0
	for _, s := range in {
		n = max(n, len(s))
	}
	out := slices.Repeat([]int{1}, n)
	for _, s := range in {
		for i, d := range s {
			switch o := &out[n-len(s)+i]; {
			case *o == 1:
				*o = d
			case d != 1 && d != *o:
				return nil, fmt.Errorf("shapes %v, want shapes that broadcast: equal sizes or 1, aligned at the last axis", shapeList(in))
			}
		}
	}
	return out, nil
}

// Zeros is where a zero must be an array, and Dense makes one of nil.
func Zeros(t Type) *Value { return to(literal(t.DType, 0), t.Shape).p }

// Dense returns v, or zeros of type t if v is nil.
func Dense(v *Value, t Type) *Value {
	if v == nil {
		return Zeros(t)
	}
	return v
}

// Stack returns v with the leading axis a, which it has already if stacked.
func Stack(a rule.Axis, v *Value, stacked bool) *Value {
	if stacked {
		return v
	}
	return BroadcastInDim(Of(v), v.Type().Stacked(a.Size).Shape, axes(1, v.Rank()+1)).p
}

func (broadcastInDim) String() string { return "broadcast_in_dim" }

// Operands is how many there are.
func (broadcastInDim) Operands() int { return 1 }

// Deferrable says that eager mode may put it off.
func (broadcastInDim) Deferrable() {}

func (op broadcastInDim) Infer(in []Type) ([]Type, error) {
	x, dims := in[0], op.BroadcastDimensions
	if len(dims) != x.Rank() {
		return nil, fmt.Errorf("operand has type %v, want %d axes, one for each broadcast dimension", x, len(dims))
	}
	if slices.ContainsFunc(op.Shape, func(d int) bool { return d < 0 }) {
		return nil, fmt.Errorf("shape is %v, want no negative size", op.Shape)
	}
	for i, d := range dims {
		switch {
		case d < 0 || d >= len(op.Shape) || i > 0 && d <= dims[i-1]:
			return nil, fmt.Errorf("broadcast dimensions are %v, want increasing axes of %v", dims, op.Shape)
		case x.Shape[i] != op.Shape[d] && x.Shape[i] != 1:
			return nil, fmt.Errorf("operand has type %v, want size 1 or %d in axis %d", x, op.Shape[d], i)
		}
	}
	return []Type{x.Shaped(op.Shape...)}, nil
}

// Kernel repeats elements.
func (op broadcastInDim) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	from := make([]kir.Val, len(op.BroadcastDimensions))
	for a, d := range op.BroadcastDimensions {
		if from[a] = i[d]; x[0].Shape[a] == 1 {
			from[a] = b.At(0)
		}
	}
	return x[0].At(from)
}

func (op broadcastInDim) Eval(in []*Value) []*Value {
	from := make([]int, len(op.BroadcastDimensions))
	return pull(in[0], in[0].Shaped(op.Shape...), func(i []int) []int {
		for a, d := range op.BroadcastDimensions {
			from[a] = i[d] % in[0].Shape[a] // 0 where the size is 1
		}
		return from
	})
}

func (op broadcastInDim) JVP(x, y, t []*Value) []*Value { return Bind(op, t...) }

// Transpose sums over what was repeated.
func (op broadcastInDim) Transpose(ct, x []*Value) []*Value {
	var kept, repeated []int
	for a, d := range op.BroadcastDimensions {
		if x[0].Shape[a] == op.Shape[d] {
			kept = append(kept, d)
		}
	}
	repeated = without(len(op.Shape), kept)
	return []*Value{Reshape(ReduceSum(Of(ct[0]), repeated), x[0].Shape).p}
}

func (op broadcastInDim) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	shape := append([]int{a.Size}, op.Shape...)
	return Bind(broadcastInDim{shape, lead(op.BroadcastDimensions)}, x...), stacked
}

func shapeList(s []Shape) string {
	text := ""
	for i, shape := range s {
		if i > 0 {
			text += " and "
		}
		text += fmt.Sprint(shape)
	}
	return text
}
