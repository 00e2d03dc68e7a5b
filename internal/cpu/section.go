package cpu

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/move"
	"gojax/internal/kir"
)

// An operand of a product that is computed in lines is made of sections: all of it, where one kernel
// computes it, or what each of several does, as those of a concatenation.

// A section is a box of the elements of an operand, which one kernel computes, or which are copied. A kernel
// computes them as if they were the first: with each buffer moved on by its own strides.
type section struct {
	kernel  *fused  // of the innermost loop alone if there are several sections; nil if they are copied
	bufs    []int   // slots
	sizes   []int   // of their elements
	to      int     // which of them that is
	off     int     // where it begins in the operand
	extents []int   // of the loops that go through it
	shifts  [][]int // by buffer, how far it moves with each loop: to in the operand; nil if it does not
	start   int     // where what is copied begins
	solid   int     // how many iterations are run in one go, at most
	most    int     // how many are run before others had a chance: in 50 µs
	ns      float64 // an estimate of all of them
}

// mostSections bounds those of an operand, as they are looked for one by one, and mostLoops theirs.
const mostSections, mostLoops = maxBoxes, 8

// What an element takes that is copied, in ns, and beside its elements a line that is copied or computed, and the
// first of those that are alike.
const copyNs, lineCopied, lineComputed, firstLine = 0.1, 4., 10., 100.

// What it takes, at least, to store an element and to read it again, in a cache and out of it: lines may be cut
// into those of sections if that takes no longer.
const (
	storedNear = 0.2
	storedFar  = 0.6
	farFrom    = 16 << 20 // bytes
)

// inLines returns the forerunner that steps are which write to a slot, if together they compute all
// elements of an operand of a type, once, in lines.
func (m *maker) inLines(at []int, slot int, of core.Type) (e forerunner, ok bool) {
	t, size := of.DType, of.Size()
	for _, i := range at {
		switch s := m.p.steps[i].(type) {
		case *fused:
			c, ok := sectionOf(s)
			if !ok {
				return e, false
			}
			e.sections = append(e.sections, c)
		case *motion:
			c, ok := s.section(t.Size())
			if !ok {
				return e, false
			}
			e.sections = append(e.sections, c)
		case *joined:
			e.sections = append(e.sections, s.sections(t.Size())...)
		}
	}
	e.sections = merged(e.sections)
	if e.row = size; len(e.sections) > mostSections {
		return e, false
	}
	all, apart := 0, 0.
	for i := range e.sections {
		s := &e.sections[i]
		if len(e.sections) > 1 {
			s.inElements()
		}
		row, ok := s.rowIn(size)
		if !ok || len(e.sections) > 1 && s.staged(slot) {
			return e, false
		}
		e.row = min(e.row, row)
		all += core.Size(s.extents)
		apart += s.apart()
	}
	if len(e.sections) > 1 && apart > storing(of)*float64(size) {
		return e, false
	}
	return e, all == size && e.reads() >= 0
}

// storing is what it takes to store an element of an operand and to read it again.
func storing(of core.Type) float64 {
	if of.Bytes() >= farFrom {
		return storedFar
	}
	return storedNear
}

// apart estimates what it takes to compute a section in lines of its own, beside its elements.
func (s *section) apart() float64 {
	rows, one := 1, lineComputed
	if s.kernel == nil {
		one = lineCopied
	}
	alike := 1
	if last := len(s.extents) - 1; last > 0 {
		rows, alike = core.Size(s.extents[:last]), s.extents[last-1]
	}
	return float64(rows) * (one + firstLine/float64(alike))
}

// sectionOf returns the section that a kernel computes, if it can be moved on.
func sectionOf(s *fused) (c section, ok bool) {
	k := s.k
	if s.with != nil || s.copied || len(k.Stores) != 1 || len(k.Regions) != 2 || len(k.Bufs) > interp.MostElements || k.UsesIndex() {
		return c, false
	}
	c = section{kernel: s, bufs: s.bufs, to: k.Stores[0].Buf, extents: k.Regions[1].Extents, shifts: make([][]int, len(k.Bufs)),
		solid: k.Regions[1].Size(), ns: float64(s.code.Cost())}
	for _, b := range k.Bufs {
		c.sizes = append(c.sizes, b.Type.Size())
	}
	moves := func(buf int, addr kir.Val) bool {
		w, ok := k.WalkOf(addr)
		if !ok || slices.ContainsFunc(w.Strides, func(n int) bool { return n < 0 }) {
			return false
		}
		if buf == c.to {
			c.off = w.Off
		}
		if c.shifts[buf] == nil {
			c.shifts[buf] = w.Strides
		}
		return slices.Equal(c.shifts[buf], w.Strides)
	}
	for v := range k.Code {
		if i := &k.Code[v]; i.Code == kir.Load && !moves(i.Buf, i.Args[0]) {
			return c, false
		}
	}
	return c, moves(c.to, k.Stores[0].Addr)
}

