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

// lower returns the kernel of a group for the indices in a box, and the values in
// whose memory its buffers are: those that it reads first, then those that it stores.
func lower(f *fusion, gr *group, in box) (*kir.Kernel, []int) {
	l := &f.lower
	l.b.Reset()
	clear(l.slot)
	clear(l.done)
	l.own, l.bufs = gr.stores, nil
	shape := whole(f, gr).hi
	at := l.b.Loops(in.lo, in.hi)
	flat := l.b.Address(shape, at)
	values := make([]kir.Val, len(gr.stores))
	l.b.Together(func() {
		for i, v := range gr.stores {
			values[i] = l.element(v, at)
		}
	})
	for i, v := range gr.stores {
		t := f.g.types[v]
		l.b.Store(l.b.Out(t.DType, t.Size()), flat, values[i])
		l.bufs = append(l.bufs, v)
	}
	return l.b.Kernel(), l.bufs
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
		x = n.op.(rule.Kernel).Kernel(l.b, g.types[v], ops, slices.Clone(at))
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

// maxBoxes bounds how many kernels one is peeled into, and peelFrom is the size from
// which it is worth while.
const (
	maxBoxes = 16
	peelFrom = 1 << 14
)

// boxes cuts a box at indices that are counted from its corner. One that would have
// more than most parts stays whole.
func boxes(of box, cuts [][]int, most int) []box {
	all := []box{{}}
	for a := range of.hi {
		edges := []int{of.lo[a]}
		for _, c := range cuts[a] {
			edges = append(edges, of.lo[a]+c)
		}
		edges = append(edges, of.hi[a])
		if len(all)*(len(edges)-1) > most {
			return []box{of}
		}
		var next []box
		for _, b := range all {
			for i := range len(edges) - 1 {
				next = append(next, box{append(slices.Clone(b.lo), edges[i]), append(slices.Clone(b.hi), edges[i+1])})
			}
		}
		all = next
	}
	return all
}
