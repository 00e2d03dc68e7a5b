package interp

import (
	"encoding/binary"
	"slices"
	"sync"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/kir"
)

// Kernels that go over the same rows, one after the other, are one piece of machine code if
// each of them is one block whose addresses are straight from row to row: a call of it does
// what all of them do for any number of rows.

// A stage is such a block.
type stage struct {
	block   *gen.Block
	fold    int // lanes of the reduction; 0: the lanes are parallel loops
	extents []int
	in, out []access
}

// An access is an address that is affine in the loops.
type access struct {
	buf     int
	off     int64
	strides []int64 // of the parallel loops
	lane    int64   // of that of the reduction
}

// stages returns the stages that a kernel is, nil if it cannot be any.
func (p *plan) stages() (list []*stage) {
	n := &p.native
	if n.failed != nil || len(n.steps) == 0 || len(n.steps) != p.callsOfRow() {
		return nil
	}
	if p.c.lanes != 1 && !p.onlyFolds() || p.c.lanes == 1 && (len(p.c.folds) > 0 || len(n.steps[0].out) != len(p.k.Stores)) {
		return nil
	}
	for i := range n.steps {
		s := p.stage(i)
		if s == nil {
			return nil
		}
		list = append(list, s)
	}
	return list
}

// stage returns what a step is as a stage, or nil.
func (p *plan) stage(i int) *stage {
	n := &p.native
	if !n.steps[i].straight() {
		return nil
	}
	s := &stage{block: n.made[i], extents: p.k.Regions[1].Extents}
	region := 1
	if p.c.lanes != 1 {
		s.fold, region = p.c.folds[0].size, p.c.folds[0].region
	}
	for _, v := range n.steps[i].in {
		i := &p.k.Code[v]
		if i.Code != kir.Load {
			return nil
		}
		a, ok := p.access(i.Args[0], i.Buf, region)
		if !ok {
			return nil
		}
		s.in = append(s.in, a)
	}
	for _, t := range n.steps[i].out {
		to, ok := p.storeOf(&t)
		if !ok && !t.acc { // elements that do not lie together
			at := slices.IndexFunc(p.k.Stores, func(s kir.Store) bool { return s.Val == t.val })
			if ok = at >= 0; ok {
				to = p.k.Stores[at]
			}
		}
		if !ok {
			return nil
		}
		a, ok := p.access(to.Addr, to.Buf, to.Region)
		if !ok {
			return nil
		}
		s.out = append(s.out, a)
	}
	return s
}

// access returns an address as an access by the parallel loops and those of a region.
func (p *plan) access(addr kir.Val, buf, region int) (a access, ok bool) {
	off, terms := p.k.Form(addr)
	a = access{buf: buf, off: off, strides: make([]int64, len(p.k.Regions[1].Extents))}
	for _, t := range terms {
		i := &p.k.Code[t.Atom]
		switch {
		case i.Code != kir.LoopIndex:
			return a, false
		case i.Region == 1:
			a.strides[i.N] = t.Stride
		case i.Region == region:
			a.lane = t.Stride // of the one loop that has iterations
		default:
			return a, false
		}
	}
	return a, true
}

// straight returns what an access moves by from row to row and from lane to lane, if the
// parallel loops are so many rows.
func (s *stage) straight(a *access, rows int) (by, lane int64, ok bool) {
	var outer, inner []loop
	for n, e := range s.extents {
		l := loop{e, a.strides[n]}
		switch {
		case e == 1:
		case rows == 1:
			inner = append(inner, l)
		case rows%e == 0:
			outer, rows = append(outer, l), rows/e
		case e%rows == 0:
			outer = append(outer, loop{rows, l.stride * int64(e/rows)})
			inner, rows = append(inner, loop{e / rows, l.stride}), 1
		default:
			return 0, 0, false
		}
	}
	by, ok = even(outer)
	if s.fold > 0 {
		return by, a.lane, ok && rows == 1 && len(inner) == 0
	}
	lane, plain := even(inner)
	return by, lane, ok && plain && rows == 1
}

