package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/kir"
)

// scatter combines windows of updates with those of its first operand that begin at
// the indices in the last axis of its second, one after the other.
type scatter struct {
	by               scatterer
	DimensionNumbers ScatterDimensionNumbers
	IndicesAreSorted bool
	Mode             GatherScatterMode
	UniqueIndices    bool
}

// ScatterDimensionNumbers says which axes mean what in Scatter. The names are those of
// JAX and StableHLO.
type ScatterDimensionNumbers struct {
	UpdateWindowDims           []int // axes of the updates along which windows lie, increasing
	InsertedWindowDims         []int // axes of the operand along which windows have size 1 and that the updates lack, increasing
	ScatterDimsToOperandDims   []int // the axis of the operand that each component of an index is for
	OperandBatchingDims        []int // axes of the operand that go together with axes of the indices, increasing
	ScatterIndicesBatchingDims []int // these, in the same order
}

type scatterer uint8

const (
	scatterSet scatterer = iota
	scatterAdd
	scatterMul
	scatterMin
	scatterMax
	scattererCount
)

// scatterers has their names and how they combine two elements; takes are the element
// types.
var scatterers = [...]struct {
	name  string
	op    binary
	takes kinds
}{
	scatterSet: {name: "scatter", takes: anything},
	scatterAdd: {"scatter-add", add, numeric},
	scatterMul: {"scatter-mul", mul, numeric},
	scatterMin: {"scatter-min", minimum, ordered},
	scatterMax: {"scatter-max", maximum, ordered},
}

// Scatter returns x with the windows of updates in place of those of x that begin at
// the indices in the last axis of indices. Where windows meet, the last one in the
// order of updates stays. Updates have the element type of x, the other axes of
// indices, and in the places UpdateWindowDims those axes of x that are neither
// inserted nor batching; windows may be smaller than x there.
//
// Unless the options say otherwise the mode is FillOrDrop.
func Scatter(x, indices, updates Array, d ScatterDimensionNumbers, options ...IndexOption) Array {
	return scatterBy(scatterSet, x, indices, updates, d, options)
}

// ScatterAdd is like Scatter but adds the updates, in their order, to what is there.
func ScatterAdd(x, indices, updates Array, d ScatterDimensionNumbers, options ...IndexOption) Array {
	return scatterBy(scatterAdd, x, indices, updates, d, options)
}

// ScatterMul is like Scatter but multiplies what is there by the updates, in their
// order. The derivative in the updates takes time quadratic in their number, unless
// the indices are unique.
func ScatterMul(x, indices, updates Array, d ScatterDimensionNumbers, options ...IndexOption) Array {
	return scatterBy(scatterMul, x, indices, updates, d, options)
}

// ScatterMin is like Scatter but keeps the least of what is there and the updates.
// Where several are, each has its share of the derivative.
func ScatterMin(x, indices, updates Array, d ScatterDimensionNumbers, options ...IndexOption) Array {
	return scatterBy(scatterMin, x, indices, updates, d, options)
}

// ScatterMax is like Scatter but keeps the largest of what is there and the updates.
// Where several are, each has its share of the derivative.
func ScatterMax(x, indices, updates Array, d ScatterDimensionNumbers, options ...IndexOption) Array {
	return scatterBy(scatterMax, x, indices, updates, d, options)
}

func scatterBy(by scatterer, x, indices, updates Array, d ScatterDimensionNumbers, options []IndexOption) Array {
	o := indexOptions{mode: FillOrDrop}
	o.set(options)
	return bind(scatter{by, d, o.sorted, o.mode, o.unique}, x, indices, updates)
}

func (op scatter) String() string { return scatterers[op.by].name }

// Operands is how many there are.
func (scatter) Operands() int { return 3 }

// Step names the algorithm.
func (op scatter) Step() kir.Step {
	d := op.DimensionNumbers
	by := kir.NoCode
	if op.by != scatterSet {
		by = binaries[scatterers[op.by].op].code
	}
	return kir.Scatter{By: by,
		UpdateWindow: d.UpdateWindowDims, InsertedWindow: d.InsertedWindowDims,
		OperandBatching: d.OperandBatchingDims, IndicesBatching: d.ScatterIndicesBatchingDims,
		ScatterToOperand: d.ScatterDimsToOperandDims,
		Clip:             op.Mode == Clip, FillOrDrop: op.Mode == FillOrDrop}
}

// windows gives windows the sizes that they have in updates.
func (op scatter) windows(x, indices, updates Type) windows {
	d := op.DimensionNumbers
	w := windows{operand: x, indices: indices, inWindow: d.UpdateWindowDims, removed: d.InsertedWindowDims,
		start: d.ScatterDimsToOperandDims, batch: d.OperandBatchingDims, indicesBatch: d.ScatterIndicesBatchingDims}
	w.sizes = make([]int, x.Rank())
	for a := range w.sizes {
		w.sizes[a] = 1
	}
	if kept := w.kept(); len(kept) == len(w.inWindow) && isAxes(w.inWindow, updates.Rank()) {
		put(w.sizes, kept, at(updates.Shape, w.inWindow))
	}
	for _, a := range w.batch {
		if a >= 0 && a < x.Rank() {
			w.sizes[a] = min(1, x.Shape[a])
		}
	}
	return w
}

func (op scatter) Infer(in []Type) ([]Type, error) {
	x, updates := in[0], in[2]
	w := op.windows(x, in[1], updates)
	if err := w.check(); err != nil {
		return nil, err
	}
	if want := w.shape(); updates.DType != x.DType || !updates.Equal(x.Shaped(want...)) {
		return nil, fmt.Errorf("updates have type %v, want %v", updates, x.Shaped(want...))
	}
	if err := scatterers[op.by].takes.check(x); err != nil {
		return nil, err
	}
	return []Type{x}, nil
}

func (op scatter) Eval(in []*Value) []*Value {
	x, indices, updates := in[0], in[1], in[2]
	y := newLike(x.Type())
	copy(core.Slice[byte](y.Buf), core.Slice[byte](x.Buf))
	w := op.windows(x.Type(), indices.Type(), updates.Type())
	outside, kept := w.outside(updates.Rank()), w.kept()
	window, places := at(updates.Shape, w.inWindow), at(updates.Shape, outside)
	index, from, to := make([]int, len(places)), make([]int, updates.Rank()), make([]int, x.Rank())
	for range core.Size(places) { // window by window
		put(from, outside, index)
		origin := make([]int, x.Rank())
		if inside := w.place(origin, indices, index); inside || op.Mode == Clip {
			in := make([]int, len(window))
			for range core.Size(window) {
				put(from, w.inWindow, in)
				copy(to, origin)
				for k, a := range kept {
					to[a] += in[k]
				}
				op.combine(y, offset(to, x.Shape), updates, offset(from, updates.Shape))
				next(in, window)
			}
		}
		next(index, places)
	}
	return []*Value{y}
}

// combine updates element i of y with element j of u.
func (op scatter) combine(y *Value, i int, u *Value, j int) {
	if op.by == scatterSet {
		copyElement(y, i, u, j)
		return
	}
	old, update := newLike(Type{DType: y.DType}), newLike(Type{DType: y.DType})
	copyElement(old, 0, y, i)
	copyElement(update, 0, u, j)
	copyElement(y, i, scatterers[op.by].op.Eval([]*Value{old, update})[0], 0)
}
