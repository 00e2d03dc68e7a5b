package cpu

import (
	"fmt"
	"slices"
	"strings"

	"gojax/internal/cpu/lib"
	"gojax/internal/cpu/scan"
	"gojax/internal/kir"
)

// An accumulated step is one of kir.Cumulative. A kernel that computes its operand in order runs
// on parts of that just before they are read, and one that computes elements of the result runs
// on parts of it that have just been written: while they are in the cache. Operand, result, and
// what comes of it may all be in one place.
type accumulated struct {
	library
	clock         int
	before, after *fused // or nil
}

// accumulate adds such a step.
func (m *maker) accumulate(n *node, step kir.Cumulative, in, out operand) {
	s := &accumulated{library: library{step, []operand{in}, []operand{out}}, clock: m.clock}
	m.inPlace = append(m.inPlace, reuse{out.slot, in.slot})
	m.p.workers = append(m.p.workers, worker{&s.library, n.op, n.path})
	m.add(s)
}

func (s *accumulated) run(f *frame) {
	var with scan.Around
	part := func(k *fused) func(lo, hi int) {
		if k == nil {
			return nil
		}
		bufs := slices.Clone(k.memory(f))
		return func(lo, hi int) { k.code.Part(bufs, lo, hi) }
	}
	with.Before, with.After = part(s.before), part(s.after)
	lib.Accumulate(&f.memory, s.step.(kir.Cumulative), s.in[0].value(f), s.out[0].value(f), with)
}

func (s *accumulated) text(b *strings.Builder) {
	var line strings.Builder
	s.library.text(&line)
	fmt.Fprintf(b, "%s%s\n", strings.TrimSuffix(line.String(), "\n"), s.parts())
}

// parts says which kernels run on parts.
func (s *accumulated) parts() string {
	switch {
	case s.before != nil && s.after != nil:
		return ", in parts, each after what came before and with what comes next"
	case s.before != nil:
		return ", in parts, each after what came before"
	case s.after != nil:
		return ", in parts, each with what comes next"
	}
	return ""
}

// scanPartsFrom is the size of arrays from which parts are worth while: so many that all threads
// have some, and the whole is not in the cache of a core anyway.
const scanPartsFrom = 1 << 20

// aroundScans makes kernels beside scans parts of these.
func (m *maker) aroundScans() {
	for i, s := range m.p.steps {
		s, ok := s.(*accumulated)
		if !ok || s.in[0].t.Bytes() < scanPartsFrom || s.in[0].t.Bytes() != s.out[0].t.Bytes() {
			continue
		}
		parts, early := lib.InParts(s.step.(kir.Cumulative), s.in[0].t)
		if !parts {
			continue
		}
		if k := m.alone(i - 1); k != nil && k.bufs[k.k.Stores[0].Buf] == s.in[0].slot && s.covers(k) {
			s.before, k.copied = k, true
			for _, slot := range k.bufs {
				if early { // what the result is written over must not be needed for other parts
					m.last[slot] = max(m.last[slot], s.clock)
				}
			}
		}
		if k := m.alone(i + 1); k != nil && s.covers(k) && s.feeds(k) {
			s.after, k.copied = k, true
			to, from := k.bufs[k.k.Stores[0].Buf], s.out[0].slot
			if m.born[to] == s.clock+1 {
				m.born[to] = s.clock // so it is not where the operand is, unless the result is
			}
			if m.last[from] == s.clock+1 {
				m.last[from] = s.clock
			}
		}
	}
}

// alone returns step i if it is a kernel of one result in order, with no other steps around it.
func (m *maker) alone(i int) *fused {
	if i < 0 || i >= len(m.p.steps) {
		return nil
	}
	k, ok := m.p.steps[i].(*fused)
	if !ok || k.with != nil || k.copied || len(k.k.Stores) != 1 || !inOrder(k.k, k.k.Stores[0].Addr) {
		return nil
	}
	return k
}

// covers reports whether the iterations of a kernel are the elements of the scan.
func (s *accumulated) covers(k *fused) bool { return k.k.Regions[1].Size() == s.in[0].t.Size() }

// feeds reports whether a kernel reads the result, each element where it stores one at once.
func (s *accumulated) feeds(k *fused) bool {
	reads, here := false, elementwise(k.k)
	for b, slot := range k.bufs {
		if slot == s.out[0].slot && !k.k.Bufs[b].Out {
			if !here[b] {
				return false
			}
			reads = true
		}
	}
	return reads
}
