package cpu

import "math/bits"

// plan puts temporaries into one arena: memory that the last reader of one leaves is
// taken by the next that fits. It also finds the operands that results may take the
// memory of.
func (m *maker) plan() {
	for i, r := range m.p.result {
		if r.way == computed {
			m.size[r.slot] = 0
			m.donors(i, r.slot)
		}
	}
	ends := make([][]int, m.clock+1)
	begins := make([][]int, m.clock+1)
	for s, size := range m.size {
		if size > 0 {
			begins[m.born[s]] = append(begins[m.born[s]], s)
			end := max(m.last[s], m.born[s])
			ends[end] = append(ends[end], s)
		}
	}
	free := map[int][]int{} // offsets, by class
	at := make([]int, len(m.size))
	for i := range ends {
		for _, s := range begins[i] {
			class := sizeClass(m.size[s])
			if list := free[class]; len(list) > 0 {
				at[s] = list[len(list)-1]
				free[class] = list[:len(list)-1]
			} else {
				at[s] = m.p.arena
				m.p.arena += class
			}
			m.p.temps = append(m.p.temps, temp{s, at[s]})
		}
		for _, s := range ends[i] {
			class := sizeClass(m.size[s])
			free[class] = append(free[class], at[s])
		}
	}
}

// sizeClass rounds up: to 16, to multiples of 64, and above to four sizes a power of two.
func sizeClass(n int) int {
	switch {
	case n <= 16:
		return 16
	case n <= 256:
		return (n + 63) &^ 63
	}
	step := 1 << (bits.Len(uint(n-1)) - 3)
	return (n + step - 1) &^ (step - 1)
}

// donors lists the operands in whose memory a result may be computed: those that are
// not read after it is begun.
func (m *maker) donors(result, slot int) {
	bytes := m.p.out[result].Bytes()
	if bytes == 0 {
		return
	}
	for i, s := range m.p.inSlot {
		if m.p.in[i].Bytes() != bytes {
			continue
		}
		free := m.last[s] < m.born[slot]
		for _, r := range m.inPlace {
			free = free || r == reuse{slot, s} && m.last[s] == m.born[slot]
		}
		if free {
			m.p.reuse = append(m.p.reuse, reuse{result, i})
		}
	}
}
