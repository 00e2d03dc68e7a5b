package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// arraysOf returns what a user passed as several arrays: a slice of Arrays, of numbers
// or of slices, or an Array, whose members along the leading axis are meant.
func arraysOf(what string, xs any) []lax.Array {
	var out []lax.Array
	switch xs := xs.(type) {
	case []lax.Array:
		for _, x := range xs {
			out = append(out, operand(what, x))
		}
	case []any:
		for _, x := range xs {
			out = append(out, lax.Operand(what, x))
		}
	default:
		all := lax.Operand(what, xs)
		if all.Rank() == 0 {
			panic(core.Errorf(what, "got a %T, want several arrays", xs))
		}
		for i := range all.Shape()[0] {
			out = append(out, at(all, 0, i))
		}
	}
	if len(out) == 0 {
		panic(core.Errorf(what, "got no arrays, want at least one"))
	}
	return out
}

// promoted returns arrays with one element type, t if it is given.
func (o *options) promoted(what string, xs []lax.Array) []lax.Array {
	if o.dtype == dtype.Invalid {
		in := make([]any, len(xs))
		for i, x := range xs {
			in[i] = x
		}
		return lax.Promote(what, in...)
	}
	out := make([]lax.Array, len(xs))
	for i, x := range xs {
		out[i] = x.Astype(o.dtype)
	}
	return out
}

// Concatenate joins arrays along an axis, by default the first. They have one shape but
// for that axis. xs is a []Array, or a slice of anything that makes arrays. Options:
// Axis, DType.
func Concatenate(xs any, opts ...Option) lax.Array {
	const what = "concatenate"
	o := parse(what, opts, axisKind|dtypeKind)
	return o.concatenate(what, arraysOf(what, xs), 0)
}

// Concat is Concatenate.
func Concat(xs any, opts ...Option) lax.Array { return Concatenate(xs, opts...) }

func (o *options) concatenate(what string, in []lax.Array, otherwise int) lax.Array {
	in = o.promoted(what, in)
	a := o.oneAxis(what, in[0].Rank(), otherwise)
	for _, x := range in {
		first, shape := slices.Clone(in[0].Shape()), slices.Clone(x.Shape())
		if len(first) == len(shape) {
			first[a], shape[a] = 0, 0
		}
		if !slices.Equal(first, shape) {
			panic(core.Errorf(what, "operands have types %v and %v, want equal sizes but in axis %d", in[0].Type(), x.Type(), a))
		}
	}
	return lax.Concatenate(a, in...)
}

// Stack joins arrays of one shape along a new axis, by default the first. xs as in
// Concatenate. Options: Axis, DType.
func Stack(xs any, opts ...Option) lax.Array {
	const what = "stack"
	o := parse(what, opts, axisKind|dtypeKind)
	in := o.promoted(what, arraysOf(what, xs))
	a := o.oneAxis(what, in[0].Rank()+1, 0)
	rows := make([]lax.Array, len(in))
	for i, x := range in {
		if !slices.Equal(x.Shape(), in[0].Shape()) {
			panic(core.Errorf(what, "operands have types %v and %v, want one shape", in[0].Type(), x.Type()))
		}
		rows[i] = x.ExpandDims(a)
	}
	return lax.Concatenate(a, rows...)
}

// Unstack returns the members of x along an axis, by default the first. Option: Axis.
func Unstack(x lax.Array, opts ...Option) []lax.Array {
	const what = "unstack"
	o := parse(what, opts, axisKind)
	a := o.oneAxis(what, operand(what, x).Rank(), 0)
	out := make([]lax.Array, x.Shape()[a])
	for i := range out {
		out[i] = at(x, a, i)
	}
	return out
}

// joined concatenates arrays, each changed by f, along an axis.
func joined(what string, xs any, opts []Option, f func(x lax.Array) lax.Array, axis func(rank int) int) lax.Array {
	o := parse(what, opts, dtypeKind)
	in := arraysOf(what, xs)
	for i, x := range in {
		in[i] = f(x)
	}
	return o.concatenate(what, in, axis(in[0].Rank()))
}

