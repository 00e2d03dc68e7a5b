package jnp

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Sort returns the elements of x in ascending order along an axis, by default the last.
// NaN comes last; complex numbers go by their real parts, then by their imaginary parts.
// Options: Axis, Descending.
func Sort(x lax.Array, opts ...Option) lax.Array {
	const what = "sort"
	o := parse(what, opts, axisKind|descendingKind)
	a := o.oneAxis(what, operand(what, x).Rank(), -1)
	y := lax.Sort(x, a)
	if o.has(descendingKind) {
		y = lax.Rev(y, []int{a})
	}
	return y
}

// Argsort returns the indices (i32) that sort x along an axis, by default the last.
// Equal elements keep their order. Options: Axis, Descending.
func Argsort(x lax.Array, opts ...Option) lax.Array {
	const what = "argsort"
	o := parse(what, opts, axisKind|descendingKind)
	a := o.oneAxis(what, operand(what, x).Rank(), -1)
	if !o.has(descendingKind) {
		return x.Argsort(a)
	}
	// Turned over before and after, equal elements keep their order too.
	i := lax.Rev(lax.Rev(x, []int{a}).Argsort(a), []int{a})
	return lax.Sub(number(i, float64(x.Shape()[a]-1)), i)
}

// Lexsort returns the indices (i32) that sort by the last of the keys along their last
// axis, what is equal in it by the one before, and so on. keys as the arrays of
// Concatenate. Option: Axis.
func Lexsort(keys any, opts ...Option) lax.Array {
	const what = "lexsort"
	o := parse(what, opts, axisKind)
	in := arraysOf(what, keys)
	a := o.oneAxis(what, in[0].Rank(), -1)
	operands := make([]lax.Array, 0, len(in)+1)
	for i := len(in) - 1; i >= 0; i-- {
		operands = append(operands, in[i])
	}
	operands = append(operands, lax.BroadcastedIota(dtype.Int32, in[0].Shape(), a))
	return lax.SortMulti(operands, a, len(in))[len(in)]
}

// Partition returns the elements of x with the one that sorting would put at index kth
// along an axis, by default the last, in its place, smaller ones before it and larger
// ones behind. Those are sorted too. Option: Axis.
func Partition(x lax.Array, kth int, opts ...Option) lax.Array {
	const what = "partition"
	return lax.Sort(x, partitionAxis(what, x, kth, opts))
}

// Argpartition returns the indices (i32) that partition x. Option: Axis.
func Argpartition(x lax.Array, kth int, opts ...Option) lax.Array {
	const what = "argpartition"
	return x.Argsort(partitionAxis(what, x, kth, opts))
}

func partitionAxis(what string, x lax.Array, kth int, opts []Option) int {
	o := parse(what, opts, axisKind)
	a := o.oneAxis(what, operand(what, x).Rank(), -1)
	if n := x.Shape()[a]; kth < -n || kth >= n {
		panic(core.Errorf(what, "the index is %d, want %d to %d", kth, -n, n-1))
	}
	return a
}

// Searchsorted returns for each element of v the index (i32) in sorted, which has one
// axis and is in ascending order, before which it can be inserted: the first one or,
// with Right, the last. Option: Right.
func Searchsorted(sorted, v any, opts ...Option) lax.Array {
	const what = "searchsorted"
	o := parse(what, opts, rightKind)
	in := lax.Promote(what, sorted, v)
	if in[0].Rank() != 1 {
		panic(core.Errorf(what, "the sorted operand has type %v, want one axis", in[0].Type()))
	}
	return searchSorted(in[0], in[1], o.has(rightKind))
}

// searchSorted counts elements before v by halving steps, as many as n has bits.
func searchSorted(sorted, v lax.Array, right bool) lax.Array {
	n := sorted.Size()
	before := func(x lax.Array) lax.Array { // whether the element x comes before v
		if right {
			return precedes(v, x).Not()
		}
		return precedes(x, v)
	}
	place := lax.BroadcastInDim(lax.Number(dtype.Int32, 0), v.Shape(), nil)
	step := 1
	for step <= n {
		step *= 2
	}
	for step /= 2; step > 0; step /= 2 {
		next := place.Add(step)
		x := take("searchsorted", sorted, next.Sub(1), 0, "clip", nil)
		place = Where(next.Le(n).And(before(x)), next, place)
	}
	return place
}

// precedes reports where x comes before y in the order of Sort.
func precedes(x, y lax.Array) lax.Array {
	if !x.DType().IsInexact() {
		return x.Lt(y)
	}
	return x.Lt(y).Or(y.IsNaN().And(x.IsNaN().Not()))
}

// Digitize returns for each element of x the number (i32) of the bin it is in: of the
// edges in bins, in ascending or descending order, before it. Bins include their left
// edge or, with Right, their right one. Option: Right.
func Digitize(x, bins any, opts ...Option) lax.Array {
	const what = "digitize"
	o := parse(what, opts, rightKind)
	in := lax.Promote(what, x, bins)
	v, edges := in[0], in[1]
	if edges.Rank() != 1 {
		panic(core.Errorf(what, "the bins have type %v, want one axis", edges.Type()))
	}
	n := edges.Size()
	if n == 0 {
		return lax.BroadcastInDim(lax.Number(dtype.Int32, 0), v.Shape(), nil)
	}
	right := !o.has(rightKind)
	up := searchSorted(edges, v, right)
	down := searchSorted(lax.Rev(edges, []int{0}), v, right)
	return Where(at(edges, 0, n-1).Ge(at(edges, 0, 0)), up, lax.Sub(number(down, float64(n)), down))
}
