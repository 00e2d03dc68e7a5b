package cpu

import "slices"

// plan puts temporaries into one arena: memory that the last reader of one leaves is
// taken by the next that fits, by the reader's own result if it can be computed in place.
// It also finds the operands that results may take the memory of.
func (m *maker) plan() {
	for _, r := range m.p.result {
		if r.way == computed {
			m.size[r.slot] = 0
		}
	}
	m.places = map[int][]int{}
	for _, r := range m.inPlace {
		m.places[r.result] = append(m.places[r.result], r.operand)
	}
	for _, t := range m.p.in {
		m.inBytes = append(m.inBytes, t.Bytes())
	}
	left := make([]bool, len(m.size))
	for i, r := range m.p.result {
		if r.way == computed {
			m.donors(i, m.host(r.slot, m.p.out[i].Bytes(), left))
		}
	}
	heirs := m.heirs(left)
	m.p.layout = m.lay(heirs, left)
	m.p.given = m.p.layout
	if m.spare() {
		m.p.layout = m.lay(heirs, left)
	}
	m.tell()
}

// A layout says where temporaries are in an arena of so many bytes.
type layout struct {
	temps []temp
	arena int
	most  int // when the most is in use
}

// lay returns where the temporaries are that have a size.
func (m *maker) lay(heirs map[int]int, left []bool) (l layout) {
	ends := make([][]int, m.clock+1)
	begins := make([][]int, m.clock+1)
	for s, size := range m.size {
		if size > 0 {
			begins[m.born[s]] = append(begins[m.born[s]], s)
			end := max(m.last[s], m.born[s])
			ends[end] = append(ends[end], s)
		}
	}
	at := make([]int, len(m.size))
	var a arena
	now, most := 0, 0 // bytes in use
	for i := range ends {
		for _, s := range begins[i] {
			if from, ok := heirs[s]; ok {
				at[s] = at[from]
			} else {
				at[s] = a.take(m.size[s])
				now += m.size[s]
			}
			l.temps = append(l.temps, temp{s, at[s]})
		}
		if now > most {
			most, l.most = now, i
		}
		for _, s := range ends[i] {
			if !left[s] {
				a.free(at[s], m.size[s])
				now -= m.size[s]
			}
		}
	}
	l.arena = a.size
	return l
}

// spare takes their memory from products that are made where what is computed of them will be,
// unless that takes the memory of an operand. It reports whether there are such.
func (m *maker) spare() (some bool) {
	for _, s := range m.p.steps {
		if s, ok := s.(*product); ok && s.into > 0 && m.size[s.out] > 0 {
			m.size[s.out], some = 0, true
		}
	}
	return some
}

// dropUnread drops the steps that store what nobody reads: that of which a part was wanted, and
// those who wanted it found, cut where it begins and ends, that they needed other parts.
func (m *maker) dropUnread() {
	unread := func(slot int) bool { return m.size[slot] > 0 && m.last[slot] < 0 }
	var dropped []int
	written := make([]bool, len(m.size))
	m.p.steps = slices.DeleteFunc(m.p.steps, func(s step) bool {
		idle := false
		var to []int
		switch s := s.(type) {
		case *fused:
			idle = s.with == nil
			for i, slot := range s.bufs {
				if s.k.Bufs[i].Out {
					to, idle = append(to, slot), idle && unread(slot)
				}
			}
		case *motion:
			to, idle = []int{s.to}, unread(s.to)
		case *joined:
			to, idle = []int{s.to}, unread(s.to)
		default:
			return false
		}
		for _, slot := range to {
			written[slot] = written[slot] || !idle
		}
		if idle {
			dropped = append(dropped, to...)
		}
		return idle
	})
	for _, slot := range dropped {
		if !written[slot] {
			m.size[slot] = 0
		}
	}
}

