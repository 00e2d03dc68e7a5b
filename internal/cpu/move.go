package cpu

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unsafe"

	"gojax/internal/cpu/move"
	"gojax/internal/kir"
)

// A motion copies elements from one slot to another.
type motion struct {
	from, to int // slots
	off, at  int // bytes from where they begin
	walk     *move.Walk
	dims     []move.Dim
	alike    bool // they are the loops of the kernel that comes next, which stores where s does
	makes    int  // 1 + the value that is made so, or a part of it; 0 if others compute it there

	// The kernel that comes next, if it computes each element of its result from the copy
	// of one, in the memory of that: it is run on pieces that have just been copied.
	then   *fused
	pieces *move.Pieces
}

func (s *motion) run(f *frame) {
	if s.then != nil {
		bufs, size := s.then.memory(f), s.size()
		s.pieces.Copy(move.Native(), unsafe.Add(f.ptr[s.to], s.at), unsafe.Add(f.ptr[s.from], s.off), func(lo, hi int) {
			s.then.code.Part(bufs, lo/size, hi/size)
		})
		return
	}
	s.walk.Copy(move.Native(), unsafe.Add(f.ptr[s.to], s.at), unsafe.Add(f.ptr[s.from], s.off))
}

func (s *motion) text(b *strings.Builder) {
	fmt.Fprintf(b, "s%d = copy s%d by", s.to, s.from)
	for _, d := range s.dims {
		fmt.Fprintf(b, " %d:%d→%d", d.N, d.From, d.To)
	}
	if s.then != nil {
		b.WriteString(", in pieces, each with what comes next")
	}
	b.WriteByte('\n')
}

// size is the bytes of an element.
func (s *motion) size() int {
	n := 1
	for _, d := range s.dims {
		n *= d.N
	}
	return s.walk.Bytes() / n
}

// together makes copies run the kernels that come after them, where that is worth while.
func (m *maker) together() {
	for i := range len(m.p.steps) - 1 {
		s, ok := m.p.steps[i].(*motion)
		if !ok {
			continue
		}
		k, ok := m.p.steps[i+1].(*fused)
		if !ok || k.with != nil || k.copied || !s.alike {
			continue
		}
		here := k.code.InPlace()
		reads, only := false, true // of the copy where the kernel stores
		for b, slot := range k.bufs {
			if slot == s.to && !k.k.Bufs[b].Out {
				reads, only = true, only && slices.ContainsFunc(here, func(x kir.Place) bool { return x.From == b })
			}
		}
		if s.pieces = s.walk.Pieces(); reads && only && s.pieces != nil {
			s.then, k.copied = k, true
		}
	}
}

// copies adds a kernel that does nothing but copy as such a step; else it reports false.
func (m *maker) copies(k *kir.Kernel, vals []int) bool {
	load, from, to, ok := copying(k)
	if !ok {
		return false
	}
	size := load.Type.Size()
	s := &motion{from: m.reads(vals[load.Buf]), off: from.Off * size, at: to.Off * size, dims: motionOf(from, to),
		makes: 1 + vals[k.Stores[0].Buf]}
	s.to = m.writes(vals[k.Stores[0].Buf])
	m.move(s, size)
	return true
}

// motionOf is a copy from one walk to another.
func motionOf(from, to kir.Walk) []move.Dim {
	var dims []move.Dim
	for a, n := range from.Extents {
		if n != 1 && to.Strides[a] != 0 {
			dims = append(dims, move.Dim{N: n, From: from.Strides[a], To: to.Strides[a]})
		}
	}
	return dims
}

// copying returns what a kernel copies from where to where, if it does nothing else.
func copying(k *kir.Kernel) (load *kir.Instr, from, to kir.Walk, ok bool) {
	if len(k.Stores) != 1 || len(k.Regions) != 2 {
		return nil, from, to, false
	}
	load = &k.Code[k.Stores[0].Val]
	if load.Code != kir.Load {
		return nil, from, to, false
	}
	from, ok = k.WalkOf(load.Args[0])
	to, ok2 := k.WalkOf(k.Stores[0].Addr)
	return load, from, to, ok && ok2
}

