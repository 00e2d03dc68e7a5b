package cpu

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/run"
	"gojax/internal/kir"
)

// Kernels that go over the same rows, each reading of what the others wrote only the row
// that it is at, are run one after the other on a few rows at a time: so the passes of a
// softmax find their rows in the cache, and there is one parallel loop instead of many.

// Passes are such kernels.
type passes struct {
	list  []*fused
	n     int // rows
	chunk int // rows at a time
	grain int // rows that are worth a goroutine
	ns    float64
	clock int // when it runs

	code *interp.Rows // all of them, or nil
	own  map[int]int  // slots that only they have, row by row, and their bytes: code has a few rows
}

const (
	rowsFrom   = 32       // fewer rows are not worth it, nor
	passesFrom = 32 << 10 // … smaller buffers
	chunkBytes = 96 << 10 // of all buffers, of the rows that are run at a time
	maxPasses  = 12
	ownRow     = 64 // bytes of a row that is in memory of the code's own
)

// run runs the kernels.
func (c *passes) run(f *frame) {
	all := c.memory(f)
	run.Share(c.n, c.grain, c.ns, func(lo, hi int) { c.do(all, lo, hi) })
}

// memory lists where the buffers of all kernels are.
func (c *passes) memory(f *frame) []unsafe.Pointer {
	own := map[int]unsafe.Pointer(nil)
	if !c.code.Ready() && len(c.own) > 0 { // the system has refused the code
		own = map[int]unsafe.Pointer{}
		for slot, bytes := range c.own {
			own[slot] = unsafe.Pointer(unsafe.SliceData(make([]uint64, bytes/8+1)))
		}
	}
	all := f.bufs[:0]
	for _, k := range c.list {
		for _, slot := range k.bufs {
			p := f.ptr[slot]
			if own[slot] != nil {
				p = own[slot]
			}
			all = append(all, p)
		}
	}
	return all
}

// do runs the kernels on some rows.
func (c *passes) do(all []unsafe.Pointer, lo, hi int) {
	if c.code.Ready() {
		c.code.Run(all, lo, hi)
		return
	}
	c.part(all, lo, hi)
}

// part is do without one piece of machine code for all.
func (c *passes) part(all []unsafe.Pointer, lo, hi int) {
	var kernels [maxPasses]*interp.Running
	for i, k := range c.list {
		kernels[i] = k.code.Begin(all[:len(k.bufs)])
		all = all[len(k.bufs):]
	}
	for ; lo < hi; lo += c.chunk {
		end := min(lo+c.chunk, hi)
		for i, k := range c.list {
			each := k.k.Regions[1].Size() / c.n
			kernels[i].Part(lo*each, end*each)
		}
	}
	for i := range c.list {
		kernels[i].End()
	}
}

// joinPasses makes a kernel on the memory of values one of those run with the last step, if
// it can be, and sets the clock back to when that runs. It returns the passes.
func (m *maker) joinPasses(s *fused, slots []int) *passes {
	if len(m.p.steps) == 0 {
		return nil
	}
	last, ok := m.p.steps[len(m.p.steps)-1].(*fused)
	if !ok {
		return nil
	}
	c := last.with
	if c == nil {
		c = &passes{list: []*fused{last}, clock: m.clock - 1}
	}
	n := c.n
	if len(c.list) == 1 {
		c.n = min(last.k.Regions[1].Size(), s.k.Regions[1].Size())
	}
	if len(c.list) == maxPasses || !c.takes(s, slots) {
		c.n = n
		return nil
	}
	if last.with == nil {
		last.with = c
		m.inPlace = slices.DeleteFunc(m.inPlace, func(r reuse) bool { return slices.Contains(last.bufs, r.result) })
	}
	c.list = append(c.list, s)
	m.clock = c.clock
	return c
}

// ofOne makes passes of a kernel that stores more of its rows than what it reduces them to, if
// there are enough of them: one piece of machine code then does many.
func (m *maker) ofOne(s *fused) *passes {
	n := s.k.Regions[1].Size()
	if n < rowsFrom || !slices.ContainsFunc(s.k.Stores, func(t kir.Store) bool { return t.Region != 1 && alignedRows(s.k, t.Buf, n) }) {
		return nil
	}
	return &passes{list: []*fused{s}, clock: m.clock, n: n}
}

// takes reports whether a kernel on memory in slots may be run with the others.
func (c *passes) takes(s *fused, slots []int) bool {
	size := s.k.Regions[1].Size()
	if c.n < rowsFrom || size%c.n != 0 || c.list[0].k.Regions[1].Size()%c.n != 0 {
		return false
	}
	reads := false
	for i, slot := range slots {
		if s.k.Bufs[i].Out {
			continue
		}
		for _, k := range c.list {
			for j, other := range k.bufs {
				if other != slot || !k.k.Bufs[j].Out {
					continue
				}
				if !alignedRows(k.k, j, c.n) || !alignedRows(s.k, i, c.n) {
					return false
				}
				reads = true
			}
		}
	}
	largest := 0
	for _, k := range append(c.list[:len(c.list):len(c.list)], s) {
		for _, b := range k.k.Bufs {
			largest = max(largest, b.Elems*b.Type.Size())
		}
	}
	return reads && largest >= passesFrom
}

