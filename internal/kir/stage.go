package kir

import (
	"slices"

	"gojax/internal/dtype"
)

// A Walk is the addresses of a load or store that depend on the parallel loops alone, or on
// those of one reduction as well: Off plus the multiples Strides of their indices.
type Walk struct {
	Off     int
	Extents []int // of the loops
	Strides []int
}

// WalkOf returns the walk of an address, if it is one.
func (k *Kernel) WalkOf(addr Val) (w Walk, ok bool) { return k.walkIn(1, addr) }

// walkIn is WalkOf for an address in a region, which is that of the parallel loops, or is in them.
func (k *Kernel) walkIn(region int, addr Val) (w Walk, ok bool) {
	off, terms := k.Form(addr)
	w = Walk{Off: int(off), Extents: k.Regions[1].Extents}
	if region != 1 {
		w.Extents = append(slices.Clone(w.Extents), k.Regions[region].Extents...)
	}
	w.Strides = make([]int, len(w.Extents))
	for _, t := range terms {
		i := &k.Code[t.Atom]
		if i.Code != LoopIndex || i.Region != 1 && i.Region != region {
			return w, false
		}
		w.Strides[k.loopIn(i)] = int(t.Stride)
	}
	return w, true
}

// loopIn is the place of a loop in walks.
func (k *Kernel) loopIn(i *Instr) int {
	if i.Region == 1 {
		return i.N
	}
	return len(k.Regions[1].Extents) + i.N
}

// A Staged is a copy that a kernel reads instead of a part of buffer From: buffer To, in
// which the elements along the loops of the walk with a stride lie in the order of
// those, where At says.
type Staged struct {
	From, To int
	Walk, At Walk
}

// Stage returns k with loads from memory that it walks in an unfavourable order, as
// bad says of parallel loops and again of those with a reduction in them, replaced by
// loads from copies. They are in new buffers, which come after the others; equal loads
// have one. The first copy lies as the result does, if there is one result and each
// element of it has its own of the copy, so that it may be where the result is.
func (k *Kernel) Stage(bad, again func(w Walk) bool) (*Kernel, []Staged) {
	var staged []Staged
	to := map[Val]int{} // by load: which
	bufs := slices.Clone(k.Bufs)
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code != Load || i.Region != 1 && (i.Region == 0 || k.Regions[i.Region].Parent != 1) || k.Bufs[i.Buf].Out {
			continue
		}
		w, ok := k.walkIn(i.Region, i.Args[0])
		if !ok || i.Region == 1 && !bad(w) || i.Region != 1 && !again(w) {
			continue
		}
		at, n := w.dense()
		if len(staged) == 0 && i.Region == 1 {
			if result, elems, ok := k.resultLike(w, i.Type); ok {
				at, n = result, elems
			}
		}
		to[Val(v)] = len(staged)
		staged = append(staged, Staged{i.Buf, len(bufs), w, at})
		bufs = append(bufs, Buf{Type: i.Type, Elems: n})
	}
	if len(staged) == 0 {
		return k, nil
	}
	b := Borrow()
	defer b.Return()
	b.k.Bufs = bufs
	return b.rewrite(k, func(v Val, i *Instr, args []Val) (Val, bool) {
		n, ok := to[v]
		if !ok {
			return 0, false
		}
		_, terms := b.form(args[0])
		at := staged[n].At
		terms = slices.Clone(terms)
		for j := range terms {
			terms[j].Stride = int64(at.Strides[k.loopIn(&b.k.Code[terms[j].Atom])])
		}
		return b.Load(staged[n].To, b.Affine(int64(at.Off), terms...)), true
	}, keep), staged
}

// dense returns the walk of a copy of what w comes by, in its order and without gaps, and how
// many elements that are.
func (w *Walk) dense() (at Walk, n int) {
	at = Walk{0, w.Extents, make([]int, len(w.Extents))}
	n = 1
	for a := len(w.Extents) - 1; a >= 0; a-- {
		if w.Strides[a] != 0 {
			at.Strides[a] = n
			n *= w.Extents[a]
		}
	}
	return at, n
}

// resultLike returns the walk of the only result of k, and how many elements that has, if they
// are as large as those of w and as many as w comes by are stored, neighbours beside each other.
func (k *Kernel) resultLike(w Walk, t dtype.Type) (at Walk, n int, ok bool) {
	if len(k.Stores) != 1 || k.Stores[0].Region != 1 || slices.Contains(w.Strides, 0) {
		return at, 0, false
	}
	buf := k.Bufs[k.Stores[0].Buf]
	at, ok = k.WalkOf(k.Stores[0].Addr)
	if ok = ok && buf.Type.Size() == t.Size() && !slices.Contains(at.Strides, 0); !ok {
		return at, 0, false
	}
	last := len(at.Strides) - 1
	return at, buf.Elems, last < 0 || at.Strides[last] == 1
}
