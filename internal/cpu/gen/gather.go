package gen

import (
	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A Load that is computed in a block reads memory at the addresses of its lanes, which are in
// range: they go to the scratch memory, elements are brought there one by one, and those are
// loaded as any others.

// table returns the number of the input that a Load is from.
func (g *gen) table(v kir.Val) int {
	for n := range g.In {
		if g.In[n].Val == v && g.In[n].Kind == Table {
			return n
		}
	}
	return -1
}

// gather lowers Load.
func (l *lane) gather(v kir.Val, i *kir.Instr) {
	g := l.g
	n := g.table(v)
	at := l.halves(i.Args[0])
	t := i.Type
	for h := range at {
		if l.part { // what lanes that are not there have may be out of range
			s := g.sign(8)
			out := g.greater(8, g.xor(at[h], s), g.bits(uint64(g.In[n].Elems-1)^1<<63))
			at[h] = g.andNot(out, at[h])
		}
		if longElement(t) {
			at[h] = g.add(8, at[h], at[h])
		}
	}
	to := g.room(g.lanes * t.Size())
	g.put(ins{form: gather, dst: none, src: [3]vreg{at[0], at[1]}, n: 2, imm: to, x: n, off: int32(g.room(8 * g.lanes)), size: t.Size()})
	load := func(part int) vreg {
		return g.put(ins{form: again, op: amd64.VMOVUPS, dst: g.temp(), imm: to + part*g.w})
	}
	p := g.newParts()
	switch {
	case longElement(t):
		for q := range p.four {
			p.four[q] = load(q)
		}
	case wideElement(t):
		p.half = [2]vreg{load(0), load(1)}
	case t.Size() == 4:
		p.word = load(0)
	case t == dtype.Bool:
		p.word, _ = l.narrowElements(n, to, t)
	default:
		p.word, p.raw = l.narrowElements(n, to, t)
	}
	l.vals[v] = p
}

// narrowElements is elements of what is in the scratch memory.
func (l *lane) narrowElements(n, at int, t dtype.Type) (word, raw vreg) {
	g := l.g
	in := func(o amd64.Op) vreg {
		return g.put(ins{form: again, op: o, dst: g.temp(), imm: at, x: n, size: t.Size()})
	}
	return g.elementsOf(t, in)
}

// gather emits gather.
func (a *alloc) gather(i *ins) {
	g := a.g
	at, to := amd64.Ptr(amd64.RSI, i.off), amd64.Ptr(amd64.RSI, int32(i.imm))
	for h, v := range i.src[:i.n] {
		g.a.Op(amd64.VMOVUPS, at.Add(int32(h*g.w)), g.vec(a.use(v)))
	}
	a.free(i.src[:i.n])
	x := 0
	if i.size == 16 {
		x = a.take()
	}
	base := g.pointer(g.ptr[i.x])
	for k := range g.lanes {
		g.a.Op(amd64.MOV, amd64.RDX, at.Add(int32(8*k)))
		from, to := amd64.Ptr(base, 0).Index(amd64.RDX, min(i.size, 8)), to.Add(int32(k*i.size))
		switch i.size {
		case 16:
			g.a.Op(amd64.VMOVUPS, amd64.X(x), from)
			g.a.Op(amd64.VMOVUPS, to, amd64.X(x))
		case 8:
			g.a.Op(amd64.MOV, amd64.RDX, from)
			g.a.Op(amd64.MOV, to, amd64.RDX)
		case 4:
			g.a.Op(amd64.MOV, amd64.EDX, from)
			g.a.Op(amd64.MOV, to, amd64.EDX)
		case 2:
			g.a.Op(amd64.MOVZX, amd64.EDX, from.Sized(2))
			g.a.Op(amd64.MOV, to, amd64.RDX.R16())
		default:
			g.a.Op(amd64.MOVZX, amd64.EDX, from.Sized(1))
			g.a.Op(amd64.MOV, to, amd64.RDX.R8())
		}
	}
}

// again emits a load of what is in the scratch memory: of whole vectors, or of narrower
// elements, which may become words.
func (a *alloc) again(i *ins) {
	g := a.g
	r := g.vec(a.result(i))
	if i.op == amd64.VMOVUPS && i.size > 0 {
		r = amd64.Vec(int(a.reg[i.dst]), g.lanes*i.size)
	}
	g.a.Op(i.op, r, amd64.Ptr(amd64.RSI, int32(i.imm)))
}
