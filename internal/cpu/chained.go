package cpu

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/lib"
	"gojax/internal/cpu/run"
	"gojax/internal/kir"
)

// A product that another one multiplies, or what is made of its rows first, as the softmax of the scores of attention,
// has no memory but that for a few rows: each thread makes those that it multiplies next.

// A chained is a product that is made for another one, a piece at a time.
type chained struct {
	of    *product
	rows  *finish // what is done with its rows, or nil
	slot  int     // of what the other one multiplies
	row   int     // bytes of a row of that
	width int     // its elements
	here  bool    // rows of the product are where those will be
	local []local
	piece int // rows at most
}

// A local is a slot of what is made of rows on the way, and bytes of one.
type local struct{ slot, row int }

// nearBytes is how much of rows of the product, and of all that is made of them, is done at a time.
const nearBytes = 64 << 10

// chain makes products parts of others which are alone in reading what is made of them.
func (m *maker) chain() {
	for i := 0; i < len(m.p.steps); i++ {
		s, ok := m.p.steps[i].(*product)
		if !ok {
			continue
		}
		for side := range s.first {
			if at := m.chains(i, s, side); at >= 0 {
				m.p.steps = slices.Delete(m.p.steps, at, at+1)
				i--
			}
		}
	}
}

// chains makes the product that is the operand on a side of s, which is step i, a part of that. It returns which step
// that was, or -1.
func (m *maker) chains(i int, s *product, side int) int {
	slot := [2]int{s.x, s.y}[side]
	switch {
	case m.size[slot] < finishFrom, m.last[slot] != s.clock, s.x == s.y, s.strides[side] != nil:
		return -1
	case s.first[side].any(), s.first[1-side].changes != nil:
		return -1
	}
	for at := i - 1; at >= 0; at-- {
		of, ok := m.p.steps[at].(*product)
		if !ok || !slices.Contains(of.writes(), slot) {
			continue
		}
		c := m.chained(of, slot, s.p.SizeOf(side))
		if c == nil || !m.isFree(c, m.p.steps[at+1:i], s, side) {
			return -1
		}
		cut := s.p.After(of.p, side, c.row, s.first[1-side].any())
		if cut == nil || s.rows != nil && (cut.Rows() != s.p.Rows() || s.byMatrices()) {
			return -1
		}
		m.attachChain(s, side, c, cut)
		return at
	}
	return -1
}

// chained returns how a product, and what is done with its rows, is made piece by piece for one who reads a slot; nil if it
// cannot be.
func (m *maker) chained(of *product, slot, size int) *chained {
	n := of.p.Solid()
	if n == 0 || of.byMatrices() || of.same() || of.first[0].any() || of.first[1].any() {
		return nil
	}
	rows := of.p.Size() / n
	c := &chained{of: of, slot: slot, rows: of.rows}
	if c.rows == nil && of.then != nil {
		k := byRows(of.then, rows)
		if k == nil {
			return nil
		}
		c.rows = &finish{list: []*rowKernel{k}, slot: of.out, n: n, of: &passes{}, grain: rows, each: 1}
	}
	var kernels []*rowKernel
	end := of.clock
	if c.rows != nil {
		kernels, end = c.rows.list, max(end, c.rows.of.clock)
	}
	aligned := func(slot int) bool {
		for _, k := range kernels {
			for b, s := range k.bufs {
				if s == slot && !alignedRows(k.k, b, rows) {
					return false
				}
			}
		}
		return m.size[slot]%rows == 0
	}
	bytes := m.size[slot]
	if !aligned(slot) || !aligned(of.out) {
		return nil
	}
	c.row, c.width = bytes/rows, bytes/rows/size
	near := 0
	for _, w := range of.writes() {
		if w != slot && w != of.out && m.size[w] > 0 && m.last[w] <= end && aligned(w) {
			c.local = append(c.local, local{w, m.size[w] / rows})
			near += m.size[w] / rows
		}
	}
	if c.rows != nil {
		f := *c.rows
		f.own = true
		unit := 1 // rows that are lanes of a reduction
		for _, k := range kernels {
			unit = max(unit, k.code.Strip()/f.each)
		}
		f.grain = (max(1, nearBytes/max(near+2*c.row, 1)) + unit - 1) / unit * unit
		c.rows = &f
		if of.out != slot && m.last[of.out] > end {
			return nil // the product is wanted itself
		}
	}
	c.here = of.out == slot || c.row == n*c.rows.elementSize() && c.isInPlace(kernels)
	return c
}

// isInPlace reports whether the kernels, one after the other, may store rows of the operand where those of the product are.
func (c *chained) isInPlace(kernels []*rowKernel) bool {
	stored := false
	for _, k := range kernels {
		reads := false
		for b, slot := range k.bufs {
			reads = reads || slot == c.of.out && !k.k.Bufs[b].Out
		}
		switch {
		case stored && (reads || k.stores(c.slot)):
			return false
		case k.stores(c.slot):
			stored = true
			in := func(p kir.Place) bool { return k.bufs[p.To] == c.slot && k.bufs[p.From] == c.of.out }
			if reads && !slices.ContainsFunc(k.code.InPlace(), in) {
				return false
			}
		}
	}
	return stored
}

