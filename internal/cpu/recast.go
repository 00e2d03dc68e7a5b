package cpu

import (
	"fmt"
	"strings"
	"time"
	"unsafe"

	"gojax/internal/cpu/run"
)

// recast copies the bytes of an operand whose elements have another size, unless the result has
// its memory.
type recast struct {
	from, to int // slots
	bytes    int
}

// recast adds the step of a node, and says that nothing needs to be done where only that reads
// the operand.
func (m *maker) recast(n *node) {
	s := &recast{from: m.reads(n.in[0]), bytes: m.g.types[n.out[0]].Bytes()}
	s.to = m.writes(n.out[0])
	m.inPlace = append(m.inPlace, reuse{s.to, s.from})
	m.p.cost += 50 + time.Duration(s.bytes/32)
	m.add(s)
}

func (s *recast) run(f *frame) {
	if f.ptr[s.to] != f.ptr[s.from] {
		run.Copy(unsafe.Slice((*byte)(f.ptr[s.to]), s.bytes), unsafe.Slice((*byte)(f.ptr[s.from]), s.bytes))
	}
}

func (s *recast) text(b *strings.Builder) { fmt.Fprintf(b, "s%d = bytes of s%d\n", s.to, s.from) }
