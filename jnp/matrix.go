package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Eye returns a matrix of n rows with ones on a diagonal. Options: Columns, n by
// default; Offset of the diagonal; DType, f32 by default.
func Eye(n int, opts ...Option) lax.Array {
	const what = "eye"
	o := parse(what, opts, columnsKind|offsetKind|dtypeKind)
	return lax.Convert(compareIndices(what, n, o, lax.Eq), o.dtypeOr(dtype.Float32))
}

// Identity returns the n×n identity matrix, f32 if no element type is given.
func Identity(n int, t ...lax.DType) lax.Array {
	return Eye(n, DType(one("identity", t, dtype.Float32)))
}

// Tri returns a matrix of n rows with ones on and below a diagonal. Options as Eye.
func Tri(n int, opts ...Option) lax.Array {
	const what = "tri"
	o := parse(what, opts, columnsKind|offsetKind|dtypeKind)
	return lax.Convert(compareIndices(what, n, o, lax.Ge), o.dtypeOr(dtype.Float32))
}

// compareIndices returns a bool matrix that tells where row + offset compares so with
// the column.
func compareIndices(what string, n int, o *options, compare func(x, y lax.Array) lax.Array) lax.Array {
	shape := core.Shape{n, n}
	if o.has(columnsKind) {
		shape[1] = o.columns
	}
	checkShape(what, shape)
	return triangle(shape, o.offset, compare)
}

func triangle(shape core.Shape, offset int, compare func(x, y lax.Array) lax.Array) lax.Array {
	i := lax.BroadcastedIota(dtype.Int32, shape, 0)
	j := lax.BroadcastedIota(dtype.Int32, shape, 1)
	if offset != 0 {
		i = i.Add(offset)
	}
	return compare(i, j)
}

// diagonalOf returns the one number of a diagonal that was given, or 0.
func diagonalOf(what string, k []int) int {
	switch len(k) {
	case 0:
		return 0
	case 1:
		return k[0]
	}
	panic(core.Errorf(what, "the diagonals are %v, want at most one", k))
}

// Tril returns matrices, in the last two axes of x, with zeros above a diagonal: the
// k-th above the main one if k is given.
func Tril(x lax.Array, k ...int) lax.Array {
	return lax.Select(triangleOf("tril", x, diagonalOf("tril", k)), x, fillLike(x, 0))
}

// Triu returns matrices, in the last two axes of x, with zeros below a diagonal: the
// k-th above the main one if k is given.
func Triu(x lax.Array, k ...int) lax.Array {
	return lax.Select(triangleOf("triu", x, diagonalOf("triu", k)-1), fillLike(x, 0), x)
}

// triangleOf tells which elements of the matrices in x are on or below a diagonal.
func triangleOf(what string, x lax.Array, k int) lax.Array {
	n := operand(what, x).Rank()
	if n < 2 {
		panic(core.Errorf(what, "operand has type %v, want at least two axes", x.Type()))
	}
	return lax.BroadcastInDim(triangle(x.Shape()[n-2:], k, lax.Ge), x.Shape(), []int{n - 2, n - 1})
}

// fillLike returns the number v in the type of x.
func fillLike(x lax.Array, v float64) lax.Array {
	return lax.BroadcastInDim(number(x, v), x.Shape(), nil)
}

// Diag returns the matrix with x on a diagonal if x has one axis, and the diagonal of x
// if it has two: the k-th above the main one if k is given.
func Diag(x lax.Array, k ...int) lax.Array {
	const what = "diag"
	offset := diagonalOf(what, k)
	switch operand(what, x).Rank() {
	case 1:
		n := x.Size() + max(offset, -offset)
		x = lax.Pad(x, number(x, 0), []lax.Padding{{max(0, -offset), max(0, offset), 0}})
		column := lax.BroadcastInDim(x, core.Shape{n, n}, []int{0})
		return lax.Select(triangle(core.Shape{n, n}, offset, lax.Eq), column, fillLike(column, 0))
	case 2:
		return Diagonal(x, Offset(offset))
	}
	panic(core.Errorf(what, "operand has type %v, want one axis or two", x.Type()))
}

// Diagflat returns the matrix with the elements of x on a diagonal: the k-th above the
// main one if k is given.
func Diagflat(x lax.Array, k ...int) lax.Array { return Diag(operand("diagflat", x).Ravel(), k...) }