// isFree reports whether c may run as a part of s, with nobody between or beside who has to do with what it writes.
func (m *maker) isFree(c *chained, between []step, s *product, side int) bool {
	writes := c.of.writes()
	touches := func(slots []int) bool {
		return slices.ContainsFunc(slots, func(slot int) bool { return slices.Contains(writes, slot) })
	}
	for _, t := range between {
		slots, ok := slotsOf(t)
		if !ok || touches(slots) {
			return false
		}
	}
	beside := []int{[2]int{s.y, s.x}[side]}
	s.first[1-side].slots(func(slot int, _ bool) { beside = append(beside, slot) })
	for _, k := range s.parts() {
		beside = append(beside, k.bufs...)
	}
	return !touches(beside)
}

// slotsOf lists the slots that a step reads and writes, if that is known.
func slotsOf(t step) (all []int, ok bool) {
	switch t := t.(type) {
	case *fused:
		return t.bufs, true
	case *product:
		all = append(t.sources(), t.out)
		for _, k := range t.parts() {
			all = append(all, k.bufs...)
		}
		return all, true
	case *motion:
		return []int{t.from, t.to}, true
	case *tiles:
		for _, d := range t.list {
			all = append(all, d.d, d.x, d.y, d.z, d.w)
		}
		return all, true
	}
	return nil, false
}

// attachChain makes c the operand on a side of s, which is made as cut says.
func (m *maker) attachChain(s *product, side int, c *chained, cut *lib.Product) {
	c.piece = cut.PieceOf(side) / c.row
	s.p = cut
	s.first[side] = forerunner{chain: c}
	*[2]*int{&s.x, &s.y}[side] = c.of.x
	writes := c.of.writes()
	m.size[c.slot] = 0
	if c.of.out != c.slot {
		m.size[c.of.out] = 0
	}
	for _, l := range c.local {
		m.size[l.slot] = 0
	}
	for _, slot := range s.sources() {
		m.last[slot] = max(m.last[slot], s.clock)
	}
	for _, slot := range writes {
		m.born[slot] = s.clock
	}
	m.inPlace = slices.DeleteFunc(m.inPlace, func(r reuse) bool {
		return slices.Contains(writes, r.result) || slices.Contains(writes, r.operand) || m.born[r.result] == s.clock && s.needs(r.operand)
	})
	m.p.workers = slices.DeleteFunc(m.p.workers, func(w worker) bool { return w.step == c.of })
}

// A chaining is a run of what makes an operand.
type chaining struct {
	*chained
	x, y unsafe.Pointer
	all  []unsafe.Pointer // buffers of the kernels
	lots *run.Lots
}

// begin begins one, which makes pieces by lines, until its lots are free.
func (c *chained) begin(f *frame) *chaining {
	of := &chaining{chained: c, x: unsafe.Add(f.ptr[c.of.x], c.of.off[0]), y: unsafe.Add(f.ptr[c.of.y], c.of.off[1]),
		lots: f.memory.Lots(run.Threads(), c.room())}
	if c.rows != nil {
		of.all = c.rows.memory(f)
	}
	return of
}

// lines makes a piece.
func (c *chaining) lines(p unsafe.Pointer, l gemm.Lined) {
	m := c.lots.Take()
	defer c.lots.Give(m)
	n, first, rows := c.of.p.Solid(), l.At/c.width, l.N/c.width
	if c.rows == nil {
		c.of.p.Part(m, c.x, c.y, p, first*n, rows*n, nil)
		return
	}
	made, size := p, n*c.rows.elementSize()
	if !c.here {
		room := m.Alloc(rows * size)
		defer m.Free(room)
		made = unsafe.Pointer(unsafe.SliceData(room))
	}
	near := make(nearby, 2, 2+len(c.local))
	for _, l := range c.local {
		room := m.Alloc(c.rows.grain * l.row)
		defer m.Free(room)
		near = append(near, placedRows{l.slot, unsafe.Pointer(unsafe.SliceData(room)), 0})
	}
	c.of.p.Part(m, c.x, c.y, made, first*n, rows*n, func(made unsafe.Pointer, lo, hi int) {
		lo, hi = lo/n, hi/n
		near[0] = placedRows{c.of.out, made, size}
		near[1] = placedRows{c.slot, unsafe.Add(p, (lo-first)*c.row), c.row}
		c.rows.over(c.all, near, lo, hi)
	})
}

// room is what one thread works in.
func (c *chained) room() int {
	n := c.of.p.Solid()
	bytes := c.of.p.OfPart(c.piece * n)
	if c.rows == nil {
		return bytes
	}
	if !c.here {
		bytes += run.Room(c.piece * n * c.rows.elementSize())
	}
	for _, l := range c.local {
		bytes += run.Room(c.rows.grain * l.row)
	}
	return bytes
}

// scratch is what all threads work in.
func (c *chained) scratch(threads int) int { return threads * run.Room(c.room()) }

// slots calls f with each slot that c reads, or would write to.
func (c *chained) slots(f func(slot int, writes bool)) {
	for _, slot := range c.of.sources() {
		f(slot, false)
	}
	for _, k := range c.of.parts() {
		for i, slot := range k.bufs {
			f(slot, k.k.Bufs[i].Out)
		}
	}
	f(c.slot, true)
}
