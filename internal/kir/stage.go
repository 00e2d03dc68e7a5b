package kir

import "slices"

// A Walk is the addresses of a load or store that depend on the parallel loops alone:
// Off plus the multiples Strides of their indices.
type Walk struct {
	Off     int
	Extents []int // of the loops
	Strides []int
}

// WalkOf returns the walk of an address, if it is one.
func (k *Kernel) WalkOf(addr Val) (w Walk, ok bool) {
	r := &k.Regions[1]
	off, terms := k.Form(addr)
	w = Walk{int(off), r.Extents, make([]int, len(r.Extents))}
	for _, t := range terms {
		i := &k.Code[t.Atom]
		if i.Code != LoopIndex || i.Region != 1 {
			return w, false
		}
		w.Strides[i.N] = int(t.Stride)
	}
	return w, true
}

// A Staged is a copy that a kernel reads instead of a part of buffer From: buffer To, in
// which the elements along the loops of the walk with a stride lie in the order of
// those.
type Staged struct {
	From, To int
	Walk     Walk
}

// Stage returns k with loads from memory that it walks in an unfavourable order, as
// bad says, replaced by loads from copies. They are in new buffers, which come after
// the others; equal loads have one.
func (k *Kernel) Stage(bad func(w Walk) bool) (*Kernel, []Staged) {
	var staged []Staged
	to := map[Val]int{} // by load: which
	bufs := slices.Clone(k.Bufs)
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code != Load || i.Region != 1 || k.Bufs[i.Buf].Out {
			continue
		}
		w, ok := k.WalkOf(i.Args[0])
		if !ok || !bad(w) {
			continue
		}
		n := 1
		for a, e := range w.Extents {
			if w.Strides[a] != 0 {
				n *= e
			}
		}
		to[Val(v)] = len(staged)
		staged = append(staged, Staged{i.Buf, len(bufs), w})
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
		return b.Load(staged[n].To, b.Affine(0, staged[n].Walk.dense(b, terms)...)), true
	}, func(*Builder, *Instr, []Val) (Val, bool) { return 0, false }), staged
}

// dense returns the terms of an address with the strides of a copy.
func (w *Walk) dense(b *Builder, terms []Term) []Term {
	terms = slices.Clone(terms)
	stride := int64(1)
	for a := len(w.Extents) - 1; a >= 0; a-- {
		if w.Strides[a] == 0 {
			continue
		}
		for j := range terms {
			if b.k.Code[terms[j].Atom].N == a {
				terms[j].Stride = stride
				break
			}
		}
		stride *= int64(w.Extents[a])
	}
	return terms
}
