package lax

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// Methods that change shapes, reduce and reorder. Axes may be negative, which counts
// from the end.

// CanonicalAxis returns the number of an axis of an array of the given rank, which may
// be given as negative, counted from the end. what names the function for errors.
func CanonicalAxis(what string, axis, rank int) int {
	if axis < -rank || axis >= rank {
		if rank == 0 {
			panic(core.Errorf(what, "the axis is %d, but the array has no axes", axis))
		}
		panic(core.Errorf(what, "the axis is %d, want %d to %d for an array with %d axes", axis, -rank, rank-1, rank))
	}
	if axis < 0 {
		return axis + rank
	}
	return axis
}

// CanonicalAxes returns axes of an array of the given rank in increasing order, as
// CanonicalAxis gives them; nil stands for all.
func CanonicalAxes(what string, some []int, rank int) []int {
	if some == nil {
		return axes(0, rank)
	}
	all := make([]int, len(some))
	for i, a := range some {
		all[i] = CanonicalAxis(what, a, rank)
	}
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) < len(all) {
		panic(core.Errorf(what, "the axes are %v, want different ones", some))
	}
	return all
}

// present returns x, which must not be the zero Array.
func (x Array) present(what string) Array {
	if x.p == nil {
		panic(core.Errorf(what, "the operand is absent (the zero Array)"))
	}
	return x
}

// Transpose returns x with its axes in the given order, by default in reverse.
func (x Array) Transpose(perm ...int) Array {
	if x.present("transpose"); len(perm) == 0 {
		perm = axes(0, x.Rank())
		slices.Reverse(perm)
		return Transpose(x, perm)
	}
	order := make([]int, len(perm))
	for i, a := range perm {
		order[i] = CanonicalAxis("transpose", a, x.Rank())
	}
	return Transpose(x, order)
}

// T returns x with its axes in reverse order.
func (x Array) T() Array { return x.Transpose() }

// Reshape returns the elements of x, in row-major order, in another shape. One size may
// be -1: it is what is left.
func (x Array) Reshape(shape ...int) Array { return Reshape(x.present("reshape"), shape) }

// Ravel returns the elements of x, in row-major order, along one axis.
func (x Array) Ravel() Array { return Reshape(x, Shape{x.present("ravel").Size()}) }

// Squeeze drops the given axes, which have size 1, by default all of size 1.
func (x Array) Squeeze(some ...int) Array {
	if x.present("squeeze"); len(some) > 0 {
		return Squeeze(x, CanonicalAxes("squeeze", some, x.Rank()))
	}
	var gone []int
	for a, d := range x.Shape() {
		if d == 1 {
			gone = append(gone, a)
		}
	}
	return Squeeze(x, gone)
}

// ExpandDims returns x with new axes of size 1, which are the given ones of the result.
func (x Array) ExpandDims(some ...int) Array {
	rank := x.present("expand_dims").Rank() + len(some)
	dims := without(rank, CanonicalAxes("expand_dims", some, rank))
	shape := slices.Repeat([]int{1}, rank)
	for i, a := range dims {
		shape[a] = x.Shape()[i]
	}
	return BroadcastInDim(x, shape, dims)
}

// Swapaxes returns x with two axes exchanged.
func (x Array) Swapaxes(a, b int) Array {
	perm := axes(0, x.present("swapaxes").Rank())
	a, b = CanonicalAxis("swapaxes", a, x.Rank()), CanonicalAxis("swapaxes", b, x.Rank())
	perm[a], perm[b] = perm[b], perm[a]
	return Transpose(x, perm)
}

// Sum adds over the given axes, by default over all. Bools count as 0 and 1, integers
// below 32 bits are added in 32, and halves in f32.
func (x Array) Sum(axes ...int) Array { return accumulate("sum", ReduceSum, x, axes) }

// Prod multiplies over the given axes, by default over all, in types as Sum.
func (x Array) Prod(axes ...int) Array { return accumulate("prod", ReduceProd, x, axes) }

func accumulate(what string, op func(x Array, axes []int) Array, x Array, axes []int) Array {
	axes = CanonicalAxes(what, axes, x.present(what).Rank())
	switch t := x.DType(); {
	case t.IsHalf():
		return Convert(op(Convert(x, dtype.Float32), axes), t)
	case t == dtype.Bool || t.IsSigned() && t.Size() < 4:
		x = Convert(x, dtype.Int32)
	case t.IsUnsigned() && t.Size() < 4:
		x = Convert(x, dtype.Uint32)
	}
	return op(x, axes)
}

