package main

import (
	"slices"

	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
)

// any is one of the arrays, mostly one of the latest.
func (g *grow) any() jax.Array {
	n := len(g.have)
	if g.IntN(2) == 0 {
		return g.have[n-1-g.IntN(min(n, 3))]
	}
	return g.have[g.IntN(n)]
}

// like is an array of x's type, or a number.
func (g *grow) like(x jax.Array) jax.Array {
	for range 6 {
		y := g.any()
		if y.Type().Equal(x.Type()) || y.Rank() == 0 && y.DType() == x.DType() {
			return y
		}
		if y.Rank() == x.Rank() && y.Size() == x.Size() && y.DType() != x.DType() && g.IntN(2) == 0 {
			return lax.Convert(lax.Reshape(y, x.Shape()), x.DType())
		}
	}
	return lax.Number(x.DType(), float64(g.IntN(5)))
}

var convertible = []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float64, dtype.Int32, dtype.Int64, dtype.Uint8, dtype.Float16,
	dtype.BFloat16, dtype.Bool}

// step returns the result of one operation.
func (g *grow) step() jax.Array {
	x := g.any()
	switch g.IntN(11) {
	case 0, 1, 2:
		return g.unary(x)
	case 3, 4, 5:
		return g.binary(x)
	case 6, 7:
		return g.move(x)
	case 8:
		return g.reduce(x)
	case 9:
		return g.join(x)
	}
	return g.other(x)
}

var unaries = []func(x jax.Array) jax.Array{lax.Exp, lax.Log, lax.Tanh, lax.Sin, lax.Cos, lax.Logistic, lax.Sqrt, lax.Rsqrt,
	lax.Floor, lax.Erf, lax.Log1p, lax.Expm1, lax.Cbrt, lax.Atan, lax.Sinh, lax.Exp2, lax.ErfInv, lax.Asinh, lax.Tan, lax.Lgamma}

func (g *grow) unary(x jax.Array) jax.Array {
	switch t := x.DType(); {
	case t.IsFloat() && g.IntN(4) > 0:
		return unaries[g.IntN(len(unaries))](x)
	case t.IsComplex():
		return []func(x jax.Array) jax.Array{lax.Real, lax.Imag, lax.Abs, lax.Conj, lax.Neg}[g.IntN(5)](x)
	case t == dtype.Bool:
		return lax.Convert(lax.BitwiseNot(x), dtype.Float32)
	case t.IsInt() && g.IntN(2) == 0:
		return []func(x jax.Array) jax.Array{lax.BitwiseNot, lax.PopulationCount, lax.Clz}[g.IntN(3)](x)
	}
	switch g.IntN(4) {
	case 0:
		return lax.Convert(x, convertible[g.IntN(len(convertible))])
	case 1:
		return lax.Sign(x)
	case 2:
		return lax.Square(x)
	}
	return lax.Neg(x)
}

func (g *grow) binary(x jax.Array) jax.Array {
	y := g.like(x)
	if g.IntN(2) == 0 && y.Rank() == x.Rank() {
		x, y = y, x
	}
	t := x.DType()
	if t == dtype.Bool {
		return []func(x, y jax.Array) jax.Array{lax.BitwiseAnd, lax.BitwiseOr, lax.BitwiseXor}[g.IntN(3)](x, y)
	}
	switch n := g.IntN(12); {
	case n < 3:
		return lax.Add(x, y)
	case n < 6:
		return lax.Mul(x, y)
	case n == 6:
		return lax.Sub(x, y)
	case t.IsComplex():
		return lax.Add(lax.Mul(x, y), x)
	case n == 7:
		return lax.Max(x, y)
	case n == 8 && y.Rank() == x.Rank():
		return lax.Select(lax.Gt(x, y), x, lax.Sub(y, x))
	case n == 9 && t.IsFloat():
		return lax.Div(x, y)
	case n == 10 && t.IsFloat():
		return []func(x, y jax.Array) jax.Array{lax.Pow, lax.Atan2, lax.Rem, lax.NextAfter}[g.IntN(4)](x, y)
	case n == 11 && t.IsInt():
		return []func(x, y jax.Array) jax.Array{lax.Div, lax.Rem, lax.BitwiseXor, lax.ShiftLeft, lax.ShiftRightLogical}[g.IntN(5)](x, y)
	}
	return lax.Min(x, y)
}

