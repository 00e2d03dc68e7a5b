package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// gather collects slices of its operand that begin at the indices in the last axis of
// its second operand.
type gather struct {
	DimensionNumbers GatherDimensionNumbers
	FillValue        Fill // for FillOrDrop
	IndicesAreSorted bool
	Mode             GatherScatterMode
	SliceSizes       []int
	UniqueIndices    bool
}

// GatherDimensionNumbers says which axes mean what in Gather. The names are those of
// JAX and StableHLO.
type GatherDimensionNumbers struct {
	OffsetDims               []int // axes of the result along which slices lie, increasing
	CollapsedSliceDims       []int // axes of the operand along which slices have size 1 and that the result lacks, increasing
	StartIndexMap            []int // the axis of the operand that each component of an index is for
	OperandBatchingDims      []int // axes of the operand that go together with axes of the indices, increasing
	StartIndicesBatchingDims []int // these, in the same order
}

// Gather returns the slices of x of the given sizes, one for each axis of x, that
// begin at the indices in the last axis of indices. The result has the other axes of
// indices, and in the places OffsetDims those axes of the slices that are neither
// collapsed nor batching.
//
// Unless the options say otherwise the mode is PromiseInBounds.
func Gather(x, indices Array, d GatherDimensionNumbers, sliceSizes []int, options ...IndexOption) Array {
	o := indexOptions{mode: PromiseInBounds}
	o.set(options)
	op := gather{DimensionNumbers: d, Mode: o.mode, SliceSizes: sliceSizes,
		IndicesAreSorted: o.sorted, UniqueIndices: o.unique}
	if o.mode == FillOrDrop && x.p != nil {
		op.FillValue = o.fillValue(x.p.DType)
	}
	return bind(op, x, indices)
}

func (gather) String() string { return "gather" }

// Operands is how many there are.
func (gather) Operands() int { return 2 }

// windows is what gather and scatter have in common: small windows of an operand, at
// the places that an array of indices says, against the windows of a third array, the
// result of the one and the updates of the other.
type windows struct {
	operand, indices Type
	sizes            []int // of a window along each axis of the operand
	inWindow         []int // axes of the third array that lie in windows, increasing
	removed          []int // axes of the operand that the third array lacks, increasing
	start            []int // the operand's axis of each component of an index
	batch            []int // axes of the operand that go together …
	indicesBatch     []int // … with these of the indices
}

func (op gather) windows(x, indices Type) windows {
	d := op.DimensionNumbers
	return windows{x, indices, op.SliceSizes, d.OffsetDims, d.CollapsedSliceDims, d.StartIndexMap,
		d.OperandBatchingDims, d.StartIndicesBatchingDims}
}

// check reports what is wrong with the windows.
func (w windows) check() error {
	n, last := w.operand.Rank(), w.indices.Rank()-1
	switch {
	case !w.indices.DType.IsInt():
		return fmt.Errorf("the indices have type %v, want integers", w.indices)
	case last < 0:
		return fmt.Errorf("the indices have type %v, want an axis for their components", w.indices)
	case len(w.sizes) != n:
		return fmt.Errorf("there are window sizes %v, want one for each axis of %v", w.sizes, w.operand)
	case !isSortedAxes(w.removed, n) || !isSortedAxes(w.batch, n) || !disjoint(w.removed, w.batch):
		return fmt.Errorf("the collapsed axes are %v and the batching axes %v, want increasing and different axes of %v",
			w.removed, w.batch, w.operand)
	case !isAxes(w.start, n) || !disjoint(w.start, w.batch):
		return fmt.Errorf("indices are for the axes %v, want different axes of %v that are not batching (%v)",
			w.start, w.operand, w.batch)
	case len(w.start) != w.indices.Shape[last]:
		return fmt.Errorf("indices of type %v have %d components, want %d, one for each of the axes %v",
			w.indices, w.indices.Shape[last], len(w.start), w.start)
	case !isAxes(w.indicesBatch, last) || len(w.indicesBatch) != len(w.batch):
		return fmt.Errorf("batching axes are %v of the operand and %v of the indices, want as many different axes, not the last of %v",
			w.batch, w.indicesBatch, w.indices)
	case !slices.Equal(at(w.operand.Shape, w.batch), at(w.indices.Shape, w.indicesBatch)):
		return fmt.Errorf("batching axes have sizes %v of the operand and %v of the indices, want equal sizes",
			at(w.operand.Shape, w.batch), at(w.indices.Shape, w.indicesBatch))
	case len(w.inWindow)+len(w.removed)+len(w.batch) != n:
		return fmt.Errorf("windows have %d axes, %d are collapsed and %d batching, want as many in all as %v has",
			len(w.inWindow), len(w.removed), len(w.batch), w.operand)
	case !isSortedAxes(w.inWindow, len(w.inWindow)+last):
		return fmt.Errorf("the axes of windows are %v, want increasing axes of %d", w.inWindow, len(w.inWindow)+last)
	}
	return w.checkSizes()
}