// section is that of a copy, of elements of so many bytes; false if those that lie together in the operand do not
// where they come from.
func (s *motion) section(size int) (c section, ok bool) {
	dims := slices.Clone(s.dims)
	slices.SortFunc(dims, func(a, b move.Dim) int { return b.To - a.To })
	var extents, from, to []int
	for _, d := range dims {
		extents, from, to = append(extents, d.N), append(from, d.From), append(to, d.To)
	}
	if n := len(dims) - 1; n >= 0 {
		ok = (dims[n].From == 1 || dims[n].To > 1) && s.size() == size
	}
	return copyOf(size, s.from, s.to, s.off, s.at, extents, from, to), ok
}

// sections are those of what is copied side by side, elements of so many bytes.
func (s *joined) sections(size int) (all []section) {
	for _, x := range s.from {
		all = append(all, copyOf(size, x.slot, s.to, x.off, x.at, []int{s.n, x.bytes / size}, []int{x.by / size, 1}, []int{s.row / size, 1}))
	}
	return all
}

// copyOf returns a section that is copied from one slot to another, from and to so many bytes from where
// they begin, by strides along loops.
func copyOf(size, from, to, off, at int, extents, strides, places []int) section {
	n := core.Size(extents)
	return section{bufs: []int{from, to}, sizes: []int{size, size}, to: 1, off: at / size, extents: extents,
		shifts: [][]int{strides, places}, start: off, ns: copyNs * float64(n)}
}

// merged makes one section of those that are copied from beside each other to beside each other, as parts of a window
// on pixels that are neighbours.
func merged(all []section) (kept []section) {
	for _, s := range all {
		if n := len(kept) - 1; n >= 0 && s.behind(&kept[n]) {
			before, last := &kept[n], len(s.extents)-1
			before.extents = slices.Clone(before.extents)
			before.extents[last] += s.extents[last]
			before.ns += s.ns
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// inElements makes lines of one element of a section of which nothing lies together in the operand, as
// of a column.
func (s *section) inElements() {
	last := len(s.extents) - 1
	if s.shifts[s.to][last] == 1 {
		return
	}
	s.extents = append(slices.Clone(s.extents), 1)
	shifts := s.shifts
	s.shifts = make([][]int, len(shifts))
	for i, by := range shifts {
		if by != nil {
			s.shifts[i] = append(slices.Clone(by), 0)
		}
	}
	s.shifts[s.to][last+1] = 1
}

// behind reports whether lines that are copied lie right behind others, here and there.
func (s *section) behind(t *section) bool {
	if s.kernel != nil || t.kernel != nil || s.bufs[0] != t.bufs[0] || len(s.extents) != len(t.extents) {
		return false
	}
	last := len(s.extents) - 1
	n := t.extents[last]
	return s.off == t.off+n && s.start == t.start+n*s.sizes[0] && slices.Equal(s.extents[:last], t.extents[:last]) &&
		slices.Equal(s.shifts[0], t.shifts[0]) && slices.Equal(s.shifts[1], t.shifts[1])
}

// rowIn returns in how many elements of an operand of some size there is one line of the section after the
// other, with gaps between them; false if its elements do not lie together in lines.
func (s *section) rowIn(size int) (row int, ok bool) {
	places, n := s.shifts[s.to], 1
	if row = size; len(s.extents) > mostLoops {
		return 0, false
	}
	for a := len(s.extents) - 1; a >= 0; a-- {
		switch {
		case s.extents[a] == 1:
			places = slices.Clone(places)
			places[a], s.shifts[s.to] = n, places // a stride like any other
		case a == len(s.extents)-1 && places[a] != 1, places[a] < n:
			return 0, false
		case places[a] > n:
			row = min(row, places[a])
		}
		n = places[a] * s.extents[a]
	}
	return row, true
}

// staged reports whether the section is computed of a copy that is where the operand would be.
func (s *section) staged(slot int) bool {
	for i, b := range s.bufs {
		if b == slot && i != s.to {
			return true
		}
	}
	return false
}

// inRows makes several kernels, which are cut wherever others begin, those of their innermost loops.
func (m *maker) inRows(e *forerunner) {
	for i := range e.sections {
		s := &e.sections[i]
		s.most = int(50_000*float64(core.Size(s.extents))/(s.ns+1)) + 1000
		if s.kernel != nil && len(e.sections) == 1 {
			return
		}
		if s.solid = s.extents[len(s.extents)-1]; s.kernel != nil {
			c := m.batch.Shared(s.kernel.k.Row(s.solid), expand)
			s.kernel = &fused{code: c, k: c.Source(), bufs: s.bufs}
		}
	}
}
