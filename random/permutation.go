package random

import (
	"math"
	mathbits "math/bits"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Permutation returns x in random order or, if x is an integer n, the numbers 0, …, n-1
// (as i32) in random order. The options are Axis, along which slices of an array change
// places (the first if it is left out), and Independent.
func Permutation(key lax.Array, x any, options ...Option) lax.Array {
	const what = "Permutation"
	o := collect(what, options, axisOption|independentOption)
	a, n, counted := population(what, x)
	if counted {
		return shuffle(what, key, lax.Iota(dtype.Int32, n), axisOf(what, o.axis, lax.Iota(dtype.Int32, n)))
	}
	axis := axisOf(what, o.axis, a)
	if a.Rank() == 1 || o.given&independentOption != 0 {
		return shuffle(what, key, a, axis)
	}
	order := shuffle(what, key, lax.Iota(dtype.Int32, a.Shape()[axis]), 0)
	return take(a, order, axis)
}

// population returns what is drawn from: an array, or n integers from 0.
func population(what string, x any) (a lax.Array, n int, counted bool) {
	if v, ok := integer(x); ok {
		if v.bits > math.MaxInt32 {
			panic(core.Errorf(what, "the number of things is %v, want 0 to 2³¹-1", x))
		}
		return lax.Array{}, int(v.bits), true
	}
	a = lax.Operand(what, x)
	if a.Rank() == 0 {
		panic(core.Errorf(what, "got %v, want a Go integer or an array with axes", a.Type()))
	}
	return a, 0, false
}

// shuffle sorts by random keys. As keys may be equal it does so several times, which
// makes all orders equally likely but for less than one part in the size cubed.
func shuffle(what string, key, x lax.Array, axis int) lax.Array {
	const exponent = 3
	rounds := math.Ceil(exponent * math.Log(float64(max(1, x.Size()))) / math.Log(math.MaxUint32))
	for range int(rounds) {
		next, sub := split2(what, key)
		x = lax.SortMulti([]lax.Array{bits(what, sub, x.Shape(), dtype.Uint32), x}, axis, 1)[1]
		key = next
	}
	return x
}

// take returns the slices of x along axis at indices that are in range. The axes of
// indices replace that axis.
func take(x, indices lax.Array, axis int) lax.Array {
	d := lax.GatherDimensionNumbers{CollapsedSliceDims: []int{axis}, StartIndexMap: []int{axis}}
	for a := range x.Rank() {
		switch {
		case a < axis:
			d.OffsetDims = append(d.OffsetDims, a)
		case a > axis:
			d.OffsetDims = append(d.OffsetDims, a-1+indices.Rank())
		}
	}
	sizes := slices.Clone(x.Shape())
	sizes[axis] = 1
	return lax.Gather(x, lax.ExpandDims(indices, []int{indices.Rank()}), d, sizes)
}

// Choice returns an array of the given shape of things drawn from a: its elements or, if
// it has more axes, its slices along an axis, whose place the axes of shape take. If a is
// an integer n the things are 0, …, n-1, as i32. The options are Axis (the first if it is
// left out), WithoutReplacement and Probabilities.
func Choice(key lax.Array, a any, shape lax.Shape, options ...Option) lax.Array {
	const what = "Choice"
	o := collect(what, options, axisOption|replaceOption|probabilityOption)
	checkShape(what, shape)
	x, n, counted := population(what, a)
	axis := 0
	if !counted {
		axis = axisOf(what, o.axis, x)
		n = x.Shape()[axis]
	}
	draws := core.Size(shape)
	switch {
	case n == 0 && draws > 0:
		panic(core.Errorf(what, "got nothing to draw %d samples from, want at least one thing", draws))
	case o.distinct && draws > n:
		panic(core.Errorf(what, "got %d samples without replacement, want at most as many as there are things (%d)", draws, n))
	}
	places := choose(what, key, n, shape, o)
	if counted {
		return places
	}
	return take(x, places, axis)
}

// choose draws indices below n.
func choose(what string, key lax.Array, n int, shape lax.Shape, o *options) lax.Array {
	draws := core.Size(shape)
	var p lax.Array
	if o.p != nil {
		if p = lax.Inexact(lax.Operand(what, o.p)); !p.DType().IsFloat() || !slices.Equal(p.Shape(), lax.Shape{n}) {
			panic(core.Errorf(what, "the probabilities have type %v, want floating elements of shape [%d]", p.Type(), n))
		}
	}
	switch {
	case draws == 0:
		return lax.Full(shape, 0, dtype.Int32)
	case o.p == nil && o.distinct:
		order := shuffle(what, key, lax.Iota(dtype.Int32, n), 0)
		return lax.Reshape(lax.Slice(order, []int{0}, []int{draws}, nil), shape)
	case o.p == nil:
		return Randint(key, shape, 0, n)
	case o.distinct:
		_, places := lax.TopK(lax.Add(gumbel(what, key, lax.Shape{n}, p.DType()), lax.Log(p)), draws)
		return lax.Reshape(lax.Convert(places, dtype.Int32), shape)
	}
	total := lax.CumSum(p, 0, false)
	last := lax.Reshape(lax.Slice(total, []int{n - 1}, []int{n}, nil), lax.Shape{})
	u := unit(what, key, shape, p.DType())
	return search(total, lax.Mul(last, lax.Sub(like(u, 1), u)))
}

// search returns, for each element of x, how many of the increasing numbers in sorted are
// less. It halves the range that is left until one place is.
func search(sorted, x lax.Array) lax.Array {
	n := sorted.Size()
	lo := lax.Full(x.Shape(), 0, dtype.Int32)
	hi := lax.Full(x.Shape(), n, dtype.Int32)
	for range mathbits.Len(uint(n)) {
		mid := lax.ShiftRightLogical(lax.Add(lo, hi), like(lo, 1))
		open := lax.Lt(lo, hi)
		at := take(sorted, lax.Min(mid, like(mid, float64(n-1))), 0)
		below := lax.BitwiseAnd(open, lax.Lt(at, x))
		lo = lax.Select(below, lax.Add(mid, like(mid, 1)), lo)
		hi = lax.Select(lax.BitwiseOr(below, lax.BitwiseNot(open)), hi, mid)
	}
	return lo
}
