package main

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
)

// multiplies reports whether the function is a product of two matrices that may be large, of
// operands that are computed, and lie this way or that.
func (f function) multiplies() bool { return f.seed%8 == 5 }

// factors are the operands of such a function: the summed axis comes first or last. Their
// numbers are of one size, for what is infinite or NaN would soon be all that there is.
func (f function) factors() []jax.Array {
	r := source(f.seed)
	side := func() int { return 1 + r.IntN([]int{40, 600, 600}[r.IntN(3)]) }
	t := []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float32, dtype.Float64, dtype.BFloat16}[r.IntN(5)]
	k, rows := side(), [2]int{side(), side()}
	if r.IntN(3) == 0 { // a matrix and a vector, or a few
		k = 1 + r.IntN([]int{600, 40, 30_000}[r.IntN(3)])
		rows = [2]int{1 + r.IntN(500_000/k), 1 + r.IntN(2)*r.IntN(1+min(70, k/5))}
		if r.IntN(8) == 0 {
			k, rows = 1+r.IntN(400_000), [2]int{1, 1}
		}
		if r.IntN(2) == 0 {
			rows[0], rows[1] = rows[1], rows[0]
		}
	}
	if r.IntN(6) == 0 { // sums of a few terms
		k = 1 + r.IntN(4)
	}
	if r.IntN(12) == 0 { // results that would not stay in a cache, where rows are
		k, rows = 1+r.IntN(60), [2]int{300 + r.IntN(700), 300 + r.IntN(700)}
	}
	var x []jax.Array
	for i := range 2 {
		shape := jax.Shape{rows[i], k}
		if r.IntN(2) == 0 {
			shape = jax.Shape{k, shape[0]}
		}
		if f.ofParts() {
			shape = jax.Shape{2*shape[0] + 3, 2*shape[1] + 3}
		}
		v := core.New(core.Of(t, shape...), lax.Device())
		for i := range v.Size() {
			core.Put(v, i, complex(r.NormFloat64(), 0))
		}
		x = append(x, lax.Of(v))
	}
	return x
}

// ofParts reports whether what is multiplied are parts of the operands, of half the size.
func (f function) ofParts() bool { return f.seed%3 == 0 }

// part is such a part of x: elements that lie together, or every other one.
func (g *grow) part(x jax.Array) jax.Array {
	for a, most := range x.Shape() {
		n, step := (most-3)/2, 1+g.IntN(2)
		first := g.IntN(most - step*(n-1))
		x = lax.SliceInDim(x, first, first+step*(n-1)+1, step, a)
	}
	return x
}

// multiply makes the product and something of it.
func (f function) multiply(x []jax.Array) []jax.Array {
	g := &grow{source(f.seed + 1), nil}
	if f.ofParts() {
		x = []jax.Array{g.part(x[0]), g.part(x[1])}
		if g.IntN(2) == 0 { // these as they are
			return []jax.Array{g.product(x[0], x[1])}
		}
	}
	a := g.computed(x[0])
	b := a
	if g.IntN(5) > 0 {
		b = g.computed(x[1])
	}
	y := g.product(a, b)
	if g.IntN(3) == 0 { // which another one takes
		y = g.product(g.byRows(y), []jax.Array{a, b}[g.IntN(2)])
	}
	out := []jax.Array{g.ofRows(g.computed(y))}
	if g.IntN(4) == 0 {
		out = append(out, []jax.Array{y, a, b}[g.IntN(3)])
	}
	return out
}

// product multiplies two matrices along axes of one length.
func (g *grow) product(a, b jax.Array) jax.Array {
	var along [][2]int
	for i, m := range a.Shape() {
		for j, n := range b.Shape() {
			if m == n && a.Size()/m*(b.Size()/m) <= 1<<20 {
				along = append(along, [2]int{i, j})
			}
		}
	}
	by := along[g.IntN(len(along))]
	return lax.DotGeneral(a, b, [2][]int{{by[0]}, {by[1]}}, [2][]int{}, a.DType())
}

// computed does a few things to a matrix that keep its axes long.
func (g *grow) computed(x jax.Array) jax.Array {
	for range 1 + g.IntN(3) {
		if g.IntN(4) == 0 {
			x = lax.Transpose(x, []int{1, 0})
		} else {
			x = g.changed(x)
		}
	}
	return x
}

// changed does something to the elements of an array, and with others of it.
func (g *grow) changed(x jax.Array) jax.Array {
	shape, last := x.Shape(), x.Rank()-1
	switch g.IntN(8) {
	case 0, 1:
		return lax.Mul(x, lax.Number(x.DType(), 0.5))
	case 2:
		return []func(jax.Array) jax.Array{lax.Tanh, lax.Neg, lax.Abs, lax.Logistic}[g.IntN(4)](x)
	case 3:
		return lax.Rev(x, []int{g.IntN(x.Rank())})
	case 4: // a row, or the first matrices, to all
		row := lax.SliceInDim(x, 0, 1, 1, 0)
		return lax.Add(x, lax.BroadcastInDim(lax.Reshape(row, shape[1:]), shape, upTo(1, x.Rank())))
	case 5:
		return lax.Max(x, lax.Number(x.DType(), 0))
	case 6:
		return g.joined(x)
	default: // a column, computed before
		column := lax.ReduceMax(x, []int{last})
		return lax.Sub(x, lax.BroadcastInDim(column, shape, upTo(0, last)))
	}
}