// move puts elements elsewhere.
func (g *grow) move(x jax.Array) jax.Array {
	r := x.Rank()
	if r == 0 {
		return lax.BroadcastInDim(x, jax.Shape{1 + g.IntN(9)}, nil)
	}
	a := g.IntN(r)
	n := x.Shape()[a]
	switch g.IntN(10) {
	case 0, 1:
		return lax.Transpose(x, g.Perm(r))
	case 2:
		if x.Size()%2 == 0 && r < 4 {
			return lax.Reshape(x, jax.Shape{2, x.Size() / 2})
		}
		return lax.Reshape(x, jax.Shape{x.Size()})
	case 3:
		if r < 4 {
			return lax.BroadcastInDim(x, append(jax.Shape{1 + g.IntN(4)}, x.Shape()...), upTo(1, r+1))
		}
	case 4:
		if n > 1 {
			lo := g.IntN(n)
			return lax.SliceInDim(x, lo, lo+g.IntN(n-lo+1), 1+g.IntN(3), a)
		}
	case 5:
		return g.join(x)
	case 6:
		return lax.Rev(x, []int{a})
	case 7:
		c := make([]lax.Padding, r)
		for i := range c {
			c[i] = lax.Padding{g.IntN(4) - 1, g.IntN(4) - 1, g.IntN(5) / 4}
			if x.Shape()[i] < 2 {
				c[i] = lax.Padding{g.IntN(3), 1, 0}
			}
		}
		return lax.Pad(x, lax.Number(x.DType(), 1), c)
	case 8:
		starts, sizes := make([]jax.Array, r), make([]int, r)
		for i := range starts {
			starts[i] = lax.Number(dtype.Int32, float64(g.IntN(x.Shape()[i]+2)-1))
			sizes[i] = g.IntN(x.Shape()[i] + 1)
		}
		return lax.DynamicSlice(x, starts, sizes)
	}
	return lax.Transpose(x, g.Perm(r))
}

// join concatenates x and what is computed of it, along an axis or a new one.
func (g *grow) join(x jax.Array) jax.Array {
	r := x.Rank()
	a := g.IntN(r + 1)
	if fresh := a == r || g.IntN(3) == 0; fresh && r < 4 {
		x = lax.Reshape(x, slices.Insert(slices.Clone(x.Shape()), a, 1))
	} else if fresh {
		a = r - 1
	}
	var parts []jax.Array
	for range 1 + g.IntN(4) + g.IntN(2)*g.IntN(2)*g.IntN(20) {
		parts = append(parts, g.piece(x, a))
	}
	y := lax.Concatenate(a, parts...)
	if g.IntN(4) > 0 || y.Size() == 0 {
		return y
	}
	// Turned round: what was at the beginning comes last.
	n := y.Shape()[a]
	k := g.IntN(n + 1)
	return lax.Concatenate(a, lax.SliceInDim(y, k, n, 1, a), lax.SliceInDim(y, 0, k, 1, a))
}

// piece is an array that may be beside x along axis a.
func (g *grow) piece(x jax.Array, a int) jax.Array {
	n := x.Shape()[a]
	switch g.IntN(7) {
	case 0:
		if y := g.unary(x); y.DType() == x.DType() {
			return y
		}
	case 1:
		if y := g.binary(x); y.Type().Equal(x.Type()) {
			return y
		}
	case 2:
		lo := g.IntN(n + 1)
		return lax.SliceInDim(x, lo, lo+g.IntN(n-lo+1), 1, a)
	case 3:
		return lax.Rev(x, []int{a})
	case 4:
		c := make([]lax.Padding, x.Rank())
		c[a] = lax.Padding{g.IntN(3), g.IntN(3), 0}
		return lax.Pad(x, lax.Number(x.DType(), 1), c)
	case 5:
		shape := slices.Clone(x.Shape())
		shape[a] = g.IntN(4)
		return lax.BroadcastInDim(lax.Number(x.DType(), float64(g.IntN(3))), shape, nil)
	}
	return x
}

func upTo(lo, hi int) (list []int) {
	for i := lo; i < hi; i++ {
		list = append(list, i)
	}
	return list
}

// reduce makes fewer elements of many: now and then by several reductions, which may be made
// together.
func (g *grow) reduce(x jax.Array) jax.Array {
	var axes []int
	for a := range x.Rank() {
		if g.IntN(2) == 0 {
			axes = append(axes, a)
		}
	}
	if x.Rank() == 2 && x.Shape()[0]*x.Size() < 100_000 && x.DType() != dtype.Bool && g.IntN(4) == 0 {
		return g.reduceBy(g.pairs(x), []int{g.IntN(2)})
	}
	y := g.reduceBy(x, axes)
	for n := g.IntN(8) - 4; n > 0; n-- {
		if z := g.reduceBy(g.like(x), axes); z.Type().Equal(y.Type()) && y.DType() != dtype.Bool {
			y = lax.Add(y, z)
		} else {
			g.have = append(g.have, z)
		}
	}
	return y
}

