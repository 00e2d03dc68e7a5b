package kir

import "slices"

// A Cut is the iterations of a reduction in boxes, in each of which no condition changes sides:
// each box has a region of its own. The region of the reduction counts through all.
type Cut struct {
	Extents []int   // of the loops that are cut, outermost first
	Edges   [][]int // by loop: where pieces of it begin, and where the last ends
	Regions []int   // of the boxes, in row-major order
}

// Find returns the box of iteration i, the iteration of the box's region that it is, and how many
// iterations, with this one, follow each other in both.
func (c *Cut) Find(i int) (box, at, run int) {
	boxes, size := 1, 1
	inner, whole := 1, true // iterations of the loops inside of this one, which are not cut
	for a := len(c.Extents) - 1; a >= 0; a-- {
		x := i % c.Extents[a]
		i /= c.Extents[a]
		edges := c.Edges[a]
		n := 0
		for x >= edges[n+1] {
			n++
		}
		if whole {
			run = (edges[n+1]-x)*inner - at
			whole, inner = len(edges) == 2, inner*c.Extents[a]
		}
		box, boxes = box+n*boxes, boxes*(len(edges)-1)
		at, size = at+(x-edges[n])*size, size*(edges[n+1]-edges[n])
	}
	return box, at, run
}

const (
	mostPieces = 16 // of a reduction, and
	leastRun   = 16 // … of how many iterations in a row, on average, those are where they are lanes
)

// CutFolds returns k with reductions in the parallel loops cut where indices of their loops reach
// limits, as where operands of a concatenation meet and where padding begins: each box of
// iterations has a body without these conditions, and what is yielded is a Piece. The order of
// reductions stays.
func (k *Kernel) CutFolds() *Kernel {
	cuts := map[int]*Cut{} // by body
	for v := range k.Code {
		if i := &k.Code[v]; i.Code == Reduce && i.Region == 1 {
			if c := k.cutOf(i.Fold); c != nil {
				cuts[i.Fold.Body] = c
			}
		}
	}
	if len(cuts) == 0 {
		return k
	}
	b := Borrow()
	defer b.Return()
	return b.cutFolds(k, cuts).Collapse()
}

// cutOf returns how a reduction is cut, without regions yet; nil if it is not.
func (k *Kernel) cutOf(f *Fold) *Cut {
	within := func(r Region) bool { return r.Parent == f.Body }
	if !k.limits(f.Body) || slices.ContainsFunc(k.Regions, within) || k.StoresIn(f) {
		return nil
	}
	c := &Cut{Extents: k.Regions[f.Body].Extents}
	pieces, runs := 1, 1
	for a, at := range k.cuts(f.Body) {
		e := c.Extents[a]
		c.Edges = append(c.Edges, slices.Concat([]int{0}, at, []int{e}))
		if pieces *= len(at) + 1; len(at) > 0 {
			runs = len(at) + 1
			for _, outer := range c.Extents[:a] {
				runs *= outer
			}
		}
	}
	if pieces == 1 || pieces > mostPieces || k.Regions[f.Body].Size() < leastRun*runs && !k.across(f.Body) {
		return nil
	}
	return c
}

// across reports whether neighbours of the innermost parallel loop are neighbours in memory that a
// region reads, so that its own iterations come one after the other.
func (k *Kernel) across(region int) bool {
	last := len(k.Regions[1].Index) - 1
	return last >= 0 && slices.ContainsFunc(k.Code, func(i Instr) bool {
		return i.Code == Load && i.Region == region && k.stride(i.Args[0], k.Regions[1].Index[last]) == 1
	})
}

// limits reports whether an index of a region's loops has limits: what has none, but is compared,
// is as fast with a choice.
func (k *Kernel) limits(region int) bool {
	return slices.ContainsFunc(k.Code, func(i Instr) bool { return (i.Code == Max || i.Code == Min) && i.Type == Index && i.Region == region })
}

// cutFolds makes k again, with the bodies of reductions cut.
func (b *Builder) cutFolds(k *Kernel, cuts map[int]*Cut) *Kernel {
	b.k.Bufs = k.Bufs
	b.k.Regions = make([]Region, len(k.Regions))
	now := make([]Val, len(k.Code))
	all := under(now)
	bodies := map[int][]int{} // what is computed in each that is cut
	counts := map[int]Val{}
	for v := range k.Code {
		i := &k.Code[v]
		if cuts[i.Region] != nil {
			bodies[i.Region] = append(bodies[i.Region], v)
			continue
		}
		if i.Fold == nil || cuts[i.Fold.Body] == nil {
			now[v] = b.again(k, i, all, keep)
			continue
		}
		f := *i.Fold
		c := cuts[f.Body]
		pieces := make([]Instr, len(f.Yield))
		for n, y := range f.Yield {
			pieces[n] = Instr{Code: Piece, Type: k.Code[y].Type, Region: f.Body, Cut: c}
		}
		b.region = i.Region
		for box := range c.boxes() {
			b.box(c, box, k.Regions[f.Body].Index, now)
			for _, v := range bodies[f.Body] {
				if i := &k.Code[v]; i.Code != LoopIndex {
					now[v] = b.again(k, i, all, keep)
				}
			}
			for n, y := range f.Yield {
				pieces[n].Args = append(pieces[n].Args, now[y])
			}
		}
		size := k.Regions[f.Body].Size()
		counts[f.Body] = b.add(Instr{Code: LoopIndex, Type: Index, Region: f.Body}, bounds{0, int64(size - 1)})
		f.Params, f.Combined = all(f.Params), all(f.Combined)
		f.Yield = nil
		for _, p := range pieces {
			f.Yield = append(f.Yield, b.add(p, unbounded))
		}
		n := *i
		n.Args, n.Fold = all(i.Args), &f
		now[v] = b.add(n, unbounded)
	}
	regions := b.reloop(k, all)
	for r := range cuts {
		old := &k.Regions[r]
		regions[r] = Region{old.Parent, []int{old.Size()}, []Val{counts[r]}}
	}
	return b.restore(k, all)
}

// boxes is how many boxes there are.
func (c *Cut) boxes() int {
	n := 1
	for _, e := range c.Edges {
		n *= len(e) - 1
	}
	return n
}

// box opens the loops of a box, by its number in row-major order, and makes them what the given
// indices are now.
func (b *Builder) box(c *Cut, n int, index []Val, now []Val) {
	lo, extents := make([]int, len(index)), make([]int, len(index))
	for a := len(index) - 1; a >= 0; a-- {
		e := c.Edges[a]
		at := n % (len(e) - 1)
		n /= len(e) - 1
		lo[a], extents[a] = e[at], e[at+1]-e[at]
	}
	r := b.open(extents)
	c.Regions = append(c.Regions, r)
	for a, v := range index {
		now[v] = b.Affine(int64(lo[a]), Term{b.k.Regions[r].Index[a], 1})
	}
}
