package jnp

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Sets, as sorted arrays without repetition. Like the functions of search.go these need
// values unless Size says how many elements there are; the smallest fills what is
// missing, or FillValue.

// Unique returns the different elements of x in ascending order. NaN is one of them.
// Options: Size, FillValue.
func Unique(x lax.Array, opts ...Option) lax.Array {
	values, _, _, _ := UniqueAll(x, opts...)
	return values
}

// UniqueAll returns the different elements of x in ascending order, the indices (i32)
// where they are first in row-major order, for each element of x the index of it among
// them, in the shape of x, and how often they are there. Options: Size, FillValue.
func UniqueAll(x lax.Array, opts ...Option) (values, indices, inverse, counts lax.Array) {
	const what = "unique"
	o := parse(what, opts, foundKinds)
	flat := operand(what, x).Ravel()
	n := flat.Size()
	perm := lax.Iota(dtype.Int32, n)
	both := lax.SortMulti([]lax.Array{flat, perm}, 0, 1)
	sorted, perm := both[0], both[1]
	first := firsts(sorted)
	found := *o
	found.fill = nil
	places := found.places(what, first)
	if n == 0 {
		return sorted, perm, lax.Reshape(perm, x.Shape()), perm
	}
	missing := places.Ge(n)
	inside := Where(missing, 0, places)
	values, indices = take(what, sorted, inside, 0, "clip", nil), take(what, perm, inside, 0, "clip", nil)
	if o.fill != nil {
		values = Where(missing, as(what, o.fill, x.DType()), values)
	}
	rank := lax.Convert(first, dtype.Int32).Cumsum(0).Sub(1)
	inverse = lax.Reshape(lax.SortMulti([]lax.Array{perm, rank}, 0, 1)[1], x.Shape())
	counts = Diff(Append(places, n))
	return values, indices, inverse, counts
}

// firsts tells which elements of a sorted array differ from the one before.
func firsts(sorted lax.Array) lax.Array {
	n := sorted.Size()
	if n == 0 {
		return lax.Convert(sorted, dtype.Bool)
	}
	next, here := span(sorted, 0, 1, n), span(sorted, 0, 0, n-1)
	differ := next.Ne(here)
	if sorted.DType().IsInexact() {
		differ = differ.And(next.IsNaN().And(here.IsNaN()).Not())
	}
	return lax.Concatenate(0, Ones(core.Shape{1}, dtype.Bool), differ)
}

// Isin reports which elements of x are among those of the set.
func Isin(x, set any) lax.Array {
	in := lax.Promote("isin", x, set)
	return Any(in[0].ExpandDims(in[0].Rank()).Eq(in[1].Ravel()), Axis(-1))
}

// Union1d returns the different elements of x and y. Options: Size, FillValue.
func Union1d(x, y any, opts ...Option) lax.Array { return Unique(Append(x, y), opts...) }

// Intersect1d returns the different elements that x and y have in common.
func Intersect1d(x, y any) lax.Array {
	in := lax.Promote("intersect1d", x, y)
	a := Unique(in[0])
	return Extract(Isin(a, in[1]), a)
}

// Setdiff1d returns the different elements of x that y has not.
func Setdiff1d(x, y any) lax.Array {
	in := lax.Promote("setdiff1d", x, y)
	a := Unique(in[0])
	return Extract(Isin(a, in[1]).Not(), a)
}

// Setxor1d returns the different elements of one of x and y that the other has not.
func Setxor1d(x, y any) lax.Array {
	in := lax.Promote("setxor1d", x, y)
	return Append(Setdiff1d(in[0], in[1]), Setdiff1d(in[1], in[0])).Sort()
}
