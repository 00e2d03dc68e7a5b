package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Shape returns the sizes of the axes of x.
func Shape(x any) core.Shape { return lax.Operand("shape", x).Shape() }

// Ndim returns the number of axes of x.
func Ndim(x any) int { return lax.Operand("ndim", x).Rank() }

// Reshape returns the elements of x, in row-major order, in another shape. One size may
// be -1: it is what is left.
func Reshape(x lax.Array, shape core.Shape) lax.Array {
	return lax.Reshape(operand("reshape", x), shape)
}

// Ravel returns the elements of x, in row-major order, along one axis.
func Ravel(x lax.Array) lax.Array { return operand("ravel", x).Ravel() }

// Transpose returns x with its axes in the given order, by default in reverse.
func Transpose(x lax.Array, perm ...int) lax.Array {
	return operand("transpose", x).Transpose(perm...)
}

// PermuteDims is Transpose.
func PermuteDims(x lax.Array, perm ...int) lax.Array { return Transpose(x, perm...) }

// MatrixTranspose exchanges the last two axes of x.
func MatrixTranspose(x lax.Array) lax.Array {
	if operand("matrix_transpose", x).Rank() < 2 {
		panic(core.Errorf("matrix_transpose", "operand has type %v, want at least two axes", x.Type()))
	}
	return x.Swapaxes(-1, -2)
}

// Swapaxes returns x with two axes exchanged.
func Swapaxes(x lax.Array, a, b int) lax.Array { return operand("swapaxes", x).Swapaxes(a, b) }

// Moveaxis returns x with axes moved to other places; the others keep their order. from
// and to are both an int or both a []int.
func Moveaxis(x lax.Array, from, to any) lax.Array {
	const what = "moveaxis"
	return moveaxis(what, operand(what, x), intsOf(what, from), intsOf(what, to))
}

// intsOf returns an int or a slice of ints as a slice.
func intsOf(what string, v any) []int {
	switch v := v.(type) {
	case int:
		return []int{v}
	case []int:
		return v
	}
	panic(core.Errorf(what, "got a %T, want an int or a []int", v))
}

func moveaxis(what string, x lax.Array, from, to []int) lax.Array {
	n := x.Rank()
	if len(from) != len(to) {
		panic(core.Errorf(what, "the axes are %v and their places %v, want as many", from, to))
	}
	places := lax.CanonicalAxes(what, to, n)
	perm := slices.DeleteFunc(seq(0, n), func(a int) bool { return slices.Contains(lax.CanonicalAxes(what, from, n), a) })
	for _, p := range places {
		i := slices.IndexFunc(to, func(t int) bool { return lax.CanonicalAxis(what, t, n) == p })
		perm = slices.Insert(perm, p, lax.CanonicalAxis(what, from[i], n))
	}
	if slices.IsSorted(perm) {
		return x
	}
	return lax.Transpose(x, perm)
}

// Rollaxis returns x with an axis moved to lie before the axis start.
func Rollaxis(x lax.Array, axis, start int) lax.Array {
	const what = "rollaxis"
	n := operand(what, x).Rank()
	axis = lax.CanonicalAxis(what, axis, n)
	if start < -n || start > n {
		panic(core.Errorf(what, "the start is %d, want %d to %d", start, -n, n))
	}
	if start < 0 {
		start += n
	}
	if start > axis {
		start--
	}
	return moveaxis(what, x, []int{axis}, []int{start})
}

// Squeeze drops the given axes, which have size 1, by default all of size 1.
func Squeeze(x lax.Array, axes ...int) lax.Array { return operand("squeeze", x).Squeeze(axes...) }

// ExpandDims returns x with new axes of size 1, which are the given ones of the result.
func ExpandDims(x lax.Array, axes ...int) lax.Array {
	return operand("expand_dims", x).ExpandDims(axes...)
}

// BroadcastTo repeats x, aligned at the last axis, to the given shape.
func BroadcastTo(x any, shape core.Shape) lax.Array {
	const what = "broadcast_to"
	return broadcastTo(what, lax.Operand(what, x), shape)
}

func broadcastTo(what string, x lax.Array, shape core.Shape) lax.Array {
	if all, err := lax.BroadcastShapes(x.Shape(), shape); err != nil || !slices.Equal(all, shape) {
		panic(core.Errorf(what, "operand has type %v, want a shape that broadcasts to %v", x.Type(), shape))
	}
	return lax.BroadcastTo(x, shape)
}

// BroadcastArrays repeats arrays to one shape.
func BroadcastArrays(xs ...any) []lax.Array {
	const what = "broadcast_arrays"
	out := make([]lax.Array, len(xs))
	shapes := make([]core.Shape, len(xs))
	for i, x := range xs {
		out[i] = lax.Operand(what, x)
		shapes[i] = out[i].Shape()
	}
	shape, err := lax.BroadcastShapes(shapes...)
	if err != nil {
		panic(core.Errorf(what, "operands have %w", err))
	}
	for i, x := range out {
		out[i] = lax.BroadcastTo(x, shape)
	}
	return out
}

// BroadcastShapes returns the shape that arrays of the given shapes broadcast to.
func BroadcastShapes(shapes ...core.Shape) core.Shape {
	shape, err := lax.BroadcastShapes(shapes...)
	if err != nil {
		panic(core.Errorf("broadcast_shapes", "operands have %w", err))
	}
	return shape
}

