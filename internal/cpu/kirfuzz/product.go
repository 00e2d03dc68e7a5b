package main

import (
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
	k := side()
	var x []jax.Array
	for range 2 {
		shape := jax.Shape{side(), k}
		if r.IntN(2) == 0 {
			shape = jax.Shape{k, shape[0]}
		}
		v := core.New(core.Of(t, shape...), lax.Device())
		for i := range v.Size() {
			core.Put(v, i, complex(r.NormFloat64(), 0))
		}
		x = append(x, lax.Of(v))
	}
	return x
}

// multiply makes the product and something of it.
func (f function) multiply(x []jax.Array) []jax.Array {
	g := &grow{source(f.seed + 1), nil}
	a := g.computed(x[0])
	b := a
	if g.IntN(5) > 0 {
		b = g.computed(x[1])
	}
	var along [][2]int // axes of one length
	for i, m := range a.Shape() {
		for j, n := range b.Shape() {
			if m == n {
				along = append(along, [2]int{i, j})
			}
		}
	}
	by := along[g.IntN(len(along))]
	y := lax.DotGeneral(a, b, [2][]int{{by[0]}, {by[1]}}, [2][]int{}, a.DType())
	out := []jax.Array{g.computed(y)}
	if g.IntN(4) == 0 {
		out = append(out, []jax.Array{y, a, b}[g.IntN(3)])
	}
	return out
}

// computed does a few things to a matrix that keep its axes long.
func (g *grow) computed(x jax.Array) jax.Array {
	for range 1 + g.IntN(3) {
		switch g.IntN(9) {
		case 0, 1:
			x = lax.Mul(x, lax.Number(x.DType(), 0.5))
		case 2:
			x = []func(jax.Array) jax.Array{lax.Tanh, lax.Neg, lax.Abs, lax.Logistic}[g.IntN(4)](x)
		case 3, 4:
			x = lax.Transpose(x, []int{1, 0})
		case 5:
			x = lax.Rev(x, []int{g.IntN(2)})
		case 6: // a row, to all
			row := lax.SliceInDim(x, 0, 1, 1, 0)
			x = lax.Add(x, lax.BroadcastInDim(lax.Reshape(row, jax.Shape{row.Size()}), x.Shape(), []int{1}))
		case 7:
			x = lax.Max(x, lax.Number(x.DType(), 0))
		case 8: // a column, computed before
			column := lax.ReduceMax(x, []int{1})
			x = lax.Sub(x, lax.BroadcastInDim(column, x.Shape(), []int{0}))
		}
	}
	return x
}
