package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Take returns the elements of x at indices along an axis, by default in row-major
// order; the axes of the indices take the place of that one. Negative indices count from
// the end. Options: Axis; Mode: fill, the default, by which indices out of range give
// NaN, the least signed or the largest unsigned integer, or FillValue, clip, by which
// they give the nearest element (and negative ones the first), or wrap, by which they go
// around.
func Take(x, indices any, opts ...Option) lax.Array {
	const what = "take"
	o := parse(what, opts, axisKind|modeKind|fillKind)
	y, a := o.flatOrAxis(what, lax.Operand(what, x))
	return take(what, y, lax.Operand(what, indices), a, o.mode, o.fill)
}

func take(what string, x, indices lax.Array, axis int, mode string, fill any) lax.Array {
	wantIntegers(what, indices)
	n := x.Shape()[axis]
	if n == 0 && indices.Size() > 0 {
		panic(core.Errorf(what, "operand has type %v, no elements in axis %d, want some to take", x.Type(), axis))
	}
	i, option := bounded(what, indices, n, mode, fill)
	rank := indices.Rank()
	sizes := slices.Clone(x.Shape())
	sizes[axis] = min(n, 1)
	return lax.Gather(x, i.ExpandDims(rank), lax.GatherDimensionNumbers{
		OffsetDims:         slices.Concat(seq(0, axis), seq(axis+rank, x.Rank()-1+rank)),
		CollapsedSliceDims: []int{axis},
		StartIndexMap:      []int{axis},
	}, sizes, option)
}

// bounded returns indices into an axis of size n as a gather wants them, and how it
// treats those out of range.
func bounded(what string, i lax.Array, n int, mode string, fill any) (lax.Array, lax.IndexOption) {
	if fill != nil && mode != "" && mode != "fill" {
		panic(core.Errorf(what, "it takes FillValue in mode fill, not %s", mode))
	}
	switch mode {
	case "", "fill":
		if i = fromEnd(i, n); fill != nil {
			return i, lax.FillValue(fill)
		}
		return i, lax.FillOrDrop
	case "clip":
		return i, lax.Clip
	case "wrap":
		return wideEnough(i, n).Mod(max(n, 1)), lax.PromiseInBounds
	}
	panic(core.Errorf(what, "the mode is %q, want fill, clip or wrap", mode))
}

// fromEnd adds n to negative indices.
func fromEnd(i lax.Array, n int) lax.Array {
	if i.DType().IsUnsigned() {
		return i
	}
	i = wideEnough(i, n)
	return Where(i.Lt(0), i.Add(n), i)
}

// wideEnough returns indices in a type that holds n.
func wideEnough(i lax.Array, n int) lax.Array {
	if dtype.Fits(int64(n), i.DType()) {
		return i
	}
	return lax.Convert(i, dtype.Int32)
}

// TakeAlongAxis returns for each index along an axis the element of x there, in the
// place of the index. The two have as many axes and are broadcast in the others. Indices
// out of range are treated as Take does, but in mode clip, too, negative ones count from the
// end first, as in JAX. Options: Axis, by default the last; Mode, FillValue.
func TakeAlongAxis(x, indices any, opts ...Option) lax.Array {
	const what = "take_along_axis"
	o := parse(what, opts, axisKind|modeKind|fillKind)
	y, i := lax.Operand(what, x), lax.Operand(what, indices)
	a := o.oneAxis(what, y.Rank(), -1)
	y, i = aligned(what, y, i, a)
	if o.mode == "clip" {
		i = fromEnd(i, y.Shape()[a])
	}
	i, option := bounded(what, i, y.Shape()[a], o.mode, o.fill)
	return gatherAlong(y, i, a, option)
}

// takeAlong is TakeAlongAxis of indices that are in range.
func takeAlong(what string, x, indices lax.Array, axis int) lax.Array {
	x, indices = aligned(what, x, indices, axis)
	return gatherAlong(x, indices, axis, lax.PromiseInBounds)
}

