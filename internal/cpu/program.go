package cpu

import (
	"fmt"
	"slices"
	"strings"
	"sync"
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

// A program is a compiled ir.Func: steps between slots of memory.
type program struct {
	in     []core.Type
	out    []core.Type
	steps  []step
	slots  int
	inSlot []int    // slots of operands
	lits   []lit    // slots of literals
	temps  []temp   // slots in the arena
	arena  int      // bytes
	result []result // where results come from
	reuse  []reuse
	cost   time.Duration
	eval   bool // it has operations that run by definition, on the caller's goroutine
	bytes  int  // an estimate of what the program itself takes

	frames sync.Pool
}

type lit struct {
	slot int
	v    *core.Value
}

type temp struct{ slot, offset int }

// A result is computed in its own memory, or copied from a slot at the end, or made
// by an operation's definition.
type result struct {
	slot int
	way  way
}

type way uint8

const (
	computed way = iota
	copied
	made
)

// A reuse says that a result may be computed in the memory of an operand, if that
// was donated.
type reuse struct{ result, operand int }

// A step of a program runs on the slots of a frame.
type step interface {
	run(f *frame)
	text(b *strings.Builder)
}

// A frame is one run of a program.
type frame struct {
	p     *program
	ptr   []unsafe.Pointer
	bufs  []unsafe.Pointer
	vals  map[int]*core.Value // by slot: what definitions made
	arena []uint64
}

// tiles are instructions on small arrays, each at once.
type tiles struct{ list []direct }

type direct struct {
	f          tile.Func
	d          int
	x, y, z, w int
	n          int
	code       kir.Code
	t          dtype.Type
}

func (s *tiles) run(f *frame) {
	p := f.ptr
	for i := range s.list {
		d := &s.list[i]
		d.f(p[d.d], p[d.x], p[d.y], p[d.z], p[d.w], d.n)
	}
}

func (s *tiles) text(b *strings.Builder) {
	for _, d := range s.list {
		if d.code == kir.NoCode {
			fmt.Fprintf(b, "s%d:%v[%d] = splat s%d\n", d.d, d.t, d.n, d.x)
			continue
		}
		fmt.Fprintf(b, "s%d:%v[%d] = %v", d.d, d.t, d.n, d.code)
		for _, x := range []int{d.x, d.y, d.z, d.w}[:d.code.Args()] {
			fmt.Fprintf(b, " s%d", x)
		}
		b.WriteByte('\n')
	}
}

// fused is a kernel.
type fused struct {
	code *interp.Code
	k    *kir.Kernel
	bufs []int
}

func (s *fused) run(f *frame) {
	bufs := f.bufs[:len(s.bufs)]
	for i, slot := range s.bufs {
		bufs[i] = f.ptr[slot]
	}
	s.code.Run(bufs)
}

func (s *fused) text(b *strings.Builder) {
	fmt.Fprintf(b, "run %s with", strings.TrimSuffix(s.k.String(), "\n"))
	for _, slot := range s.bufs {
		fmt.Fprintf(b, " s%d", slot)
	}
	b.WriteByte('\n')
}

// An operand is a slot as an array of a type.
type operand struct {
	slot int
	t    core.Type
}

func (o operand) value(f *frame) *core.Value {
	return core.NewIn(o.t, core.WrapBuffer(core.Device(host), unsafe.Slice((*byte)(f.ptr[o.slot]), o.t.Bytes())))
}

func values(f *frame, ops []operand) []*core.Value {
	v := make([]*core.Value, len(ops))
	for i, o := range ops {
		v[i] = o.value(f)
	}
	return v
}

// library is a library step.
type library struct {
	step    kir.Step
	in, out []operand
}

func (s *library) run(f *frame) { lib.Run(s.step, values(f, s.in), values(f, s.out)) }

func (s *library) text(b *strings.Builder) { fmt.Fprintf(b, "%s %+v\n", s.step.Step(), s.step) }

// definition runs an operation by its definition.
type definition struct {
	op      core.Op
	in, out []operand
}

func (s *definition) run(f *frame) {
	out := s.op.Eval(values(f, s.in))
	for i, o := range s.out {
		v := out[i]
		v.Buf.Wait(s.op.String())
		// A temporary does not live as long as the result.
		for _, x := range s.in {
			if v.Buf.Pointer() == f.ptr[x.slot] && v.Bytes() > 0 {
				w := core.New(v.Type, host)
				copy(core.Slice[byte](w.Buf), core.Slice[byte](v.Buf))
				v = w
			}
		}
		if f.vals == nil {
			f.vals = map[int]*core.Value{}
		}
		v.Buf.Device = host
		f.vals[o.slot], f.ptr[o.slot] = v, v.Buf.Pointer()
	}
}

func (s *definition) text(b *strings.Builder) { fmt.Fprintf(b, "eval %v\n", s.op) }

// String lists the steps.
func (p *program) String() string {
	var b strings.Builder
	for _, s := range p.steps {
		s.text(&b)
	}
	return b.String()
}

// Text lists the steps that f is compiled to.
func Text(f *ir.Func) string { return compiled(f).String() }

// A maker turns a fused graph into a program.
type maker struct {
	f       *fusion
	g       *graph
	p       *program
	slotOf  map[int]int // by value in memory
	clock   int         // steps and instructions so far
	born    []int       // by slot: when it is written
	last    []int       // by slot: when it is read last
	size    []int       // by slot, in bytes; 0 for memory that is not the program's
	splats  map[[2]int]int
	inPlace []reuse // slots: the first may be written where the second is read
}

// compile makes a program of f.
func compile(f *ir.Func) *program {
	g := newGraph(f)
	m := &maker{f: fuse(g), g: g, p: &program{in: f.InTypes(), out: f.OutTypes()},
		slotOf: map[int]int{}, splats: map[[2]int]int{}}
	for _, v := range g.in {
		m.p.inSlot = append(m.p.inSlot, m.slot(v, 0))
	}
	for i := range g.nodes {
		m.node(i, &g.nodes[i])
	}
	m.results()
	m.plan()
	m.p.slots = len(m.born)
	m.p.bytes = 200*len(g.nodes) + 50*m.p.slots
	for _, s := range m.p.steps {
		if k, ok := s.(*fused); ok {
			m.p.bytes += k.code.Bytes()
		}
	}
	p := m.p
	p.frames.New = func() any { return p.newFrame() }
	return p
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
	return s
}

// writes returns the slot of a value that the next step writes.
func (m *maker) writes(v int) int { return m.slot(v, max(m.g.types[v].Bytes(), 1)) }

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
		m.p.cost += lib.Cost(step, m.g.typesOf(n.in), m.g.typesOf(n.out))
		in := m.operands(n.in, m.reads)
		m.add(&library{step, in, m.operands(n.out, m.writes)})
	case byEval:
		in := m.operands(n.in, m.reads)
		out := m.operands(n.out, func(v int) int { return m.slot(v, 0) })
		m.add(&definition{n.op, in, out})
		m.p.eval = true
	case byJoin:
		m.join(n)
	case byView:
	default:
		if r := m.f.rootOf[i]; r >= 0 {
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
		for _, v := range gr.stores {
			m.writes(v)
		}
		return
	case gr.plain && gr.space <= tile.Size:
		m.direct(gr)
		return
	}
	m.peel(gr, whole(m.f, gr), maxBoxes)
}

