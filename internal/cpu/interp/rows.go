package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/kir"
)

// Where one call of machine code does all that there is for a row, and all its addresses
// are straight from row to row, rows are a loop over calls, without other steps.

// A rowCode is such a kernel. A reduction may take several calls for a row, one for some of its
// carries each.
type rowCode struct {
	calls []rowCall
	n     int // lanes of a row
	each  int // iterations of region 1 that a row has
}

type rowCall struct {
	*call
	ptrs  []rowPtr
	moved []rowPtr // those that differ from row to row
	bases []int64  // where ramps begin, in each row
}

// A rowPtr is an address in row 0, and what it grows by, in bytes.
type rowPtr struct{ arg, buf, off, by int }

// rows recognises such a kernel.
func (p *plan) rows() *rowCode {
	if p.native.failed != nil || len(p.native.steps) == 0 || len(p.native.steps) != p.callsOfRow() {
		return nil
	}
	r := &rowCode{}
	var rows int
	var ok bool
	if p.c.lanes == 1 {
		rows, r.n, ok = p.rowsOfLanes()
		r.each, ok = r.n, ok && len(p.native.steps[0].out) == len(p.k.Stores)
	} else {
		rows, r.n, ok = p.rowsOfFold()
		r.each = 1
	}
	if !ok || rows < 2 || r.n > p.c.width {
		return nil
	}
	for _, c := range p.native.steps {
		call := rowCall{call: c}
		if !p.rowCall(&call, rows, r.n) {
			return nil
		}
		r.calls = append(r.calls, call)
	}
	return r
}

// callsOfRow is how many calls do a row, if the kernel has no other steps.
func (p *plan) callsOfRow() int {
	if p.c.lanes != 1 && len(p.c.folds) == 1 {
		return len(p.c.folds[0].into)
	}
	return 1
}

// rowCall finds the pointers of a call; it reports whether they are straight.
func (p *plan) rowCall(r *rowCall, rows, n int) bool {
	k := p.k
	if len(r.tables) > 0 {
		return false
	}
	for _, a := range r.ramps {
		if len(a.uniform) > 0 || len(a.varying) > 0 || slices.ContainsFunc(a.scalar, func(s stride) bool { return p.ofRows(s.at) }) {
			return false
		}
		r.bases = append(r.bases, a.off)
	}
	add := func(addr kir.Val, region, buf int, lanes bool) bool {
		a := p.address(addr, region)
		if len(a.uniform) > 0 || len(a.varying) > 0 || !lanes && !a.stands() && len(a.lanes) > 0 {
			return false
		}
		by := int64(0)
		for _, s := range a.scalar {
			if p.ofRows(s.at) {
				by += s.by
			}
		}
		last := by * int64(rows-1)
		lo, hi := a.off+min(0, last), a.off+max(0, last)
		if lanes {
			hi += int64(n - 1)
		}
		if lo < 0 || hi >= int64(k.Bufs[buf].Elems) {
			return false
		}
		size := k.Bufs[buf].Type.Size()
		ptr := rowPtr{len(r.ptrs), buf, int(a.off) * size, int(by) * size}
		r.ptrs = append(r.ptrs, ptr)
		if by != 0 {
			r.moved = append(r.moved, ptr)
		}
		return true
	}
	for _, v := range r.in {
		i := &k.Code[v]
		if i.Code != kir.Load {
			return false
		}
		lanes := p.varys[v] && !p.native.still[v]
		if lanes && !p.address(i.Args[0], i.Region).unit || !add(i.Args[0], i.Region, i.Buf, lanes) {
			return false
		}
	}
	for _, t := range r.out {
		s, ok := p.storeOf(&t)
		if !ok || !add(s.Addr, s.Region, s.Buf, !t.acc) {
			return false
		}
	}
	return true
}

// storeOf returns where what a call makes is stored at once, if that is so.
func (p *plan) storeOf(t *target) (s kir.Store, ok bool) {
	if !t.acc {
		return p.direct[t.val], t.to != nil
	}
	for _, s := range p.k.Stores {
		if n, ok := p.carryOf(s.Val); ok && n == t.carry {
			return s, true
		}
	}
	return s, false
}

