package optest

import (
	"slices"

	"gojax/internal/dtype"
	"gojax/internal/rule"
	"gojax/lax"
)

func dynamicSliceCases(m *maker, _ rule.Complete) {
	for _, i := range []dtype.Type{dtype.Int32, dtype.Uint8, dtype.Int64} {
		for _, c := range [][2][]int{{{5}, {2}}, {{3, 4}, {2, 1}}, {{3, 2}, {3, 2}}, {{3}, {0}}, {{0}, {0}}, {{}, {}}} {
			in := append([]Operand{m.arg(c[0]...)}, m.starts(i, len(c[0]))...)
			m.bound("dynamic_slice", func(x ...lax.Array) lax.Array { return lax.DynamicSlice(x[0], x[1:], c[1]) }, in...)
		}
	}
}

func dynamicUpdateSliceCases(m *maker, op rule.Complete) {
	for _, i := range []dtype.Type{dtype.Int32, dtype.Uint8, dtype.Int64} {
		for _, c := range [][2][]int{{{5}, {2}}, {{3, 4}, {2, 1}}, {{3, 2}, {3, 2}}, {{3}, {0}}, {{0}, {0}}, {{}, {}}} {
			m.add(op, append([]Operand{m.arg(c[0]...), m.arg(c[1]...)}, m.starts(i, len(c[0]))...)...)
		}
	}
}

// starts are n start indices, in bounds and out of them.
func (m *maker) starts(i dtype.Type, n int) []Operand {
	return slices.Repeat([]Operand{m.argOf(i).in(-2, 5)}, n)
}

// A window is how gather and scatter meet: the operand, its indices, and the parts of
// the operand at them, of which some axes are left out.
type window struct {
	operand, indices, updates  []int
	inWindow, removed, start   []int
	operandBatch, indicesBatch []int
	sizes                      []int
}

var windows = []window{
	{operand: []int{5}, indices: []int{4, 1}, updates: []int{4}, removed: []int{0}, start: []int{0}, sizes: []int{1}},
	{operand: []int{4, 3}, indices: []int{3, 1}, updates: []int{3, 3}, inWindow: []int{1}, removed: []int{0}, start: []int{0}, sizes: []int{1, 3}},
	{operand: []int{4, 3}, indices: []int{3, 1}, updates: []int{4, 3}, inWindow: []int{0}, removed: []int{1}, start: []int{1}, sizes: []int{4, 1}},
	{operand: []int{5, 4}, indices: []int{3, 2}, updates: []int{3, 2, 2}, inWindow: []int{1, 2}, start: []int{0, 1}, sizes: []int{2, 2}},
	{operand: []int{3, 4}, indices: []int{2, 2}, updates: []int{2, 2}, inWindow: []int{0}, removed: []int{1}, start: []int{1, 0}, sizes: []int{2, 1}},
	{operand: []int{3, 4}, indices: []int{3, 2, 1}, updates: []int{3, 2}, removed: []int{1}, start: []int{1},
		operandBatch: []int{0}, indicesBatch: []int{0}, sizes: []int{1, 1}},
	{operand: []int{4, 2}, indices: []int{3, 2, 1}, updates: []int{2, 3, 2}, inWindow: []int{0}, start: []int{0},
		operandBatch: []int{1}, indicesBatch: []int{1}, sizes: []int{2, 1}},
	{operand: []int{4}, indices: []int{1}, updates: []int{}, removed: []int{0}, start: []int{0}, sizes: []int{1}},
	{operand: []int{3}, indices: []int{0, 1}, updates: []int{0}, removed: []int{0}, start: []int{0}, sizes: []int{1}},
	{operand: []int{2, 0}, indices: []int{3, 1}, updates: []int{3, 0}, inWindow: []int{1}, removed: []int{0}, start: []int{0}, sizes: []int{1, 0}},
}

var modes = []lax.GatherScatterMode{lax.PromiseInBounds, lax.Clip, lax.FillOrDrop}

// indexed calls f with each window, a mode, and indices for it: with all modes if the
// elements are f64 or i32, for what an index means does not depend on their type.
func indexed(m *maker, f func(w window, mode lax.GatherScatterMode, indices Operand)) {
	for n, w := range windows {
		for k, mode := range modes {
			if m.d == dtype.Float64 || m.d == dtype.Int32 || k == (n+int(m.d))%3 {
				f(w, mode, m.argOf(dtype.Int32, w.indices...).in(-2, 6))
			}
		}
		i := []dtype.Type{dtype.Uint8, dtype.Int64, dtype.Uint64, dtype.Int8}[(n+int(m.d))%4]
		f(w, modes[n%3], m.argOf(i, w.indices...).in(-1, 4))
	}
}

