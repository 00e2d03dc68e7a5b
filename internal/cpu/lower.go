package cpu

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// lowering makes a kernel of a group: the elements of what it stores are pulled out
// of the nodes, and the nodes pull them out of theirs, down to memory.
type lowering struct {
	f    *fusion
	b    *kir.Builder
	own  []int          // the values that the kernel stores, and so computes
	bufs []int          // the values whose memory the kernel gets
	slot map[int]int    // by value: its buffer
	done map[int][]elem // what has been computed of each value
}

type elem struct {
	at []kir.Val
	x  kir.Val
}

// A box is a part of the index space of a group.
type box struct{ lo, hi []int }

// whole returns the box of all indices of a group.
func whole(f *fusion, gr *group) box {
	t := f.g.types[gr.stores[0]]
	if gr.plain { // one loop does
		return box{[]int{0}, []int{t.Size()}}
	}
	return box{make([]int, t.Rank()), t.Shape}
}

// lower returns the kernel of a group for the indices in boxes of one size, all of which
// each iteration goes over, and the values in whose memory its buffers are: those that it
// reads first, then those that it stores.
func lower(f *fusion, gr *group, in ...box) (*kir.Kernel, []int) {
	l := &f.lower
	l.b.Reset()
	clear(l.slot)
	clear(l.done)
	l.own, l.bufs = gr.all(), nil
	shape := whole(f, gr).hi
	first := l.b.Loops(in[0].lo, in[0].hi)
	all := make([]stored, len(in))
	var inner []stored
	l.b.Together(func() {
		for n, b := range in {
			at := slices.Clone(first)
			for a := range at {
				at[a] = l.b.Affine(int64(b.lo[a]-in[0].lo[a]), kir.Term{Atom: at[a], Stride: 1})
			}
			inner = append(inner, l.along(gr, at))
			all[n].flat = l.b.Address(shape, at)
			for _, v := range gr.stores {
				all[n].x = append(all[n].x, l.element(v, at))
			}
		}
		for i, v := range gr.inner {
			buf := l.b.Out(f.g.types[v].DType, f.g.types[v].Size())
			for _, s := range inner {
				l.b.Each(l.reduced(gr), func([]kir.Val) { l.b.Store(buf, s.flat, s.x[i]) })
			}
			l.bufs = append(l.bufs, v)
		}
	})
	for i, v := range gr.stores {
		t := f.g.types[v]
		buf := l.b.Out(t.DType, t.Size())
		for _, s := range all {
			l.b.Store(buf, s.flat, s.x[i])
		}
		l.bufs = append(l.bufs, v)
	}
	return l.b.Kernel(), l.bufs
}

// stored is what is stored at an address.
type stored struct {
	flat kir.Val
	x    []kir.Val
}

// along computes what the reductions of a group store in passing, at an index of theirs.
func (l *lowering) along(gr *group, at []kir.Val) (s stored) {
	if len(gr.inner) == 0 {
		return s
	}
	r := &l.f.g.nodes[gr.root]
	axes, shape := r.op.(rule.Reduction).Reduced(), l.f.g.types[r.in[0]].Shape
	l.b.Each(l.reduced(gr), func(j []kir.Val) {
		index := slices.Clone(at)
		for n, a := range axes {
			index = slices.Insert(index, a, j[n])
		}
		s.flat = l.b.Address(shape, index)
		for _, v := range gr.inner {
			s.x = append(s.x, l.element(v, index))
		}
	})
	return s
}

// reduced lists the extents of the axes that a group reduces.
func (l *lowering) reduced(gr *group) (extents []int) {
	r := &l.f.g.nodes[gr.root]
	for _, a := range r.op.(rule.Reduction).Reduced() {
		extents = append(extents, l.f.g.types[r.in[0]].Shape[a])
	}
	return extents
}

// element returns the element of a value at an index.
func (l *lowering) element(v int, at []kir.Val) kir.Val {
	for _, e := range l.done[v] {
		if slices.Equal(e.at, at) {
			return e.x
		}
	}
	g := l.f.g
	if lit := g.lits[v]; lit != nil {
		return l.b.Bits(lit.DType, bitsOf(lit))
	}
	if from := l.f.resolve(v); l.f.stored[from] && !slices.Contains(l.own, from) {
		return l.load(from, v, at)
	}
	return l.compute(v, at)
}

// load reads an element of v, which is a view of what is in memory.
func (l *lowering) load(from, v int, at []kir.Val) kir.Val {
	t := l.f.g.types[v]
	slot, ok := l.slot[from]
	if !ok {
		slot = l.b.In(t.DType, t.Size())
		l.slot[from] = slot
		l.bufs = append(l.bufs, from)
	}
	if len(at) == 1 && len(t.Shape) != 1 {
		return l.b.Load(slot, at[0]) // a plain kernel, in one loop
	}
	return l.b.Load(slot, l.b.Address(t.Shape, at))
}

// compute returns an element out of the node that makes it.
func (l *lowering) compute(v int, at []kir.Val) kir.Val {
	g := l.f.g
	n := &g.nodes[g.defs[v]]
	at = slices.Clone(at)
	var x kir.Val
	if n.kind == byCode {
		var args [4]kir.Val
		for i, y := range n.in {
			if g.types[y].Rank() < g.types[v].Rank() {
				args[i] = l.element(y, nil)
			} else {
				args[i] = l.element(y, at)
			}
		}
		x = l.b.Emit(n.code, args[:len(n.in)]...)
	} else {
		ops := make([]kir.Operand, len(n.in))
		for i, y := range n.in {
			ops[i] = kir.Operand{DType: g.types[y].DType, Shape: g.types[y].Shape,
				At: func(at []kir.Val) kir.Val { return l.element(y, at) }}
		}
		x = n.kernel(l.b, g.types[v], ops, slices.Clone(at))
	}
	l.done[v] = append(l.done[v], elem{at, x})
	return x
}

// bitsOf returns the bits of a scalar in host memory.
func bitsOf(v *core.Value) (bits [2]uint64) {
	for i, x := range core.Slice[byte](v.Buf)[:v.DType.Size()] {
		bits[i/8] |= uint64(x) << (i % 8 * 8)
	}
	return bits
}
