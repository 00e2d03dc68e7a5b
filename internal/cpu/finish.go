package cpu

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/run"
	"gojax/internal/kir"
)

// Kernels that go over the rows of a product run as a part of it, too: on rows that a thread has just made.
// Where nobody else wants the product, it has no memory but that for these rows.

// A finish is such kernels.
type finish struct {
	list  []*rowKernel
	slot  int // of the product
	n     int // elements of a row of that; of a matrix if there are several and each is made by one thread
	own   bool
	grain int     // rows after which others may have waited
	each  int     // how many rows of the kernels one is
	of    *passes // all but what is computed of the elements
}

// A rowKernel is a kernel by rows of a product.
type rowKernel struct {
	*fused
	loops []int   // over such rows, outermost first
	steps [][]int // by buffer: bytes from one row to the next of each loop
}

const (
	finishFrom = 1 << 20 // bytes of a product: a smaller one is in a cache when kernels come by its rows
	shortRow   = 512     // … of a row; many shorter ones are lanes of one kernel, which does all with one call
)

// finishRows makes kernels that go over rows of products parts of these.
func (m *maker) finishRows() {
	for i := 0; i < len(m.p.steps); i++ {
		k, ok := m.p.steps[i].(*fused)
		if !ok || k.copied || len(k.bufs) > len(k.k.Bufs) {
			continue
		}
		c := k.with
		if c == nil {
			c = &passes{list: []*fused{k}, n: k.k.Regions[1].Size(), clock: m.clockOf(k)}
			c.settle()
		}
		if c.list[0] == k && m.finishes(i, c) {
			i--
		}
	}
}

// clockOf is when a kernel runs.
func (m *maker) clockOf(s *fused) int {
	for i, slot := range s.bufs {
		if s.k.Bufs[i].Out {
			return m.born[slot]
		}
	}
	return -1
}

// finishes makes kernels, the first of which is step i, a part of the product before them whose rows they
// read, if they can be, and there is one.
func (m *maker) finishes(i int, c *passes) bool {
	reads := func(slot int) bool {
		return slices.ContainsFunc(c.list, func(k *fused) bool { return slices.Contains(k.bufs, slot) })
	}
	for at := i - 1; at >= 0; at-- {
		switch s := m.p.steps[at].(type) {
		case *fused, *tiles:
		case *product:
			slot := s.out
			if s.then != nil {
				slot = s.then.bufs[s.then.k.Stores[0].Buf]
			}
			if !reads(slot) {
				continue
			}
			f := m.finish(s, c, slot)
			if f == nil || readsResult(m.p.steps[at+1:i], s) {
				return false
			}
			m.attachRows(s, f)
			m.p.steps = slices.DeleteFunc(m.p.steps, func(t step) bool {
				k, ok := t.(*fused)
				return t == s || ok && slices.Contains(c.list, k)
			})
			m.p.steps = slices.Insert(m.p.steps, i-1, step(s))
			return true
		default:
			return false
		}
	}
	return false
}

// finish returns what makes c a part of a product of which, or of what is computed of which, the elements are in a
// slot; nil if that cannot be.
func (m *maker) finish(s *product, c *passes, slot int) *finish {
	if f := m.finishBy(s.p.Rows(), s, c, slot); f != nil {
		return f
	}
	if s.first[0].any() || s.first[1].any() {
		return nil // what they are computed in may be more than a matrix
	}
	return m.finishBy(s.p.Matrix(), s, c, slot)
}

// finishBy is finish for rows of n elements.
func (m *maker) finishBy(n int, s *product, c *passes, slot int) *finish {
	if n == 0 || s.then != nil && len(s.then.k.Stores) != 1 {
		return nil
	}
	rows := s.p.Size() / n
	if c.n%rows != 0 || s.rows != nil || s.same() { // of x·xᵀ half is made
		return nil
	}
	f := &finish{slot: s.out, n: n, of: c, grain: max(c.grain*rows/c.n, 1), each: c.n / rows}
	list := c.list
	if s.then != nil {
		list = append([]*fused{s.then}, list...)
	}
	for _, k := range list {
		r := byRows(k, rows)
		if r == nil {
			return nil
		}
		f.list = append(f.list, r)
		for b, of := range k.bufs {
			if (of == slot || of == s.out) && !alignedRows(k.k, b, rows) {
				return nil
			}
		}
	}
	// Who computes something in the place of the rows needs them there.
	placed := slices.ContainsFunc(m.inPlace, func(r reuse) bool { return r.operand == slot || r.result == slot })
	f.own = m.size[slot] > 0 && m.last[slot] == c.clock && !placed && (s.then == nil || s.out == slot)
	if size := f.elementSize(); s.p.Size()*size < finishFrom || !f.own && n*size < shortRow {
		return nil
	}
	return f
}

// attachRows makes f a part of a product.
func (m *maker) attachRows(s *product, f *finish) {
	m.runsAt(s, f.of.clock)
	s.rows = f
	for _, k := range f.list {
		for i, slot := range k.bufs {
			if k.k.Bufs[i].Out {
				m.born[slot] = min(m.born[slot], s.clock)
			}
			m.last[slot] = max(m.last[slot], s.clock)
		}
	}
	m.inPlace = slices.DeleteFunc(m.inPlace, func(r reuse) bool {
		later := func(k *fused) bool { return slices.Contains(k.bufs, r.operand) }
		return s.needs(r.operand) && m.born[r.result] == s.clock ||
			s.then != nil && s.then.stores(r.result) && r.operand != s.out && slices.ContainsFunc(f.of.list, later)
	})
	if f.own {
		m.size[f.slot] = 0
	}
}