func gatherCases(m *maker, _ rule.Complete) {
	indexed(m, func(w window, mode lax.GatherScatterMode, indices Operand) {
		d := lax.GatherDimensionNumbers{OffsetDims: w.inWindow, CollapsedSliceDims: w.removed, StartIndexMap: w.start,
			OperandBatchingDims: w.operandBatch, StartIndicesBatchingDims: w.indicesBatch}
		take := func(o ...lax.IndexOption) {
			m.bound("gather", func(x ...lax.Array) lax.Array {
				return lax.Gather(x[0], x[1], d, w.sizes, append(o, mode)...)
			}, m.arg(w.operand...), indices)
		}
		take()
		if mode == lax.FillOrDrop {
			take(lax.FillValue(1))
		}
	})
}

func scatterCases(m *maker, op rule.Complete) {
	name := op.String()
	by := map[string]func(x, i, u lax.Array, d lax.ScatterDimensionNumbers, o ...lax.IndexOption) lax.Array{
		"scatter": lax.Scatter, "scatter-add": lax.ScatterAdd, "scatter-mul": lax.ScatterMul,
		"scatter-min": lax.ScatterMin, "scatter-max": lax.ScatterMax}[name]
	put := func(w window, indices Operand, o ...lax.IndexOption) *Case {
		d := lax.ScatterDimensionNumbers{UpdateWindowDims: w.inWindow, InsertedWindowDims: w.removed, ScatterDimsToOperandDims: w.start,
			OperandBatchingDims: w.operandBatch, ScatterIndicesBatchingDims: w.indicesBatch}
		return m.bound(name, func(x ...lax.Array) lax.Array { return by(x[0], x[1], x[2], d, o...) },
			m.positive(w.operand...), indices, m.positive(w.updates...))
	}
	indexed(m, func(w window, mode lax.GatherScatterMode, indices Operand) {
		put(w, indices, mode)
	})
	for _, w := range windows[:3] {
		for _, mode := range modes {
			limit := w.operand[w.start[0]] - 1
			indices := m.argOf(dtype.Int32, w.indices...).in(0, float64(limit))
			if mode == lax.FillOrDrop {
				indices.Lo, indices.Hi = -1, float64(limit)+2
			}
			if limit+1 < w.indices[0] {
				continue
			}
			indices.Unique = w.indices[0]
			put(w, indices, mode, lax.UniqueIndices())
		}
	}
}

func sortCases(m *maker, _ rule.Complete) {
	by := func(axis, keys int) func(x ...lax.Array) lax.Array {
		return func(x ...lax.Array) lax.Array { return lax.SortMulti(x, axis, keys)[0] }
	}
	m.bound("sort", by(0, 1), m.arg(6))
	m.bound("sort", by(1, 1), m.arg(2, 5))
	m.bound("sort", by(0, 1), m.arg(4, 2))
	m.bound("sort", by(0, 1), m.arg(0))
	m.bound("sort", by(1, 1), m.arg(2, 0))
	m.bound("sort", by(0, 1), m.arg(1))
	few := m.argOf(dtype.Int32, 7).in(0, 2)
	m.bound("sort", by(0, 1), few, m.arg(7))
	m.bound("sort", by(0, 2), few, m.arg(7), m.arg(7))
	m.bound("sort", by(0, 1), m.arg(5), m.argOf(dtype.Int32, 5))
	m.bound("sort", by(1, 2), m.argOf(dtype.Bool, 2, 4), m.arg(2, 4), m.argOf(dtype.Float32, 2, 4))
}

func topKCases(m *maker, _ rule.Complete) {
	for _, c := range []struct {
		shape []int
		k     int
	}{{[]int{6}, 2}, {[]int{2, 4}, 3}, {[]int{5}, 5}, {[]int{3}, 0}, {[]int{1}, 1}, {[]int{0}, 0}, {[]int{0, 3}, 2}} {
		m.bound("top_k", one(func(x lax.Array) lax.Array {
			values, _ := lax.TopK(x, c.k)
			return values
		}), m.arg(c.shape...))
	}
}
