package kir

import "slices"

// mostSplits bounds how many loops of a kernel are made two.
const mostSplits = 8

// Split returns k with loops made two, one within the other, where that spares a quotient and a
// remainder of their index, such as reshapes of what is repeated make: a vector needs its elements
// from where they lie, and a quotient takes longer than what it is the address of. Nothing is
// computed otherwise or in another order.
func (k *Kernel) Split() *Kernel {
	for range mostSplits {
		v, d, ok := k.divided()
		if !ok {
			break
		}
		k = k.split(v, d)
	}
	return k
}

// divided returns the index of a loop, and how many of its iterations are to be the inner one of
// two loops, so that an instruction divides by nothing any more.
func (k *Kernel) divided() (index Val, d int, ok bool) {
	b := Builder{k: *k}
	for v := range k.Code {
		i := &k.Code[v]
		if (i.Code != Div && i.Code != Rem) || i.Type != Index {
			continue
		}
		by, known := b.constant(i.Args[1])
		if !known || int64(by[0]) <= 1 {
			continue
		}
		if index, d, ok = k.dividedBy(i.Args[0], int64(by[0])); ok {
			return index, d, true
		}
	}
	return 0, 0, false
}

// dividedBy is divided for the quotient of x and by. That is a sum without a rest if one of the
// terms of x goes through some multiple of by a whole number of times, and all others are
// multiples or, with what is left of that term, stay below by.
func (k *Kernel) dividedBy(x Val, by int64) (index Val, d int, ok bool) {
	off, terms := k.Form(x)
	rest := off % by
	if off < 0 {
		return 0, 0, false
	}
	for _, t := range terms {
		i := &k.Code[t.Atom]
		switch {
		case t.Stride%by == 0:
			continue
		case i.Code != LoopIndex || t.Stride < 0:
			return 0, 0, false
		}
		e := int64(k.Regions[i.Region].Extents[i.N])
		if n := by / t.Stride; by%t.Stride == 0 && e > n && e%n == 0 && !ok {
			index, d, ok = t.Atom, int(n), true
			e = n
		}
		rest += t.Stride * (e - 1)
	}
	return index, d, ok && rest < by
}

// split makes the loop of an index two, the inner one of d iterations.
func (k *Kernel) split(index Val, d int) *Kernel {
	b := Borrow()
	defer b.Return()
	b.k.Bufs = k.Bufs
	cut := k.Code[index]
	var outer, inner Val
	all := b.recode(k, func(v Val, i *Instr, _ []Val) (Val, bool) {
		if i.Code != LoopIndex || i.Region != cut.Region {
			return 0, false
		}
		j, e := *i, k.Regions[i.Region].Extents[i.N]
		if v != index {
			if j.N > cut.N {
				j.N++
			}
			return b.add(j, bounds{0, int64(e - 1)}), true
		}
		outer = b.add(j, bounds{0, int64(e/d - 1)})
		j.N++
		inner = b.add(j, bounds{0, int64(d - 1)})
		return b.Affine(0, Term{outer, int64(d)}, Term{inner, 1}), true
	}, keep)
	regions := b.reloop(k, all)
	r := &regions[cut.Region]
	r.Extents = slices.Replace(slices.Clone(r.Extents), cut.N, cut.N+1, r.Extents[cut.N]/d, d)
	r.Index = slices.Replace(r.Index, cut.N, cut.N+1, outer, inner)
	return b.restore(k, all)
}