func (w windows) checkSizes() error {
	for a, size := range w.sizes {
		d := w.operand.Shape[a]
		switch {
		case size < 0 || size > d && w.indices.Size() > 0:
			return fmt.Errorf("the window sizes are %v, want at most those of %v", w.sizes, w.operand)
		case slices.Contains(w.removed, a) && size != 1:
			return fmt.Errorf("the window sizes are %v, want 1 in collapsed axis %d", w.sizes, a)
		case slices.Contains(w.batch, a) && size > 1:
			return fmt.Errorf("the window sizes are %v, want 1 in batching axis %d", w.sizes, a)
		}
	}
	return nil
}

func isSortedAxes(some []int, n int) bool { return slices.IsSorted(some) && isAxes(some, n) }

func disjoint(s, t []int) bool {
	return !slices.ContainsFunc(s, func(a int) bool { return slices.Contains(t, a) })
}

// kept lists the operand's axes that the third array has.
func (w windows) kept() []int {
	return without(w.operand.Rank(), slices.Concat(w.removed, w.batch))
}

// outside lists the axes of the third array, of the given rank, that are of the
// indices.
func (w windows) outside(rank int) []int { return without(rank, w.inWindow) }

// shape is that of the third array.
func (w windows) shape() Shape {
	last := w.indices.Rank() - 1
	shape := make(Shape, len(w.inWindow)+last)
	put(shape, w.inWindow, at(w.sizes, w.kept()))
	put(shape, w.outside(len(shape)), w.indices.Shape[:last])
	return shape
}

// limit is the largest start of a window along axis a of the operand.
func (w windows) limit(a int) int { return w.operand.Shape[a] - w.sizes[a] }

func (op gather) Infer(in []Type) ([]Type, error) {
	w := op.windows(in[0], in[1])
	if err := w.check(); err != nil {
		return nil, err
	}
	return []Type{in[0].Shaped(w.shape()...)}, nil
}

// Kernel reads the index, moves it into bounds, and there the element.
func (op gather) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	w := op.windows(core.Of(x[0].DType, x[0].Shape...), core.Of(x[1].DType, x[1].Shape...))
	outside := at(i, w.outside(len(i)))
	from := slices.Repeat([]kir.Val{b.At(0)}, len(x[0].Shape))
	put(from, w.kept(), at(i, w.inWindow))
	put(from, w.batch, at(outside, w.indicesBatch))
	inside := b.Number(dtype.Bool, 1)
	for k, a := range w.start {
		start := x[1].At(append(slices.Clone(outside), b.At(k)))
		bounded := bound(b, start, w.limit(a))
		inside = b.Emit(kir.And, inside, b.Emit(kir.Eq, b.Convert(kir.Index, start), bounded))
		from[a] = b.Emit(kir.Add, from[a], bounded)
	}
	y := x[0].At(from)
	if op.Mode != FillOrDrop {
		return y
	}
	return b.Emit(kir.Select, inside, y, op.FillValue.emit(b))
}

// Components is the operand of indices.
func (gather) Components() int { return 1 }

