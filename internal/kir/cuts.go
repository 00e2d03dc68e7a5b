package kir

import "slices"

// Cuts lists, for each of the parallel loops, the indices at which a comparison or a
// clamp of that index alone changes sides. Made for the boxes between them, a kernel
// needs neither: so padding is peeled off.
func (k *Kernel) Cuts() [][]int { return k.cuts(1) }

// cuts is Cuts for the loops of a region.
func (k *Kernel) cuts(region int) [][]int {
	cuts := make([][]int, len(k.Regions[region].Extents))
	for v := range k.Code {
		i := &k.Code[v]
		switch i.Code {
		case Eq, Ne, Lt, Le, Gt, Ge, Max, Min:
			if k.Code[i.Args[0]].Type == Index {
				k.cut(i, region, cuts)
			}
		}
	}
	for a := range cuts {
		slices.Sort(cuts[a])
		cuts[a] = slices.Compact(cuts[a])
	}
	return cuts
}

// Follows reports whether an index depends on one loop alone, but for limits, so that Cuts
// tells where comparisons of it with constants change sides; and the region of the loop, 0
// if there is none.
func (b *Builder) Follows(x Val) (region int, ok bool) {
	_, terms := b.form(x)
	switch len(terms) {
	case 0:
		return 0, true
	case 1:
	default:
		return 0, false
	}
	switch i := &b.k.Code[terms[0].Atom]; i.Code {
	case LoopIndex:
		return i.Region, true
	case Max, Min:
		if _, ok := b.constant(i.Args[1]); ok {
			return b.Follows(i.Args[0])
		}
	}
	return 0, false
}

// cut adds the indices of a region at which one instruction changes sides.
func (k *Kernel) cut(i *Instr, region int, cuts [][]int) {
	b := Builder{k: *k}
	off, sum := b.addTerm(0, nil, Term{i.Args[0], 1})
	off, sum = b.addTerm(off, sum, Term{i.Args[1], -1})
	for len(sum) == 1 { // what has limits changes sides where it would without, if at all
		limited := &k.Code[sum[0].Atom]
		if limited.Code != Max && limited.Code != Min || k.Code[limited.Args[1]].Code != Constant {
			break
		}
		off, sum = b.addTerm(off, nil, Term{limited.Args[0], sum[0].Stride})
	}
	if len(sum) != 1 {
		return
	}
	loop, s := &k.Code[sum[0].Atom], sum[0].Stride
	if loop.Code != LoopIndex || loop.Region != region {
		return
	}
	// off + s·index is 0 or more from, or until, one index on; more than 0 another.
	var zero, more int64
	if s > 0 {
		zero, more = -floor(off, s), floor(-off, s)+1
	} else {
		zero, more = floor(off, -s)+1, -floor(-off, -s)
	}
	add := func(at int64) {
		if e := k.Regions[region].Extents[loop.N]; at > 0 && at < int64(e) {
			cuts[loop.N] = append(cuts[loop.N], int(at))
		}
	}
	switch i.Code {
	case Lt, Ge, Max:
		add(zero)
	case Le, Gt, Min:
		add(more)
	default:
		add(zero)
		add(more)
	}
}

// floor returns x/d, rounded down, for d > 0.
func floor(x, d int64) int64 {
	q := x / d
	if x%d < 0 {
		q--
	}
	return q
}
