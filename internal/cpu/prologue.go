package cpu

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/gemm"
	"gojax/internal/kir"
)

// A kernel that computes each element of an operand of a product from one element of an array,
// and from numbers, runs as a part of the product if nothing else reads what it computes: on
// the parts of the operand that are packed, in place.

// A forerunner is such a kernel.
type forerunner struct {
	*fused
	from, to int // its buffers
}

// precede makes the kernels of the operands of a product, of values x and y, parts of it where
// they can be.
func (m *maker) precede(p *product, x, y int) {
	often, oftenY := p.p.Changing()
	p.x = m.withKernel(&p.first[0], x, p.x, often)
	p.y = m.withKernel(&p.first[1], y, p.y, oftenY)
}

// brief is the estimate, in ns for an element, of kernels that may be run more than once:
// a few instructions, no function.
const brief = 1

// withKernel takes the step that computes the value v, in a slot, out of the program, for a
// product to run it first. It returns the slot of what that reads, or the same slot if there
// is no such step.
func (m *maker) withKernel(first *forerunner, v, slot int, often gemm.Frequency) int {
	if often == gemm.Never || m.readers(m.f.resolve(v)) != 1 {
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
	if s.with != nil || !ok || often == gemm.Again && int(s.code.Cost()) > brief*s.k.Regions[1].Size() {
		return slot
	}
	m.p.steps = slices.Delete(m.p.steps, at, at+1)
	if s.bufs[from] != slot { // else what it reads was copied to there before, and is needed
		m.size[slot] = 0
	}
	for _, b := range s.bufs {
		m.last[b] = m.clock
	}
	*first = forerunner{s, from, s.k.Stores[0].Buf}
	return s.bufs[from]
}

// pointwise returns the buffer of each of whose elements k computes one of its result, of the
// same size, if that is all that it does: all other buffers are numbers.
func pointwise(k *kir.Kernel) (from int, ok bool) {
	if len(k.Regions) != 2 || len(k.Stores) != 1 || len(k.Bufs) > interpBufs {
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

// interpBufs is how many buffers interp.Code.Elements takes.
const interpBufs = 4

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
	if e.fused == nil {
		return nil
	}
	var bufs [interpBufs]unsafe.Pointer
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
	return gemm.Changes{X: s.first[0].change(f), Y: s.first[1].change(f)}
}
