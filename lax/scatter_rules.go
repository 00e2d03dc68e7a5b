package lax

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
)

func (op scatter) JVP(x, y, t []*Value) []*Value {
	if t[0] == nil && t[2] == nil {
		return []*Value{nil}
	}
	switch op.by {
	case scatterAdd:
		if t[2] == nil {
			return []*Value{t[0]}
		}
		return Bind(op, Dense(t[0], x[0].Type()), x[1], t[2])
	case scatterMul:
		return []*Value{op.pushMul(x, t)}
	case scatterSet:
		return []*Value{op.pushSet(x, t)}
	}
	return []*Value{op.pushExtreme(x, y, t)}
}

// pushMul multiplies a tangent by what its operand is multiplied by.
func (op scatter) pushMul(x, t []*Value) *Value {
	var dx, du *Value
	if t[0] != nil {
		dx = Bind(op, t[0], x[1], x[2])[0]
	}
	if t[2] != nil {
		factor := op.gather(Of(x[0]), x, 0)
		if !op.UniqueIndices {
			factor = Mul(factor, op.others(x))
		}
		du = op.with(scatterAdd).on(Of(Zeros(x[0].Type())), x[1], Mul(Of(t[2]), factor)).p
	}
	return Sum(dx, du)
}

// others returns, for each element of the updates, the product of all others that the
// same element of the operand is multiplied by. It looks at all pairs: a quotient of
// the whole product would not do where there are zeros.
func (op scatter) others(x []*Value) Array {
	const id = dtype.Int64
	n := x[2].Size()
	places := Reshape(op.gather(Reshape(Iota(id, x[0].Size()), x[0].Shape), x, -1), Shape{n})
	rows := func(v Array) Array { return BroadcastInDim(v, Shape{n, n}, []int{0}) }
	columns := func(v Array) Array { return BroadcastInDim(v, Shape{n, n}, []int{1}) }
	met := BitwiseAnd(Eq(rows(places), columns(places)), Ne(rows(Iota(id, n)), columns(Iota(id, n))))
	met = BitwiseAnd(met, rows(Ge(places, Number(id, 0)))) // what is left out meets nothing
	factors := Select(met, columns(Reshape(Of(x[2]), Shape{n})), Number(x[2].DType, 1))
	return Reshape(ReduceProd(factors, []int{1}), x[2].Shape)
}

// pushSet moves tangents as the operation moves elements. To be linear it adds them:
// those that another update replaced are zero.
func (op scatter) pushSet(x, t []*Value) *Value {
	if op.UniqueIndices {
		return Bind(op, Dense(t[0], x[0].Type()), x[1], Dense(t[2], x[2].Type()))[0]
	}
	kept, won := op.winners(x)
	dx := Of(Zeros(x[0].Type()))
	if t[0] != nil {
		dx = Select(kept, Of(t[0]), Number(x[0].DType, 0))
	}
	if t[2] == nil {
		return dx.p
	}
	return op.with(scatterAdd).on(dx, x[1], Select(won, Of(t[2]), Number(x[2].DType, 0))).p
}

// winners tells which elements of the operand are kept and which of the updates stay,
// of those that are set. It numbers the windows of updates from 1, sets the numbers in
// an array of zeros, and looks which are there.
func (op scatter) winners(x []*Value) (kept, won Array) {
	const id = dtype.Uint32
	w := op.windows(x[0].Type(), x[1].Type(), x[2].Type())
	shape := x[2].Shape
	outside := w.outside(len(shape))
	n := core.Size(at(shape, outside))
	numbers := Add(Iota(id, n), Number(id, 1))
	updates := BroadcastInDim(Reshape(numbers, at(shape, outside)), shape, outside)
	set := op.on(Of(Zeros(x[0].With(id))), x[1], updates)
	return Eq(set, Number(id, 0)), Eq(updates, op.gather(set, x, 0))
}