// peel adds the kernels of a group for the indices in a box: one, or several without
// the conditions of that.
func (m *maker) peel(gr *group, of box, most int) {
	k, vals := lower(m.f, gr, of)
	if gr.space >= peelFrom {
		if parts := boxes(of, k.Cuts(), most); len(parts) > 1 {
			for _, b := range parts {
				m.peel(gr, b, most/len(parts))
			}
			return
		}
	}
	m.kernel(k, vals)
}

// kernel adds a kernel on the memory of values.
func (m *maker) kernel(k *kir.Kernel, vals []int) {
	k = k.Collapse()
	c := interp.Compile(k)
	m.p.cost += c.Cost()
	s := &fused{c, k, make([]int, len(vals))}
	for i, v := range vals {
		if k.Bufs[i].Out {
			s.bufs[i] = m.writes(v)
		} else {
			s.bufs[i] = m.reads(v)
		}
	}
	m.overwrites(s)
	m.add(s)
}

// overwrites notes which operands of a kernel may be in the memory of its result:
// those read only where the result is stored at the same time.
func (m *maker) overwrites(s *fused) {
	k := s.k
	if len(k.Stores) != 1 {
		return
	}
	ok := make([]bool, len(k.Bufs))
	for i := range ok {
		ok[i] = !k.Bufs[i].Out
	}
	for v := range k.Code {
		switch i := &k.Code[v]; {
		case i.Code == kir.Reduce:
			return
		case i.Code == kir.Load && i.Args[0] != k.Stores[0].Addr:
			ok[i.Buf] = false
		}
	}
	for i := range ok {
		if ok[i] {
			m.inPlace = append(m.inPlace, reuse{s.bufs[k.Stores[0].Buf], s.bufs[i]})
		}
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
		f := tile.Of(n.code, in)
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
}
