package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/gen"
	"gojax/internal/kir"
)

// A reduction that is cut has a body for each box of its iterations. Where these are lanes, what
// the boxes make is brought together in a tile, or stays where it is if all lanes are in one box;
// where they come one after the other, each is one of the body of its box.

// A cut is the bodies of such a reduction.
type cut struct {
	*kir.Cut
	boxes []*fold // what the boxes would be as reductions of their own
	vals  []kir.Val
	size  []int          // of an element, by value
	tile  []int          // offset, by value
	made  [][]*gen.Block // by box: its machine code, if iterations are lanes
}

// cut compiles the boxes of a reduction, or returns nil if it has none.
func (p *plan) cut(f *fold, i *kir.Instr) *cut {
	c := &cut{Cut: p.k.Code[i.Fold.Yield[0]].Cut}
	if c.Cut == nil {
		return nil
	}
	for _, y := range i.Fold.Yield {
		size := p.k.Code[y].Type.Size()
		c.vals, c.size, c.tile = append(c.vals, y), append(c.size, size), append(c.tile, p.memory(size*p.c.width))
		p.c.places[y] = place{elsewhere, false, -1}
	}
	for box, region := range c.Regions {
		g := &fold{region: region, size: p.k.Regions[region].Size(), cells: f.cells, lanes: f.lanes}
		part := *i.Fold
		part.Body, part.Yield = region, nil
		for _, y := range i.Fold.Yield {
			part.Yield = append(part.Yield, p.k.Code[y].Args[box])
		}
		g.carries = append(g.carries, f.carries...)
		if f.lanes {
			j := *i
			j.Fold = &part
			g.body, g.before, g.into = p.foldBody(g, &j)
			if g.into != nil {
				g.strips = p.strips(g)
			}
		} else {
			from := len(p.native.made)
			g.body = p.block(region)
			c.made = append(c.made, slices.Clone(p.native.made[from:]))
		}
		for n, y := range part.Yield {
			g.carries[n].yield = p.operand(y, true)
		}
		c.boxes = append(c.boxes, g)
	}
	p.cuts[c.vals[0]] = c
	return c
}

// boxOf returns the box of an iteration, f itself if it is not cut; which iteration of the box it
// is, and how many follow each other there.
func (f *fold) boxOf(i int) (g *fold, at, run int) {
	if f.cut == nil {
		return f, i, f.size - i
	}
	box, at, run := f.cut.Find(i)
	return f.cut.boxes[box], at, run
}

// strips reports whether all boxes have code for strips.
func (c *cut) strips() bool {
	for _, g := range c.boxes {
		if g.strips == nil {
			return false
		}
	}
	return true
}

// one computes an iteration of a reduction that is not lanes.
func (c *cut) one(m *machine, i int) {
	box, at, _ := c.Find(i)
	g := c.boxes[box]
	m.seek(g.region, at)
	m.steps(g.body)
	for n, v := range c.vals {
		m.ptr[v] = g.carries[n].yield.of(m)
	}
}

// lanes computes the iterations of a reduction that are lanes of a tile, from i on.
func (c *cut) lanes(m *machine, i int) {
	all := m.n
	for t := 0; t < all; t += m.n {
		box, at, run := c.Find(i + t)
		g := c.boxes[box]
		m.seek(g.region, at)
		m.n = min(run, all-t)
		loops, extents := m.c.loops[g.region], m.c.k.Regions[g.region].Extents
		if last := len(loops) - 1; last > 0 && extents[last] >= rowTiles {
			m.n = min(m.n, extents[last]-int(m.idx[loops[last]]))
		}
		m.steps(g.body)
		for n, v := range c.vals {
			x := g.carries[n].yield.of(m)
			if m.n == all {
				m.ptr[v] = x
				continue
			}
			m.ptr[v] = m.address(c.tile[n])
			copyOver(unsafe.Add(m.ptr[v], t*c.size[n]), x, m.n*c.size[n])
		}
	}
	m.n = all
}

// piecesOf returns the step that computes what a reduction yields.
func (p *plan) piecesOf(c *cut, region int) step {
	at := p.c.loops[region][0]
	if p.c.lanes == 1 {
		return func(m *machine) { c.one(m, int(m.idx[at])) }
	}
	return func(m *machine) { c.lanes(m, int(m.idx[at])) }
}

// inTile is the buffer of an access to memory of the machine, at an offset.
const inTile = -1

// tiled returns what a kernel does for each row that it reduces, if all of it is machine code:
// boxes make tiles, these are reduced, and what is stored is computed of that.
func (p *plan) tiled() (list []*stage) {
	if p.native.failed != nil || p.c.lanes == 1 || len(p.c.folds) != 1 {
		return nil
	}
	f := p.c.folds[0]
	if !f.begins || len(p.storesOf(f.region)) > 0 || f.cut == nil && len(p.native.steps) != len(f.into) {
		return nil
	}
	if f.cut != nil {
		for box := range f.cut.boxes {
			list = append(list, p.boxStage(f.cut, box))
		}
	}
	list = append(list, p.foldStages(f)...)
	if !p.onlyFolds() {
		list = append(list, p.lastStage())
	}
	if slices.Contains(list, nil) {
		return nil
	}
	return list
}

