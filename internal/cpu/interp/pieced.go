package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// What lanes choose by their index alone among elements of memory, as where a reduction
// reads a concatenation, is stretches of that memory, one after the other. They are copied
// side by side, or not even that if a tile is in one of them. No lane computes an address.

// A pieced value is such a choice, or, at the end of it, what is loaded.
type pieced struct {
	at            sum // of lanes at which this is less than limit it is the first, else the second
	limit         int64
	first, second *pieced

	n    int // the buffer of a load
	buf  kir.Buf
	addr sum
	held []held
}

// A sum is an index that is affine in the loops.
type sum struct {
	off int64
	by  []stride
	in  int64 // what neighbouring lanes differ by
}

// A held index has limits; a multiple of it is a part of an address.
type held struct {
	by, lo, hi int64
	x          sum
}

// A stretch is lanes whose elements are as far apart as neighbours.
type stretch struct {
	at    unsafe.Pointer
	n, by int
	buf   int // its number: what comes next in memory may be another's
}

// findPieces finds the values that are pieces, and what nobody needs because of that.
func (p *plan) findPieces() {
	k := p.k
	p.chosen = map[kir.Val]*pieced{}
	for v := range k.Code {
		i := &k.Code[v]
		if lanes := p.laneRegion(i.Region); i.Code == kir.Select && p.varys[v] && lanes != 0 {
			if x := (&piecer{p, lanes, 0}).choice(i); x != nil {
				p.chosen[kir.Val(v)] = x
			}
		}
	}
	if len(p.chosen) == 0 {
		return
	}
	needed := make([]bool, len(k.Code))
	need := func(vals ...kir.Val) {
		for _, v := range vals {
			needed[v] = true
		}
	}
	for _, s := range k.Stores {
		need(s.Addr, s.Val)
	}
	for v := len(k.Code) - 1; v >= 0; v-- {
		i := &k.Code[v]
		if needed[v] = needed[v] || k.StoresIn(i.Fold); !needed[v] && i.Code != kir.Param || p.chosen[kir.Val(v)] != nil {
			continue
		}
		need(i.Args...)
		if f := i.Fold; f != nil {
			need(f.Yield...)
			need(f.Combined...)
		}
	}
	for v := range needed {
		p.data[v] = p.data[v] && (needed[v] || k.Code[v].Code == kir.LoopIndex)
		if !needed[v] {
			delete(p.chosen, kir.Val(v))
		}
	}
}

// A piecer looks for pieces among lanes of a region.
type piecer struct {
	*plan
	lanes  int
	pieces int
}

// mostPieces bounds how many pieces a value has.
const mostPieces = 32

// choice returns what an instruction is as pieces, or nil.
func (p *piecer) choice(i *kir.Instr) *pieced {
	k := p.k
	if p.pieces++; p.pieces > mostPieces || i.Code != kir.Select && i.Code != kir.Load {
		return nil
	}
	if i.Code == kir.Load {
		return p.load(i)
	}
	c := &k.Code[i.Args[0]]
	if c.Code != kir.Lt || k.Code[c.Args[0]].Type != kir.Index {
		return nil
	}
	limit, ok := p.constant(c.Args[1])
	at, ok2 := p.sum(c.Args[0])
	if !ok || !ok2 || at.in < 0 {
		return nil
	}
	x := &pieced{at: at, limit: limit}
	if x.first = p.choice(&k.Code[i.Args[1]]); x.first != nil {
		x.second = p.choice(&k.Code[i.Args[2]])
	}
	if x.second == nil {
		return nil
	}
	return x
}

func (p *piecer) constant(v kir.Val) (int64, bool) {
	i := &p.k.Code[v]
	return int64(i.Bits[0]), i.Code == kir.Constant
}

// load is choice for a load.
func (p *piecer) load(i *kir.Instr) *pieced {
	x := &pieced{n: i.Buf, buf: p.k.Bufs[i.Buf]}
	off, terms := p.k.Form(i.Args[0])
	var plain []kir.Term
	for _, t := range terms {
		if p.k.Code[t.Atom].Code == kir.LoopIndex {
			plain = append(plain, t)
			continue
		}
		h, ok := p.held(t.Atom)
		if !ok {
			return nil
		}
		h.by = t.Stride
		x.held = append(x.held, h)
	}
	x.addr = p.terms(off, plain)
	return x
}

// held returns an index that has limits: one from below, one from above, or both.
func (p *piecer) held(v kir.Val) (h held, ok bool) {
	h.lo, h.hi = -1<<62, 1<<62
	seen := [2]bool{}
	for {
		i := &p.k.Code[v]
		if i.Code != kir.Max && i.Code != kir.Min {
			break
		}
		c, ok := p.constant(i.Args[1])
		side := int(i.Code - kir.Max)
		if !ok || seen[side] {
			return h, false
		}
		if seen[side] = true; i.Code == kir.Max {
			h.lo = c
		} else {
			h.hi = c
		}
		v = i.Args[0]
	}
	h.x, ok = p.sum(v)
	return h, ok && h.lo <= h.hi // else it matters which comes first
}

