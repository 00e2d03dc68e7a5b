package cpu

import "slices"

// update lets the result of a scatter be where its operand is, which then is not copied:
// if that is a temporary that nothing else reads, or an operand of the program that is
// donated.
func (m *maker) update(n *node, in []operand) {
	slot := in[0].slot
	if slices.ContainsFunc(in[1:], func(o operand) bool { return o.slot == slot }) {
		return
	}
	if !m.takesOver(n, slot) {
		m.inPlace = append(m.inPlace, reuse{m.writes(n.out[0]), slot})
	}
}

// takesOver makes the result of n be where its first operand is, in a slot, if that is a temporary that nothing else reads.
func (m *maker) takesOver(n *node, slot int) bool {
	v := m.f.resolve(n.in[0])
	def := m.g.defs[v]
	if def < 0 || m.size[slot] == 0 || m.g.nodes[def].kind == byEval || m.readers(v) != 1 {
		return false
	}
	m.slotOf[n.out[0]] = slot
	return true
}

// readers counts who reads the memory of v: operations that may, and results.
func (m *maker) readers(v int) int {
	if m.read == nil {
		m.read = make([]int, len(m.g.types))
		for i := range m.g.nodes {
			n := &m.g.nodes[i]
			if n.alias || n.kind == byView {
				continue // those who read the view count
			}
			for _, x := range n.in {
				m.read[m.f.resolve(x)]++
			}
		}
		for _, x := range m.g.out {
			m.read[m.f.resolve(x)]++
		}
	}
	return m.read[v]
}
