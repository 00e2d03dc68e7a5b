package jnp

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Products of vectors, matrices and tensors. The result has the element type that the
// operands are promoted to.

// Dot is the product of vectors and matrices: it contracts the last axis of x with the
// last but one of y, or its only one. A scalar multiplies.
func Dot(x, y any) lax.Array { return method("dot", lax.Array.Dot, x, y) }

// Matmul is the product of matrices in the last two axes; the axes before them are
// broadcast. An operand with one axis is a row on the left, a column on the right, and
// the result lacks that axis.
func Matmul(x, y any) lax.Array { return method("matmul", lax.Array.MatMul, x, y) }

// Vdot is the sum of the products of the elements of x, conjugated, and y, both in
// row-major order.
func Vdot(x, y any) lax.Array {
	in := lax.Promote("vdot", x, y)
	return conjugate(in[0].Ravel()).Dot(in[1].Ravel())
}

// Inner contracts the last axes of x and y. A scalar multiplies.
func Inner(x, y any) lax.Array {
	const what = "inner"
	in := lax.Promote(what, x, y)
	a, b := in[0], in[1]
	if a.Rank() == 0 || b.Rank() == 0 {
		return a.Mul(b)
	}
	return contract(what, a, b, []int{-1}, []int{-1})
}

// Outer returns the products of each element of x with each of y, both in row-major
// order.
func Outer(x, y any) lax.Array {
	in := lax.Promote("outer", x, y)
	return in[0].Ravel().ExpandDims(1).Mul(in[1].Ravel().ExpandDims(0))
}

// Tensordot contracts the last n axes of x with the first n of y.
func Tensordot(x, y any, n int) lax.Array {
	const what = "tensordot"
	in := lax.Promote(what, x, y)
	if n < 0 || n > min(in[0].Rank(), in[1].Rank()) {
		panic(core.Errorf(what, "operands have types %v and %v, want at least %d axes each", in[0].Type(), in[1].Type(), n))
	}
	return contract(what, in[0], in[1], seq(in[0].Rank()-n, in[0].Rank()), seq(0, n))
}

// TensordotAxes contracts axes of x with axes of y, in pairs. The result has the other
// axes of x, then those of y.
func TensordotAxes(x, y any, xAxes, yAxes []int) lax.Array {
	const what = "tensordot"
	in := lax.Promote(what, x, y)
	return contract(what, in[0], in[1], xAxes, yAxes)
}

func contract(what string, x, y lax.Array, xAxes, yAxes []int) lax.Array {
	if len(xAxes) != len(yAxes) {
		panic(core.Errorf(what, "the axes are %v and %v, want as many", xAxes, yAxes))
	}
	a, b := make([]int, len(xAxes)), make([]int, len(yAxes))
	for i := range xAxes {
		a[i], b[i] = lax.CanonicalAxis(what, xAxes[i], x.Rank()), lax.CanonicalAxis(what, yAxes[i], y.Rank())
		if x.Shape()[a[i]] != y.Shape()[b[i]] {
			panic(core.Errorf(what, "operands have types %v and %v, want equal sizes in axis %d of the one and %d of the other",
				x.Type(), y.Type(), a[i], b[i]))
		}
	}
	lax.CanonicalAxes(what, a, x.Rank()) // all different
	lax.CanonicalAxes(what, b, y.Rank())
	return lax.DotGeneral(x, y, [2][]int{a, b}, [2][]int{}, dtype.Invalid)
}

// Matvec multiplies matrices in the last two axes of x with vectors in the last of y;
// the axes before them are broadcast.
func Matvec(x, y any) lax.Array {
	const what = "matvec"
	in := lax.Promote(what, x, y)
	if in[0].Rank() < 2 || in[1].Rank() < 1 {
		panic(core.Errorf(what, "operands have types %v and %v, want at least two axes and one", in[0].Type(), in[1].Type()))
	}
	return lax.Squeeze(in[0].MatMul(in[1].ExpandDims(-1)), []int{max(in[0].Rank(), in[1].Rank()+1) - 1})
}

// Vecmat multiplies vectors in the last axis of x, conjugated, with matrices in the last
// two of y; the axes before them are broadcast.
func Vecmat(x, y any) lax.Array {
	const what = "vecmat"
	in := lax.Promote(what, x, y)
	if in[0].Rank() < 1 || in[1].Rank() < 2 {
		panic(core.Errorf(what, "operands have types %v and %v, want at least one axis and two", in[0].Type(), in[1].Type()))
	}
	return lax.Squeeze(conjugate(in[0]).ExpandDims(-2).MatMul(in[1]), []int{max(in[0].Rank()+1, in[1].Rank()) - 2})
}

// Vecdot is the sum of the products of the elements of x, conjugated, and y along an
// axis, by default the last; the other axes are broadcast. Option: Axis.
func Vecdot(x, y any, opts ...Option) lax.Array {
	const what = "vecdot"
	o := parse(what, opts, axisKind)
	in := lax.Promote(what, x, y)
	for i, z := range in {
		in[i] = moveaxis(what, z, []int{o.oneAxis(what, z.Rank(), -1)}, []int{-1})
	}
	a, b := conjugate(in[0]).ExpandDims(-2), in[1].ExpandDims(-1)
	return a.MatMul(b).Squeeze(-2, -1)
}

// Kron is the Kronecker product: blocks of y multiplied by each element of x.
func Kron(x, y any) lax.Array {
	in := lax.Promote("kron", x, y)
	n := max(in[0].Rank(), in[1].Rank())
	a, b := atLeast(in[0], n), atLeast(in[1], n)
	var odd, even []int
	shape := make(core.Shape, n)
	for i := range n {
		even, odd = append(even, 2*i), append(odd, 2*i+1)
		shape[i] = a.Shape()[i] * b.Shape()[i]
	}
	return lax.Reshape(a.ExpandDims(odd...).Mul(b.ExpandDims(even...)), shape)
}

// Cross is the cross product of vectors with two or three components along an axis, by
// default the last; the other axes are broadcast. Of two vectors with two components the
// result is the third one. Option: Axis.
func Cross(x, y any, opts ...Option) lax.Array {
	const what = "cross"
	o := parse(what, opts, axisKind)
	in := lax.Promote(what, x, y)
	var v [2][]lax.Array
	for i, z := range in {
		a := o.oneAxis(what, z.Rank(), -1)
		if n := z.Shape()[a]; n != 2 && n != 3 {
			panic(core.Errorf(what, "operand has type %v, size %d in axis %d, want 2 or 3", z.Type(), n, a))
		}
		v[i] = Unstack(z, Axis(a))
	}
	flat := len(v[0]) == 2 && len(v[1]) == 2
	for i := range v {
		if len(v[i]) == 2 {
			v[i] = append(slices.Clone(v[i]), fillLike(v[i][0], 0))
		}
	}
	a, b := v[0], v[1]
	third := a[0].Mul(b[1]).Sub(a[1].Mul(b[0]))
	if flat {
		return third
	}
	c := []lax.Array{a[1].Mul(b[2]).Sub(a[2].Mul(b[1])), a[2].Mul(b[0]).Sub(a[0].Mul(b[2])), third}
	return Stack(c, Axis(o.oneAxis(what, third.Rank()+1, -1)))
}