func (p *piecer) sum(v kir.Val) (s sum, ok bool) {
	off, terms := p.k.Form(v)
	if slices.ContainsFunc(terms, func(t kir.Term) bool { return p.k.Code[t.Atom].Code != kir.LoopIndex }) {
		return s, false
	}
	return p.terms(off, terms), true
}

func (p *piecer) terms(off int64, terms []kir.Term) sum {
	s := sum{off: off}
	last := len(p.k.Regions[p.lanes].Extents) - 1
	for _, t := range terms {
		s.by = append(s.by, stride{p.loop[t.Atom], t.Stride})
		if i := &p.k.Code[t.Atom]; i.Region == p.lanes && i.N == last {
			s.in = t.Stride
		}
	}
	return s
}

// first is the sum at the first lane of a row.
func (s *sum) first(m *machine) int64 {
	x := s.off
	for _, t := range s.by {
		x += t.by * m.idx[t.at]
	}
	return x
}

// join compiles the step that finds, or brings together, the lanes of a value.
func (p *plan) join(v kir.Val, i *kir.Instr, x *pieced) step {
	lanes := p.laneRegion(i.Region)
	loops, extents, size := p.c.loops[lanes], p.k.Regions[lanes].Extents, i.Type.Size()
	to := p.memory(size * p.c.width)
	p.c.places[v] = place{elsewhere, false, -1}
	return func(m *machine) {
		m.rowwise(loops, extents, func(n int) { x.find(m, 0, n) })
		if s := m.list[0]; len(m.list) == 1 && s.by == 1 {
			m.ptr[v] = s.at
		} else {
			d, at := m.address(to), 0
			m.ptr[v] = d
			for _, s := range m.list {
				tile.Strided(unsafe.Add(d, at), 1, s.at, s.by, size, s.n)
				at += s.n * size
			}
		}
		clear(m.list)
		m.list = m.list[:0]
	}
}

// rowwise calls f for runs of the lanes in one row of the innermost loop, with the loops set to
// the first lane of each: how many lanes there are.
func (m *machine) rowwise(loops, extents []int, f func(n int)) {
	last := len(loops) - 1
	if last < 0 {
		f(m.n)
		return
	}
	var before [8]int64
	kept := before[:0]
	for _, l := range loops {
		kept = append(kept, m.idx[l])
	}
	for i := 0; i < m.n; {
		n := min(m.n-i, extents[last]-int(m.idx[loops[last]]))
		f(n)
		i += n
		m.idx[loops[last]] += int64(n)
		for x := last; x > 0 && m.idx[loops[x]] == int64(extents[x]); x-- {
			m.idx[loops[x]] = 0
			m.idx[loops[x-1]]++
		}
	}
	for n, l := range loops {
		m.idx[l] = kept[n]
	}
}

// find adds the stretches of the lanes from lo until hi of a row.
func (x *pieced) find(m *machine, lo, hi int) {
	switch {
	case lo >= hi:
	case x.first != nil:
		n := int(x.limit - x.at.first(m)) // lanes of the first, if each is one further
		if x.at.in != 1 {
			n = x.below(int64(n), hi)
		}
		n = min(max(n, lo), hi)
		x.first.find(m, lo, n)
		x.second.find(m, n, hi)
	default:
		x.stretch(m, lo, hi)
	}
}

// below returns how many lanes, hi at most, are less than n where neighbours differ otherwise.
func (x *pieced) below(n int64, hi int) int {
	switch by := x.at.in; {
	case n <= 0:
		return 0
	case by == 0:
		return hi
	default:
		return int(min((n+by-1)/by, int64(hi)))
	}
}

// stretch adds the lanes of a load.
func (x *pieced) stretch(m *machine, lo, hi int) {
	addr, by := x.addr.first(m)+int64(lo)*x.addr.in, x.addr.in
	for i := range x.held {
		h := &x.held[i]
		from := h.x.first(m)
		first, last := from+int64(lo)*h.x.in, from+int64(hi-1)*h.x.in
		if held := max(h.lo, min(h.hi, first)); held == first && max(h.lo, min(h.hi, last)) == last {
			by += h.by * h.x.in
		} else if first != last {
			for ; lo < hi; lo++ {
				x.stretch(m, lo, lo+1)
			}
			return
		} else {
			first = held
		}
		addr += h.by * first
	}
	n, size := hi-lo, x.buf.Type.Size()
	if n == 1 {
		by = 1
	}
	inside(addr, by, n, x.buf)
	at := unsafe.Add(m.bufs[x.n], int(addr)*size)
	if last := len(m.list) - 1; last >= 0 && by == 1 {
		if s := &m.list[last]; s.by == 1 && s.buf == x.n && uintptr(s.at)+uintptr(s.n*size) == uintptr(at) {
			s.n += n
			return
		}
	}
	m.list = append(m.list, stretch{at, n, int(by), x.n})
}
