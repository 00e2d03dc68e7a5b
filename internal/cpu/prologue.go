package cpu

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/interp"
	"gojax/internal/kir"
)

// Kernels that compute an operand of a product run as parts of the product if nothing else
// reads what they compute. Where each element is computed from one element of an array, and from
// numbers, the kernel runs on the parts of the operand that are packed, in place; where from several
// arrays, or rows or columns, it computes lines of the operand before they are packed. So do several
// kernels, each of which computes a section of it, as those of a concatenation (section.go).

// A forerunner is what computes an operand.
type forerunner struct {
	changes  *fused    // a kernel that does it in place, or nil
	from, to int       // its buffers; from is of what is changed
	sections []section // else what does it in lines, or nothing
	row      int       // in so many elements of the operand there are some of all sections
	chain    *chained  // else another product
}

// any reports whether there is something.
func (e *forerunner) any() bool { return e.changes != nil || e.makes() }

// precede makes the kernels of the operands of a product, of values x and y, parts of it where
// they can be.
func (m *maker) precede(p *product, x, y int) {
	often, oftenY := p.p.Changing()
	lines, linesY := p.p.Computing()
	if p.strides[0] == nil {
		p.x = m.withKernels(&p.first[0], x, p.x, often, lines)
	}
	if p.strides[1] == nil {
		p.y = m.withKernels(&p.first[1], y, p.y, oftenY, linesY)
	}
}

// brief is the estimate, in ns for an element, of kernels that may be run more than once:
// a few instructions, no function. Estimates for those that read several arrays are higher.
const brief, briefLines = 0.35, 2.2

// linesFrom is from how many elements an operand is computed in lines: a smaller one is in a
// cache when it is packed, and is computed in one go.
const linesFrom = 1 << 17

// withKernels takes the steps that compute the value v, in a slot, out of the program, for a
// product to run them first. It returns a slot of what they read, or the same slot if they
// cannot be run so.
func (m *maker) withKernels(first *forerunner, v, slot int, often, lines gemm.Frequency) int {
	of := m.f.resolve(v)
	def := m.g.defs[of]
	if often == gemm.Never && lines == gemm.Never || m.readers(of) != 1 || def >= 0 && m.g.nodes[def].kind == byLibrary {
		return slot // such a step may have left its result where a kernel left its operand
	}
	size, at := m.g.types[of].Size(), m.makers(slot)
	e, ok := m.inPlaceOf(at)
	most := brief
	if !ok || often == gemm.Never || often == gemm.Again && lines == gemm.Once && e.ns() > most*float64(size) {
		often, most = lines, briefLines
		e, ok = m.inLines(at, slot, m.g.types[of])
		ok = ok && (often == gemm.Apart || size >= linesFrom)
	}
	if !ok || often == gemm.Never || often == gemm.Again && e.ns() > most*float64(size) {
		return slot
	}
	for _, i := range slices.Backward(at) {
		m.p.steps = slices.Delete(m.p.steps, i, i+1)
	}
	m.inRows(&e)
	m.size[slot] = 0
	e.slots(func(b int, writes bool) {
		if b == slot && !writes { // what was copied to where the operand would be
			m.size[slot] = m.g.types[of].Bytes()
		}
		m.last[b] = m.clock
	})
	*first = e
	return e.reads()
}

// makers lists the steps that write to a slot what kernels compute, or copies.
func (m *maker) makers(slot int) (at []int) {
	for i, s := range m.p.steps {
		writes := false
		switch s := s.(type) {
		case *fused:
			writes = slices.ContainsFunc(s.k.Stores, func(t kir.Store) bool { return s.bufs[t.Buf] == slot })
		case *motion:
			writes = s.to == slot && s.makes > 0
		case *joined:
			writes = s.to == slot
		}
		if writes {
			at = append(at, i)
		}
	}
	return at
}

// inPlaceOf returns what the only one of some steps does in place, if it is such a kernel.
func (m *maker) inPlaceOf(at []int) (e forerunner, ok bool) {
	if len(at) != 1 {
		return e, false
	}
	s, ok := m.p.steps[at[0]].(*fused)
	if !ok || s.with != nil || s.copied {
		return e, false
	}
	from, ok := pointwise(s.k)
	return forerunner{changes: s, from: from, to: s.k.Stores[0].Buf}, ok
}