// Diagonal returns a diagonal of matrices in two axes of x, along a new last axis.
// Options: Offset of the diagonal; Axis, the axes of rows and columns, 0 and 1 by
// default.
func Diagonal(x lax.Array, opts ...Option) lax.Array {
	const what = "diagonal"
	o := parse(what, opts, axisKind|offsetKind)
	x = matricesLast(what, x, o.axes)
	n := x.Rank()
	rows, columns := x.Shape()[n-2], x.Shape()[n-1]
	row, column := max(0, -o.offset), max(0, o.offset)
	size := max(0, min(rows-row, columns-column))
	// In row-major order the diagonal is every (columns+1)-th element.
	shape := slices.Clone(x.Shape()[:n-2])
	if size == 0 {
		return lax.BroadcastInDim(number(x, 0), append(shape, 0), nil)
	}
	flat := lax.Reshape(x, append(slices.Clone(shape), rows*columns))
	first := row*columns + column
	return lax.SliceInDim(flat, first, first+(size-1)*(columns+1)+1, columns+1, n-2)
}

// matricesLast returns x with two of its axes, 0 and 1 if none are given, moved to the
// end.
func matricesLast(what string, x lax.Array, axes []int) lax.Array {
	if operand(what, x).Rank() < 2 {
		panic(core.Errorf(what, "operand has type %v, want at least two axes", x.Type()))
	}
	if axes == nil {
		axes = []int{0, 1}
	}
	if len(axes) != 2 {
		panic(core.Errorf(what, "the axes are %v, want two axes", axes))
	}
	return moveaxis(what, x, axes, []int{-2, -1})
}

// Trace returns the sum of a diagonal of matrices in two axes of x. Options: Offset of
// the diagonal; Axis, the axes of rows and columns, 0 and 1 by default; DType.
func Trace(x lax.Array, opts ...Option) lax.Array {
	const what = "trace"
	o := parse(what, opts, axisKind|offsetKind|dtypeKind)
	x = matricesLast(what, x, o.axes)
	n := x.Rank()
	on := triangle(x.Shape()[n-2:], o.offset, lax.Eq)
	x = lax.Select(lax.BroadcastInDim(on, x.Shape(), []int{n - 2, n - 1}), x, fillLike(x, 0))
	o.axes = []int{-2, -1}
	return sum(what, x, o)
}

// TriuIndices returns the row and column indices of the elements on and above a
// diagonal of an n×n matrix. Options: Columns; Offset of the diagonal.
func TriuIndices(n int, opts ...Option) (rows, columns lax.Array) {
	o := parse("triu_indices", opts, columnsKind|offsetKind)
	return indicesWhere(n, o, func(i, j int) bool { return j-i >= o.offset })
}

// TrilIndices returns the row and column indices of the elements on and below a
// diagonal of an n×n matrix. Options: Columns; Offset of the diagonal.
func TrilIndices(n int, opts ...Option) (rows, columns lax.Array) {
	o := parse("tril_indices", opts, columnsKind|offsetKind)
	return indicesWhere(n, o, func(i, j int) bool { return j-i <= o.offset })
}

func indicesWhere(n int, o *options, on func(i, j int) bool) (rows, columns lax.Array) {
	m := n
	if o.has(columnsKind) {
		m = o.columns
	}
	i, j := []int{}, []int{}
	for r := range n {
		for c := range m {
			if on(r, c) {
				i, j = append(i, r), append(j, c)
			}
		}
	}
	return Array(i), Array(j)
}

// DiagIndices returns the indices of the main diagonal of an n×n matrix: twice the
// numbers below n.
func DiagIndices(n int) (rows, columns lax.Array) {
	i := lax.Iota(dtype.Int32, n)
	return i, i
}

// FillDiagonal returns the matrix x with v, a scalar or one for each place, on its main
// diagonal.
func FillDiagonal(x, v any) lax.Array {
	const what = "fill_diagonal"
	y := lax.Operand(what, x)
	if y.Rank() != 2 {
		panic(core.Errorf(what, "operand has type %v, want two axes", y.Type()))
	}
	d := lax.Convert(lax.Operand(what, v), y.DType())
	if d.Rank() == 1 {
		n := min(y.Shape()[0], y.Shape()[1])
		d = lax.Pad(broadcastTo(what, d, core.Shape{n}), number(d, 0), []lax.Padding{{0, y.Shape()[1] - n, 0}})
	}
	return Where(triangle(y.Shape(), 0, lax.Eq), d, y)
}
