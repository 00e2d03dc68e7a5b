package lax

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// Dot is the product of vectors and matrices: it contracts the last axis of x with the
// last but one of y, or its only one. A scalar multiplies.
func (x Array) Dot(y any) Array {
	const what = "dot"
	in := Promote(what, x, y)
	a, b := in[0], in[1]
	if a.Rank() == 0 || b.Rank() == 0 {
		return a.Mul(b)
	}
	i, j := a.Rank()-1, max(0, b.Rank()-2)
	if a.Shape()[i] != b.Shape()[j] {
		panic(core.Errorf(what, "operands have types %v and %v, want equal sizes in axis %d of the one and %d of the other",
			a.Type(), b.Type(), i, j))
	}
	return DotGeneral(a, b, [2][]int{{i}, {j}}, [2][]int{}, dtype.Invalid)
}

// MatMul is the product of matrices in the last two axes; the axes before them are
// broadcast. An operand with one axis is a row on the left, a column on the right, and
// the result lacks that axis.
func (x Array) MatMul(y any) Array {
	const what = "matmul"
	in := Promote(what, x, y)
	a, b := in[0], in[1]
	if a.Rank() == 0 || b.Rank() == 0 {
		panic(core.Errorf(what, "operands have types %v and %v, want at least one axis each", a.Type(), b.Type()))
	}
	i, j := a.Rank()-1, max(0, b.Rank()-2)
	if a.Shape()[i] != b.Shape()[j] {
		panic(core.Errorf(what, "operands have types %v and %v, want inner sizes equal (%d and %d)",
			a.Type(), b.Type(), a.Shape()[i], b.Shape()[j]))
	}
	if a.Rank() <= 2 && b.Rank() <= 2 {
		return DotGeneral(a, b, [2][]int{{i}, {j}}, [2][]int{}, dtype.Invalid)
	}
	if _, err := BroadcastShapes(batchShape(a), batchShape(b)); err != nil {
		panic(core.Errorf(what, "operands have types %v and %v, want axes before the last two that broadcast", a.Type(), b.Type()))
	}
	return matMul(a, b)
}

func batchShape(x Array) Shape { return x.Shape()[:max(0, x.Rank()-2)] }

// matMul multiplies stacks of matrices. An axis before the last two that only one
// operand has, or has with another size than 1, is one more free axis of it, so that
// nothing is repeated.
func matMul(a, b Array) Array {
	n := max(a.Rank(), b.Rank()) - 2
	var gone, batch [2][]int // axes of each operand
	var place []int          // of each axis of the product in the result
	var free [2][]int        // places of free axes
	for p := range n {
		i, j := p-n+len(batchShape(a)), p-n+len(batchShape(b))
		da, db := sizeAt(batchShape(a), i), sizeAt(batchShape(b), j)
		switch {
		case i >= 0 && j >= 0 && da == db:
			batch[0], batch[1] = append(batch[0], i), append(batch[1], j)
			place = append(place, p)
		case j < 0 || db == 1 && i >= 0:
			free[0] = append(free[0], p)
			if j >= 0 {
				gone[1] = append(gone[1], j)
			}
		default:
			free[1] = append(free[1], p)
			if i >= 0 {
				gone[0] = append(gone[0], i)
			}
		}
	}
	place = slices.Concat(place, free[0])
	last := n
	if a.Rank() > 1 {
		place, last = append(place, last), last+1
	}
	place = append(place, free[1]...)
	if b.Rank() > 1 {
		place = append(place, last)
	}
	contract := [2][]int{{a.Rank() - 1}, {max(0, b.Rank()-2)}}
	in := [2]Array{a, b}
	for k, x := range in {
		in[k] = Reshape(x, at(x.Shape(), without(x.Rank(), gone[k])))
		contract[k], batch[k] = renumber(contract[k], gone[k]), renumber(batch[k], gone[k])
	}
	return Transpose(DotGeneral(in[0], in[1], contract, batch, dtype.Invalid), inverse(place))
}

// sizeAt is the size of axis i, or 1 if there is none.
func sizeAt(shape Shape, i int) int {
	if i < 0 {
		return 1
	}
	return shape[i]
}

// renumber returns the numbers that axes have when others are gone.
func renumber(some, gone []int) []int {
	out := make([]int, len(some))
	for i, a := range some {
		out[i] = a
		for _, g := range gone {
			if g < a {
				out[i]--
			}
		}
	}
	return out
}