// host puts the temporary that a result is computed in place of into the result's memory,
// and that which this one is computed in place of, and so on. It returns the slot which is
// written first there.
func (m *maker) host(result, bytes int, left []bool) int {
	first := result
	for {
		from := m.leaves(first, bytes, left)
		if from < 0 {
			return first
		}
		left[from] = true
		m.size[from] = 0
		m.p.hosted = append(m.p.hosted, hosted{from, result})
		first = from
	}
}

// leaves returns a temporary of so many bytes in whose memory that of slot s can be
// computed, or -1.
func (m *maker) leaves(s, bytes int, left []bool) int {
	for _, from := range m.places[s] {
		if !left[from] && from != s && m.size[from] == bytes && m.last[from] == m.born[s] {
			return from
		}
	}
	return -1
}

// heirs lists the temporaries that are computed in the memory of one which only that step
// still reads. left marks those.
func (m *maker) heirs(left []bool) map[int]int {
	heirs := map[int]int{}
	for s, size := range m.size {
		if size == 0 {
			continue
		}
		if from := m.leaves(s, size, left); from >= 0 {
			heirs[s] = from
			left[from] = true
		}
	}
	return heirs
}

// An arena is memory with gaps, which are apart from each other.
type arena struct {
	size   int
	gaps   []span // by offset
	scalar []int  // offsets of small pieces
}

type span struct{ at, n int }

// piece is the size of small pieces; others are of whole cache lines.
const (
	piece = 16
	line  = 64
)

// take returns the offset of n bytes: in the smallest gap that has room, or at the end.
func (a *arena) take(n int) int {
	if n <= piece {
		if len(a.scalar) == 0 {
			at := a.take(line)
			for i := line - piece; i >= 0; i -= piece {
				a.scalar = append(a.scalar, at+i)
			}
		}
		at := a.scalar[len(a.scalar)-1]
		a.scalar = a.scalar[:len(a.scalar)-1]
		return at
	}
	n = (n + line - 1) &^ (line - 1)
	best := -1
	for i, g := range a.gaps {
		if g.n >= n && (best < 0 || g.n < a.gaps[best].n) {
			best = i
		}
	}
	if best < 0 {
		if last := len(a.gaps) - 1; last >= 0 && a.gaps[last].at+a.gaps[last].n == a.size {
			at := a.gaps[last].at
			a.gaps = a.gaps[:last]
			a.size = at + n
			return at
		}
		a.size += n
		return a.size - n
	}
	g := &a.gaps[best]
	at := g.at
	if g.at, g.n = g.at+n, g.n-n; g.n == 0 {
		a.gaps = slices.Delete(a.gaps, best, best+1)
	}
	return at
}

// free makes what take returned a part of a gap.
func (a *arena) free(at, n int) {
	if n <= piece {
		a.scalar = append(a.scalar, at)
		return
	}
	n = (n + line - 1) &^ (line - 1)
	i, _ := slices.BinarySearchFunc(a.gaps, at, func(g span, at int) int { return g.at - at })
	if i < len(a.gaps) && a.gaps[i].at == at+n {
		a.gaps[i].at, a.gaps[i].n = at, a.gaps[i].n+n
	} else {
		a.gaps = slices.Insert(a.gaps, i, span{at, n})
	}
	if i > 0 && a.gaps[i-1].at+a.gaps[i-1].n == at {
		a.gaps[i-1].n += a.gaps[i].n
		a.gaps = slices.Delete(a.gaps, i, i+1)
	}
}

// donors lists the operands in whose memory a result may be computed: those that are
// not read after that is written first, which slot is.
func (m *maker) donors(result, slot int) {
	bytes := m.p.out[result].Bytes()
	if bytes == 0 {
		return
	}
	for i, s := range m.p.inSlot {
		if m.inBytes[i] != bytes {
			continue
		}
		free := m.last[s] < m.born[slot]
		free = free || m.last[s] == m.born[slot] && slices.Contains(m.places[slot], s)
		if free {
			m.p.reuse = append(m.p.reuse, reuse{result, i})
		}
	}
}
