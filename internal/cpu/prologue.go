package cpu

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/run"
	"gojax/internal/kir"
)

// A kernel that computes an operand of a product runs as a part of the product if nothing else
// reads what it computes. Where each element is computed from one element of an array, and from
// numbers, it runs on the parts of the operand that are packed, in place; where from several
// arrays, or rows or columns, it computes lines of the operand before they are packed.

// A forerunner is such a kernel.
type forerunner struct {
	*fused
	from, to int     // its buffers; from is of what is changed in place
	shifts   [][]int // of lines: by buffer, how far it moves with each loop; nil if it does not
}

// precede makes the kernels of the operands of a product, of values x and y, parts of it where
// they can be.
func (m *maker) precede(p *product, x, y int) {
	often, oftenY := p.p.Changing()
	lines, linesY := p.p.Computing()
	if p.strides[0] == nil {
		p.x = m.withKernel(&p.first[0], x, p.x, often, lines)
	}
	if p.strides[1] == nil {
		p.y = m.withKernel(&p.first[1], y, p.y, oftenY, linesY)
	}
}

// brief is the estimate, in ns for an element, of kernels that may be run more than once:
// a few instructions, no function. Estimates for those that read several arrays are higher.
const brief, briefLines = 0.35, 2.2

// linesFrom is from how many elements an operand is computed in lines: a smaller one is in a
// cache when it is packed, and is computed in one go.
const linesFrom = 1 << 17

// withKernel takes the step that computes the value v, in a slot, out of the program, for a
// product to run it first. It returns the slot of what that reads, or the same slot if there
// is no such step.
func (m *maker) withKernel(first *forerunner, v, slot int, often, lines gemm.Frequency) int {
	if often == gemm.Never && lines == gemm.Never || m.readers(m.f.resolve(v)) != 1 {
		return slot
	}
	at := slices.IndexFunc(m.p.steps, func(s step) bool {
		k, ok := s.(*fused)
		return ok && len(k.k.Stores) == 1 && k.bufs[k.k.Stores[0].Buf] == slot
	})
	if at < 0 {
		return slot
	}
	s := m.p.steps[at].(*fused)
	from, ok := pointwise(s.k)
	var shifts [][]int
	most := brief
	if !ok || often == gemm.Never {
		often, most = lines, briefLines
		shifts, ok = m.shifts(s, v)
		if ok = ok && (often == gemm.Apart || s.k.Regions[1].Size() >= linesFrom); ok {
			from = slices.IndexFunc(s.k.Bufs, func(b kir.Buf) bool { return !b.Out })
		}
	}
	if s.with != nil || s.copied || !ok || often == gemm.Never || often == gemm.Again && float64(s.code.Cost()) > most*float64(s.k.Regions[1].Size()) {
		return slot
	}
	m.p.steps = slices.Delete(m.p.steps, at, at+1)
	reads := false // what was copied to where the operand would be
	for i, b := range s.bufs {
		reads = reads || b == slot && i != s.k.Stores[0].Buf
	}
	if !reads {
		m.size[slot] = 0
	}
	for _, b := range s.bufs {
		m.last[b] = m.clock
	}
	*first = forerunner{s, from, s.k.Stores[0].Buf, shifts}
	return s.bufs[from]
}

// shifts returns how far the buffers of a step move with each loop of its kernel, if it computes
// all elements of v in order, and nothing else does: so any of them can be computed as the first
// ones of others.
func (m *maker) shifts(s *fused, v int) (shifts [][]int, ok bool) {
	k := s.k
	if len(k.Regions) != 2 || len(k.Bufs) > interp.MostElements || len(k.Bufs) == 1 || indexed(k) ||
		k.Regions[1].Size() != m.g.types[m.f.resolve(v)].Size() || !elementwise(k)[k.Stores[0].Buf] {
		return nil, false
	}
	shifts = make([][]int, len(k.Bufs))
	moves := func(buf int, addr kir.Val) bool {
		w, ok := k.WalkOf(addr)
		if !ok || w.Off != 0 || slices.ContainsFunc(w.Strides, func(n int) bool { return n < 0 }) {
			return false
		}
		if shifts[buf] == nil {
			shifts[buf] = w.Strides
		}
		return slices.Equal(shifts[buf], w.Strides)
	}
	for v := range k.Code {
		if i := &k.Code[v]; i.Code == kir.Load && !moves(i.Buf, i.Args[0]) {
			return nil, false
		}
	}
	return shifts, moves(k.Stores[0].Buf, k.Stores[0].Addr)
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
	return from, here[to] && from >= 0 && !indexed(k)
}

// indexed reports whether what k stores depends on the loops otherwise than by what it loads.
func indexed(k *kir.Kernel) bool {
	seen := make([]bool, len(k.Code))
	var depends func(v kir.Val) bool
	depends = func(v kir.Val) bool {
		if seen[v] {
			return false
		}
		seen[v] = true
		i := &k.Code[v]
		switch i.Code {
		case kir.Load:
			return false
		case kir.LoopIndex:
			return true
		}
		return slices.ContainsFunc(i.Args, depends)
	}
	return depends(k.Stores[0].Val)
}