// Vstack joins arrays along the first axis; vectors are rows. Option: DType.
func Vstack(xs any, opts ...Option) lax.Array {
	return joined("vstack", xs, opts, func(x lax.Array) lax.Array { return atLeast(x, 2) }, func(int) int { return 0 })
}

// Hstack joins arrays along the second axis, vectors along their only one. Option: DType.
func Hstack(xs any, opts ...Option) lax.Array {
	return joined("hstack", xs, opts, func(x lax.Array) lax.Array { return atLeast(x, 1) }, func(rank int) int { return min(rank-1, 1) })
}

// Dstack joins arrays along the third axis, which they are given if they lack it.
// Option: DType.
func Dstack(xs any, opts ...Option) lax.Array {
	return joined("dstack", xs, opts, func(x lax.Array) lax.Array { return Atleast3d(x) }, func(int) int { return 2 })
}

// ColumnStack joins arrays along the second axis; vectors are columns.
func ColumnStack(xs any) lax.Array {
	return joined("column_stack", xs, nil, func(x lax.Array) lax.Array {
		if x.Rank() < 2 {
			return atLeast(x, 2).T()
		}
		return x
	}, func(int) int { return 1 })
}

// Append joins y to the end of x along an axis, by default both in row-major order.
// Option: Axis.
func Append(x, y any, opts ...Option) lax.Array {
	const what = "append"
	o := parse(what, opts, axisKind)
	a, b := lax.Operand(what, x), lax.Operand(what, y)
	if o.axes == nil {
		a, b = a.Ravel(), b.Ravel()
	}
	return o.concatenate(what, []lax.Array{a, b}, 0)
}

// Block joins nested slices of arrays: those of the innermost slices along the last
// axis, those of the slices around them along the one before, and so on.
func Block(xs any) lax.Array {
	const what = "block"
	y, _ := block(what, xs)
	return y
}

// block returns the array that xs makes and the depth of its slices.
func block(what string, xs any) (lax.Array, int) {
	var members []any
	switch xs := xs.(type) {
	case []any:
		members = xs
	case [][]lax.Array:
		for _, row := range xs {
			members = append(members, row)
		}
	case []lax.Array:
		for _, x := range xs {
			members = append(members, x)
		}
	default:
		return lax.Operand(what, xs), 0
	}
	if len(members) == 0 {
		panic(core.Errorf(what, "got an empty slice, want at least one array"))
	}
	in, depth, rank := make([]lax.Array, len(members)), 0, 0
	for i, m := range members {
		x, d := block(what, m)
		if i > 0 && d != depth {
			panic(core.Errorf(what, "got slices %d and %d deep side by side, want equal depths", depth, d))
		}
		in[i], depth, rank = x, d, max(rank, x.Rank(), d+1)
	}
	for i, x := range in {
		in[i] = atLeast(x, rank)
	}
	return (&options{}).concatenate(what, in, -1-depth), depth + 1
}

// Split cuts x along an axis, by default the first: into n equal parts if sections is
// an int, at the given indices if it is a []int. Option: Axis.
func Split(x lax.Array, sections any, opts ...Option) []lax.Array {
	const what = "split"
	o := parse(what, opts, axisKind)
	return split(what, x, sections, o.oneAxis(what, operand(what, x).Rank(), 0), false)
}

// ArraySplit is Split that cuts into unequal parts too: the first ones are longer by one.
func ArraySplit(x lax.Array, sections any, opts ...Option) []lax.Array {
	const what = "array_split"
	o := parse(what, opts, axisKind)
	return split(what, x, sections, o.oneAxis(what, operand(what, x).Rank(), 0), true)
}

// Hsplit is Split along the second axis, of vectors along their only one.
func Hsplit(x lax.Array, sections any) []lax.Array {
	return splitAlong("hsplit", x, sections, min(operand("hsplit", x).Rank()-1, 1))
}

