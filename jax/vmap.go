package jax

import (
	"unsafe"

	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/rule"
	"gojax/lax"
	"gojax/tree"
)

// Axes gives the leaves of a struct, by field name, or of a map, by key, their axes; the
// key "*" is for those not named. See [InAxes].
type Axes = tree.Axes

// A VmapOption changes what Vmap maps over.
type VmapOption func(*vmapped)

// InAxes says which axis of each argument is mapped over: an int (negative ones count
// from the end), nil for an argument that all examples share, or [Axes] for those of its
// leaves. Without it the leading axis of all leaves is.
func InAxes(axes ...any) VmapOption { return func(v *vmapped) { v.in = axes } }

// OutAxes says where each result has the axis of examples: an int, nil for a result that
// is the same for all of them, or [Axes]. Without it the axis leads.
func OutAxes(axes ...any) VmapOption { return func(v *vmapped) { v.out = axes } }

// AxisName lets the function reduce over the examples (Psum) and number them (AxisIndex).
func AxisName(name string) VmapOption { return func(v *vmapped) { v.axis.Name = name } }

// AxisSize is the number of examples, needed only if no argument is mapped over.
func AxisSize(n int) VmapOption {
	if n < 0 {
		panic(core.Errorf("AxisSize", "the number of examples is %d, want none that is negative", n))
	}
	return func(v *vmapped) { v.axis.Size = n }
}

type vmapped struct {
	fn      *function
	owner   core.Owner
	axis    rule.Axis // the size is 0 unless given
	in, out []any
}

// Vmap returns f, written for one example, on many at once. Each mapped leaf of the
// arguments has one more axis, that of examples, and so has each leaf of the results. The
// loop over examples is inside the operations.
func Vmap[F any](f F, opts ...VmapOption) F {
	v := &vmapped{fn: analyse("Vmap", f), owner: ownerOf("Vmap", f)}
	for _, opt := range opts {
		opt(v)
	}
	if v.in != nil && len(v.in) != len(v.fn.in) {
		panic(core.Errorf("Vmap", "InAxes has %d axes, but %s has %d arguments", len(v.in), v.owner.Func(), len(v.fn.in)))
	}
	if v.out != nil && len(v.out) != len(v.fn.out) {
		panic(core.Errorf("Vmap", "OutAxes has %d axes, but %s has %d results", len(v.out), v.owner.Func(), len(v.fn.out)))
	}
	return gather[F](v.fn, v.run)
}

func (v *vmapped) run(args []unsafe.Pointer) []unsafe.Pointer {
	l, x := v.fn.lift("Vmap", args...)
	axes := v.axesOf(v.in, l.structures(), l.some, "argument", x)
	a := v.axis
	stacked := make(core.Mask, len(x))
	first := -1
	for i, axis := range axes {
		if axis == nil {
			continue
		}
		stacked[i] = true
		switch n := x[i].Shape[*axis]; {
		case first < 0 && a.Size == 0:
			a.Size, first = n, i
		case n != a.Size && first < 0:
			panic(core.Errorf("Vmap", "%s has size %d in axis %d, want AxisSize %d", l.path(i), n, *axis, a.Size))
		case n != a.Size:
			panic(core.Errorf("Vmap", "%s has size %d in its mapped axis and %s has %d, want equal sizes",
				l.path(first), a.Size, l.path(i), n))
		}
		x[i] = moveAxis(lax.Of(x[i]), *axis, 0).Value()
	}
	if first < 0 && a.Size == 0 {
		panic(core.Errorf("Vmap", "no argument of %s is mapped over: map one, or give AxisSize", v.owner.Func()))
	}
	y, rows := batch.Vmap(v.owner, a, l.call, x, stacked)
	for i, axis := range v.axesOf(v.out, l.outs.trees, l.outs.some, "result", nil) {
		if axis == nil {
			if rows[i] {
				panic(core.Errorf("Vmap", "result leaf %d of %s is to have no axis, but differs among examples", i, v.owner.Func()))
			}
			continue
		}
		z := lax.Of(lax.Stack(a, y[i], rows[i]))
		to := *axis
		if to < 0 {
			to += z.Rank()
		}
		if to < 0 || to >= z.Rank() {
			panic(core.Errorf("Vmap", "result leaf %d of %s has type %v with all examples, which has no axis %d",
				i, v.owner.Func(), z.Type(), *axis))
		}
		y[i] = moveAxis(z, 0, to).Value()
	}
	return l.outs.build(v.fn, y)
}

// axesOf spreads axes given for each tree over the leaves that are present; nil is not
// mapped. x are the leaves, in which the axes must exist, unless it is nil.
func (v *vmapped) axesOf(given []any, trees []*tree.Structure, some core.Mask, noun string, x []*core.Value) []*int {
	var all []*int
	leaf := 0
	for i, s := range trees {
		var prefix any = 0
		if given != nil {
			prefix = given[i]
		}
		perLeaf, err := tree.Prefix(s, prefix)
		if err != nil {
			panic(core.Errorf("Vmap", "axes of %s %d of %s: %w", noun, i, v.owner.Func(), err))
		}
		for k, axis := range perLeaf {
			if leaf++; !some[leaf-1] {
				continue
			}
			n, ok := axis.(int)
			switch {
			case axis == nil:
				all = append(all, nil)
				continue
			case !ok:
				panic(core.Errorf("Vmap", "the axis of %s %d%s is a %T, want an int or nil", noun, i, at(s.Path(k)), axis))
			case x != nil:
				t := x[len(all)].Type()
				if n < -t.Rank() || n >= t.Rank() {
					panic(core.Errorf("Vmap", "%s %d%s has type %v, which has no axis %d to map over",
						noun, i, at(s.Path(k)), t, n))
				}
				n = (n + t.Rank()) % max(t.Rank(), 1)
			}
			all = append(all, &n)
		}
	}
	return all
}

// moveAxis moves axis from of x to position to.
func moveAxis(x Array, from, to int) Array {
	if from == to {
		return x
	}
	perm := make([]int, 0, x.Rank())
	for i := range x.Rank() {
		if i != from {
			perm = append(perm, i)
		}
	}
	perm = append(perm, 0)
	copy(perm[to+1:], perm[to:])
	perm[to] = from
	return lax.Transpose(x, perm)
}

// AxisIndex is the position of the example along the named axis of an enclosing Vmap, an
// i32 scalar.
func AxisIndex(axis string) Array { return lax.AxisIndex(axis) }

// Psum adds x over the examples of the named axis of an enclosing Vmap.
func Psum(x Array, axis string) Array { return lax.PSum(x, axis) }