// byRows returns a kernel by so many rows, nil if the rows differ otherwise than in where they are.
func byRows(s *fused, rows int) *rowKernel {
	k := s.k
	r := &k.Regions[1]
	each := r.Size() / rows
	if r.Size()%rows != 0 {
		return nil
	}
	of := &rowKernel{fused: s, steps: make([][]int, len(s.bufs))}
	var units []int64 // by loop: how often the stride of one of the kernel's is one of its own
	var index []kir.Val
	for a, inside := 0, r.Size(); a < len(r.Extents); a++ {
		e := r.Extents[a]
		outside := inside
		inside /= e
		switch {
		case e == 1 || outside <= each:
		case inside%each == 0:
			of.loops, units, index = append(of.loops, e), append(units, 1), append(index, r.Index[a])
		case each%inside == 0 && outside%each == 0:
			of.loops, units, index = append(of.loops, outside/each), append(units, int64(each/inside)), append(index, r.Index[a])
		default:
			return nil
		}
	}
	if k.UsesAny(index) {
		return nil
	}
	step := func(buf int, addr kir.Val) bool {
		by := make([]int, len(index))
		_, terms := k.Form(addr)
		for _, t := range terms {
			if j := slices.Index(index, t.Atom); j >= 0 {
				by[j] = int(t.Stride*units[j]) * k.Bufs[buf].Type.Size()
			}
		}
		if of.steps[buf] == nil {
			of.steps[buf] = by
		}
		return slices.Equal(of.steps[buf], by)
	}
	for v := range k.Code {
		if i := &k.Code[v]; i.Code == kir.Load && !step(i.Buf, i.Args[0]) {
			return nil
		}
	}
	for _, t := range k.Stores {
		if !step(t.Buf, t.Addr) {
			return nil
		}
	}
	return of
}

// do returns what is done with rows as they are made.
func (f *finish) do(fr *frame) func(p unsafe.Pointer, lo, hi int) {
	all := f.memory(fr)
	return func(p unsafe.Pointer, lo, hi int) {
		f.over(all, nearby{{f.slot, p, f.n * f.elementSize()}}, lo/f.n, hi/f.n)
	}
}

// memory lists where the buffers of all kernels are.
func (f *finish) memory(fr *frame) (all []unsafe.Pointer) {
	if f.then() {
		all = append(all, f.list[0].memory(fr)...)
	}
	return append(all, f.of.memory(fr)...)
}

// Nearby are slots of which a thread has only the rows that it is at: where, and bytes from one to the next.
type nearby []placedRows

type placedRows struct {
	slot int
	at   unsafe.Pointer
	row  int
}

// over runs the kernels on rows.
func (f *finish) over(all []unsafe.Pointer, near nearby, lo, hi int) {
	at := make([]unsafe.Pointer, len(all))
	for lo < hi {
		some := min(hi-lo, f.grain)
		for _, k := range f.list {
			some = min(some, untilWrap(lo, k.loops))
		}
		f.place(at, all, near, lo)
		f.run(at, some)
		if lo += some; lo < hi { // else it may be behind what there is
			run.GiveWay()
			for i := range near {
				near[i].at = unsafe.Add(near[i].at, some*near[i].row)
			}
		}
	}
}

// then reports whether something is computed of the elements first.
func (f *finish) then() bool { return len(f.list) > len(f.of.list) }

// elementSize is that of the product's elements.
func (f *finish) elementSize() int {
	for _, k := range f.list {
		if i := slices.Index(k.bufs, f.slot); i >= 0 {
			return k.k.Bufs[i].Type.Size()
		}
	}
	panic("cpu: no kernel reads the product")
}

// place sets at to where buffers are that begin in all, from a row on, unless they are nearby.
func (f *finish) place(at, all []unsafe.Pointer, near nearby, row int) {
	for _, k := range f.list {
		for i, slot := range k.bufs {
			if all[i] != nil {
				at[i] = unsafe.Add(all[i], placed(row, k.loops, k.steps[i]))
			}
			for _, s := range near {
				if s.slot == slot {
					at[i] = s.at
				}
			}
		}
		at, all = at[len(k.bufs):], all[len(k.bufs):]
	}
}

// run runs the kernels on so many rows.
func (f *finish) run(at []unsafe.Pointer, rows int) {
	if f.then() {
		then := f.list[0]
		then.code.Part(at[:len(then.bufs)], 0, rows*f.n)
		at = at[len(then.bufs):]
	}
	if len(f.of.list) > 0 {
		f.of.do(at, 0, rows*f.each)
	}
}

// String says what is done with the rows.
func (f *finish) String() string {
	if f.own {
		return "  and with its rows, which are in no memory else\n"
	}
	return "  and with its rows\n"
}

// untilWrap is how many iterations of loops from the i-th on are as the first ones are, but
// elsewhere: those until the innermost loop that is under way then ends.
func untilWrap(i int, extents []int) int {
	size := 1
	for a := len(extents) - 1; a >= 0; a-- {
		if at := i % extents[a]; at > 0 {
			return (extents[a] - at) * size
		}
		i /= extents[a]
		size *= extents[a]
	}
	return size
}

// placed is where iteration i of loops is, by strides.
func placed(i int, extents, strides []int) (at int) {
	for a := len(extents) - 1; a >= 0 && strides != nil; a-- {
		at += i % extents[a] * strides[a]
		i /= extents[a]
	}
	return at
}
