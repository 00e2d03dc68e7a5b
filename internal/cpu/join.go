package cpu

import (
	"fmt"
	"strings"
	"time"
	"unsafe"

	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/rule"
)

// joined copies operands into a result, one after another along an axis: of each, a
// row for every index of the axes outside of that.
type joined struct {
	from []int // slots
	rows []int // by operand, the bytes of a row
	to   int
	row  int // the bytes of a row of the result
	n    int // rows
}

func (m *maker) join(n *node) {
	out := m.g.types[n.out[0]]
	axis := n.op.(rule.Concatenation).Along()
	s := &joined{n: 1}
	for _, d := range out.Shape[:axis] {
		s.n *= d
	}
	for _, v := range n.in {
		bytes := m.g.types[v].Bytes()
		if bytes == 0 {
			continue
		}
		s.from = append(s.from, m.reads(v))
		s.rows = append(s.rows, bytes/s.n)
		s.row += bytes / s.n
	}
	s.to = m.writes(n.out[0])
	m.p.cost += time.Duration(out.Bytes()/8 + 10*s.n*len(s.from))
	m.add(s)
}

func (s *joined) run(f *frame) {
	if s.row == 0 {
		return
	}
	if s.row >= 1<<20 {
		at := 0
		for k, slot := range s.from {
			move.Rows(unsafe.Add(f.ptr[s.to], at), f.ptr[slot], []move.Dim{{N: s.n, From: s.rows[k], To: s.row}}, s.rows[k])
			at += s.rows[k]
		}
		return
	}
	run.Parallel(s.n, 1+(256<<10)/s.row, func(lo, hi int) {
		at := 0
		for k, slot := range s.from {
			bytes := s.rows[k]
			x, y := f.ptr[slot], unsafe.Add(f.ptr[s.to], at)
			for i := lo; i < hi; i++ {
				copy(unsafe.Slice((*byte)(unsafe.Add(y, i*s.row)), bytes), unsafe.Slice((*byte)(unsafe.Add(x, i*bytes)), bytes))
			}
			at += bytes
		}
	})
}

func (s *joined) text(b *strings.Builder) {
	fmt.Fprintf(b, "s%d = join", s.to)
	for _, slot := range s.from {
		fmt.Fprintf(b, " s%d", slot)
	}
	b.WriteByte('\n')
}