// change returns what e does to elements in place, or nil.
func (e *forerunner) change(f *frame) func(p unsafe.Pointer, n int) {
	if e.fused == nil || e.shifts != nil {
		return nil
	}
	var bufs [interp.MostElements]unsafe.Pointer
	for i, slot := range e.bufs {
		bufs[i] = f.ptr[slot]
	}
	return func(p unsafe.Pointer, n int) {
		bufs := bufs
		to := &e.k.Bufs[e.to]
		for i := 0; i < n; i += to.Elems {
			at := unsafe.Add(p, i*to.Type.Size())
			bufs[e.from], bufs[e.to] = at, at
			e.code.Elements(min(n-i, to.Elems), bufs[:len(e.bufs)]...)
		}
	}
}

// changes are those of the operands of s.
func (s *product) changes(f *frame) gemm.Changes {
	x, y := &s.first[0], &s.first[1]
	return gemm.Changes{X: x.change(f), Y: y.change(f), LinesX: x.lines(f), LinesY: y.lines(f),
		ReadsX: x.reads(f), ReadsY: y.reads(f), Same: s.same()}
}

// reads are the arrays that lines are computed of, element by element.
func (e *forerunner) reads(f *frame) (all []gemm.Array) {
	if e.shifts == nil {
		return nil
	}
	for i, here := range elementwise(e.k) {
		if here && i != e.to {
			all = append(all, gemm.Array{P: f.ptr[e.bufs[i]], Size: e.k.Bufs[i].Type.Size()})
		}
	}
	return all
}

// lines returns what computes lines of an operand, or nil.
func (e *forerunner) lines(f *frame) gemm.Lines {
	if e.shifts == nil {
		return nil
	}
	var all [interp.MostElements]unsafe.Pointer
	for i, slot := range e.bufs {
		all[i] = f.ptr[slot]
	}
	extents := e.k.Regions[1].Extents
	most := int(50_000*float64(e.k.Regions[1].Size())/float64(e.code.Cost()+1)) + 1000 // in 50 µs
	return func(p unsafe.Pointer, l gemm.Lined) {
		for l.Lines > 0 {
			some := alike(&l, extents)
			if some = min(some, most/l.N); some > 1 {
				e.linesAlike(all, p, l, some)
			} else {
				some = 1
				e.line(all, p, l.At, l.N, most)
			}
			if l.Lines -= some; l.Lines > 0 { // else it may be behind what there is
				run.GiveWay()
				p = unsafe.Add(p, some*l.Row)
			}
			l.At += some * l.Step
		}
	}
}

// line computes n elements from the at-th on, at most so many in one go.
func (e *forerunner) line(all [interp.MostElements]unsafe.Pointer, p unsafe.Pointer, at, n, most int) {
	extents := e.k.Regions[1].Extents
	for n > 0 {
		bufs, some := all, min(n, most, untilWrap(at, extents))
		for i, shifts := range e.shifts {
			if i != e.to {
				bufs[i] = unsafe.Add(bufs[i], placed(at, extents, shifts)*e.k.Bufs[i].Type.Size())
			}
		}
		bufs[e.to] = p
		e.code.Elements(some, bufs[:len(e.bufs)]...)
		if n -= some; n > 0 { // else it may be behind what there is
			if some == most {
				run.GiveWay()
			}
			p = unsafe.Add(p, some*e.k.Bufs[e.to].Type.Size())
		}
		at += some
	}
}

// linesAlike computes the first lines, so many that are alike.
func (e *forerunner) linesAlike(bufs [interp.MostElements]unsafe.Pointer, p unsafe.Pointer, l gemm.Lined, some int) {
	var by [interp.MostElements]int
	extents := e.k.Regions[1].Extents
	for i, shifts := range e.shifts {
		if i == e.to {
			bufs[i], by[i] = p, l.Row
			continue
		}
		at, size := placed(l.At, extents, shifts), e.k.Bufs[i].Type.Size()
		bufs[i], by[i] = unsafe.Add(bufs[i], at*size), (placed(l.At+l.Step, extents, shifts)-at)*size
	}
	e.code.Lines(l.N, some, bufs[:len(e.bufs)], by[:])
}

// alike is how many of the lines, from the first on, are as far from each other in all that they are
// computed of: those until the loop ends which goes from line to line; 1 if there is no such loop.
func alike(l *gemm.Lined, extents []int) int {
	size := 1
	for a := len(extents) - 1; a >= 0 && l.Lines > 1 && l.Step%size == 0; a-- {
		if n := extents[a]; l.Step < n*size {
			by := l.Step / size
			some := min(l.Lines, (n-l.At/size%n+by-1)/by)
			if l.N > untilWrap(l.At+(some-1)*l.Step, extents) {
				some--
			}
			return some
		}
		size *= extents[a]
	}
	return 1
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
