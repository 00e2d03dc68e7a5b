package cpu

import (
	"slices"

	"gojax/internal/kir"
)

// A kernel that computes each element of its results from the same element of a product
// runs as a part of that: on rows of it while they are in a cache.

// follow makes a kernel a part of the product that it reads, if it can be; else it
// reports false.
func (m *maker) follow(k *kir.Kernel, vals []int) bool {
	if len(k.Regions) != 2 || len(k.Bufs) == 0 {
		return false
	}
	here := elementwise(k)
	for _, s := range k.Stores {
		if !here[s.Buf] {
			return false
		}
	}
	late := false // whether a step after the product computes what k reads beside it
	for i := len(m.p.steps) - 1; i >= 0; i-- {
		switch s := m.p.steps[i].(type) {
		case *fused:
			late = late || m.feeds(s, k, vals)
		case *product:
			d := slices.IndexFunc(vals, func(v int) bool { return m.slotFor(v) == s.out })
			if d < 0 {
				late = late || m.readsSlot(k, vals, s.out) || s.then != nil && m.feeds(s.then, k, vals)
				continue
			}
			if s.then != nil || !here[d] || k.Bufs[d].Out {
				return false
			}
			if _, staged := k.Stage(crosses, nowhere); staged != nil {
				return false
			}
			if late && !m.postpone(i) {
				return false
			}
			m.attach(s, k, vals, d)
			return true
		case *tiles:
			late = late || slices.ContainsFunc(s.list, func(d direct) bool { return m.readsSlot(k, vals, d.d) })
		default:
			return false
		}
	}
	return false
}

// postpone makes a product the last step so far, if none after it reads its result.
func (m *maker) postpone(at int) bool {
	s := m.p.steps[at].(*product)
	if readsResult(m.p.steps[at+1:], s) {
		return false
	}
	m.p.steps = slices.Delete(m.p.steps, at, at+1)
	m.runsAt(s, m.clock)
	m.add(s)
	return true
}

// readsResult reports whether some of the steps read what a product makes.
func readsResult(steps []step, of *product) bool {
	made := func(slot int) bool { return slot == of.out || of.then != nil && of.then.stores(slot) }
	return slices.ContainsFunc(steps, func(t step) bool {
		switch t := t.(type) {
		case *fused:
			return slices.ContainsFunc(t.bufs, made)
		case *product:
			return slices.ContainsFunc(t.sources(), made) ||
				slices.ContainsFunc(t.parts(), func(k *fused) bool { return slices.ContainsFunc(k.bufs, made) })
		case *tiles:
			return slices.ContainsFunc(t.list, func(d direct) bool { return made(d.x) || made(d.y) || made(d.z) || made(d.w) })
		}
		return false
	})
}

// sources lists the slots of what a product multiplies, and of what it computes that of.
func (s *product) sources() []int {
	all := []int{s.x, s.y}
	for i := range s.first {
		s.first[i].slots(func(slot int, _ bool) { all = append(all, slot) })
	}
	return all
}

// needs reports whether a product multiplies what is in a slot, or computes it of that.
func (s *product) needs(slot int) bool { return slices.Contains(s.sources(), slot) }

// runsAt says that a product runs at another time than that at which it was added.
func (m *maker) runsAt(s *product, clock int) {
	s.clock = clock
	for _, slot := range s.sources() {
		m.last[slot] = max(m.last[slot], clock)
	}
	m.born[s.out] = clock
}

// elementwise lists which buffers of a kernel are as long as it has iterations and are
// used at the place of the iteration only.
func elementwise(k *kir.Kernel) []bool {
	n := k.Regions[1].Size()
	here := make([]bool, len(k.Bufs))
	for i, b := range k.Bufs {
		here[i] = b.Elems == n
	}
	for v := range k.Code {
		if i := &k.Code[v]; i.Code == kir.Load {
			here[i.Buf] = here[i.Buf] && inOrder(k, i.Args[0])
		}
	}
	for _, s := range k.Stores {
		here[s.Buf] = here[s.Buf] && inOrder(k, s.Addr)
	}
	return here
}

// inOrder reports whether the address of each iteration is its number.
func inOrder(k *kir.Kernel, addr kir.Val) bool {
	w, ok := k.WalkOf(addr)
	if !ok || w.Off != 0 {
		return false
	}
	stride := 1
	for a := len(w.Extents) - 1; a >= 0; a-- {
		if w.Extents[a] != 1 && w.Strides[a] != stride {
			return false
		}
		stride *= w.Extents[a]
	}
	return true
}

// slotFor returns the slot of a value that is in memory already, or -1.
func (m *maker) slotFor(v int) int {
	if s, ok := m.slotOf[m.f.resolve(v)]; ok {
		return s
	}
	return -1
}

// feeds reports whether a step writes what a kernel reads.
func (m *maker) feeds(s *fused, k *kir.Kernel, vals []int) bool {
	for i, slot := range s.bufs {
		if s.k.Bufs[i].Out && m.readsSlot(k, vals, slot) {
			return true
		}
	}
	return false
}

// readsSlot reports whether a kernel reads a slot.
func (m *maker) readsSlot(k *kir.Kernel, vals []int, slot int) bool {
	for i, v := range vals {
		if !k.Bufs[i].Out && m.slotFor(v) == slot {
			return true
		}
	}
	return false
}

// attach makes a kernel a part of a product, which is its d-th buffer.
func (m *maker) attach(s *product, k *kir.Kernel, vals []int, d int) {
	c := m.batch.Shared(k, expand)
	k = c.Source()
	s.then = &fused{code: c, k: k, bufs: make([]int, len(vals))}
	for i, v := range vals {
		if !k.Bufs[i].Out {
			slot := m.slotOr(v)
			s.then.bufs[i], m.last[slot] = slot, max(m.last[slot], s.clock)
			continue
		}
		slot := m.writes(v)
		s.then.bufs[i], m.born[slot] = slot, s.clock
	}
	here := elementwise(k)
	for i, b := range k.Bufs {
		if i != d && here[i] && !b.Out {
			s.beside = append(s.beside, i)
		}
	}
	if len(k.Stores) != 1 {
		return
	}
	// The result may take the memory of an operand of the program, unless the product
	// reads that; if there is none, or it is not donated, the product is made where the result
	// will be.
	out := s.then.bufs[k.Stores[0].Buf]
	given := false
	for i, slot := range s.then.bufs {
		if here[i] && slices.Contains(m.p.inSlot, slot) && !s.needs(slot) {
			m.inPlace = append(m.inPlace, reuse{out, slot})
			given = true
		}
	}
	only := func(u use) bool { return u.group != m.now }
	if k.Bufs[d].Type != k.Bufs[k.Stores[0].Buf].Type || slices.ContainsFunc(m.f.uses[m.f.resolve(vals[d])].all, only) {
		return
	}
	if given {
		s.into = k.Stores[0].Buf + 1
		return
	}
	m.size[s.out] = 0
	s.out, s.then.bufs[d] = out, out
}

// slotOr returns the slot of a value that a step reads which is not the next.
func (m *maker) slotOr(v int) int {
	last := -1
	if s := m.slotFor(v); s >= 0 {
		last = m.last[s]
	}
	s := m.reads(v)
	m.last[s] = last
	return s
}
