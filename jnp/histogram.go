package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Bincount returns how often each integer from 0 on is in x, which has one axis; negative
// ones count as 0. There is a bin for every integer up to the largest, which is not known
// under Jit, unless Size says how many; larger ones count nowhere then. Options: Weights,
// MinLength, Size.
func Bincount(x lax.Array, opts ...Option) lax.Array {
	const what = "bincount"
	o := parse(what, opts, weightsKind|minLengthKind|sizeKind)
	x = numeric(operand(what, x))
	wantIntegers(what, x)
	if x.Rank() != 1 {
		panic(core.Errorf(what, "operand has type %v, want one axis", x.Type()))
	}
	w := lax.Number(dtype.Int32, 1)
	if o.weights != nil {
		if w = lax.Operand(what, o.weights); !slices.Equal(w.Shape(), x.Shape()) {
			panic(core.Errorf(what, "operand has type %v and weights %v, want one shape", x.Type(), w.Type()))
		}
	}
	if x.Size() > 0 {
		x = x.Clip(0, nil)
	}
	n := o.size
	if !o.has(sizeKind) {
		n = o.minLength
		if x.Size() > 0 {
			n = max(n, int(value(what, x.Max()))+1)
		}
	}
	return histogram(x, w, n)
}

// HistogramBinEdges returns the edges of bins for x: bins, as an int, of equal width, or
// the edges that are given. Option: Range, by default from the smallest element to the
// largest.
func HistogramBinEdges(x any, bins any, opts ...Option) lax.Array {
	const what = "histogram_bin_edges"
	return binEdges(what, lax.Inexact(lax.Operand(what, x)), bins, parse(what, opts, rangeKind))
}

func binEdges(what string, x lax.Array, bins any, o *options) lax.Array {
	n, ok := bins.(int)
	if !ok {
		edges := lax.Convert(lax.Operand(what, bins), x.DType())
		if edges.Rank() != 1 || edges.Size() < 2 {
			panic(core.Errorf(what, "the bins have type %v, want their number or at least two edges", edges.Type()))
		}
		return edges
	}
	if n < 1 {
		panic(core.Errorf(what, "the number of bins is %d, want at least 1", n))
	}
	var lo, hi lax.Array
	if o.has(rangeKind) {
		lo, hi = as(what, o.lo, x.DType()), as(what, o.hi, x.DType())
	} else {
		lo, hi = x.Min(), x.Max()
	}
	same := lo.Eq(hi)
	return Linspace(Where(same, lo.Sub(0.5), lo), Where(same, hi.Add(0.5), hi), n+1, DType(x.DType()))
}

// Histogram returns how many elements of x are in each bin, and the edges of the bins.
// Bins include their left edges, the last its right one too. bins is their number, or
// the edges. Options: Range, by default from the smallest element to the largest;
// Weights; Density.
func Histogram(x any, bins any, opts ...Option) (counts, edges lax.Array) {
	const what = "histogram"
	o := parse(what, opts, rangeKind|weightsKind|densityKind)
	y := lax.Operand(what, x)
	w := number(lax.Inexact(y), 1)
	if o.weights != nil {
		in := lax.PromoteInexact(what, y, o.weights)
		if y, w = in[0], in[1].Ravel(); w.Size() != y.Size() {
			panic(core.Errorf(what, "operand has type %v and weights %v, want one shape", y.Type(), in[1].Type()))
		}
	}
	y = lax.Inexact(y).Ravel()
	edges = binEdges(what, y, bins, o)
	n := edges.Size()
	// A bin before the first collects what is below, and one behind the last what is above.
	i := searchSorted(edges, y, true)
	i = Where(y.Eq(at(edges, 0, n-1)), n-1, i)
	counts = span(histogram(i, w, n), 0, 1, n)
	if o.has(densityKind) {
		counts = counts.Div(diff(edges, 0)).Div(counts.Sum())
	}
	return counts, edges
}
