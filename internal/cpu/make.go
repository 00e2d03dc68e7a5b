package cpu

import (
	"slices"
	"time"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/lib"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// A maker turns a fused graph into a program.
type maker struct {
	f       *fusion
	g       *graph
	p       *program
	slotOf  map[int]int // by value in memory
	now     int         // the group that is being made
	clock   int         // steps and instructions so far
	born    []int       // by slot: when it is written
	last    []int       // by slot: when it is read last
	size    []int       // by slot, in bytes; 0 for memory that is not the program's
	splats  map[[2]int]int
	inPlace []reuse       // slots: the first may be written where the second is read
	places  map[int][]int // the same, by the first
	read    []int         // by value: how many read its memory; see readers
	inBytes []int         // of the operands
	seen    []int         // by slot: the latest node that counted its bytes, plus 1
	at      int           // the node
	batch   interp.Batch
}

// compile makes a program of f.
func compile(f *ir.Func) *program {
	m := build(newGraph(f))
	m.f.probes.Return()
	return m.p
}

// build makes a program of a graph.
func build(g *graph) *maker {
	m := &maker{f: fuse(g), g: g, p: &program{in: g.typesOf(g.in), out: g.typesOf(g.out)},
		slotOf: map[int]int{}, splats: map[[2]int]int{}}
	for _, v := range g.in {
		m.p.inSlot = append(m.p.inSlot, m.slot(v, 0))
	}
	for i := range g.nodes {
		m.at = i
		m.p.work.count(g, &g.nodes[i])
		m.node(i, &g.nodes[i])
	}
	m.results()
	for _, s := range m.p.steps {
		if k, ok := s.(*fused); ok && k.with != nil && k.with.list[0] == k {
			m.compile(k.with)
		}
	}
	m.batch.Load()
	for _, s := range m.p.steps {
		if k, ok := s.(*fused); ok && k.with != nil && k.with.chunk == 0 {
			k.with.settle()
			m.overwritesRows(k.with)
		}
	}
	m.dropUnread()
	m.together()
	m.aroundScans()
	m.finishRows()
	m.chain()
	m.plan()
	m.p.slots = len(m.born)
	m.p.bytes = 200*len(g.nodes) + 50*m.p.slots
	counted := map[*interp.Code]bool{}
	for _, k := range m.p.kernels() {
		if !counted[k.code] {
			counted[k.code] = true
			m.p.bytes += k.code.Bytes()
		}
		m.p.cost += k.code.Cost()
		if k.with != nil && k.with.list[0] == k && k.with.code != nil {
			m.p.bytes += k.with.code.Bytes()
		}
	}
	p := m.p
	p.past.init(p)
	p.frames.New = func() any { return p.newFrame() }
	return m
}

// slot returns the slot of a value in memory, a new one if it has none. size is that
// of memory which is the program's own.
func (m *maker) slot(v, size int) int {
	if s, ok := m.slotOf[v]; ok {
		return s
	}
	s := m.fresh(size)
	m.slotOf[v] = s
	return s
}

func (m *maker) fresh(size int) int {
	m.born = append(m.born, m.clock)
	m.last = append(m.last, -1)
	m.size = append(m.size, size)
	m.seen = append(m.seen, 0)
	return len(m.born) - 1
}

// reads returns the slot of a value that the next step reads.
func (m *maker) reads(v int) int {
	v = m.f.resolve(v) // a view of a literal is in its slot too
	if number := m.g.lits[v]; number != nil {
		s, ok := m.slotOf[v]
		if !ok {
			s = m.slot(v, 0)
			m.p.lits = append(m.p.lits, lit{s, number})
		}
		return s
	}
	s := m.slotOf[v]
	m.last[s] = m.clock
	m.moves(s, v)
	return s
}

// moves counts the bytes of a value that a node reads or writes, once.
func (m *maker) moves(slot, v int) {
	if m.seen[slot] <= m.at {
		m.seen[slot] = m.at + 1
		m.p.work.Bytes += float64(m.g.types[v].Bytes())
	}
}

// writes returns the slot of a value that the next step writes.
func (m *maker) writes(v int) int {
	s := m.slot(v, max(m.g.types[v].Bytes(), 1))
	m.moves(s, v)
	return s
}

// writesWanted is writes where a step need not make what nobody reads.
func (m *maker) writesWanted(v int) int {
	if m.readers(v) == 0 {
		return unwanted
	}
	return m.writes(v)
}

func (m *maker) operands(vals []int, slot func(int) int) []operand {
	ops := make([]operand, len(vals))
	for i, v := range vals {
		ops[i] = operand{slot(v), m.g.types[v]}
	}
	return ops
}

// node adds the step of a node, if it has one.
func (m *maker) node(i int, n *node) {
	switch n.kind {
	case byLibrary:
		step := n.op.(rule.Library).Step()
		if s, ok := step.(kir.Dot); ok {
			m.product(n, s)
			return
		}
		m.p.cost += lib.Cost(step, m.g.typesOf(n.in), m.g.typesOf(n.out))
		in := m.operands(n.in, m.reads)
		writes := m.writes
		switch step := step.(type) {
		case kir.Scatter:
			m.update(n, in)
		case kir.Sort:
			writes = m.writesWanted
			if len(n.in) == 1 && lib.SortsInPlace(in[0].t.DType) {
				m.takesOver(n, in[0].slot)
			}
		case kir.Cumulative:
			m.accumulate(n, step, in[0], m.operands(n.out, writes)[0])
			return
		}
		s := &library{step, in, m.operands(n.out, writes)}
		m.p.workers = append(m.p.workers, worker{s, n.op, n.path})
		m.add(s)
	case byEval:
		in := m.operands(n.in, m.reads)
		out := m.operands(n.out, func(v int) int { return m.slot(v, 0) })
		m.add(&definition{n.op, in, out})
		m.p.eval = true
	case byRecast:
		m.recast(n)
	case byView:
	default:
		if m.f.joins[i] {
			m.join(n)
		} else if r := m.f.rootOf[i]; r >= 0 {
			m.now = r
			m.group(&m.f.groups[r])
		}
	}
}

func (m *maker) add(s step) {
	m.p.steps = append(m.p.steps, s)
	m.clock++
}

// group adds a kernel, or the instructions of a group on small arrays.
func (m *maker) group(gr *group) {
	switch {
	case m.g.types[gr.stores[0]].Size() == 0:
		for _, v := range gr.all() {
			m.writes(v)
		}
		return
	case gr.plain && gr.space <= tile.Size:
		m.direct(gr)
		return
	}
	m.peel(gr)
}

// kernel adds a kernel on the memory of values.
func (m *maker) kernel(k *kir.Kernel, vals []int) {
	k = k.Split().Collapse()
	if m.copies(k, vals) || m.takes(k, vals) {
		return
	}
	if m.follow(k, vals) {
		return
	}
	k, staged := m.stage(k, vals)
	c := m.batch.Shared(k, expand)
	k = c.Source()
	s := &fused{code: c, k: k, bufs: make([]int, len(vals), len(vals)+len(staged))}
	if len(staged) == 0 {
		if s.with = m.joinPasses(s, m.slotsRead(k, vals)); s.with == nil {
			s.with = m.ofOne(s)
		}
	}
	for i, v := range vals {
		if k.Bufs[i].Out {
			s.bufs[i] = m.writes(v)
		} else {
			s.bufs[i] = m.reads(v)
		}
	}
	s.bufs = append(s.bufs, staged...)
	if s.with == nil {
		m.overwrites(s)
	}
	m.add(s)
}

// slotsRead returns the slots of what a kernel reads, -1 where there is none yet, as for
// literals, and of what it writes.
func (m *maker) slotsRead(k *kir.Kernel, vals []int) []int {
	slots := make([]int, len(vals))
	for i, v := range vals {
		if slots[i] = -1; !k.Bufs[i].Out {
			slots[i] = m.slotFor(v)
		}
	}
	return slots
}

// overwrites notes which operands of a kernel may be in the memory of its results:
// those read only where a result is stored at the same time.
func (m *maker) overwrites(s *fused) {
	for _, x := range s.code.InPlace() {
		m.inPlace = append(m.inPlace, reuse{s.bufs[x.To], s.bufs[x.From]})
	}
}

// direct adds the instructions of a group, in the order of the program.
func (m *maker) direct(gr *group) {
	nodes := m.members(gr)
	list := m.tiles()
	for _, i := range nodes {
		n := &m.g.nodes[i]
		v := n.out[0]
		size := m.g.types[v].Size()
		var x [4]int
		for k, y := range n.in {
			x[k] = m.reads(y)
			if size > 1 && m.g.types[y].Size() == 1 && m.g.types[y].Rank() < m.g.types[v].Rank() {
				x[k] = m.splat(list, x[k], m.g.types[y].DType, size)
			}
		}
		for k := len(n.in); k < 4; k++ {
			x[k] = x[0]
		}
		in := m.g.types[n.in[len(n.in)-1]].DType
		f := elements(n.code, in)
		if f == nil {
			panic(core.Errorf(n.op.String(), "there is no instruction for operands of type %v", in))
		}
		d := m.writes(v)
		for k, y := range n.in {
			if m.g.types[y].Bytes() == m.g.types[v].Bytes() {
				m.inPlace = append(m.inPlace, reuse{d, x[k]})
			}
		}
		list.list = append(list.list, direct{f, d, x[0], x[1], x[2], x[3], size, n.code, m.g.types[v].DType})
		m.clock++
		m.p.cost += time.Duration(10 + size)
	}
}

// tiles returns the last step if it is of instructions, else a new one.
func (m *maker) tiles() *tiles {
	if n := len(m.p.steps); n > 0 {
		if t, ok := m.p.steps[n-1].(*tiles); ok {
			return t
		}
	}
	t := &tiles{}
	m.add(t)
	return t
}

// splat returns the slot of n copies of a scalar.
func (m *maker) splat(list *tiles, scalar int, t dtype.Type, n int) int {
	k := [2]int{scalar, n}
	if s, ok := m.splats[k]; ok {
		m.last[s] = m.clock
		return s
	}
	s := m.fresh(n * t.Size())
	m.last[s] = m.clock
	m.splats[k] = s
	size := t.Size()
	list.list = append(list.list, direct{f: func(d, x, _, _, _ unsafe.Pointer, n int) { tile.Fill(d, x, size, n) },
		d: s, x: scalar, y: scalar, z: scalar, w: scalar, n: n, t: t})
	return s
}

// members lists the nodes of a group that have not been computed yet, in order.
func (m *maker) members(gr *group) []int {
	var nodes []int
	var visit func(v int)
	seen := map[int]bool{}
	visit = func(v int) {
		i := m.g.defs[v]
		if i < 0 || seen[i] || m.f.stored[v] && !slices.Contains(gr.stores, v) {
			return
		}
		if _, done := m.slotOf[v]; done {
			return
		}
		seen[i] = true
		for _, x := range m.g.nodes[i].in {
			visit(x)
		}
		nodes = append(nodes, i)
	}
	for _, v := range gr.stores {
		visit(v)
	}
	return nodes
}

// results says where the results come from.
func (m *maker) results() {
	taken := map[int]bool{}
	moved := m.p.work.Bytes
	for _, v := range m.g.out {
		slot := m.reads(v)
		m.last[slot] = m.clock
		r := result{slot, computed}
		def := m.g.defs[m.f.resolve(v)]
		switch {
		case def < 0 || taken[slot]:
			r.way = copied
		case m.g.nodes[def].kind == byEval:
			r.way = made
		}
		taken[slot] = true
		m.p.result = append(m.p.result, r)
	}
	m.p.work.Bytes = moved // reading these was only for their slots
}
