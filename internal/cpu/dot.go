package cpu

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/lib"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// A dot is a product of which operands, or the result, lie otherwise than its operation
// says.
type dot struct {
	core.Op
	step kir.Dot
	perm []int // axis a of the result is axis perm[a] of the product; nil: as it is
}

func (d dot) Step() kir.Step { return d.step }

// A product is the step of a dot.
type product struct {
	step      kir.Dot
	perm      []int
	p         *lib.Product
	x, y, out int           // slots
	off       [2]int        // bytes from where those of x and y begin
	strides   [2][]int      // in elements, of x and y by axis; nil if they have no gaps
	clock     int           // when it runs
	first     [2]forerunner // what is computed of the elements of x and of y before
	then      *fused        // what is computed of its elements as they are made, or nil
	beside    []int         // of then's buffers, those that are read in the same places
	rows      *finish       // what is done with its rows after that, or nil
	into      int           // 1 + that of then's buffers where the result is made if nothing else is there; 0: none
}

// product adds the step of a dot.
func (m *maker) product(n *node, s kir.Dot) {
	x, y, out := n.in[0], n.in[1], n.out[0]
	var perm []int
	if d, ok := n.op.(dot); ok {
		perm = d.perm
	}
	p := lib.NewProduct(s, m.g.types[x], m.g.types[y], m.g.types[out], perm)
	m.p.cost += p.Cost()
	step := &product{step: s, perm: perm, p: p, clock: m.clock, x: m.reads(x), y: m.reads(y)}
	m.slice(step, 0, x, &step.x)
	m.slice(step, 1, y, &step.y)
	m.precede(step, x, y)
	step.out = m.writes(out)
	m.p.workers = append(m.p.workers, worker{step, n.op, n.path})
	m.add(step)
}

func (s *product) run(f *frame) {
	changes, begun := s.changes(f) // before then has its buffers in the frame
	defer func() {
		for _, c := range begun {
			c.lots.Free()
		}
	}()
	out := f.ptr[s.out]
	var then gemm.Then
	if s.then != nil {
		bufs := s.then.memory(f)
		if i := s.into - 1; i >= 0 && s.alone(bufs, i) {
			bufs[slices.Index(s.then.bufs, s.out)], out = bufs[i], bufs[i]
		}
		then.Do = func(_ unsafe.Pointer, lo, hi int) { s.then.code.Part(bufs, lo, hi) }
		for _, i := range s.beside {
			then.Reads = append(then.Reads, gemm.Array{P: bufs[i], Size: s.then.k.Bufs[i].Type.Size()})
		}
	}
	if s.rows != nil {
		then.Do, then.Rows, then.Own, then.Matrices = s.rows.do(f), true, s.rows.own, s.byMatrices()
	}
	s.p.RunOf(&f.memory, unsafe.Add(f.ptr[s.x], s.off[0]), unsafe.Add(f.ptr[s.y], s.off[1]), out, changes, then)
}

// byMatrices reports whether something is done with whole matrices of a batch as they are made.
func (s *product) byMatrices() bool { return s.rows != nil && s.rows.n != s.p.Solid() }

// writes lists the slots of what a product and its kernels make.
func (s *product) writes() []int {
	all := []int{s.out}
	for _, k := range s.after() {
		for i, slot := range k.bufs {
			if k.k.Bufs[i].Out && !slices.Contains(all, slot) {
				all = append(all, slot)
			}
		}
	}
	return all
}

// alone reports whether the i-th of then's buffers is not in the memory of an operand.
func (s *product) alone(bufs []unsafe.Pointer, i int) bool {
	for j := range bufs {
		if j != i && s.then.bufs[j] != s.out && bufs[j] == bufs[i] {
			return false
		}
	}
	return true
}

func (s *product) scratch(threads int) int {
	x, y := &s.first[0], &s.first[1]
	u := gemm.Use{X: x.changes != nil, Y: y.changes != nil, LinesX: x.makes(), LinesY: y.makes(),
		Same: s.same(), Own: s.rows != nil && s.rows.own, Pieces: x.chain != nil || y.chain != nil || s.byMatrices()}
	bytes := s.p.Scratch(u, threads)
	for i := range s.first {
		if c := s.first[i].chain; c != nil {
			bytes += c.scratch(threads)
		}
	}
	return bytes
}

func (s *product) text(b *strings.Builder) { s.show(b, func(k *fused) { k.text(b) }) }