type loop struct {
	extent int
	stride int64
}

// even returns the one stride of nested loops, if they are like one loop.
func even(loops []loop) (stride int64, ok bool) {
	next, first := int64(0), true
	for _, l := range slices.Backward(loops) {
		switch {
		case l.extent == 1:
			continue
		case first:
			stride, next, first = l.stride, l.stride, false
		case l.stride != next:
			return 0, false
		}
		next *= int64(l.extent)
	}
	return stride, true
}

// A RowKernel is a kernel that is run with others, and numbers of the memory of its buffers:
// what has one number is the same memory.
type RowKernel struct {
	Code  *Code
	Slots []int
	Own   []bool // by buffer: only these kernels have it, row by row, and no memory is given for it
}

// Rows is kernels that are run one after the other for each row, or a few.
type Rows struct {
	kernels []RowKernel // keeps them: the key of r has their addresses
	f       code.Func
	ready   bool
	ptrs    []rowSource
	scratch int
	bytes   int
	pool    sync.Pool
}

// A rowSource is a pointer in row 0, and what it grows by, in bytes; that of a buffer, or in the
// memory that a run has.
type rowSource struct{ buf, off, by int }

// ownBuf is the buffer of pointers to a run's own memory.
const ownBuf = -1

// A rowRun is what one goroutine runs rows with.
type rowRun struct {
	args gen.RowArgs
	mem  []uint64
}

// Ready reports whether r can be run: the system may have refused the machine code.
func (r *Rows) Ready() bool { return r != nil && r.ready }

// Bytes estimates the memory that r takes.
func (r *Rows) Bytes() int { return r.bytes }

// Run runs the rows from lo until hi. bufs has the buffers of all kernels, one kernel after
// the other.
func (r *Rows) Run(bufs []unsafe.Pointer, lo, hi int) {
	if lo >= hi {
		return
	}
	m := r.pool.Get().(*rowRun)
	a := &m.args
	a.Rows, a.Scratch = int64(hi-lo), unsafe.Pointer(unsafe.SliceData(m.mem))
	for n, p := range r.ptrs {
		if p.buf == ownBuf {
			a.Ptr[n] = unsafe.Add(a.Scratch, p.off)
			continue
		}
		a.Ptr[n] = unsafe.Add(bufs[p.buf], p.off+lo*p.by)
	}
	code.Call(r.f, unsafe.Pointer(a))
	clear(a.Ptr[:len(r.ptrs)])
	r.pool.Put(m)
}

// Rows compiles kernels of this batch, or of others, for so many rows, of which they have
// no other access to what one of them writes than that of a row to its own. It returns nil
// if that cannot be. See Ready.
func (b *Batch) Rows(rows int, kernels []RowKernel) *Rows {
	key := rowsKey(rows, kernels)
	if r := b.ownRows[key]; r != nil {
		return r
	}
	if r := sharedRows.find([]byte(key)); r != nil {
		return r
	}
	m := makeRows(rows, kernels)
	if m == nil {
		return nil
	}
	text, err := gen.CompileRows(kernels[0].Code.level, &m.gen)
	if err != nil {
		return nil
	}
	r := &Rows{kernels: kernels, ptrs: m.ptrs, scratch: m.own(text.Scratch), bytes: 300 + len(text.Bytes)}
	r.pool.New = func() any { return &rowRun{mem: make([]uint64, r.scratch/8+slack)} }
	if b.ownRows == nil {
		b.ownRows = map[string]*Rows{}
	}
	b.ownRows[key] = r
	b.rows, b.rowsText = append(b.rows, r), append(b.rowsText, text)
	return r
}