// carryOf returns which carry of a reduction v is.
func (p *plan) carryOf(v kir.Val) (n int, ok bool) {
	i := &p.k.Code[v]
	return i.N, i.Code == kir.Reduce || i.Code == kir.Result
}

// ofRows reports whether a loop, by number, is one of region 1 that is not lanes.
func (p *plan) ofRows(loop int) bool {
	own := p.c.loops[1]
	for n, l := range own {
		if l == loop {
			return p.c.lanes != 1 || n != len(own)-1
		}
	}
	return false
}

// rowsOfLanes says how many rows of how many lanes there are, if the innermost loop makes
// the lanes and one other counts rows.
func (p *plan) rowsOfLanes() (rows, n int, ok bool) {
	e := p.k.Regions[1].Extents
	if len(p.c.folds) > 0 || len(e) < 2 || e[len(e)-1] < rowTiles {
		return 0, 0, false
	}
	rows = 1
	for _, x := range e[:len(e)-1] {
		if x != 1 && rows != 1 {
			return 0, 0, false
		}
		rows *= x
	}
	return rows, e[len(e)-1], true
}

// rowsOfFold is rowsOfLanes for a kernel that reduces each row, in one block.
func (p *plan) rowsOfFold() (rows, n int, ok bool) {
	k := p.k
	if !p.onlyFolds() {
		return 0, 0, false
	}
	rows = 1
	for _, x := range k.Regions[1].Extents {
		if x != 1 && rows != 1 {
			return 0, 0, false
		}
		rows *= x
	}
	return rows, p.c.folds[0].size, true
}

// onlyFolds reports whether one reduction, of one block a row, is all that the kernel does, with
// what it stores in passing: each carry is stored once.
func (p *plan) onlyFolds() bool {
	if len(p.c.folds) != 1 {
		return false
	}
	f := p.c.folds[0]
	if !f.begins || len(p.k.Stores) != len(f.carries)+len(f.stores) {
		return false
	}
	seen := 0
	for _, s := range p.k.Stores {
		if s.Region != 1 {
			continue
		}
		n, ok := p.carryOf(s.Val)
		if !ok || seen>>n&1 == 1 {
			return false
		}
		seen |= 1 << n
	}
	return true
}

// fits reports whether iterations of region 1 are whole rows.
func (r *rowCode) fits(lo, hi int) bool { return lo%r.each == 0 && hi%r.each == 0 }

// rows runs whole rows.
func (m *machine) rows(lo, hi int) {
	r, a := m.c.rows, &m.args
	lo, hi = lo/r.each, hi/r.each
	a.N = int64(r.n)
	if len(r.calls) > 1 {
		for ; lo < hi; lo++ {
			for i := range r.calls {
				m.row(&r.calls[i], lo)
				code.Call(r.calls[i].f, unsafe.Pointer(a))
			}
		}
		return
	}
	c := &r.calls[0]
	m.row(c, lo)
	for {
		code.Call(c.f, unsafe.Pointer(a))
		if lo++; lo >= hi {
			return
		}
		for i := range c.moved { // never to where there is no row
			p := &c.moved[i]
			a.Ptr[p.arg] = unsafe.Add(a.Ptr[p.arg], p.by)
		}
	}
}

// row sets the arguments of a call for a row.
func (m *machine) row(c *rowCall, i int) {
	a := &m.args
	a.Scratch = m.address(c.scratch)
	copy(a.Base[:], c.bases)
	for _, p := range c.ptrs {
		a.Ptr[p.arg] = unsafe.Add(m.bufs[p.buf], p.off+i*p.by)
	}
}

// A Running runs parts of a kernel, one after the other, on the same memory.
type Running machine

// Begin returns what runs parts of a kernel until End.
func (c *Code) Begin(bufs []unsafe.Pointer) *Running {
	m := c.pool.Get().(*machine)
	m.bufs = bufs
	return (*Running)(m)
}

// Part is Code.Part.
func (r *Running) Part(lo, hi int) { (*machine)(r).do(lo, hi) }

// End gives back what Begin returned.
func (r *Running) End() { (*machine)(r).release() }