// pushExtreme shares the tangents of the least or largest among those that are: the
// element of the operand, if it is one, and the updates.
func (op scatter) pushExtreme(x, y, t []*Value) *Value {
	sum, one, zero := op.with(scatterAdd), Number(x[0].DType, 1), Number(x[0].DType, 0)
	none, ones := Of(Zeros(x[0].Type())), to(one, x[2].Shape)
	target := op.gather(Of(y[0]), x, 0)
	retained := Eq(op.gather(Of(x[0]), x, 0), target)
	success := Eq(Of(x[2]), target)
	count := op.gather(sum.on(none, x[1], Select(success, ones, zero)), x, 1)
	refs := op.gather(sum.on(none, x[1], ones), x, 1)
	share := Div(one, Add(count, Select(retained, ones, zero)))

	// Each of the refs updates of an element takes its part of that off which the
	// element's tangent loses.
	var parts *Value
	if t[0] != nil {
		keep := Select(retained, share, zero)
		parts = Mul(op.gather(Of(t[0]), x, 0), Div(Sub(keep, one), refs)).p
	}
	if t[2] != nil {
		parts = Sum(parts, Mul(Of(t[2]), Select(success, share, zero)).p)
	}
	return sum.on(Of(Dense(t[0], x[0].Type())), x[1], Of(parts)).p
}

// with returns the operation with the same windows that combines otherwise.
func (op scatter) with(by scatterer) scatter {
	op.by = by
	return op
}

// on applies the operation.
func (op scatter) on(x Array, indices *Value, updates Array) Array {
	return Of(Bind(op, x.p, indices, updates.p)[0])
}

// gather returns the windows of an array like the operand that the operation on x
// updates; those that it leaves out are full of fill.
func (op scatter) gather(from Array, x []*Value, fill float64) Array {
	d := op.DimensionNumbers
	g := gather{IndicesAreSorted: op.IndicesAreSorted, Mode: op.Mode, UniqueIndices: op.UniqueIndices,
		SliceSizes: op.windows(x[0].Type(), x[1].Type(), x[2].Type()).sizes,
		DimensionNumbers: GatherDimensionNumbers{d.UpdateWindowDims, d.InsertedWindowDims, d.ScatterDimsToOperandDims,
			d.OperandBatchingDims, d.ScatterIndicesBatchingDims}}
	if op.Mode != Clip {
		g.Mode, g.FillValue = FillOrDrop, fillOf(from.DType(), fill)
	}
	return Of(Bind(g, from.p, x[1])[0])
}

// Transpose gathers cotangents for the updates. For the operand they are those of the
// result, but for what is replaced or multiplied.
func (op scatter) Transpose(ct, x []*Value) []*Value {
	c := Of(ct[0])
	back := make([]*Value, 3)
	if core.IsHole(x[0]) {
		back[0] = op.pullOperand(c, x).p
	}
	if core.IsHole(x[2]) {
		back[2] = op.pullUpdates(c, x).p
	}
	return back
}

func (op scatter) pullOperand(c Array, x []*Value) Array {
	switch op.by {
	case scatterAdd:
		return c
	case scatterMul:
		return op.on(c, x[1], Of(x[2]))
	case scatterSet:
		return op.on(c, x[1], Of(Zeros(x[2].Type())))
	}
	panic(core.Errorf(op.String(), "not linear in the operand"))
}

func (op scatter) pullUpdates(c Array, x []*Value) Array {
	switch {
	case op.by == scatterAdd:
		return op.gather(c, x, 0)
	case op.by == scatterMul && op.UniqueIndices:
		return op.gather(Mul(c, Of(x[0])), x, 0)
	case op.by == scatterSet:
		if c = op.gather(c, x, 0); op.UniqueIndices {
			return c
		}
		_, won := op.winners(x)
		return Select(won, c, Number(c.DType(), 0))
	}
	panic(core.Errorf(op.String(), "not linear in the updates"))
}

// Batch updates a stack of operands. The new axis is one of windows if the indices are
// not stacked, else a batching axis.
func (op scatter) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	d := op.DimensionNumbers
	d.UpdateWindowDims, d.InsertedWindowDims = shift(d.UpdateWindowDims), shift(d.InsertedWindowDims)
	d.ScatterDimsToOperandDims = shift(d.ScatterDimsToOperandDims)
	d.OperandBatchingDims = shift(d.OperandBatchingDims)
	if stacked[1] {
		d.OperandBatchingDims = append([]int{0}, d.OperandBatchingDims...)
		d.ScatterIndicesBatchingDims = lead(d.ScatterIndicesBatchingDims)
	} else {
		d.UpdateWindowDims = append([]int{0}, d.UpdateWindowDims...)
	}
	op.DimensionNumbers = d
	return Bind(op, Stack(a, x[0], stacked[0]), x[1], Stack(a, x[2], stacked[2])), core.Mask{true}
}