// overwritesRows is overwrites for kernels that are run together: rows of an operand give
// way to rows of a result, if no kernel reads the operand later, or rows of another place, and none
// has stored other parts of the result before.
func (m *maker) overwritesRows(c *passes) {
	for n, s := range c.list {
		for _, x := range s.code.InPlace() {
			to, from := s.bufs[x.To], s.bufs[x.From]
			begun := slices.ContainsFunc(c.list[:n], func(k *fused) bool { return k.stores(to) })
			if !begun && c.own[to] == 0 && c.own[from] == 0 && c.rowwise(to, len(c.list)) && c.rowwise(from, n+1) {
				m.inPlace = append(m.inPlace, reuse{to, from})
			}
		}
	}
}

// rowwise reports whether the first few kernels access what is in a slot row by row, and
// the others not at all.
func (c *passes) rowwise(slot, few int) bool {
	for n, k := range c.list {
		for i, s := range k.bufs {
			if s == slot && (n >= few || !alignedRows(k.k, i, c.n)) {
				return false
			}
		}
	}
	return true
}

// compile makes one piece of machine code of the kernels, if it can. What is their own is nowhere in
// memory then but for some rows.
func (m *maker) compile(c *passes) {
	own := m.ownRows(c)
	var list []interp.RowKernel
	for _, k := range c.list {
		r := interp.RowKernel{Code: k.code, Slots: k.bufs, Own: make([]bool, len(k.bufs))}
		for i, slot := range k.bufs {
			r.Own[i] = own[slot] > 0
		}
		list = append(list, r)
	}
	if c.code = m.batch.Rows(c.n, list); c.code == nil {
		return
	}
	c.own = own
	for slot := range own {
		m.size[slot] = 0
	}
}

// ownRows returns the slots, and their bytes, of what the kernels make of each row that is a few
// elements, and that nobody else reads.
func (m *maker) ownRows(c *passes) map[int]int {
	own := map[int]int{}
	for _, k := range c.list {
		for _, slot := range k.bufs {
			few := m.size[slot] > 0 && m.size[slot] <= ownRow*c.n
			if few && m.born[slot] == c.clock && m.last[slot] == c.clock && c.rowwise(slot, len(c.list)) {
				own[slot] = m.size[slot]
			}
		}
	}
	return own
}

// settle says how many rows are run at a time.
func (c *passes) settle() {
	seen := map[int]bool{}
	bytes := 0
	c.ns = 0
	for _, k := range c.list {
		c.ns += float64(k.code.Cost())
		for i, b := range k.k.Bufs {
			if !seen[k.bufs[i]] {
				seen[k.bufs[i]] = true
				bytes += b.Elems * b.Type.Size()
			}
		}
	}
	unit := 1 // rows that are lanes of a reduction
	for _, k := range c.list {
		unit = max(unit, k.code.Strip())
	}
	whole := func(n int) int { return (n + unit - 1) / unit * unit }
	c.chunk = whole(max(1, min(c.n, chunkBytes*c.n/max(bytes, 1))))
	c.grain = whole(run.Even(c.n, run.Grain(c.n, c.ns), 1))
}

// alignedRows reports whether a kernel, the iterations of whose parallel loops are n
// rows, accesses of a buffer in each row only what would be that row of the buffer.
func alignedRows(k *kir.Kernel, buf, n int) bool {
	elems := k.Bufs[buf].Elems
	if elems%n != 0 {
		return false
	}
	each := k.Regions[1].Size() / n
	for v := range k.Code {
		if i := &k.Code[v]; i.Code == kir.Load && i.Buf == buf && !alignedRow(k, i.Args[0], each, elems/n) {
			return false
		}
	}
	for _, s := range k.Stores {
		if s.Buf == buf && !alignedRow(k, s.Addr, each, elems/n) {
			return false
		}
	}
	return true
}

// alignedRow reports whether an address at the iterations of row r, of which each row
// has some, is one of the width elements from r·width on.
func alignedRow(k *kir.Kernel, addr kir.Val, each, width int) bool {
	off, terms := k.Form(addr)
	lo, hi := off, off // within a row
	strides := map[kir.Val]int64{}
	for _, t := range terms {
		i := &k.Code[t.Atom]
		if i.Code != kir.LoopIndex {
			return false
		}
		if i.Region == 1 {
			strides[t.Atom] = t.Stride
			continue
		}
		last := int64(k.Regions[i.Region].Extents[i.N] - 1)
		lo, hi = lo+min(0, last*t.Stride), hi+max(0, last*t.Stride)
	}
	r := &k.Regions[1]
	inside := 1 // iterations of the loops inside of this one
	for a := len(r.Extents) - 1; a >= 0; a-- {
		e, s := r.Extents[a], strides[r.Index[a]]
		switch {
		case e == 1:
		case inside >= each: // rows are outside of all iterations here
			if s != int64(inside/each*width) || inside%each != 0 {
				return false
			}
		case inside*e <= each:
			lo, hi = lo+min(0, s*int64(e-1)), hi+max(0, s*int64(e-1))
		default:
			m := each / inside
			if each%inside != 0 || s*int64(m) != int64(width) {
				return false
			}
			hi += s * int64(m-1)
		}
		inside *= e
	}
	return lo >= 0 && hi < int64(width)
}
