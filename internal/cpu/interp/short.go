package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/kir"
)

// Rows that are reduced, and rows that are too short for tiles of their own, and that do not follow one another in
// memory, are a loop of machine code, if the kernel is one block whose addresses are
// straight from row to row: nothing is brought together by loops of Go before, or put in
// its place afterwards.

// A shortCode is such code. Its call is not a step.
type shortCode struct {
	call  *call
	n     int // iterations of region 1 that a row has: its lanes, or 1 if they are reduced
	lanes int // of a row
	rows  int // rows of the loops that a call goes over
	outer []int
	ptrs  []shortPtr
}

// A shortPtr is an address at index 0 and what it grows by, in bytes.
type shortPtr struct {
	buf, off, by int
	outer        []int // along the loops outside of the rows
}

const (
	shortRow   = 512     // lanes of a row at most, unless they are reduced …
	shortLanes = 8       // … and fewer than these had better be fetched
	shortFrom  = 512     // iterations that are worth more code
	shortCall  = 1 << 14 // lanes at most of one call, which nothing can interrupt
	shortTurn  = 32      // rows of a group
	shortRows  = 16      // rows that are worth it
)

// short compiles the rows of a kernel, nil if they are not such.
func (p *plan) short() *shortCode {
	stages, turn := p.c.stages, shortTurn
	if len(stages) != 1 {
		stages, turn = p.tiled(), 1 // a row's tiles are the next one's
	}
	if len(stages) == 0 {
		return nil
	}
	s := stages[0]
	of := slices.Clone(p.k.Regions[1].Extents) // the loops around the lanes
	c := &shortCode{n: 1}
	for _, s := range stages {
		c.lanes = max(c.lanes, s.fold)
	}
	if last := len(of) - 1; s.fold == 0 {
		if p.c.lanes != 1 || last < 1 || of[last] < 2 || of[last] > shortRow || of[last] < shortLanes && p.fetches(s) {
			return nil
		}
		c.n, c.lanes, of = of[last], of[last], of[:last]
	}
	if len(of) == 0 || c.lanes*core.Size(of) < shortFrom || core.Size(of) < shortRows {
		return nil
	}
	c.rows = of[len(of)-1]
	rows := len(of) - 1 // the first loop of rows
	uneven := func(a access) bool { return a.strides[rows-1] != a.strides[rows]*int64(of[rows]) }
	for ; rows > 0 && !slices.ContainsFunc(stages, func(s *stage) bool {
		return slices.ContainsFunc(s.in, uneven) || slices.ContainsFunc(s.out, uneven)
	}); rows-- {
		c.rows *= of[rows-1]
	}
	c.outer = of[:rows]
	r := gen.Rows{Group: turn}
	for _, s := range stages {
		if !c.add(p, &r, s, of, turn) {
			return nil
		}
	}
	c.call = p.compileRows(&r)
	if c.call == nil {
		return nil
	}
	return c
}

// add adds a stage that is run for each row of the given loops. It reports whether it can be.
func (c *shortCode) add(p *plan, r *gen.Rows, s *stage, of []int, turn int) bool {
	b := *s.block
	b.In, b.Listing = slices.Clone(b.In), p.native.listing != nil
	g := gen.Stage{Block: &b, N: s.fold}
	if s.fold == 0 {
		g.N = c.lanes
	}
	all := append(slices.Clone(s.in), s.out...)
	for n := range all {
		a := &all[n]
		lane := a.lane
		if s.fold == 0 {
			lane = a.strides[len(of)]
		}
		switch in := n < len(s.in); {
		case in && (lane == 0 || g.N == 1):
			b.In[n].Kind, b.In[n].Step = gen.Same, 0
		case in && lane == 1:
			b.In[n].Kind, b.In[n].Step = gen.Lanes, 0
		case lane != 1 && (s.fold == 0 || in):
			return false
		}
		q := shortPtr{buf: a.buf, off: int(a.off)}
		if a.buf != inTile {
			if !a.inside(of, g.N, lane, p.k.Bufs[a.buf].Elems) {
				return false
			}
			size := p.k.Bufs[a.buf].Type.Size()
			q.off, q.by = q.off*size, int(a.strides[len(of)-1])*size
			for _, s := range a.strides[:len(c.outer)] {
				q.outer = append(q.outer, int(s)*size)
			}
		}
		if far := q.by * turn; far != int(int32(far)) {
			return false
		}
		g.Ptr = append(g.Ptr, len(c.ptrs))
		c.ptrs, r.By = append(c.ptrs, q), append(r.By, q.by)
	}
	r.Stages = append(r.Stages, g)
	return true
}

// fetches reports whether tiles of a stage take its inputs from where they are, or fetch them, and
// put its results where they go: then vectors are full, however short rows are.
func (p *plan) fetches(s *stage) bool {
	for n := range s.in {
		if v := s.block.In[n].Val; !p.address(p.k.Code[v].Args[0], 1).unit && p.fetched[v] == nil {
			return false
		}
	}
	return !slices.ContainsFunc(p.k.Stores, func(s kir.Store) bool { return !p.address(s.Addr, 1).unit })
}

// inside reports whether all that is accessed in loops of the given extents, and by lanes, is in a
// buffer of so many elements.
func (a *access) inside(extents []int, lanes int, lane int64, elems int) bool {
	x := lane * int64(lanes-1)
	lo, hi := a.off+min(0, x), a.off+max(0, x)
	for n, e := range extents {
		x := a.strides[n] * int64(e-1)
		lo, hi = lo+min(0, x), hi+max(0, x)
	}
	return lo >= 0 && hi < int64(elems)
}

// unit is what the iterations of a part are a multiple of, if it may have so many.
func (s *shortCode) unit(part int) int {
	if all := s.n * s.rows; 8*all <= part {
		return all
	}
	return s.n
}

// short runs the rows from lo until hi.
func (m *machine) short(lo, hi int) {
	s, a := m.c.short, &m.args // begins as gen.RowArgs do
	a.Scratch = m.address(s.call.scratch)
	for lo < hi {
		within := lo % s.rows
		count := min(hi-lo, s.rows-within, max(1, shortCall/s.lanes))
		for n := range s.ptrs {
			p := &s.ptrs[n]
			if p.buf == inTile {
				a.Ptr[n] = m.address(p.off)
				continue
			}
			off, q := p.off+within*p.by, lo/s.rows
			for x := len(s.outer) - 1; x >= 0; x-- {
				off += q % s.outer[x] * p.outer[x]
				q /= s.outer[x]
			}
			a.Ptr[n] = unsafe.Add(m.bufs[p.buf], off)
		}
		a.N = int64(count)
		code.Call(s.call.f, unsafe.Pointer(a))
		lo += count
	}
}