// pairs reduces what is computed of each row of x and each of another array, or of x itself.
func (g *grow) pairs(x jax.Array) jax.Array {
	y := g.like(x)
	if y.Rank() == 0 {
		y = x
	}
	shape := jax.Shape{y.Shape()[0], x.Shape()[0], x.Shape()[1]}
	d := lax.Sub(lax.BroadcastInDim(x, shape, []int{1, 2}), lax.BroadcastInDim(y, shape, []int{0, 2}))
	return g.reduceBy(lax.Mul(d, d), []int{2})
}

// reduceBy reduces along axes, or makes a softmax or another thing.
func (g *grow) reduceBy(x jax.Array, axes []int) jax.Array {
	r, t := x.Rank(), x.DType()
	size := 1
	for i, a := range axes {
		if a >= r { // a number
			axes = axes[:i]
			break
		}
		size *= x.Shape()[a]
	}
	if g.IntN(4) == 0 && t.IsFloat() {
		x = lax.Mul(lax.Tanh(x), x)
	}
	switch n := g.IntN(8); {
	case t == dtype.Bool:
		return lax.ReduceOr(x, axes)
	case n < 3 || t.IsComplex():
		return lax.ReduceSum(x, axes)
	case n == 3 && size > 0:
		return lax.ReduceMax(x, axes)
	case n == 4 && size > 0:
		return lax.ReduceMin(x, axes)
	case n == 5:
		return lax.ReduceProd(x, axes)
	case n == 6 && r > 0 && x.Shape()[0] > 0:
		return lax.ArgMax(x, 0, dtype.Int32)
	case n == 7 && r > 0 && t.IsFloat() && x.Shape()[r-1] > 0: // a softmax
		last := []int{r - 1}
		e := lax.Exp(lax.Sub(x, spread(lax.ReduceMax(x, last), x)))
		return lax.Div(e, spread(lax.ReduceSum(e, last), x))
	}
	return lax.ReduceSum(x, axes)
}

// spread repeats y along the last axis of x, which it lacks.
func spread(y, x jax.Array) jax.Array { return lax.BroadcastInDim(y, x.Shape(), upTo(0, x.Rank()-1)) }

// other returns the result of a library step or a gather.
func (g *grow) other(x jax.Array) jax.Array {
	r, t := x.Rank(), x.DType()
	if r == 0 || x.Size() == 0 {
		return lax.Add(lax.BroadcastedIota(dtype.Float32, jax.Shape{2, 3}, g.IntN(2)), lax.Number(dtype.Float32, 1))
	}
	a := g.IntN(r)
	switch n := g.IntN(10); {
	case n >= 7:
		return g.algorithm(x)
	case n == 0 && t != dtype.Bool:
		return lax.CumSum(x, a, g.IntN(2) == 0)
	case n == 1 && !t.IsComplex() && t != dtype.Bool:
		return lax.CumMax(x, a, g.IntN(2) == 0)
	case n == 2:
		return lax.Sort(x, a)
	case n == 3:
		return g.gather(x)
	case n == 4 && t != dtype.Bool:
		return g.scatter(x)
	case n == 5 && t != dtype.Bool && r == 2 && x.Size() < 6000:
		if g.IntN(3) == 0 { // of columns that lie side by side, or of rows
			z := g.like(x)
			if !z.Type().Equal(x.Type()) {
				z = lax.Rev(x, []int{a})
			}
			return lax.DotGeneral(x, z, [2][]int{{a}, {a}}, [2][]int{{1 - a}, {1 - a}}, t)
		}
		y, b := x, a
		if z := g.any(); z.DType() == t && z.Rank() == 2 && z.Shape()[0] == x.Shape()[a] {
			y, b = z, 0
		}
		return lax.DotGeneral(x, y, [2][]int{{a}, {b}}, [2][]int{}, t)
	case n == 6 && !t.IsComplex() && t != dtype.Bool && r == 1:
		if t.IsFloat() { // the signs of NaN, which are not defined, would show
			x = lax.Select(lax.Eq(x, x), x, lax.Number(t, 0))
		}
		values, _ := lax.TopK(x, min(x.Size(), 1+g.IntN(5)))
		return values
	}
	return lax.Rev(x, []int{a})
}