// move adds a copy.
func (m *maker) move(s *motion, size int) {
	s.walk = move.Prepare(size, s.dims)
	m.p.cost += 100 + time.Duration(s.walk.Cost())
	m.add(s)
}

// What a kernel takes for an element that it does not read in order, in nanoseconds at least, and
// a step more than what it does.
const (
	outOfOrder = 0.8
	oneMore    = 150
)

// From nearRows elements on kernels read rows one by one; below, and from longRows on, they fetch
// what lies in narrow rows themselves as quickly as it is copied.
const (
	nearRows = 96
	longRows = 512
)

// crosses reports whether it takes less to copy what a kernel reads than to read it out of order,
// row by row of which neighbours lie apart.
func crosses(w kir.Walk) bool {
	extents, strides := longer(w)
	last := len(extents) - 1
	if last < 0 || strides[last] == 1 || (strides[last] == -1 || strides[last] == 2) && extents[last] >= nearRows {
		return false
	}
	n := 1
	for _, e := range extents {
		n *= e
	}
	most := outOfOrder*float64(n) - oneMore
	if most <= 0 {
		return false
	}
	walk := move.Prepare(4, move.Dense(extents, strides))
	if inner := w.Extents[len(w.Extents)-1]; walk.Narrow() && (inner < nearRows || inner >= longRows) {
		return false
	}
	return walk.Cost() < most
}

// astray reports whether a kernel of its own had better read a copy.
func astray(w kir.Walk) bool { return crosses(w) || repeats(w) }

func nowhere(kir.Walk) bool { return false }

// repeats reports whether a kernel reads few elements that lie apart again and again.
func repeats(w kir.Walk) bool {
	last := len(w.Extents) - 1
	for last > 0 && w.Extents[last] == 1 {
		last--
	}
	if last < 1 || w.Strides[last] == 0 || w.Strides[last] == 1 || w.Strides[last] == -1 {
		return false
	}
	few, all := 1, 1
	for a, e := range w.Extents {
		if all *= e; w.Strides[a] != 0 {
			few *= e
		}
	}
	return all >= mostRepeated*few
}

// mostRepeated is how often elements are read that had better be copied next to each other first.
const mostRepeated = 16

// longer returns the loops of a walk along which something changes.
func longer(w kir.Walk) (extents, strides []int) {
	for a, e := range w.Extents {
		if w.Strides[a] != 0 && e != 1 {
			extents, strides = append(extents, e), append(strides, w.Strides[a])
		}
	}
	return extents, strides
}

// stage adds copies of what a kernel reads across. It returns the kernel that reads
// those, and the slots of its new buffers. The first copy goes to where the result will
// be, if the kernel can compute in place.
func (m *maker) stage(k *kir.Kernel, vals []int) (*kir.Kernel, []int) {
	k, staged := k.Stage(astray, repeats)
	var slots []int
	for i, c := range staged {
		size := k.Bufs[c.To].Type.Size()
		s := &motion{from: m.reads(vals[c.From]), off: c.Walk.Off * size, at: c.At.Off * size, dims: motionOf(c.Walk, c.At)}
		if i == 0 && m.inResult(k, c) {
			s.to, s.alike = m.writes(vals[k.Stores[0].Buf]), true
		} else {
			s.to = m.fresh(k.Bufs[c.To].Elems * size)
		}
		m.move(s, size)
		slots = append(slots, s.to)
	}
	for _, s := range slots {
		m.last[s] = m.clock // read by the kernel
	}
	if len(slots) > 0 {
		k = k.Collapse() // its loops are those of fewer arrays now
	}
	return k, slots
}

// inResult reports whether the result of a kernel may be computed where a copy is.
func (m *maker) inResult(k *kir.Kernel, c kir.Staged) bool {
	if len(k.Stores) != 1 || k.Bufs[c.To].Type.Size() != k.Bufs[k.Stores[0].Buf].Type.Size() {
		return false
	}
	for v := range k.Code {
		switch i := &k.Code[v]; {
		case i.Code == kir.Reduce:
			return false
		case i.Code == kir.Load && i.Buf == c.To && i.Args[0] != k.Stores[0].Addr:
			return false
		}
	}
	return true
}