// Vsplit is Split along the first axis.
func Vsplit(x lax.Array, sections any) []lax.Array { return splitAlong("vsplit", x, sections, 0) }

// Dsplit is Split along the third axis.
func Dsplit(x lax.Array, sections any) []lax.Array { return splitAlong("dsplit", x, sections, 2) }

func splitAlong(what string, x lax.Array, sections any, axis int) []lax.Array {
	return split(what, x, sections, lax.CanonicalAxis(what, axis, operand(what, x).Rank()), false)
}

func split(what string, x lax.Array, sections any, axis int, unequal bool) []lax.Array {
	size := x.Shape()[axis]
	var ends []int
	switch s := sections.(type) {
	case []int:
		for _, i := range s {
			if i < 0 {
				i += size
			}
			ends = append(ends, min(max(i, 0), size))
		}
		ends = append(ends, size)
	case int:
		if s <= 0 || size%s != 0 && !unequal {
			panic(core.Errorf(what, "operand has type %v, size %d in axis %d, want a size that %d divides", x.Type(), size, axis, s))
		}
		end := 0
		for i := range s {
			end += size / s
			if i < size%s {
				end++
			}
			ends = append(ends, end)
		}
	default:
		panic(core.Errorf(what, "sections are a %T, want an int or a []int", sections))
	}
	parts := make([]lax.Array, len(ends))
	for i, end := range ends {
		start := 0
		if i > 0 {
			start = ends[i-1]
		}
		parts[i] = span(x, axis, min(start, end), end)
	}
	return parts
}

// Tile repeats x: reps, an int or a []int, says how often along each axis, aligned at
// the last one.
func Tile(x any, reps any) lax.Array {
	const what = "tile"
	y, r := lax.Operand(what, x), intsOf(what, reps)
	n := max(y.Rank(), len(r))
	r = append(slices.Repeat([]int{1}, n-len(r)), r...)
	y = atLeast(y, n)
	checkShape(what, r)
	var between, result core.Shape
	var dims []int
	for a, d := range y.Shape() {
		between = append(between, r[a], d)
		dims = append(dims, 2*a+1)
		result = append(result, r[a]*d)
	}
	return lax.Reshape(lax.BroadcastInDim(y, between, dims), result)
}

// Repeat repeats each element of x along an axis, by default in row-major order: n times
// if repeats is an int, each as often as its number if it is a []int. Option: Axis.
func Repeat(x any, repeats any, opts ...Option) lax.Array {
	const what = "repeat"
	o := parse(what, opts, axisKind)
	y, a := o.flatOrAxis(what, lax.Operand(what, x))
	r := intsOf(what, repeats)
	checkShape(what, r)
	if len(r) == 1 {
		shape := slices.Insert(slices.Clone(y.Shape()), a+1, r[0])
		dims := slices.Delete(seq(0, len(shape)), a+1, a+2)
		result := slices.Clone(y.Shape())
		result[a] *= r[0]
		return lax.Reshape(lax.BroadcastInDim(y, shape, dims), result)
	}
	if len(r) != y.Shape()[a] {
		panic(core.Errorf(what, "operand has type %v, size %d in axis %d, and there are %d numbers of repeats, want as many", y.Type(), y.Shape()[a], a, len(r)))
	}
	index := []int{}
	for i, n := range r {
		index = append(index, slices.Repeat([]int{i}, n)...)
	}
	return take(what, y, Array(index), a, "clip", nil)
}

// Resize returns the elements of x, in row-major order and again from the first as often
// as it takes, in the given shape.
func Resize(x lax.Array, shape core.Shape) lax.Array {
	const what = "resize"
	checkShape(what, shape)
	x = operand(what, x).Ravel()
	size := core.Size(shape)
	if size == 0 || x.Size() == 0 {
		return lax.BroadcastInDim(number(x, 0), shape, nil)
	}
	x = Tile(x, (size+x.Size()-1)/x.Size())
	return lax.Reshape(span(x, 0, 0, size), shape)
}