// ofRows is y, or what rows of it are reduced to.
func (g *grow) ofRows(y jax.Array) jax.Array {
	switch g.IntN(6) {
	case 0:
		return g.reduceBy(y, []int{y.Rank() - 1})
	case 1:
		most := lax.ReduceMax(y, []int{y.Rank() - 1})
		return lax.ReduceSum(lax.Abs(lax.Sub(y, spread(most, y))), []int{y.Rank() - 1})
	case 2:
		return lax.ArgMax(y, y.Rank()-1, dtype.Int32)
	}
	return y
}

// byRows is something of the elements of y, and of those of its rows.
func (g *grow) byRows(y jax.Array) jax.Array {
	last := y.Rank() - 1
	switch g.IntN(4) {
	case 0:
		return y
	case 1:
		return g.changed(y)
	}
	y = lax.Exp(lax.Sub(y, spread(lax.ReduceMax(y, []int{last}), y)))
	return lax.Div(y, spread(lax.ReduceSum(y, []int{last}), y))
}

// joined has parts of an array side by side again, some of them changed.
func (g *grow) joined(x jax.Array) jax.Array {
	a := g.IntN(x.Rank())
	n := x.Shape()[a]
	var parts []jax.Array
	for at := 0; at < n; {
		some := min(1+g.IntN(n), n-at)
		part := lax.SliceInDim(x, at, at+some, 1, a)
		if g.IntN(2) == 0 {
			part = g.changed(part)
		}
		parts = slices.Insert(parts, g.IntN(1+len(parts)), part)
		at += some
	}
	return lax.Concatenate(a, parts...)
}

// batches reports whether the function is products of batches of matrices, of operands that
// are computed.
func (f function) batches() bool { return f.seed%8 == 1 }

// stacks are the operands of such a function: two arrays of matrices that may be multiplied, and two
// of the same shapes. Heads lie beside each other, or matrices one after the other.
func (f function) stacks() []jax.Array {
	r := source(f.seed)
	most := []int{10, 40, 150}[r.IntN(3)]
	side := func() int { return 1 + r.IntN(most) }
	m, n, k, b, h := side(), side(), side(), 1+r.IntN(20), 1
	if most < 100 {
		b, h = 1+r.IntN(60), 1+r.IntN(6)
	}
	if most == 10 && r.IntN(3) == 0 { // many tiny ones, of vectors for instance
		k, b, h = 1+r.IntN(4), 1+r.IntN(20_000), 1
		m, n = []int{m, 2}[r.IntN(2)], 1+r.IntN(2)
	}
	t := []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Float16}[r.IntN(6)]
	summed := f.summed()
	var x []jax.Array
	for i := range 4 {
		free := []int{m, n}[i%2]
		s := [][2]int{{k, free}, {free, k}}[summed[i%2]]
		shape := jax.Shape{b, s[0], h, s[1]}
		if h == 1 {
			shape = jax.Shape{b, s[0], s[1]}
		}
		v := core.New(core.Of(t, shape...), lax.Device())
		for i := range v.Size() {
			core.Put(v, i, complex(r.NormFloat64(), 0))
		}
		x = append(x, lax.Of(v))
	}
	return x
}

// summed are the axes that are summed over, of the last two.
func (f function) summed() [2]int { return [2]int{int(f.seed >> 3 & 1), int(f.seed >> 4 & 1)} }

// multiplyAll makes the products and something of them.
func (f function) multiplyAll(x []jax.Array) []jax.Array {
	g := &grow{source(f.seed + 1), nil}
	last := x[0].Rank() - 1
	batch := upTo(0, last-1)
	operand := func(i int) jax.Array {
		y := x[i]
		if g.IntN(3) == 0 {
			y = lax.Mul(y, x[i+2])
		}
		for range g.IntN(3) {
			y = g.changed(y)
		}
		if y.DType().IsHalf() && f.seed%3 == 0 {
			y = lax.Convert(y, dtype.Float32)
		}
		if last == 3 {
			y = lax.Transpose(y, []int{0, 2, 1, 3})
		}
		return y
	}
	summed := f.summed()
	a, b := operand(0), operand(1)
	y := lax.DotGeneral(a, b, [2][]int{{last - 1 + summed[0]}, {last - 1 + summed[1]}}, [2][]int{batch, batch}, a.DType())
	if g.IntN(3) == 0 {
		y = lax.DotGeneral(g.byRows(y), b, [2][]int{{last}, {last - summed[1]}}, [2][]int{batch, batch}, a.DType())
	}
	out := []jax.Array{g.ofRows(g.changed(y))}
	if g.IntN(4) == 0 {
		out = append(out, []jax.Array{y, a, b}[g.IntN(3)])
	}
	return out
}
