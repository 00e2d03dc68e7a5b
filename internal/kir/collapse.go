package kir

import "slices"

// Collapse returns k with adjacent loops of a region made one wherever all
// addresses step through them as through one, so that loops are long and memory is
// walked in one direction. Nothing is computed otherwise or in another order.
func (k *Kernel) Collapse() *Kernel {
	n := &Kernel{Bufs: k.Bufs, Regions: slices.Clone(k.Regions), Code: slices.Clone(k.Code), Stores: k.Stores}
	used := k.otherwise()
	changed := false
	for r := range n.Regions {
		for a := len(n.Regions[r].Extents) - 1; a > 0; a-- {
			if n.joinable(r, a, used) {
				n.join(r, a)
				changed = true
			}
		}
	}
	if !changed {
		return k
	}
	return n.prune()
}

// otherwise marks the values that are used otherwise than in sums and addresses.
func (k *Kernel) otherwise() []bool {
	used := make([]bool, len(k.Code))
	mark := func(vals []Val) {
		for _, v := range vals {
			used[v] = true
		}
	}
	for _, s := range k.Stores {
		used[s.Val] = true
	}
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code != Load && i.Code != Linear {
			mark(i.Args)
		}
		if i.Fold != nil {
			mark(i.Fold.Yield)
			mark(i.Fold.Combined)
		}
	}
	return used
}

// UsesIndex reports whether the index of a loop of region 1 is used otherwise than in addresses.
func (k *Kernel) UsesIndex() bool { return k.UsesAny(k.Regions[1].Index) }

// UsesAny reports whether one of some indices of loops is used otherwise than in addresses.
func (k *Kernel) UsesAny(indices []Val) bool {
	for v, used := range k.otherwise() {
		_, terms := k.Form(Val(v))
		if used && slices.ContainsFunc(terms, func(t Term) bool { return k.Code[t.Atom].Code == LoopIndex && slices.Contains(indices, t.Atom) }) {
			return true
		}
	}
	return false
}

// stride returns the multiple of atom v in a sum.
func (k *Kernel) stride(sum, v Val) int64 {
	i := &k.Code[sum]
	if sum == v {
		return 1
	}
	if i.Code == Linear {
		if j := slices.Index(i.Args, v); j >= 0 {
			return i.Strides[j]
		}
	}
	return 0
}

// joinable reports whether loop a of a region can become one with the loop outside
// of it.
func (k *Kernel) joinable(region, a int, used []bool) bool {
	r := &k.Regions[region]
	inner, outer := r.Index[a], r.Index[a-1]
	e := int64(r.Extents[a])
	if e == 1 || r.Extents[a-1] == 1 {
		return true
	}
	if used[inner] || used[outer] {
		return false
	}
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code == Linear && k.stride(Val(v), outer) != e*k.stride(Val(v), inner) {
			return false
		}
		if i.Code == Load && (i.Args[0] == inner || i.Args[0] == outer) {
			return false
		}
	}
	return !slices.ContainsFunc(k.Stores, func(s Store) bool { return s.Addr == inner || s.Addr == outer })
}

// join makes loop a of a region and the one outside of it one.
func (k *Kernel) join(region, a int) {
	r := &k.Regions[region]
	index, extents := slices.Clone(r.Index), slices.Clone(r.Extents)
	inner, outer := index[a], index[a-1]
	kept := inner
	switch {
	case extents[a-1] == 1:
	case extents[a] == 1:
		kept = outer
	default:
		for v := range k.Code {
			i := &k.Code[v]
			if i.Code != Linear {
				continue
			}
			if j := slices.Index(i.Args, outer); j >= 0 {
				i.Args = slices.Delete(slices.Clone(i.Args), j, j+1)
				i.Strides = slices.Delete(slices.Clone(i.Strides), j, j+1)
			}
		}
	}
	extents[a-1] *= extents[a]
	index[a-1] = kept
	r.Index = slices.Delete(index, a, a+1)
	r.Extents = slices.Delete(extents, a, a+1)
	for n, v := range r.Index {
		if i := &k.Code[v]; i.Code == LoopIndex {
			i.N = n
		}
	}
}
