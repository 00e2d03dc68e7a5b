package jax

import (
	"slices"
	"unsafe"

	"gojax/internal/ad"
	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/rule"
	"gojax/lax"
)

// Jacfwd returns the derivative of f: a function whose result is a tree like f's
// argument, each leaf with the axes of f's value before its own. It works forwards, one
// pass for all elements of the argument, and suits functions with few of them.
func Jacfwd[A any](f func(A) Array) func(A) A {
	fn := unaryFn(f)
	return func(x A) A {
		l, in := fn.lift("Jacfwd", unsafe.Pointer(&x))
		mask := l.floating(in)
		jac := make([]*core.Value, len(in))
		for i, v := range in {
			if !mask[i] {
				continue
			}
			var out core.Type
			j := units(l.owner, v.Type(), func(t *core.Value) *core.Value {
				ts := make([]*core.Value, len(in))
				ts[i] = t
				y, ty := ad.JVP(l.owner, l.call, in, ts)
				l.checkArray(y)
				out = y[0].Type()
				return lax.Dense(ty[0], out)
			})
			m := len(out.Shape)
			last := lax.Transpose(j, append(axes(1, m+1), 0)) // the unit's axis goes behind
			jac[i] = lax.Reshape(last, slices.Concat(out.Shape, v.Shape)).Value()
		}
		return *(*A)(l.rebuild(jac)[0])
	}
}

// Jacrev is [Jacfwd] in reverse, one pass for all elements of f's value: it suits
// functions with few of them.
func Jacrev[A any](f func(A) Array) func(A) A {
	fn := unaryFn(f)
	return func(x A) A {
		l, in := fn.lift("Jacrev", unsafe.Pointer(&x))
		y, lin := ad.Linearize(l.owner, l.call, in, l.floating(in), nil)
		l.checkArray(y)
		out := y[0].Type()
		jac := make([]*core.Value, len(in))
		a := rule.Axis{Size: out.Size()}
		rows := func(ct ...*core.Value) []*core.Value {
			cts := make([]*core.Value, len(y))
			if lin.Out[0] {
				cts[0] = ct[0]
			}
			return lin.In.Pick(pull(lin, in, cts))
		}
		res, stacked := batch.Vmap(l.owner, a, rows, []*core.Value{basis(out).Value()}, core.All(1))
		res = batch.Stack(a, res, stacked, core.All(len(res)))
		for i, v := range lin.In.Spread(res) {
			if v != nil {
				jac[i] = lax.Reshape(lax.Of(v), slices.Concat(out.Shape, in[i].Shape)).Value()
			}
		}
		return *(*A)(l.rebuild(jac)[0])
	}
}

// Hessian returns the second derivative of f: for x of shape s and a value of shape r, an
// array of shape r+s+s. For trees, use it on a raveled argument; see [Ravel].
func Hessian(f func(Array) Array) func(Array) Array {
	return Jacfwd(Jacrev(f))
}

// checkArray refuses derivatives of what is not an array of a floating type.
func (l *lifted) checkArray(y []*core.Value) {
	if len(y) != 1 || !y[0].Inexact() {
		panic(core.Errorf(l.owner.What, "%s returned %v, want one array of a floating type", l.owner.Func(), core.Types(y)))
	}
}

// basis returns the unit arrays of type t along a new leading axis.
func basis(t core.Type) Array {
	n := t.Size()
	same := lax.Eq(lax.BroadcastedIota(Int32, Shape{n, n}, 0), lax.BroadcastedIota(Int32, Shape{n, n}, 1))
	return lax.Reshape(lax.Convert(same, t.DType), t.Stacked(n).Shape)
}

// units maps f over the unit arrays of type t; the result has a leading axis of them.
func units(owner core.Owner, t core.Type, f func(*core.Value) *core.Value) Array {
	a := rule.Axis{Size: t.Size()}
	fn := func(v ...*core.Value) []*core.Value { return []*core.Value{f(v[0])} }
	y, stacked := batch.Vmap(owner, a, fn, []*core.Value{basis(t).Value()}, core.All(1))
	return lax.Of(batch.Stack(a, y, stacked, core.All(1))[0])
}

// axes returns from, …, to-1.
func axes(from, to int) []int {
	s := make([]int, 0, max(to-from, 0)+1)
	for i := from; i < to; i++ {
		s = append(s, i)
	}
	return s
}

// Ravel returns the leaves of x as one vector, in order, converted to their common
// element type, and the function that undoes it. Absent leaves stay so.
func Ravel[A any](x A) (flat Array, unravel func(Array) A) {
	p := planOf[A]()
	leaves, err := p.Append(nil, unsafe.Pointer(&x))
	if err != nil {
		panic(core.Errorf("Ravel", "%w", err))
	}
	var parts []any
	for _, leaf := range leaves {
		if !leaf.IsAbsent() {
			parts = append(parts, lax.Reshape(leaf, Shape{-1}))
		}
	}
	if len(parts) == 0 {
		flat = lax.Full(Shape{0}, 0, Float32)
	} else {
		flat = lax.Concatenate(0, lax.Promote("Ravel", parts...)...)
	}
	want := flat.Type()
	unravel = func(v Array) A {
		if v.Rank() != 1 || v.Size() != want.Size() {
			panic(core.Errorf("Ravel", "unravel got %v, want a vector of %d", v.Type(), want.Size()))
		}
		back := make([]Array, len(leaves))
		at := 0
		for i, leaf := range leaves {
			if leaf.IsAbsent() {
				continue
			}
			n := leaf.Size()
			part := lax.Slice(v, []int{at}, []int{at + n}, nil)
			back[i] = lax.Convert(lax.Reshape(part, leaf.Shape()), leaf.DType())
			at += n
		}
		var out A
		if err := p.Rebuild(unsafe.Pointer(&out), unsafe.Pointer(&x), back); err != nil {
			panic(core.Errorf("Ravel", "%w", err))
		}
		return out
	}
	return flat, unravel
}
