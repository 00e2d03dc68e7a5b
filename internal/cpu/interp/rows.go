package interp

import (
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/kir"
)

// Where one call of machine code does all that there is for a row, and all its addresses
// are straight from row to row, rows are a loop over calls, without other steps.

// A rowCode is such a kernel.
type rowCode struct {
	call  *call
	n     int // lanes of a row
	each  int // iterations of region 1 that a row has
	ptrs  []rowPtr
	moved []rowPtr // those that differ from row to row
}

// A rowPtr is an address in row 0, and what it grows by, in bytes.
type rowPtr struct{ arg, buf, off, by int }

// rows recognises such a kernel.
func (p *plan) rows() *rowCode {
	c, k := p.c, p.k
	if len(p.native.steps) != 1 || p.native.failed != nil || len(p.native.steps[0].ramps) > 0 {
		return nil
	}
	r := &rowCode{call: p.native.steps[0]}
	var rows int
	var ok bool
	if c.lanes == 1 {
		rows, r.n, ok = p.rowsOfLanes()
		r.each = r.n
	} else {
		rows, r.n, ok = p.rowsOfFold()
		r.each = 1
	}
	if !ok || rows < 2 || r.n > c.width {
		return nil
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
			hi += int64(r.n - 1)
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
	for _, v := range r.call.in {
		i := &k.Code[v]
		if i.Code != kir.Load {
			return nil
		}
		lanes := p.varys[v] && !p.native.still[v]
		if lanes && !p.address(i.Args[0], i.Region).unit || !add(i.Args[0], i.Region, i.Buf, lanes) {
			return nil
		}
	}
	if len(r.call.out) != len(k.Stores) {
		return nil
	}
	for _, t := range r.call.out {
		s := k.Stores[0]
		if !t.acc {
			if t.to == nil {
				return nil
			}
			s = p.direct[t.val]
		}
		if !add(s.Addr, 1, s.Buf, !t.acc) {
			return nil
		}
	}
	return r
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
	if len(p.c.folds) != 1 || !p.c.folds[0].begins || len(k.Stores) != 1 || k.Code[k.Stores[0].Val].Code != kir.Reduce {
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

// fits reports whether iterations of region 1 are whole rows.
func (r *rowCode) fits(lo, hi int) bool { return lo%r.each == 0 && hi%r.each == 0 }

// rows runs whole rows.
func (m *machine) rows(lo, hi int) {
	r, a := m.c.rows, &m.args
	lo, hi = lo/r.each, hi/r.each
	a.N, a.Scratch = int64(r.n), m.address(r.call.scratch)
	for _, p := range r.ptrs {
		a.Ptr[p.arg] = unsafe.Add(m.bufs[p.buf], p.off+lo*p.by)
	}
	for {
		code.Call(r.call.f, unsafe.Pointer(a))
		if lo++; lo >= hi {
			return
		}
		for i := range r.moved { // never to where there is no row
			p := &r.moved[i]
			a.Ptr[p.arg] = unsafe.Add(a.Ptr[p.arg], p.by)
		}
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
