package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// dynamicUpdateSlice replaces a block of its first operand by the second. It begins
// where the other operands, integer scalars, say, and is moved to lie inside.
type dynamicUpdateSlice struct{}

// DynamicUpdateSlice returns x with the block that begins at the indices starts
// replaced by update: integer scalars of one type, one for each axis. A negative start
// counts from the end; a block that would not fit is moved until it does.
func DynamicUpdateSlice(x, update Array, starts []Array) Array {
	in := append([]Array{x, update}, fromEnd("dynamic_update_slice", starts, x.present("dynamic_update_slice").p.Shape)...)
	return bind(dynamicUpdateSlice{}, in...)
}

func (dynamicUpdateSlice) String() string { return "dynamic_update_slice" }

func (op dynamicUpdateSlice) Infer(in []Type) ([]Type, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("got %d operands, want an array, an update and start indices", len(in))
	}
	x, update := in[0], in[1]
	if err := checkStarts(x, in[2:]); err != nil {
		return nil, err
	}
	if x.DType != update.DType || x.Rank() != update.Rank() {
		return nil, fmt.Errorf("operand has type %v, update %v, want one element type and equal ranks", x, update)
	}
	for a, n := range update.Shape {
		if n > x.Shape[a] {
			return nil, fmt.Errorf("operand has type %v, update %v, want no size larger than the operand's", x, update)
		}
	}
	return []Type{x}, nil
}

// Kernel selects the update inside the block.
func (op dynamicUpdateSlice) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	operand, update := x[0], x[1]
	if core.Size(update.Shape) == 0 {
		return operand.At(i)
	}
	from, inside := make([]kir.Val, len(i)), kir.Val(-1)
	for a, n := range update.Shape {
		from[a] = i[a]
		room := operand.Shape[a] - n
		if room == 0 {
			continue
		}
		at := b.Emit(kir.Sub, i[a], clampStart(b, x[2+a].At(nil), room))
		from[a] = clampIndex(b, at, n)
		if in := b.Emit(kir.Eq, at, from[a]); inside < 0 {
			inside = in
		} else {
			inside = b.Emit(kir.And, inside, in)
		}
	}
	if inside < 0 {
		return update.At(from)
	}
	return b.Emit(kir.Select, inside, update.At(from), operand.At(i))
}

// manyUpdated is how many elements are better copied with a block of them written over than chosen
// from the operand or the update each.
const manyUpdated = 1 << 11

// Alternative is a scatter of one window, which writes the block and nothing else where the operand's memory may be taken.
func (op dynamicUpdateSlice) Alternative(in []Type) func(x []*Value) []*Value {
	n := in[0].Rank()
	if in[0].Size() < manyUpdated {
		return nil
	}
	return func(x []*Value) []*Value {
		starts := make([]Array, n)
		for a := range starts {
			starts[a] = Reshape(Of(x[2+a]), Shape{1})
		}
		d := ScatterDimensionNumbers{UpdateWindowDims: axes(0, n), ScatterDimsToOperandDims: axes(0, n)}
		return []*Value{Scatter(Of(x[0]), Concatenate(0, starts...), Of(x[1]), d, Clip).p}
	}
}

func (op dynamicUpdateSlice) Eval(in []*Value) []*Value {
	x, update := in[0], in[1]
	y := newLike(x.Type())
	copy(core.Slice[byte](y.Buf), core.Slice[byte](x.Buf))
	start := startsOf(in[2:], x.Shape, update.Shape)
	index, to := make([]int, x.Rank()), make([]int, x.Rank())
	for n := range update.Size() {
		for a := range to {
			to[a] = start[a] + index[a]
		}
		copyElement(y, offset(to, y.Shape), update, n)
		next(index, update.Shape)
	}
	return []*Value{y}
}

func (op dynamicUpdateSlice) JVP(x, y, t []*Value) []*Value {
	return Bind(op, append(denseLike(t[:2], x[:2]), x[2:]...)...)
}

// Transpose gives the block to the update and the rest to the operand.
func (op dynamicUpdateSlice) Transpose(ct, x []*Value) []*Value {
	back := make([]*Value, len(x))
	if core.IsHole(x[0]) {
		in := append([]*Value{ct[0], Zeros(x[1].Type())}, x[2:]...)
		back[0] = Bind(op, in...)[0]
	}
	if core.IsHole(x[1]) {
		in := append([]*Value{ct[0]}, x[2:]...)
		back[1] = Bind(dynamicSlice{x[1].Shape}, in...)[0]
	}
	return back
}

// Batch is one block of an array with one more axis, unless the starts differ.
func (op dynamicUpdateSlice) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	if starts := stacked[2:]; starts.Any() {
		return []*Value{op.scatter(a, x, stacked).p}, core.Mask{true}
	}
	in := append(stackAll(a, x[:2], stacked), leadStart(x[2:])...)
	return Bind(op, in...), core.Mask{true}
}

// scatter is Batch where each example has its own starts.
func (op dynamicUpdateSlice) scatter(a rule.Axis, x []*Value, stacked core.Mask) Array {
	n := len(x) - 2
	d := ScatterDimensionNumbers{
		UpdateWindowDims:           axes(1, n+1),
		ScatterDimsToOperandDims:   axes(1, n+1),
		OperandBatchingDims:        []int{0},
		ScatterIndicesBatchingDims: []int{0},
	}
	all := stackAll(a, x[:2], stacked)
	return Scatter(Of(all[0]), startRows(a, x[2:], stacked[2:]), Of(all[1]), d, Clip)
}
