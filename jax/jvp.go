package jax

import (
	"unsafe"

	"gojax/internal/ad"
	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/lax"
	"gojax/tree"
)

// Jvp returns f(x) and its derivative at x in the direction t: forward mode. t is a tree
// like x, with tangents of the types of x's leaves; those of integers are ignored and may
// be absent.
func Jvp[A, R any](f func(A) R, x, t A) (R, R) {
	fn := unaryFn(f)
	l, in := fn.lift("Jvp", unsafe.Pointer(&x))
	y, ty := ad.JVP(l.owner, l.call, in, tangents(l, fn.in[0], unsafe.Pointer(&x), unsafe.Pointer(&t), in))
	return result[R](l, y), result[R](l, ad.Dense(ty, y, inexact(y)))
}

// Linearize returns f(x) and its derivative at x as a linear function, which may be called
// many times and costs no evaluation of f.
func Linearize[A, R any](f func(A) R, x A) (R, func(A) R) {
	fn := unaryFn(f)
	l, in := fn.lift("Linearize", unsafe.Pointer(&x))
	y, lin := ad.Linearize(l.owner, l.call, in, inexact(in), nil)
	return result[R](l, y), func(t A) R {
		ts := tangents(l, fn.in[0], unsafe.Pointer(&x), unsafe.Pointer(&t), in)
		return result[R](l, ad.Dense(lin.Push(ad.Dense(ts, in, lin.In)), y, inexact(y)))
	}
}

// Vjp returns f(x) and the function that maps cotangents of it to cotangents of x: reverse
// mode. The cotangents are a tree like f's result; the function may be called many times.
func Vjp[A, R any](f func(A) R, x A) (R, func(R) A) {
	fn := unaryFn(f)
	l, in := fn.lift("Vjp", unsafe.Pointer(&x))
	y, lin := ad.Linearize(l.owner, l.call, in, inexact(in), nil)
	res := result[R](l, y)
	return res, func(ct R) A {
		cts := tangents(l, fn.out[0], unsafe.Pointer(&res), unsafe.Pointer(&ct), y)
		return *(*A)(l.rebuild(pull(lin, in, cts))[0])
	}
}

// LinearTranspose returns the transpose of f, which must be linear: it maps cotangents of
// its result to cotangents of its argument. Only the types of x matter.
func LinearTranspose[A, R any](f func(A) R, x A) func(R) A {
	fn := unaryFn(f)
	l, in := fn.lift("LinearTranspose", unsafe.Pointer(&x))
	linear := l.floating(in)
	program, captured := ir.Stage(l.owner, core.Types(in), l.call)
	return func(ct R) A {
		like := result[R](l, abstract(program.OutTypes()))
		cts := tangents(l, fn.out[0], unsafe.Pointer(&like), unsafe.Pointer(&ct), abstract(program.OutTypes()))
		operands := append([]*core.Value{}, captured...)
		for i, v := range in {
			if linear[i] {
				v = core.Hole(v.Type())
			}
			operands = append(operands, v)
		}
		back := ad.Transpose(program, operands, cts)[len(captured):]
		return *(*A)(l.rebuild(ad.Dense(back, in, linear))[0])
	}
}

// result builds the only result of l.
func result[R any](l *lifted, y []*core.Value) R { return *(*R)(l.outs.build(l.fn, y)[0]) }

// tangents returns the leaves of the tree t, which must be like the tree x with leaves v;
// nil where v has no derivative or t is absent.
func tangents(l *lifted, p plan, x, t unsafe.Pointer, v []*core.Value) []*core.Value {
	xs, s, err := p.Flatten(x)
	if err != nil {
		panic(core.Errorf(l.owner.What, "%w", err))
	}
	ts, st, err := p.Flatten(t)
	if err != nil {
		panic(core.Errorf(l.owner.What, "%w", err))
	}
	if d := tree.Diff(s, st); d != "" {
		panic(core.Errorf(l.owner.What, "the (co)tangent is not a tree like that of %s: %s", l.owner.Func(), d))
	}
	out := make([]*core.Value, len(v))
	i := 0
	for leaf, x := range xs {
		if x.IsAbsent() {
			continue
		}
		if tv := ts[leaf].Value(); tv != nil && v[i].Inexact() {
			if !tv.Type().Equal(v[i].Type()) {
				panic(core.Errorf(l.owner.What, "the (co)tangent%s has type %v, want %v",
					at(s.Path(leaf)), tv.Type(), v[i].Type()))
			}
			out[i] = tv
		}
		i++
	}
	return out
}

func at(path string) string {
	if path == "" {
		return ""
	}
	return " of leaf " + path
}

// abstract returns values of which only the types are known.
func abstract(types []core.Type) []*core.Value {
	v := make([]*core.Value, len(types))
	for i, t := range types {
		v[i] = lax.Abstract(t).Value()
	}
	return v
}
