package cpu

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gojax/internal/core"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/interp"
	"gojax/internal/ir"
	"gojax/internal/kir"
)

// A Stage is what a program is at some point of its compilation, as text.
type Stage struct{ Name, Text string }

// Stages compiles f and returns what it becomes, in order, with machine code of the given
// level, which this machine need not have:
//
//	simplified  flat, without what is known, equal, or not needed
//	fused       what becomes one kernel is a call of a program
//	kernels     the loops of each
//	expanded    … of basic instructions, where that differs
//	vectors     the instructions of each on vectors, before they have registers, and
//	            what is done by loops of Go instead; of those that are one piece of code
//	            for their rows also together
//	machine     machine code: offsets, bytes, instructions
//	program     steps between slots of memory
//	memory      where the slots are, and how long
func Stages(f *ir.Func, level code.Level) []Stage {
	g := newGraph(f)
	m := build(g)
	s := stages{g: g, f: m.f}
	list := []Stage{{"simplified", s.simplified().String() + "\n"}, {"fused", s.fused().String() + "\n"}}
	var kernels, expanded, vectors, machine strings.Builder
	for i, s := range m.p.kernels() {
		k := s.k
		fmt.Fprintf(&kernels, "# kernel %d\n%v", i, k)
		e := expandFor(level, k).CutFolds()
		if e != k {
			fmt.Fprintf(&expanded, "# kernel %d\n%v", i, e)
		}
		l := interp.List(level, e)
		fmt.Fprintf(&vectors, "# kernel %d: %s%s", i, l.Lanes, l.Vectors)
		fmt.Fprintf(&machine, "# kernel %d\n%s", i, l.Machine)
	}
	for _, s := range m.p.kernels() {
		if s.with == nil || s.with.list[0] != s {
			continue
		}
		what, l := s.with.listing(level, m.p.kernels())
		if l != nil {
			fmt.Fprintf(&vectors, "# %s: %s%s", what, l.Lanes, l.Vectors)
			fmt.Fprintf(&machine, "# %s\n%s", what, l.Machine)
		}
	}
	return append(list, Stage{"kernels", kernels.String()}, Stage{"expanded", expanded.String()},
		Stage{"vectors", vectors.String()}, Stage{"machine", machine.String()},
		Stage{"program", m.p.listing()}, Stage{"memory", m.memoryText()})
}

// listing is what the kernels are compiled to together, nil if they are not, and their
// numbers among all.
func (c *passes) listing(level code.Level, all []*fused) (what string, l *interp.Listing) {
	var kernels []*kir.Kernel
	var slots [][]int
	for _, s := range c.list {
		kernels, slots = append(kernels, expandFor(level, s.k)), append(slots, s.bufs)
	}
	first := slices.Index(all, c.list[0])
	return fmt.Sprintf("kernels %d to %d together", first, first+len(c.list)-1), interp.ListRows(level, c.n, kernels, slots)
}

// stages makes programs of graphs, so that they print as programs do.
type stages struct {
	g    *graph
	f    *fusion
	out  *ir.Func
	vars map[int]ir.Var // by value

	groups int // so far
}

func (s *stages) reset(in []int) {
	s.out, s.vars = &ir.Func{}, map[int]ir.Var{}
	s.out.In = s.get(in)
}

// get returns the variables of values, new ones for those that have none.
func (s *stages) get(vals []int) []ir.Var {
	vars := make([]ir.Var, len(vals))
	for i, v := range vals {
		x, ok := s.vars[v]
		if !ok {
			if lit := s.g.lits[v]; lit != nil {
				x = s.out.NewLiteral(lit)
			} else {
				x = s.out.NewVar(s.g.types[v])
			}
			s.vars[v] = x
		}
		vars[i] = x
	}
	return vars
}

func (s *stages) add(op core.Op, in, out []int) {
	s.out.Eqns = append(s.out.Eqns, ir.Eqn{Op: op, In: s.get(in), Out: s.get(out)})
}

func (s *stages) node(n *node) {
	op := n.op
	if d, ok := op.(dot); ok {
		op = shownDot{d.Op, d.step}
		if d.perm != nil {
			op = shownTurned{d.Op, d.step, d.perm}
		}
	}
	s.add(op, n.in, n.out)
}

func (s *stages) simplified() *ir.Func {
	s.reset(s.g.in)
	for i := range s.g.nodes {
		s.node(&s.g.nodes[i])
	}
	s.out.Out = s.get(s.g.out)
	return s.out
}

// fused makes a call of what is one kernel. What is computed where it is used, and
// stored nowhere, is in every kernel that uses it.
func (s *stages) fused() *ir.Func {
	s.reset(s.g.in)
	for i := range s.g.nodes {
		n := &s.g.nodes[i]
		switch n.kind {
		case byEval, byLibrary, byRecast, byView:
			s.node(n)
			continue
		}
		switch r := s.f.rootOf[i]; {
		case r >= 0:
			s.group(&s.f.groups[r])
		case n.kind == byJoin && s.f.joins[i]:
			s.node(n)
		case n.alias && s.f.stored[n.out[0]]:
			s.view(n)
		}
	}
	s.out.Out = s.get(s.g.out)
	return s.out
}

// view adds a node that nothing needs to be done for, after those that it is a view of.
func (s *stages) view(n *node) {
	if d := s.g.defs[n.in[0]]; d >= 0 && s.g.nodes[d].alias {
		if _, made := s.vars[n.in[0]]; !made {
			s.view(&s.g.nodes[d])
		}
	}
	s.node(n)
}