// Mean returns the mean over the given axes, by default over all. Integers become
// floats, those of 64 bits f64 and others f32.
func (x Array) Mean(axes ...int) Array {
	axes = CanonicalAxes("mean", axes, x.present("mean").Rank())
	x = Inexact(x)
	t := x.DType()
	if t.IsHalf() {
		x = Convert(x, dtype.Float32)
	}
	n := core.Size(at(x.Shape(), axes))
	return Convert(Div(ReduceSum(x, axes), like(x, float64(n))), t)
}

// Var returns the mean of the squared distances from the mean over the given axes, by
// default over all: a real number, in the type of Mean.
func (x Array) Var(axes ...int) Array {
	axes = CanonicalAxes("var", axes, x.present("var").Rank())
	t := Inexact(x).DType().Real()
	return Convert(x.deviations(axes).Mean(axes...), t)
}

// deviations returns the squared distances of x from its mean over axes; of halves in
// f32.
func (x Array) deviations(axes []int) Array {
	if x = Inexact(x); x.DType().IsHalf() {
		x = Convert(x, dtype.Float32)
	}
	d := Sub(x, BroadcastInDim(x.Mean(axes...), x.Shape(), without(x.Rank(), axes)))
	if d.DType().IsComplex() {
		return Real(Mul(d, Conj(d)))
	}
	return Square(d)
}

// Std returns the square root of Var.
func (x Array) Std(axes ...int) Array { return Sqrt(x.Var(axes...)) }

// Max returns the largest element over the given axes, by default over all, or NaN if
// there is one.
func (x Array) Max(axes ...int) Array { return extreme("max", ReduceMax, x, axes) }

// Min returns the smallest element over the given axes, by default over all, or NaN if
// there is one.
func (x Array) Min(axes ...int) Array { return extreme("min", ReduceMin, x, axes) }

func extreme(what string, op func(x Array, axes []int) Array, x Array, axes []int) Array {
	axes = CanonicalAxes(what, axes, x.present(what).Rank())
	if core.Size(at(x.Shape(), axes)) == 0 {
		panic(core.Errorf(what, "operand has type %v and axes %v have no elements, want at least one", x.Type(), axes))
	}
	return op(x, axes)
}

// Argmax returns the index (i32) of the first largest element along one axis, by
// default in row-major order. The first NaN counts as largest.
func (x Array) Argmax(axis ...int) Array { return argExtreme("argmax", ArgMax, x, axis) }

// Argmin returns the index (i32) of the first smallest element along one axis, by
// default in row-major order. The first NaN counts as smallest.
func (x Array) Argmin(axis ...int) Array { return argExtreme("argmin", ArgMin, x, axis) }

func argExtreme(what string, op func(x Array, axis int, t DType) Array, x Array, axis []int) Array {
	x, a := alongOne(what, x, axis)
	if x.Shape()[a] == 0 {
		panic(core.Errorf(what, "operand has type %v and axis %d no elements, want at least one", x.Type(), a))
	}
	return op(x, a, dtype.Int32)
}

// alongOne returns x and the one axis of it that is given, or x along one axis if none
// is.
func alongOne(what string, x Array, axis []int) (Array, int) {
	x.present(what)
	switch len(axis) {
	case 0:
		return x.Ravel(), 0
	case 1:
		return x, CanonicalAxis(what, axis[0], x.Rank())
	}
	panic(core.Errorf(what, "the axes are %v, want at most one", axis))
}

// Cumsum returns the sums of the elements up to each along one axis, by default in
// row-major order. Bools count as 0 and 1.
func (x Array) Cumsum(axis ...int) Array {
	x, a := alongOne("cumsum", noBool(x), axis)
	return CumSum(x, a, false)
}

// Cumprod returns the products of the elements up to each along one axis, by default in
// row-major order. Bools count as 0 and 1.
func (x Array) Cumprod(axis ...int) Array {
	x, a := alongOne("cumprod", noBool(x), axis)
	return CumProd(x, a, false)
}

// Sort returns the elements in ascending order along one axis, by default the last. NaN
// comes last, complex numbers go by their real parts, then by their imaginary parts.
func (x Array) Sort(axis ...int) Array {
	if len(axis) == 0 {
		axis = []int{-1}
	}
	x, a := alongOne("sort", x, axis)
	return Sort(x, a)
}

// Argsort returns the indices (i32) that sort the elements along one axis, by default
// the last. Equal elements keep their order.
func (x Array) Argsort(axis ...int) Array {
	if len(axis) == 0 {
		axis = []int{-1}
	}
	x, a := alongOne("argsort", x, axis)
	return SortMulti([]Array{x, BroadcastedIota(dtype.Int32, x.Shape(), a)}, a, 1)[1]
}

// Clip returns x limited to at least lo and at most hi; nil is no limit.
func (x Array) Clip(lo, hi any) Array {
	if lo != nil {
		x = x.Maximum(lo)
	}
	if hi != nil {
		x = x.Minimum(hi)
	}
	return x
}
