package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// dynamicSlice takes a block of fixed size that begins where its operands after the
// first, integer scalars, say. The block is moved to lie inside.
type dynamicSlice struct{ SliceSizes []int }

// DynamicSlice returns the block of x of the given sizes that begins at the indices
// starts: integer scalars of one type, one for each axis. A negative start counts
// from the end; a block that would not fit is moved until it does.
func DynamicSlice(x Array, starts []Array, sizes []int) Array {
	return bind(dynamicSlice{sizes}, append([]Array{x}, fromEnd("dynamic_slice", starts, x.present("dynamic_slice").p.Shape)...)...)
}

// fromEnd adds the sizes of axes to those starts that are negative.
func fromEnd(what string, starts []Array, shape Shape) []Array {
	all := slices.Clone(starts)
	for a, s := range starts {
		switch {
		case s.p == nil:
			panic(core.Errorf(what, "start %d is absent (the zero Array)", a))
		case a >= len(shape) || !s.p.DType.IsSigned() || s.Rank() > 0: // for the type rule to say
		case s.p.Literal():
			if i := core.Int(s.p, 0); i < 0 {
				all[a] = number{kind: dtype.IntKind, i: max(i+int64(shape[a]), 0)}.as(what, wideIndex(s, shape[a]))
			}
		default:
			s = Convert(s, wideIndex(s, shape[a]))
			d := number{kind: dtype.IntKind, i: int64(shape[a])}.as(what, s.p.DType)
			all[a] = Select(Lt(s, zero(s)), Add(s, d), s)
		}
	}
	return sameIndexType(all)
}

// wideIndex is the type of the index s, or i64 if n is not in its range.
func wideIndex(s Array, n int) DType {
	if dtype.Fits(int64(n), s.p.DType) {
		return s.p.DType
	}
	return dtype.Int64
}

// sameIndexType undoes that only some of the starts were widened.
func sameIndexType(starts []Array) []Array {
	wide := slices.ContainsFunc(starts, func(s Array) bool { return s.p.DType == dtype.Int64 })
	for a, s := range starts {
		if wide && s.p.DType.IsSigned() {
			starts[a] = Convert(s, dtype.Int64)
		}
	}
	return starts
}

func (dynamicSlice) String() string { return "dynamic_slice" }

func (op dynamicSlice) Infer(in []Type) ([]Type, error) {
	if len(in) == 0 {
		return nil, fmt.Errorf("got no operands, want an array and its start indices")
	}
	x := in[0]
	if err := checkStarts(x, in[1:]); err != nil {
		return nil, err
	}
	if len(op.SliceSizes) != x.Rank() {
		return nil, fmt.Errorf("operand has type %v, slice sizes %v, want one size for each axis", x, op.SliceSizes)
	}
	for a, n := range op.SliceSizes {
		if n < 0 || n > x.Shape[a] {
			return nil, fmt.Errorf("operand has type %v, slice size %d in axis %d, want 0 to %d", x, n, a, x.Shape[a])
		}
	}
	return []Type{x.Shaped(op.SliceSizes...)}, nil
}

// checkStarts is the type rule of start indices into x.
func checkStarts(x Type, starts []Type) error {
	if len(starts) != x.Rank() {
		return fmt.Errorf("operand has type %v and there are %d start indices, want one for each axis", x, len(starts))
	}
	for _, s := range starts {
		switch {
		case s.Rank() > 0 || !s.DType.IsInt():
			return fmt.Errorf("a start index has type %v, want an integer scalar", s)
		case s.DType != starts[0].DType:
			return fmt.Errorf("start indices have types %v and %v, want one type", starts[0], s)
		}
	}
	return nil
}

// Kernel adds the start, which it moves so that the block fits.
func (op dynamicSlice) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	from := make([]kir.Val, len(i))
	for a := range i {
		from[a] = i[a]
		if room := x[0].Shape[a] - op.SliceSizes[a]; room > 0 {
			from[a] = b.Emit(kir.Add, i[a], clampStart(b, x[1+a].At(nil), room))
		}
	}
	return x[0].At(from)
}

// clampStart returns start as an index from 0 to room.
func clampStart(b *kir.Builder, start kir.Val, room int) kir.Val {
	if t := b.Type(start); t == dtype.Uint64 { // it may be beyond the range of indices
		start = b.Emit(kir.Min, start, b.Int(t, int64(room)))
	}
	return clampIndex(b, convert(b, kir.Index, start), room+1)
}

// startsOf returns the clamped values of the start indices of a block of the given
// sizes.
func startsOf(starts []*Value, shape Shape, sizes []int) []int {
	at := make([]int, len(starts))
	for a, s := range starts {
		room, i := int64(shape[a]-sizes[a]), core.Int(s, 0)
		if s.DType == dtype.Uint64 && i < 0 {
			i = room
		}
		at[a] = int(min(max(i, 0), room))
	}
	return at
}

func (op dynamicSlice) Eval(in []*Value) []*Value {
	start, from := startsOf(in[1:], in[0].Shape, op.SliceSizes), make([]int, in[0].Rank())
	return pull(in[0], in[0].Shaped(op.SliceSizes...), func(i []int) []int {
		for a := range i {
			from[a] = start[a] + i[a]
		}
		return from
	})
}

func (op dynamicSlice) JVP(x, y, t []*Value) []*Value {
	return Bind(op, append([]*Value{t[0]}, x[1:]...)...)
}

// Transpose puts the cotangent into zeros.
func (op dynamicSlice) Transpose(ct, x []*Value) []*Value {
	in := append([]*Value{Zeros(x[0].Type()), ct[0]}, x[1:]...)
	return append(Bind(dynamicUpdateSlice{}, in...), make([]*Value, len(x)-1)...)
}

// Batch is one block of an array with one more axis, unless the starts differ.
func (op dynamicSlice) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	if starts := stacked[1:]; starts.Any() {
		return []*Value{op.gather(a, x, stacked).p}, core.Mask{true}
	}
	in := append([]*Value{x[0]}, leadStart(x[1:])...)
	return Bind(dynamicSlice{append([]int{a.Size}, op.SliceSizes...)}, in...), core.Mask{true}
}

// leadStart adds the start 0 of a new leading axis.
func leadStart(starts []*Value) []*Value {
	t := dtype.Int32
	if len(starts) > 0 {
		t = starts[0].DType
	}
	return append([]*Value{literal(t, 0).p}, starts...)
}

// gather is Batch where each example has its own starts.
func (op dynamicSlice) gather(a rule.Axis, x []*Value, stacked core.Mask) Array {
	n := len(op.SliceSizes)
	d := GatherDimensionNumbers{OffsetDims: axes(1, n+1), StartIndexMap: axes(0, n)}
	sizes := op.SliceSizes
	if stacked[0] {
		d.StartIndexMap, sizes = axes(1, n+1), append([]int{1}, sizes...)
		d.OperandBatchingDims, d.StartIndicesBatchingDims = []int{0}, []int{0}
	}
	return Gather(Of(x[0]), startRows(a, x[1:], stacked[1:]), d, sizes, Clip)
}

// startRows returns the start indices of each example as a row.
func startRows(a rule.Axis, starts []*Value, stacked core.Mask) Array {
	columns := make([]Array, len(starts))
	for i, s := range starts {
		columns[i] = Reshape(Of(Stack(a, s, stacked[i])), Shape{a.Size, 1})
	}
	return Concatenate(1, columns...)
}