// Atleast1d returns x with at least one axis.
func Atleast1d(x any) lax.Array { return atLeast(lax.Operand("atleast_1d", x), 1) }

// Atleast2d returns x with at least two axes: new ones come first.
func Atleast2d(x any) lax.Array { return atLeast(lax.Operand("atleast_2d", x), 2) }

func atLeast(x lax.Array, rank int) lax.Array {
	if n := rank - x.Rank(); n > 0 {
		return x.ExpandDims(seq(0, n)...)
	}
	return x
}

// Atleast3d returns x with at least three axes: the one axis of a vector becomes the
// second, those of a matrix the first two.
func Atleast3d(x any) lax.Array {
	y := lax.Operand("atleast_3d", x)
	switch y.Rank() {
	case 0:
		return y.ExpandDims(0, 1, 2)
	case 1:
		return y.ExpandDims(0, 2)
	case 2:
		return y.ExpandDims(2)
	}
	return y
}

// Astype returns x with another element type. Of a complex number bool tells whether it
// is 0.
func Astype(x lax.Array, t lax.DType) lax.Array { return operand("astype", x).Astype(t) }

// Flip reverses the order of elements along axes, by default along all.
func Flip(x lax.Array, axes ...int) lax.Array {
	return lax.Rev(operand("flip", x), lax.CanonicalAxes("flip", axes, x.Rank()))
}

// Fliplr reverses the columns of x: axis 1.
func Fliplr(x lax.Array) lax.Array {
	return lax.Rev(operand("fliplr", x), []int{lax.CanonicalAxis("fliplr", 1, x.Rank())})
}

// Flipud reverses the rows of x: axis 0.
func Flipud(x lax.Array) lax.Array {
	return lax.Rev(operand("flipud", x), []int{lax.CanonicalAxis("flipud", 0, x.Rank())})
}

// Rot90 turns x k times by 90 degrees in the plane of two axes, by default from axis 0
// to axis 1.
func Rot90(x lax.Array, k int, plane ...int) lax.Array {
	const what = "rot90"
	if len(plane) == 0 {
		plane = []int{0, 1}
	}
	if len(lax.CanonicalAxes(what, plane, operand(what, x).Rank())) != 2 {
		panic(core.Errorf(what, "the axes are %v, want two", plane))
	}
	a, b := plane[0], plane[1]
	switch (k%4 + 4) % 4 {
	case 1:
		return Flip(x, b).Swapaxes(a, b)
	case 2:
		return Flip(x, a, b)
	case 3:
		return Flip(x.Swapaxes(a, b), b)
	}
	return x
}

// Roll moves the elements of x by shift places along axes; what leaves at one end comes
// in at the other. shift is an int or a scalar of integers, or one for each axis as a
// []int or an array.
// Option: Axis; by default the elements move in row-major order.
func Roll(x lax.Array, shift any, opts ...Option) lax.Array {
	const what = "roll"
	o := parse(what, opts, axisKind)
	operand(what, x)
	if o.axes == nil {
		return lax.Reshape(roll(what, x.Ravel(), shift, []int{0}), x.Shape())
	}
	return roll(what, x, shift, o.axes)
}

func roll(what string, x lax.Array, shift any, axes []int) lax.Array {
	if s, ok := shift.(lax.Array); ok {
		return rollBy(what, x, s, axes)
	}
	shifts := intsOf(what, shift)
	if len(shifts) == 1 {
		shifts = slices.Repeat(shifts, len(axes))
	}
	if len(axes) == 1 {
		axes = slices.Repeat(axes, len(shifts))
	}
	if len(shifts) != len(axes) {
		panic(core.Errorf(what, "the shifts are %v and the axes %v, want as many, or one", shifts, axes))
	}
	for k, a := range axes {
		a = lax.CanonicalAxis(what, a, x.Rank())
		n := x.Shape()[a]
		if n == 0 {
			continue
		}
		if i := ((-shifts[k])%n + n) % n; i > 0 {
			x = lax.Concatenate(a, span(x, a, i, n), span(x, a, 0, i))
		}
	}
	return x
}

// rollBy is roll by shifts that need not be known: a scalar, or one for each axis.
func rollBy(what string, x, shift lax.Array, axes []int) lax.Array {
	wantIntegers(what, operand(what, shift))
	if shift.DType().Size() < dtype.Int32.Size() {
		shift = shift.Astype(dtype.Int32) // to hold the sizes of axes
	}
	shifts := []lax.Array{shift}
	if shift.Rank() > 0 {
		shifts = Unstack(shift)
	}
	if len(shifts) == 1 {
		shifts = slices.Repeat(shifts, len(axes))
	}
	if len(axes) == 1 {
		axes = slices.Repeat(axes, len(shifts))
	}
	if shift.Rank() > 1 || len(shifts) != len(axes) {
		panic(core.Errorf(what, "the shifts have type %v and the axes are %v, want as many, or one", shift.Type(), axes))
	}
	for k, a := range axes {
		a = lax.CanonicalAxis(what, a, x.Rank())
		if n := x.Shape()[a]; n > 0 {
			by := shifts[k].Mod(n).Astype(dtype.Int32)
			x = take(what, x, lax.Iota(dtype.Int32, n).Sub(by).Mod(n), a, "clip", nil)
		}
	}
	return x
}