// makes reports whether e makes the operand elsewhere than in memory.
func (e *forerunner) makes() bool { return e.sections != nil || e.chain != nil }

// kernels lists those of e.
func (e *forerunner) kernels() (all []*fused) {
	if e.changes != nil {
		all = append(all, e.changes)
	}
	for i := range e.sections {
		if k := e.sections[i].kernel; k != nil {
			all = append(all, k)
		}
	}
	if e.chain != nil {
		all = append(all, e.chain.of.parts()...)
	}
	return all
}

// text lists what e runs: kernels, as the function says them, and copies.
func (e *forerunner) text(b *strings.Builder, kernel func(k *fused)) {
	if e.chain != nil {
		b.WriteString("within what follows, some rows at a time, ")
		e.chain.of.show(b, kernel)
		return
	}
	for _, k := range e.kernels() {
		b.WriteString("within what follows ")
		kernel(k)
	}
	for _, s := range e.sections {
		if s.kernel == nil {
			fmt.Fprintf(b, "within what follows copy s%d\n", s.bufs[0])
		}
	}
}

// slots calls f with each that e reads, or would write the operand to.
func (e *forerunner) slots(f func(slot int, writes bool)) {
	if k := e.changes; k != nil {
		for i, slot := range k.bufs {
			f(slot, i == e.to)
		}
	}
	for i := range e.sections {
		s := &e.sections[i]
		for i, slot := range s.bufs {
			f(slot, i == s.to)
		}
	}
	if e.chain != nil {
		e.chain.slots(f)
	}
}

// reads is the slot of what e changes, or one that it reads, or -1.
func (e *forerunner) reads() (slot int) {
	if e.changes != nil {
		return e.changes.bufs[e.from]
	}
	slot = -1
	e.slots(func(s int, writes bool) {
		if !writes {
			slot = s
		}
	})
	return slot
}

// ns estimates how long the operand takes.
func (e *forerunner) ns() (sum float64) {
	if e.changes != nil {
		sum = float64(e.changes.code.Cost())
	}
	for i := range e.sections {
		sum += e.sections[i].ns
	}
	return sum
}

// pointwise returns the buffer of each of whose elements k computes one of its result, of the
// same size, if that is all that it does: all other buffers are numbers.
func pointwise(k *kir.Kernel) (from int, ok bool) {
	if len(k.Regions) != 2 || len(k.Stores) != 1 || len(k.Bufs) > interp.MostElements {
		return 0, false
	}
	to, here := k.Stores[0].Buf, elementwise(k)
	from = -1
	for i, b := range k.Bufs {
		switch {
		case i == to || b.Elems == 1 && !b.Out:
		case here[i] && from < 0 && b.Type.Size() == k.Bufs[to].Type.Size():
			from = i
		default:
			return 0, false
		}
	}
	return from, here[to] && from >= 0 && !k.UsesIndex()
}

// change returns what e does to elements in place, or nil.
func (e *forerunner) change(f *frame) func(p unsafe.Pointer, n int) {
	k := e.changes
	if k == nil {
		return nil
	}
	var bufs [interp.MostElements]unsafe.Pointer
	for i, slot := range k.bufs {
		bufs[i] = f.ptr[slot]
	}
	return func(p unsafe.Pointer, n int) {
		bufs := bufs
		to := &k.k.Bufs[e.to]
		for i := 0; i < n; i += to.Elems {
			at := unsafe.Add(p, i*to.Type.Size())
			bufs[e.from], bufs[e.to] = at, at
			k.code.Elements(min(n-i, to.Elems), bufs[:len(k.bufs)]...)
		}
	}
}

// changes are those of the operands of s, and the chains that make some of them, whose lots are to be freed.
func (s *product) changes(f *frame) (c gemm.Changes, begun []*chaining) {
	x, y := &s.first[0], &s.first[1]
	c = gemm.Changes{X: x.change(f), Y: y.change(f), LinesX: x.lines(f), LinesY: y.lines(f),
		ReadsX: x.beside(f), ReadsY: y.beside(f), Same: s.same()}
	for i, lines := range [2]*gemm.Lines{&c.LinesX, &c.LinesY} {
		if of := s.first[i].chain; of != nil {
			one := of.begin(f)
			begun = append(begun, one)
			*lines, c.Pieces = one.lines, true
		}
	}
	return c, begun
}
