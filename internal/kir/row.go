package kir

// Row returns k for the first e iterations of its innermost parallel loop alone, where the others begin. It
// stores what they compute side by side, from the beginning of its only result on.
func (k *Kernel) Row(e int) *Kernel {
	b := Borrow()
	defer b.Return()
	b.k.Bufs = k.Bufs
	last := len(k.Regions[1].Extents) - 1
	all := b.recode(k, func(v Val, i *Instr, _ []Val) (Val, bool) {
		switch {
		case i.Code != LoopIndex || i.Region != 1:
			return 0, false
		case i.N != last:
			return b.At(0), true
		}
		j := *i
		j.N = 0
		return b.add(j, bounds{0, int64(e - 1)}), true
	}, keep)
	r := &b.reloop(k, all)[1]
	r.Extents, r.Index = []int{e}, r.Index[last:]
	b.region = 1
	b.Store(k.Stores[0].Buf, r.Index[0], all([]Val{k.Stores[0].Val})[0])
	return b.Kernel()
}
