package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Functions whose results have as many elements as are found. Unless Size says how many,
// they need values, which are not known under Jit.

const foundKinds = sizeKind | fillKind

// Nonzero returns the indices (i32) of the elements of x that are not 0, one array for
// each axis, in row-major order. Options: Size; FillValue for what is missing, 0 by
// default.
func Nonzero(x lax.Array, opts ...Option) []lax.Array {
	const what = "nonzero"
	return nonzero(what, x, parse(what, opts, foundKinds))
}

func nonzero(what string, x lax.Array, o *options) []lax.Array {
	shape := operand(what, x).Shape()
	if len(shape) == 0 {
		panic(core.Errorf(what, "operand has type %v, want at least one axis", x.Type()))
	}
	mask := truth(x).Ravel()
	flat := o.places(what, mask)
	out := make([]lax.Array, len(shape))
	rest := flat
	for a := len(shape) - 1; a >= 0; a-- {
		n := max(shape[a], 1)
		rest, out[a] = rest.FloorDiv(n), rest.Mod(n)
	}
	if o.fill != nil && o.has(sizeKind) {
		missing := lax.Iota(dtype.Int32, o.size).Ge(mask.Sum())
		for a := range out {
			out[a] = Where(missing, as(what, o.fill, dtype.Int32), out[a])
		}
	}
	return out
}

// places returns the indices at which the mask, with one axis, is true, as many as Size
// says; what is missing is its length.
func (o *options) places(what string, mask lax.Array) lax.Array {
	if !o.has(sizeKind) {
		found := []int32{}
		v := core.NewIn(mask.Type(), mask.Value().Host(what))
		for i := range mask.Size() {
			if core.Int(v, i) != 0 {
				found = append(found, int32(i))
			}
		}
		return Array(found)
	}
	if o.size < 0 {
		panic(core.Errorf(what, "the size is %d, want at least 0", o.size))
	}
	// The place of the k-th true element is how often the running count is at most k.
	count := lax.Convert(mask, dtype.Int32).Cumsum(0)
	return histogram(count, lax.Number(dtype.Int32, 1), o.size).Cumsum(0)
}

// histogram returns in place i the sum of the weights, a scalar or one for each, of the
// elements of x, with one axis, that are i; elements out of range count nowhere.
func histogram(x, weights lax.Array, n int) lax.Array {
	zeros := lax.BroadcastInDim(number(weights, 0), core.Shape{n}, nil)
	if n == 0 || x.Size() == 0 {
		return zeros
	}
	return lax.ScatterAdd(zeros, x.ExpandDims(1), lax.BroadcastTo(weights, x.Shape()), lax.ScatterDimensionNumbers{
		InsertedWindowDims:       []int{0},
		ScatterDimsToOperandDims: []int{0},
	}, lax.FillOrDrop)
}

// Flatnonzero returns the indices (i32) in row-major order of the elements of x that are
// not 0. Options as Nonzero.
func Flatnonzero(x lax.Array, opts ...Option) lax.Array {
	const what = "flatnonzero"
	return nonzero(what, operand(what, x).Ravel(), parse(what, opts, foundKinds))[0]
}

// Argwhere returns the indices (i32) of the elements of x that are not 0, one row for
// each. Options as Nonzero.
func Argwhere(x lax.Array, opts ...Option) lax.Array {
	const what = "argwhere"
	o := parse(what, opts, foundKinds)
	rows := Stack(nonzero(what, atLeast(operand(what, x), 1), o), Axis(1))
	if x.Rank() == 0 {
		return lax.Reshape(span(rows, 1, 0, 0), core.Shape{rows.Shape()[0], 0})
	}
	return rows
}

// Compress returns the members of x along an axis, by default the elements in row-major
// order, where the condition, with one axis, is true. Options: Axis; Size; FillValue for
// what is missing, 0 by default.
func Compress(condition, x any, opts ...Option) lax.Array {
	const what = "compress"
	o := parse(what, opts, axisKind|foundKinds)
	c := truth(lax.Operand(what, condition))
	y, a := o.flatOrAxis(what, lax.Operand(what, x))
	if c.Rank() != 1 || c.Size() > y.Shape()[a] {
		panic(core.Errorf(what, "the condition has type %v, want one axis of at most %d elements", c.Type(), y.Shape()[a]))
	}
	var otherwise any = 0
	if o.fill != nil {
		otherwise = o.fill
	}
	places := o.places(what, c)
	z := take(what, y, places, a, "clip", nil)
	if !o.has(sizeKind) {
		return z
	}
	shape := slices.Repeat([]int{1}, z.Rank())
	shape[a] = o.size
	found := lax.Reshape(places.Lt(c.Size()), shape)
	return Where(lax.BroadcastTo(found, z.Shape()), z, as(what, otherwise, z.DType()))
}

// Extract returns the elements of x, in row-major order, where the condition is true.
// Options: Size, FillValue.
func Extract(condition, x any, opts ...Option) lax.Array {
	c := lax.Operand("extract", condition)
	parse("extract", opts, foundKinds)
	return Compress(c.Ravel(), x, opts...)
}

// Delete returns x without the members at indices, an int or a []int, along an axis, by
// default in row-major order. Option: Axis.
func Delete(x any, indices any, opts ...Option) lax.Array {
	const what = "delete"
	o := parse(what, opts, axisKind)
	y, a := o.flatOrAxis(what, lax.Operand(what, x))
	n := y.Shape()[a]
	keep := seq(0, n)
	for _, i := range intsOf(what, indices) {
		if i < -n || i >= n {
			panic(core.Errorf(what, "the index is %d, want %d to %d", i, -n, n-1))
		}
		keep = slices.DeleteFunc(keep, func(k int) bool { return k == modulo(i, n) })
	}
	return take(what, y, Array(keep), a, "clip", nil)
}

// Insert returns x with values before the index along an axis, by default in row-major
// order. values has a member for each that is inserted; a scalar is one. Option: Axis.
func Insert(x any, index int, values any, opts ...Option) lax.Array {
	const what = "insert"
	o := parse(what, opts, axisKind)
	y, a := o.flatOrAxis(what, lax.Operand(what, x))
	n := y.Shape()[a]
	if index < -n || index > n {
		panic(core.Errorf(what, "the index is %d, want %d to %d", index, -n, n))
	}
	if index < 0 {
		index += n
	}
	v := lax.Convert(lax.Operand(what, values), y.DType())
	shape := slices.Clone(y.Shape())
	shape[a] = 1
	switch {
	case v.Rank() == y.Rank():
		shape[a] = v.Shape()[a]
	case v.Rank() == y.Rank()-1 && v.Rank() > 0:
		v = v.ExpandDims(a)
	}
	return lax.Concatenate(a, span(y, a, 0, index), broadcastTo(what, v, shape), span(y, a, index, n))
}