// foldStages returns the stages that reduce. What they make is in memory of the machine unless it
// is stored as it is.
func (p *plan) foldStages(f *fold) (list []*stage) {
	made, steps := p.made(f)
	for n, c := range steps {
		if !c.straight() {
			return []*stage{nil}
		}
		s := &stage{block: made[n], fold: f.size, extents: p.k.Regions[1].Extents}
		for _, v := range c.in {
			if f.cut != nil && slices.Contains(f.cut.vals, v) {
				s.in = append(s.in, s.tile(f.cut.tile[slices.Index(f.cut.vals, v)]))
			} else if a, ok := p.loaded(v, f.region); ok {
				s.in = append(s.in, a)
			} else {
				return []*stage{nil}
			}
		}
		for _, t := range c.out {
			a := s.tile(p.c.places[f.carries[t.carry].result].offset)
			if p.onlyFolds() {
				to, _ := p.storeOf(&t)
				var ok bool
				if a, ok = p.access(to.Addr, to.Buf, 1); !ok {
					return []*stage{nil}
				}
			}
			s.out = append(s.out, a)
		}
		list = append(list, s)
	}
	return list
}

// loaded returns the access of a load in the parallel loops or those of a region.
func (p *plan) loaded(v kir.Val, region int) (a access, ok bool) {
	i := &p.k.Code[v]
	if i.Code != kir.Load || p.native.gathers[v] || countLong(p.k.Regions[region].Extents) > 1 && region != 1 {
		return a, false
	}
	return p.access(i.Args[0], i.Buf, region)
}

// lastStage returns what is stored of what a row has been reduced to, or nil.
func (p *plan) lastStage() *stage {
	var vals []kir.Val
	for _, t := range p.k.Stores {
		vals = append(vals, t.Val)
	}
	s := p.oneLane(vals)
	if s == nil {
		return nil
	}
	for _, t := range p.k.Stores {
		a, ok := p.access(t.Addr, t.Buf, 1)
		if !ok {
			return nil
		}
		s.out = append(s.out, a)
	}
	return s
}

// oneLane returns the stage that computes values once for each row, or nil.
func (p *plan) oneLane(vals []kir.Val) *stage {
	b := &gen.Block{K: p.k}
	s := &stage{block: b, fold: 1, extents: p.k.Regions[1].Extents}
	needed := map[kir.Val]bool{}
	for _, v := range vals {
		needed[v] = true
		b.Out = append(b.Out, gen.Output{Val: v})
	}
	for n := range slices.Backward(p.k.Code) {
		v, i := kir.Val(n), &p.k.Code[n]
		if !needed[v] || i.Code == kir.Constant {
			continue
		}
		switch a, ok := p.loaded(v, 1); {
		case i.Code == kir.Reduce || i.Code == kir.Result:
			b.In, s.in = append(b.In, gen.Input{Val: v}), append(s.in, s.tile(p.c.places[v].offset))
		case ok:
			b.In, s.in = append(b.In, gen.Input{Val: v}), append(s.in, a)
		case i.Region <= 1 && i.Code <= kir.Bitcast && gen.Supported(p.k, i):
			b.Vals = append(b.Vals, v)
			for _, x := range i.Args {
				needed[x] = true
			}
		default:
			return nil
		}
	}
	slices.Reverse(b.Vals)
	return s
}

// boxStage returns the stage that makes a box's part of the tiles, or nil.
func (p *plan) boxStage(c *cut, box int) *stage {
	g := c.boxes[box]
	first := 0
	for b, at, _ := c.Find(0); b != box || at != 0; b, at, _ = c.Find(first) {
		first++
	}
	if _, _, run := c.Find(first); run != g.size || len(c.made[box]) > 1 {
		return nil
	}
	if g.size == 1 {
		var vals []kir.Val
		for _, v := range c.vals {
			vals = append(vals, p.k.Code[v].Args[box])
		}
		s := p.oneLane(vals)
		for n := 0; s != nil && n < len(vals); n++ {
			s.out = append(s.out, s.tile(c.tile[n]+first*c.size[n]))
		}
		return s
	}
	b := &gen.Block{K: p.k}
	if len(c.made[box]) == 1 {
		*b = *c.made[box][0]
		b.In, b.Out = slices.Clone(b.In), nil
	}
	s := &stage{block: b, fold: g.size, extents: p.k.Regions[1].Extents}
	for n := range g.carries {
		v := p.k.Code[c.vals[n]].Args[box]
		b.Out = append(b.Out, gen.Output{Val: v})
		s.out = append(s.out, s.tile(c.tile[n]+first*c.size[n]))
		known := slices.Contains(b.Vals, v) || slices.ContainsFunc(b.In, func(in gen.Input) bool { return in.Val == v })
		if !known && p.k.Code[v].Code != kir.Constant {
			b.In = append(b.In, gen.Input{Val: v})
		}
	}
	for _, in := range b.In {
		a, ok := p.loaded(in.Val, g.region)
		if !ok {
			return nil
		}
		s.in = append(s.in, a)
	}
	return s
}

// tile is the access to a tile.
func (s *stage) tile(offset int) access {
	return access{buf: inTile, off: int64(offset), strides: make([]int64, len(s.extents)), lane: 1}
}

// countLong counts the loops of more than one iteration.
func countLong(extents []int) (n int) {
	for _, e := range extents {
		if e > 1 {
			n++
		}
	}
	return n
}