// makeRows puts the stages of kernels together. It returns nil if that cannot be.
func makeRows(rows int, kernels []RowKernel) *rowsMaker {
	m := &rowsMaker{rows: rows, number: map[rowSlot]int{}, room: map[int]int{}}
	from := 0
	for _, k := range kernels {
		if k.Code.stages == nil {
			return nil
		}
		for _, s := range k.Code.stages {
			if !m.add(s, k, from) {
				return nil
			}
		}
		from += len(k.Slots)
	}
	if m.wide < leastLanes {
		return nil
	}
	if kernels[0].Code.level == code.AVX512 {
		m.join()
	}
	m.schedule()
	return m
}

// rowsKey is the same for the same kernels on memory that is shared in the same way.
func rowsKey(rows int, kernels []RowKernel) string {
	key := binary.AppendVarint(nil, int64(rows))
	number := map[int]int{}
	for _, k := range kernels {
		key = binary.AppendUvarint(key, uint64(uintptr(unsafe.Pointer(k.Code))))
		for _, s := range k.Slots {
			n, ok := number[s]
			if !ok {
				n = len(number)
				number[s] = n
			}
			key = binary.AppendUvarint(key, uint64(n))
		}
		for _, own := range k.Own {
			key = append(key, map[bool]byte{true: 1}[own])
		}
	}
	return string(key)
}

const (
	leastLanes = 16       // rows shorter than that are better done side by side
	groupBytes = 24 << 10 // of the rows of a group
	mostGroup  = 8
)

// rowsMaker makes the code of rows.
type rowsMaker struct {
	rows   int
	gen    gen.Rows
	ptrs   []rowSource
	slots  []int           // of pointers
	number map[rowSlot]int // of pointers
	room   map[int]int     // by slot of a run's own: bytes of a row
	wide   int             // lanes of the shortest rows
}

// A rowSlot is memory that a pointer goes over.
type rowSlot struct{ slot, off, by int }

// add adds a kernel. Its buffers are numbered by from on.
func (m *rowsMaker) add(s *stage, k RowKernel, from int) bool {
	b := *s.block
	b.In, b.Listing = slices.Clone(b.In), false
	g := gen.Stage{Block: &b, N: s.fold}
	if s.fold == 0 {
		g.N = 1
		for _, e := range s.extents {
			g.N *= e
		}
		if g.N%m.rows != 0 {
			return false
		}
		g.N /= m.rows
	}
	ptr := func(a *access, want func(lane int64) bool) bool {
		by, lane, ok := s.straight(a, m.rows)
		if !ok || g.N > 1 && !want(lane) {
			return false
		}
		if g.N == 1 {
			lane = 0
		}
		buf := k.Code.k.Bufs[a.buf]
		x, y := by*int64(m.rows-1), lane*int64(g.N-1)
		if a.off+min(0, x)+min(0, y) < 0 || a.off+max(0, x)+max(0, y) >= int64(buf.Elems) {
			return false
		}
		size := buf.Type.Size()
		r := rowSlot{k.Slots[a.buf], int(a.off) * size, int(by) * size}
		n, ok := m.number[r]
		if !ok {
			n = len(m.ptrs)
			m.number[r] = n
			m.ptrs, m.slots = append(m.ptrs, rowSource{from + a.buf, r.off, r.by}), append(m.slots, r.slot)
			m.gen.By = append(m.gen.By, r.by)
			if k.Own != nil && k.Own[a.buf] {
				m.gen.Own, m.room[r.slot] = append(m.gen.Own, n), buf.Elems*size/m.rows
			}
		}
		g.Ptr = append(g.Ptr, n)
		return true
	}
	for n := range s.in {
		if !ptr(&s.in[n], func(lane int64) bool {
			switch x := &b.In[n]; {
			case lane == 0:
				x.Kind, x.Step = gen.Same, 0
			case lane == 1:
				x.Kind, x.Step = gen.Lanes, 0
			case lane != x.Step:
				return false
			}
			return true
		}) {
			return false
		}
		if g.N == 1 {
			b.In[n].Kind, b.In[n].Step = gen.Same, 0
		}
	}
	for n := range s.out {
		if !ptr(&s.out[n], func(lane int64) bool { return b.Out[n].Whole || lane == 1 }) {
			return false
		}
	}
	if g.N > 1 && (m.wide == 0 || g.N < m.wide) {
		m.wide = g.N
	}
	m.gen.Stages = append(m.gen.Stages, g)
	return true
}