// show lists what the product does, and the kernels that are parts of it as the function says them.
func (s *product) show(b *strings.Builder, kernel func(k *fused)) {
	for i := range s.first {
		s.first[i].text(b, kernel)
	}
	b.WriteString("dot with")
	for i, slot := range []int{s.x, s.y} {
		if c := s.first[i].chain; c != nil {
			slot = c.slot
		}
		fmt.Fprintf(b, " s%d", slot)
		if s.strides[i] != nil {
			fmt.Fprintf(b, " from byte %d by %v", s.off[i], s.strides[i])
		}
	}
	fmt.Fprintf(b, " out s%d, %+v", s.out, s.step)
	if s.perm != nil {
		fmt.Fprintf(b, " axes %v", s.perm)
	}
	b.WriteByte('\n')
	if s.then != nil {
		b.WriteString("  and then ")
		kernel(s.then)
	}
	if s.rows != nil {
		b.WriteString(s.rows.String())
		for _, k := range s.rows.of.list {
			b.WriteString("    ")
			kernel(k)
		}
	}
}

// parts are the kernels that run as parts of the product, in the order in which they do.
func (s *product) parts() (list []*fused) {
	for i := range s.first {
		list = append(list, s.first[i].kernels()...)
	}
	return append(list, s.after()...)
}

// after are those of them that run when elements of the product have been made.
func (s *product) after() (list []*fused) {
	if s.then != nil {
		list = append(list, s.then)
	}
	if s.rows != nil {
		list = append(list, s.rows.of.list...)
	}
	return list
}

// dot returns the product op of what its operands are transpositions of, so that these
// need not be made, and x·xᵀ is seen to be a product of one array.
func (g *graph) dot(s kir.Dot, op core.Op, in []int) (kir.Dot, core.Op, []int) {
	x, y := in[0], in[1]
	x, s.BatchX, s.ContractX = g.untransposed(x, s.BatchX, s.ContractX)
	y, s.BatchY, s.ContractY = g.untransposed(y, s.BatchY, s.ContractY)
	if x == in[0] && y == in[1] {
		return s, op, in
	}
	return s, dot{op, s, nil}, []int{x, y}
}

// turn makes products whose results are only transposed come out as that wants them.
func (g *graph) turn() {
	users := make([]int, len(g.types))
	for i := range g.nodes {
		for _, v := range g.nodes[i].in {
			users[v]++
		}
	}
	for _, v := range g.out {
		users[v]++
	}
	kept := g.nodes[:0]
	for _, n := range g.nodes {
		if !g.turns(&n, kept, users) {
			for _, v := range n.out {
				g.defs[v] = len(kept)
			}
			kept = append(kept, n)
		}
	}
	g.nodes = kept
}

// turns makes n the result of the product that it is the transposition of, if it is.
func (g *graph) turns(n *node, before []node, users []int) bool {
	t, ok := n.op.(rule.Permutation)
	if !ok || g.defs[n.in[0]] < 0 || users[n.in[0]] != 1 {
		return false
	}
	p := &before[g.defs[n.in[0]]]
	if p.kind != byLibrary {
		return false
	}
	s, ok := p.op.(rule.Library).Step().(kir.Dot)
	if !ok {
		return false
	}
	op, perm := p.op, t.Permuted()
	if d, ok := op.(dot); ok {
		if op = d.Op; d.perm != nil {
			perm = places(d.perm, perm)
		}
	}
	x, y, out := g.types[p.in[0]], g.types[p.in[1]], g.types[n.out[0]]
	if !lib.Turns(s, x, y, out, perm) {
		return false
	}
	p.op, p.out = dot{op, s, perm}, n.out
	g.defs[n.out[0]] = g.defs[n.in[0]]
	return true
}

// untransposed returns the value that v is a transposition of, if the axes that a
// product keeps of it have the same order there, and where the named axes are.
func (g *graph) untransposed(v int, batch, contract []int) (of int, b, c []int) {
	for g.defs[v] >= 0 {
		n := &g.nodes[g.defs[v]]
		op, ok := n.op.(rule.Permutation)
		if !ok {
			break
		}
		perm, last := op.Permuted(), -1
		for a, p := range perm {
			if slices.Contains(batch, a) || slices.Contains(contract, a) {
				continue
			}
			if p < last {
				return v, batch, contract
			}
			last = p
		}
		batch, contract = places(perm, batch), places(perm, contract)
		v = n.in[0]
	}
	return v, batch, contract
}

// places are those of axes under perm.
func places(perm, axes []int) []int {
	to := make([]int, len(axes))
	for i, a := range axes {
		to[i] = perm[a]
	}
	return to
}