// aligned broadcasts x and indices in all axes but one.
func aligned(what string, x, indices lax.Array, axis int) (lax.Array, lax.Array) {
	wantIntegers(what, indices)
	if x.Rank() != indices.Rank() {
		panic(core.Errorf(what, "operand has type %v and indices %v, want as many axes", x.Type(), indices.Type()))
	}
	s, t := slices.Clone(x.Shape()), slices.Clone(indices.Shape())
	s[axis], t[axis] = 1, 1
	shape, err := lax.BroadcastShapes(s, t)
	if err != nil {
		panic(core.Errorf(what, "operand has type %v and indices %v, want sizes that broadcast but in axis %d", x.Type(), indices.Type(), axis))
	}
	to := func(y lax.Array) lax.Array {
		all := slices.Clone(shape)
		all[axis] = y.Shape()[axis]
		return lax.BroadcastTo(y, all)
	}
	return to(x), to(indices)
}

// others lists the axes of an array of rank n but one.
func others(n, axis int) []int { return slices.Delete(seq(0, n), axis, axis+1) }

func gatherAlong(x, indices lax.Array, axis int, option lax.IndexOption) lax.Array {
	n := x.Rank()
	if indices.Size() == 0 || x.Size() == 0 {
		return lax.BroadcastInDim(number(x, 0), indices.Shape(), nil)
	}
	return lax.Gather(x, indices.ExpandDims(n), lax.GatherDimensionNumbers{
		CollapsedSliceDims:       []int{axis},
		StartIndexMap:            []int{axis},
		OperandBatchingDims:      others(n, axis),
		StartIndicesBatchingDims: others(n, axis),
	}, slices.Repeat([]int{1}, n), option)
}

// PutAlongAxis returns x with the elements at indices along an axis replaced by values,
// which are broadcast to the indices. Indices out of range are left out. Option: Axis, by
// default the last.
func PutAlongAxis(x, indices, values any, opts ...Option) lax.Array {
	const what = "put_along_axis"
	o := parse(what, opts, axisKind)
	y, i := lax.Operand(what, x), lax.Operand(what, indices)
	a, n := o.oneAxis(what, y.Rank(), -1), y.Rank()
	full := y.Shape()
	y, i = aligned(what, y, i, a)
	if !slices.Equal(y.Shape(), full) {
		panic(core.Errorf(what, "operand has shape %v and indices %v, want indices that broadcast to the operand but in axis %d", full, i.Type(), a))
	}
	v := lax.Convert(broadcastTo(what, lax.Operand(what, values), i.Shape()), y.DType())
	return lax.Scatter(y, fromEnd(i, full[a]).ExpandDims(n), v, lax.ScatterDimensionNumbers{
		InsertedWindowDims:         []int{a},
		ScatterDimsToOperandDims:   []int{a},
		OperandBatchingDims:        others(n, a),
		ScatterIndicesBatchingDims: others(n, a),
	}, lax.FillOrDrop)
}

// UnravelIndex returns the indices along each axis of an array of the given shape of its
// elements at indices in row-major order.
func UnravelIndex(indices any, shape core.Shape) []lax.Array {
	const what = "unravel_index"
	checkShape(what, shape)
	i := lax.Operand(what, indices)
	wantIntegers(what, i)
	out := make([]lax.Array, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		i, out[a] = i.FloorDiv(shape[a]), i.Mod(shape[a])
	}
	for a, d := range shape {
		out[a] = Where(i.Gt(0), d-1, Where(i.Lt(-1), 0, out[a]))
	}
	return out
}

// RavelMultiIndex undoes UnravelIndex. Option: Mode for indices out of range: clip, the
// default, takes the nearest, wrap goes around.
func RavelMultiIndex(indices []any, shape core.Shape, opts ...Option) lax.Array {
	const what = "ravel_multi_index"
	o := parse(what, opts, modeKind)
	if len(indices) != len(shape) || len(shape) == 0 {
		panic(core.Errorf(what, "got %d indices for shape %v, want one for each axis", len(indices), shape))
	}
	sum := lax.Number(dtype.Int32, 0)
	for a, index := range indices {
		i := lax.Operand(what, index)
		wantIntegers(what, i)
		switch o.mode {
		case "", "clip":
			i = i.Clip(0, shape[a]-1)
		case "wrap":
			i = i.Mod(shape[a])
		default:
			panic(core.Errorf(what, "the mode is %q, want clip or wrap", o.mode))
		}
		sum = sum.Mul(shape[a]).Add(i)
	}
	return sum
}
