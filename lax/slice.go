package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// slice takes elements at equal distances along each axis. Strides is nil if all are 1.
type slice struct {
	LimitIndices, StartIndices []int
	Strides                    []int `ir:"none"`
}

// Slice returns the elements of x at indices start, start+stride, … below limit, of
// each axis. Without strides (nil) they are 1. 0 ≤ start ≤ limit ≤ size must hold.
func Slice(x Array, start, limit, strides []int) Array {
	all := true
	for _, s := range strides {
		all = all && s == 1
	}
	if all && len(strides) == x.Rank() {
		strides = nil
	}
	return bind(slice{LimitIndices: limit, StartIndices: start, Strides: strides}, x)
}

// SliceInDim is Slice along one axis.
func SliceInDim(x Array, start, limit, stride, axis int) Array {
	n := x.present("slice").Rank()
	if axis < 0 || axis >= n {
		panic(core.Errorf("slice", "axis is %d, want an axis of %v", axis, x.p.Type()))
	}
	if start == 0 && limit == x.p.Shape[axis] && stride == 1 {
		return x
	}
	from, to, by := make([]int, n), append([]int{}, x.p.Shape...), make([]int, n)
	for a := range by {
		by[a] = 1
	}
	from[axis], to[axis], by[axis] = start, limit, stride
	return Slice(x, from, to, by)
}

// Split cuts x along an axis into pieces of the given sizes, which add up to its size.
func Split(x Array, sizes []int, axis int) []Array {
	x.present("split")
	if axis < 0 || axis >= x.Rank() {
		panic(core.Errorf("split", "axis is %d, want an axis of %v", axis, x.p.Type()))
	}
	pieces, start := make([]Array, len(sizes)), 0
	for i, n := range sizes {
		pieces[i] = SliceInDim(x, start, start+n, 1, axis)
		start += n
	}
	if start != x.p.Shape[axis] {
		panic(core.Errorf("split", "operand has type %v, sizes %v, want the sizes to add up to %d (axis %d)",
			x.p.Type(), sizes, x.p.Shape[axis], axis))
	}
	return pieces
}

func (slice) String() string { return "slice" }

// Operands is how many there are.
func (slice) Operands() int { return 1 }

func (op slice) stride(a int) int {
	if op.Strides == nil {
		return 1
	}
	return op.Strides[a]
}

func (op slice) Infer(in []Type) ([]Type, error) {
	x, n := in[0], in[0].Rank()
	if len(op.StartIndices) != n || len(op.LimitIndices) != n || op.Strides != nil && len(op.Strides) != n {
		return nil, fmt.Errorf("operand has type %v, start indices %v, limit indices %v, strides %v, want one of each for every axis",
			x, op.StartIndices, op.LimitIndices, op.Strides)
	}
	shape := make(Shape, n)
	for a, d := range x.Shape {
		start, limit, stride := op.StartIndices[a], op.LimitIndices[a], op.stride(a)
		switch {
		case start < 0 || limit < start || d < limit:
			return nil, fmt.Errorf("operand has type %v, start %d and limit %d in axis %d, want 0 ≤ start ≤ limit ≤ %d",
				x, start, limit, a, d)
		case stride < 1:
			return nil, fmt.Errorf("strides are %v, want positive ones", op.Strides)
		}
		shape[a] = (limit - start + stride - 1) / stride
	}
	return []Type{x.Shaped(shape...)}, nil
}

// Kernel skips what is not wanted.
func (op slice) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	from := make([]kir.Val, len(i))
	for a := range i {
		from[a] = i[a]
		if s := op.stride(a); s != 1 {
			from[a] = b.Emit(kir.Mul, from[a], b.At(s))
		}
		if s := op.StartIndices[a]; s != 0 {
			from[a] = b.Emit(kir.Add, from[a], b.At(s))
		}
	}
	return x[0].At(from)
}

func (op slice) Eval(in []*Value) []*Value {
	t, _ := op.Infer(core.Types(in))
	from := make([]int, in[0].Rank())
	return pull(in[0], t[0], func(i []int) []int {
		for a := range i {
			from[a] = op.StartIndices[a] + i[a]*op.stride(a)
		}
		return from
	})
}

func (op slice) JVP(x, y, t []*Value) []*Value { return Bind(op, t...) }

// Transpose puts zeros around and between.
func (op slice) Transpose(ct, x []*Value) []*Value {
	config := make([]Padding, x[0].Rank())
	for a, d := range x[0].Shape {
		used := op.StartIndices[a] // the operand's elements up to the last one taken
		if n := ct[0].Shape[a]; n > 0 {
			used += 1 + (n-1)*op.stride(a)
		}
		config[a] = Padding{op.StartIndices[a], d - used, op.stride(a) - 1}
	}
	return []*Value{Pad(Of(ct[0]), zero(Of(ct[0])), config).p}
}

func (op slice) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	b := slice{LimitIndices: append([]int{a.Size}, op.LimitIndices...), StartIndices: append([]int{0}, op.StartIndices...)}
	if op.Strides != nil {
		b.Strides = append([]int{1}, op.Strides...)
	}
	return Bind(b, x...), stacked
}