// algorithm returns the result of a library step with several operands or results, of which some
// may not be wanted.
func (g *grow) algorithm(x jax.Array) jax.Array {
	r, t := x.Rank(), x.DType()
	a := g.IntN(r)
	n := x.Shape()[r-1]
	switch k := g.IntN(6); {
	case k == 5: // a block of it again, elsewhere
		block, starts := make([]int, r), make([]jax.Array, r)
		for a, n := range x.Shape() {
			block[a], starts[a] = 1+g.IntN(max(n, 1)), lax.Number(dtype.Int32, float64(g.IntN(n+2)-1))
		}
		return lax.DynamicUpdateSlice(x, lax.Slice(x, make([]int, r), block, nil), starts)
	case k == 0: // the places, and perhaps the elements
		return g.oneOf(lax.SortMulti([]jax.Array{x, lax.BroadcastedIota(dtype.Int32, x.Shape(), a)}, a, 1))
	case k == 1:
		key := lax.Rem(lax.BroadcastedIota(dtype.Int32, x.Shape(), a), lax.Number(dtype.Int32, 3))
		return g.oneOf(lax.SortMulti([]jax.Array{key, x, lax.Rev(x, []int{a})}, a, 2))
	case k == 2 && !t.IsComplex() && !t.IsFloat() && t != dtype.Bool && n > 0:
		values, places := lax.TopK(x, 1+g.IntN(n))
		return g.oneOf([]jax.Array{values, places})
	case k == 3 && t != dtype.Bool && r == 3 && x.Size() < 6000: // products of matrices, one by one or as one
		y := g.like(lax.Transpose(x, []int{0, 2, 1}))
		if y.Rank() != 3 {
			y = x
			return g.turned(lax.DotGeneral(x, y, [2][]int{{2}, {2}}, [2][]int{{0}, {0}}, t))
		}
		return g.turned(lax.DotGeneral(x, y, [2][]int{{2}, {1}}, [2][]int{{0}, {0}}, t))
	case k == 4 && t != dtype.Bool:
		return lax.CumProd(x, a, g.IntN(2) == 0)
	}
	return lax.Sort(x, a)
}

// turned returns x after up to three transpositions.
func (g *grow) turned(x jax.Array) jax.Array {
	for range g.IntN(4) {
		x = lax.Transpose(x, g.Perm(x.Rank()))
	}
	return x
}

// oneOf returns one of the results of an operation; the others may be used as well.
func (g *grow) oneOf(y []jax.Array) jax.Array {
	for _, i := range g.Perm(len(y))[g.IntN(len(y)):] {
		g.have = append(g.have, y[i])
	}
	return y[g.IntN(len(y))]
}

// indices are integers, some of them out of range, in rows of one.
func (g *grow) indices(n int) jax.Array { return g.someIndices(1+g.IntN(40), n) }

// someIndices is indices of so many rows.
func (g *grow) someIndices(rows, n int) jax.Array {
	i := lax.Mul(lax.Iota(dtype.Int32, rows), lax.Number(dtype.Int32, float64(1+g.IntN(7))))
	i = lax.Sub(lax.Rem(i, lax.Number(dtype.Int32, float64(n+1))), lax.Number(dtype.Int32, float64(g.IntN(2))))
	return lax.Reshape(i, jax.Shape{i.Size(), 1})
}

var modes = []lax.GatherScatterMode{lax.Clip, lax.FillOrDrop}

// gather takes rows of the first axis, or of the first two.
func (g *grow) gather(x jax.Array) jax.Array {
	if x.Rank() > 1 && g.IntN(2) == 0 {
		n := 1 + g.IntN(60)
		i := lax.Concatenate(1, g.someIndices(n, x.Shape()[0]), g.someIndices(n, x.Shape()[1]))
		d := lax.GatherDimensionNumbers{OffsetDims: upTo(1, x.Rank()-1), CollapsedSliceDims: []int{0, 1}, StartIndexMap: []int{0, 1}}
		return lax.Gather(x, i, d, append([]int{1, 1}, x.Shape()[2:]...), modes[g.IntN(2)])
	}
	sizes := append([]int{1}, x.Shape()[1:]...)
	d := lax.GatherDimensionNumbers{OffsetDims: upTo(1, x.Rank()), CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}
	return lax.Gather(x, g.indices(x.Shape()[0]), d, sizes, modes[g.IntN(2)])
}

// scatter adds rows to rows.
func (g *grow) scatter(x jax.Array) jax.Array {
	i := g.indices(x.Shape()[0])
	updates := lax.BroadcastTo(lax.SliceInDim(x, 0, 1, 1, 0), append(jax.Shape{i.Shape()[0]}, x.Shape()[1:]...))
	d := lax.ScatterDimensionNumbers{UpdateWindowDims: upTo(1, x.Rank()), InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}}
	if g.IntN(2) == 0 {
		return lax.Scatter(x, i, updates, d, modes[g.IntN(2)])
	}
	return lax.ScatterAdd(x, i, updates, d, modes[g.IntN(2)])
}