// group adds the call of a kernel.
func (s *stages) group(gr *group) {
	inner := &stages{g: s.g, f: s.f}
	in, nodes := s.members(gr)
	inner.reset(in)
	for _, i := range nodes {
		inner.node(&s.g.nodes[i])
	}
	inner.out.Out = inner.get(gr.all())
	s.add(kernelCall{fmt.Sprint("fusion_", s.groups), inner.out}, in, gr.all())
	s.groups++
}

// members lists what a group reads from memory, and the nodes that it computes, both in
// the order of the program.
func (s *stages) members(gr *group) (in, nodes []int) {
	reads, computes := map[int]bool{}, map[int]bool{}
	var visit func(v int)
	visit = func(v int) {
		i := s.g.defs[v]
		switch {
		case s.g.lits[v] != nil:
		case i < 0 || s.f.stored[v] && !slices.Contains(gr.all(), v):
			reads[v] = true
		case !computes[i]:
			computes[i] = true
			for _, x := range s.g.nodes[i].in {
				visit(x)
			}
		}
	}
	for _, v := range gr.all() {
		visit(v)
	}
	return slices.Sorted(maps.Keys(reads)), slices.Sorted(maps.Keys(computes))
}

// kernelCall prints what becomes a kernel as a call of a program.
type kernelCall struct {
	Name  string
	Jaxpr *ir.Func
}

func (kernelCall) String() string { return "jit" }

func (k kernelCall) Infer([]core.Type) ([]core.Type, error) { return k.Jaxpr.OutTypes(), nil }
func (k kernelCall) Eval(in []*core.Value) []*core.Value    { return k.Jaxpr.Call(in...) }

// shownDot prints the axes that a product has after its operands were transposed.
type shownDot struct {
	core.Op
	kir.Dot
}

func (d shownDot) String() string { return d.Op.String() }

// shownTurned is shownDot for a product whose axes come out in another order.
type shownTurned struct {
	core.Op
	kir.Dot
	Axes []int
}

func (d shownTurned) String() string { return d.Op.String() }

// listing lists the steps, with kernels by their numbers.
func (p *program) listing() string {
	var b strings.Builder
	kernels := 0
	for _, s := range p.steps {
		switch s := s.(type) {
		case *library:
			fmt.Fprintf(&b, "%s with%s%s, %+v\n", s.step.Step(), slotsText("", s.in), slotsText("out ", s.out), s.step)
		case *accumulated:
			fmt.Fprintf(&b, "%s with%s%s, %+v%s\n", s.step.Step(), slotsText("", s.in), slotsText("out ", s.out), s.step, s.parts())
		case *fused:
			s.listing(&b, kernels)
			kernels++
		case *product:
			s.show(&b, func(k *fused) {
				k.listing(&b, kernels)
				kernels++
			})
		default:
			s.text(&b)
		}
	}
	return b.String()
}

// listing names a kernel and its slots.
func (s *fused) listing(b *strings.Builder, number int) {
	fmt.Fprintf(b, "kernel %d with", number)
	for i, slot := range s.bufs {
		word := ""
		if s.k.Bufs[i].Out {
			word = "out "
		}
		fmt.Fprintf(b, " %ss%d", word, slot)
	}
	b.WriteByte('\n')
}

func slotsText(word string, ops []operand) (text string) {
	for _, o := range ops {
		if o.slot == unwanted {
			text += " nowhere"
			continue
		}
		text += fmt.Sprintf(" %ss%d", word, o.slot)
	}
	return text
}

// memoryText says where slots are and which steps need them.
func (m *maker) memoryText() string {
	p := m.p
	var b strings.Builder
	for i, s := range p.inSlot {
		fmt.Fprintf(&b, "s%d: operand %d, %v\n", s, i, p.in[i])
	}
	for _, l := range p.lits {
		fmt.Fprintf(&b, "s%d: the number %s\n", l.slot, ir.LiteralText(l.v))
	}
	for _, t := range p.temps {
		fmt.Fprintf(&b, "s%d: %d bytes at %d of the arena, steps %d to %d\n", t.slot, m.size[t.slot], t.offset, m.born[t.slot],
			max(m.last[t.slot], m.born[t.slot]))
	}
	for _, h := range p.hosted {
		fmt.Fprintf(&b, "s%d: where s%d will be\n", h.slot, h.in)
	}
	for i, r := range p.result {
		how := [...]string{computed: "computed there", copied: "copied", made: "made by a definition"}[r.way]
		fmt.Fprintf(&b, "result %d, %v: s%d, %s\n", i, p.out[i], r.slot, how)
	}
	for _, r := range p.reuse {
		fmt.Fprintf(&b, "result %d may take the memory of operand %d\n", r.result, r.operand)
	}
	for _, s := range p.steps {
		if s, ok := s.(*product); ok && s.into > 0 {
			fmt.Fprintf(&b, "s%d: where s%d will be, unless that takes the memory of an operand\n", s.out, s.then.bufs[s.into-1])
		}
	}
	fmt.Fprintf(&b, "the arena has %d bytes", p.arena)
	if p.given.arena > p.arena {
		fmt.Fprintf(&b, ", where results take the memory of operands %d", p.given.arena)
	}
	b.WriteByte('\n')
	return b.String()
}