// join makes one stage of one that makes lanes and the next if that reduces these.
func (m *rowsMaker) join() {
	list := m.gen.Stages[:1]
	for _, s := range m.gen.Stages[1:] {
		if j, ok := m.joined(&list[len(list)-1], &s); ok {
			list[len(list)-1] = j
		} else {
			list = append(list, s)
		}
	}
	m.gen.Stages = list
}

// joined is join for two stages.
func (m *rowsMaker) joined(s, next *gen.Stage) (j gen.Stage, ok bool) {
	if s.N != next.N || s.N == 1 || slices.ContainsFunc(next.Out, func(o gen.Output) bool { return !o.Whole }) {
		return j, false
	}
	made := map[kir.Val]kir.Val{} // what the first makes of what the second loads
	for k, o := range s.Out {
		if o.Whole {
			return j, false
		}
		at := s.Ptr[len(s.In)+k]
		for n, i := range next.In {
			if m.slots[next.Ptr[n]] != m.slots[at] {
				continue
			}
			if i.Kind != gen.Lanes || i.Step != 0 || next.Ptr[n] != at || s.K.Code[o.Val].Type != next.K.Code[i.Val].Type {
				return j, false
			}
			made[i.Val] = o.Val
		}
	}
	if len(made) == 0 {
		return j, false
	}
	base := kir.Val(len(s.K.Code))
	now := func(v kir.Val) kir.Val {
		if x, ok := made[v]; ok {
			return x
		}
		return base + v
	}
	k := &kir.Kernel{Code: slices.Clone(s.K.Code)}
	for _, i := range next.K.Code {
		i.Args = slices.Clone(i.Args)
		for n, x := range i.Args {
			i.Args[n] = now(x)
		}
		k.Code = append(k.Code, i)
	}
	b := &gen.Block{K: k, Vals: slices.Clone(s.Vals), In: slices.Clone(s.In), Out: slices.Clone(s.Out)}
	j = gen.Stage{Block: b, N: s.N, Ptr: slices.Clone(s.Ptr[:len(s.In)])}
	for _, v := range next.Vals {
		b.Vals = append(b.Vals, now(v))
	}
	for n, i := range next.In {
		if _, ok := made[i.Val]; !ok {
			i.Val = now(i.Val)
			b.In, j.Ptr = append(b.In, i), append(j.Ptr, next.Ptr[n])
		}
	}
	for _, o := range next.Out {
		o.Val = now(o.Val)
		b.Out = append(b.Out, o)
	}
	j.Ptr = append(append(j.Ptr, s.Ptr[len(s.In):]...), next.Ptr[len(next.In):]...)
	return j, true
}

// own gives the pointers to a run's own memory room behind so many bytes, and returns all that is
// needed.
func (m *rowsMaker) own(bytes int) int {
	at := map[int]int{} // by slot
	for _, n := range m.gen.Own {
		p, slot := &m.ptrs[n], m.slots[n]
		if _, ok := at[slot]; !ok {
			at[slot] = (bytes + 63) &^ 63
			bytes = at[slot] + m.gen.Group*m.room[slot]
		}
		p.buf, p.off = ownBuf, p.off+at[slot]
	}
	return bytes
}

// schedule says how many rows make a group.
func (m *rowsMaker) schedule() {
	seen := make([]bool, len(m.ptrs))
	bytes := 0
	for _, s := range m.gen.Stages {
		for _, p := range s.Ptr {
			if by := m.gen.By[p]; !seen[p] && s.N > 1 {
				seen[p] = true
				bytes += max(by, -by)
			}
		}
	}
	m.gen.Group = max(1, min(mostGroup, groupBytes/max(bytes, 1)))
}