// bound returns the index i limited to 0, …, limit.
func bound(b *kir.Builder, i kir.Val, limit int) kir.Val {
	if b.Type(i) == dtype.Uint64 { // of which the upper half would convert to negative numbers
		i = b.Emit(kir.Min, i, b.Int(dtype.Uint64, int64(limit)))
	}
	return b.Emit(kir.Max, b.Emit(kir.Min, b.Convert(kir.Index, i), b.At(limit)), b.At(0))
}

// place finds the window of the indices at index outside: it sets origin to where it
// begins, moved into bounds, and reports whether it was there already.
func (w windows) place(origin []int, indices *Value, outside []int) (inside bool) {
	clear(origin)
	put(origin, w.batch, at(outside, w.indicesBatch))
	n := offset(outside, w.indices.Shape[:len(outside)]) * len(w.start)
	inside = true
	for k, a := range w.start {
		i := core.Int(indices, n+k)
		if i < 0 && indices.DType == dtype.Uint64 {
			i = int64(w.limit(a)) + 1
		}
		bounded := min(max(i, 0), int64(w.limit(a)))
		inside = inside && i == bounded
		origin[a] = int(bounded)
	}
	return inside
}

func (op gather) Eval(in []*Value) []*Value {
	w := op.windows(in[0].Type(), in[1].Type())
	y := newLike(in[0].Shaped(w.shape()...))
	fill := op.FillValue.value()
	outside, kept := w.outside(y.Rank()), w.kept()
	index, from := make([]int, y.Rank()), make([]int, in[0].Rank())
	for n := range y.Size() {
		if inside := w.place(from, in[1], at(index, outside)); inside || op.Mode != FillOrDrop {
			for k, a := range kept {
				from[a] += index[w.inWindow[k]]
			}
			copyElement(y, n, in[0], offset(from, in[0].Shape))
		} else {
			copyElement(y, n, fill, 0)
		}
		next(index, y.Shape)
	}
	return []*Value{y}
}

func (op gather) JVP(x, y, t []*Value) []*Value {
	if t[0] == nil {
		return []*Value{nil}
	}
	if op.Mode == FillOrDrop {
		op.FillValue = fillOf(x[0].DType, 0)
	}
	return Bind(op, t[0], x[1])
}

// Transpose adds the windows up where they came from.
func (op gather) Transpose(ct, x []*Value) []*Value {
	d := op.DimensionNumbers
	back := scatter{by: scatterAdd, IndicesAreSorted: op.IndicesAreSorted, Mode: op.Mode, UniqueIndices: op.UniqueIndices,
		DimensionNumbers: ScatterDimensionNumbers{d.OffsetDims, d.CollapsedSliceDims, d.StartIndexMap,
			d.OperandBatchingDims, d.StartIndicesBatchingDims}}
	if op.Mode == PromiseInBounds {
		back.Mode = Clip // as it did should the promise be broken
	}
	return []*Value{Bind(back, Zeros(x[0].Type()), x[1], ct[0])[0], nil}
}

// Batch gathers from all rows of a stacked operand with one slice, if the indices are
// not stacked too; if they are, the new axes are batching axes.
func (op gather) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	d := op.DimensionNumbers
	d.OffsetDims = shift(d.OffsetDims)
	if stacked[0] {
		size := 1
		d.CollapsedSliceDims, d.StartIndexMap = shift(d.CollapsedSliceDims), shift(d.StartIndexMap)
		d.OperandBatchingDims = shift(d.OperandBatchingDims)
		if stacked[1] {
			size = min(1, a.Size)
			d.OperandBatchingDims = append([]int{0}, d.OperandBatchingDims...)
			d.StartIndicesBatchingDims = lead(d.StartIndicesBatchingDims)
		} else {
			size = a.Size
			d.OffsetDims = append([]int{0}, d.OffsetDims...)
		}
		op.SliceSizes = append([]int{size}, op.SliceSizes...)
	} else { // windows of one operand may now meet
		d.StartIndicesBatchingDims = shift(d.StartIndicesBatchingDims)
		op.UniqueIndices, op.IndicesAreSorted = false, false
	}
	op.DimensionNumbers = d
	return Bind(op, x...), core.Mask{true}
}
