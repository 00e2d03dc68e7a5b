package gen

import (
	"encoding/binary"
	"errors"
	"slices"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// How values come from memory and go there.

// same makes an input that does not change known in all copies.
func (g *gen) same(n int) {
	in := g.In[n]
	if g.rows {
		g.defs = append(g.defs, def{home: spread, in: n})
	} else {
		g.defs = append(g.defs, def{home: slot, in: n, mem: amd64.Ptr(amd64.RSI, int32(g.slots[n]))})
	}
	v := vreg(len(g.defs) - 1)
	p := noParts
	switch t := g.typ(in.Val); {
	case longElement(t):
		p.four = [4]vreg{v, v, v, v}
	case wideElement(t):
		p.half = [2]vreg{v, v}
	case t == dtype.Bool:
		p.word, p.half = v, [2]vreg{v, v}
	default:
		p.word = v
	}
	for _, l := range g.copies {
		q := g.newParts()
		*q = p
		l.vals[in.Val] = q
	}
}

// fetch makes an input known in one copy, where it is used first.
func (l *lane) fetch(n int) *parts {
	g := l.g
	in := g.In[n]
	t := g.typ(in.Val)
	p := g.newParts()
	switch {
	case in.Kind == Ramp:
		for h := range p.half {
			p.half[h] = g.put(ins{form: ramp, dst: g.temp(), x: n, size: 8, off: int32(l.n*g.lanes + h*g.lanes/2)})
		}
	case in.Kind == Lanes && in.Step != 0:
		l.stepped(p, n, t)
	case t == dtype.Bool:
		p.word, _ = l.elements(n, false, t)
	case small(t):
		p.word, p.raw = l.elements(n, false, t)
	case t.Size() == 8:
		for h := range p.half {
			p.half[h] = l.fetchVector(n, 8, int32(2*l.n+h)*int32(g.w), g.tails[1+h])
		}
	case longElement(t):
		for q := range p.four {
			p.four[q] = l.fetchVector(n, 16, int32(4*l.n+q)*int32(g.w), g.fours[q])
		}
	default:
		p.word = l.fetchVector(n, 4, int32(l.n*g.w), g.tails[0])
	}
	l.vals[in.Val] = p
	return p
}

// fetchVector is a vector of an input; tail is the mask of what is left of it, if AVX2 needs one.
func (l *lane) fetchVector(n, size int, off int32, tail vreg) vreg {
	g := l.g
	if !l.part {
		g.defs = append(g.defs, def{home: loaded, in: n, off: off})
		return vreg(len(g.defs) - 1)
	}
	i := ins{form: load, dst: g.temp(), x: n, off: off, size: size}
	if !g.wide {
		i.src[0], i.n = tail, 1
	}
	return g.put(i)
}

// rampWord makes the low words of a ramp.
func (l *lane) rampWord(n int) vreg {
	return l.g.put(ins{form: ramp, dst: l.g.temp(), x: n, size: 4, off: int32(l.n * l.g.lanes)})
}

// settle has what is stored after something else in vectors: results may be where inputs are,
// see kir.Kernel.InPlace, and what an input is in memory it is only until then.
func (g *gen) settle() {
	for n, o := range g.Out {
		if n == 0 || o.Fold != kir.NoCode {
			continue
		}
		for _, l := range g.copies {
			l.settle(o.Val)
		}
	}
}

func (l *lane) settle(v kir.Val) {
	g := l.g
	if t := g.typ(v); t.Size() < 4 && t != dtype.Bool {
		l.raw(v)
	} else {
		l.vectors(v)
	}
	held := func(x *vreg) {
		if *x != none && g.defs[*x].home == loaded {
			*x = g.put(ins{form: duplicate, dst: g.temp(), src: [3]vreg{*x}, n: 1, imm: -1})
		}
	}
	p := l.of(v)
	held(&p.word)
	held(&p.raw)
	for n := range p.half {
		held(&p.half[n])
	}
	for n := range p.four {
		held(&p.four[n])
	}
}

// output combines and stores.
func (l *lane) output(n int) {
	g := l.g
	o := g.Out[n]
	t := g.typ(o.Val)
	if g.one {
		g.element(n, l.vectors(o.Val)[0])
		return
	}
	switch {
	case t.Size() >= 4 || o.Whole:
	case o.Fold != kir.NoCode:
		l.foldSmall(n, t)
		return
	case t == dtype.Bool:
		l.storeSmall(n, t, g.and(l.word(o.Val), g.word(1)))
		return
	default:
		l.storeSmall(n, t, l.raw(o.Val))
		return
	}
	size := max(t.Size(), 4)
	x := l.vectors(o.Val)
	for p, v := range x {
		off := int32((l.n*len(x) + p) * g.w)
		if g.ring && o.Ring {
			if l.part {
				v = l.filled(n, p, v)
			}
			if g.ranged(n) {
				g.takeIn(g.oddOf(n), v)
			}
			c := g.carried(n)[l.n*len(x)+p].v
			var last vreg
			switch {
			case g.ranged(n):
				last = g.toRange(n, size, c, v)
			case g.turned(n):
				last = g.least(size, c, g.xor(v, g.sign(size)))
			default:
				last = g.fold(o.Fold, t, c, v)
			}
			g.becomes(c, last)
			continue
		}
		if o.Fold != kir.NoCode {
			old := g.put(ins{form: reload, dst: g.temp(), x: n, off: off, size: size})
			v = g.fold(o.Fold, t, old, v)
		}
		i := ins{form: store, dst: none, src: [3]vreg{v}, n: 1, x: n, off: off, size: size, part: l.part}
		if l.part && !g.wide {
			i.src[1], i.n = g.tail(len(x), p), 2
		}
		g.put(i)
	}
}

// becomes makes v, which the last instruction made, what accumulator c is from here on.
func (g *gen) becomes(c, v vreg) {
	last := &g.code[len(g.code)-1]
	if last.dst != v {
		g.fail(errors.New("gen: an accumulator is not what was made last"))
	}
	last.into, last.carry = c, true
}

// turned reports whether accumulators, unless they are ranged, have the other sign: the
// greatest of numbers is the least of those.
func (g *gen) turned(n int) bool { return g.Out[n].Fold == kir.Max && g.typ(g.Out[n].Val).IsFloat() }

// carryAll makes the accumulators of all outputs that have them in registers.
func (g *gen) carryAll() {
	for n, o := range g.Out {
		if !o.Ring {
			continue
		}
		size := max(g.typ(o.Val).Size(), 4)
		if g.ranged(n) {
			g.carryOver(carried{out: ins{form: reload, x: n, size: size}, odd: true, taken: none})
		}
		for at := 0; at < kir.Lanes*size; at += g.w {
			g.carryOver(carried{out: ins{form: reload, x: n, off: int32(at), size: size}})
		}
	}
}

func (g *gen) carryOver(c carried) {
	g.defs = append(g.defs, def{home: inRegister})
	c.v = vreg(len(g.defs) - 1)
	g.carry = append(g.carry, c)
}

// carried lists the accumulators of an output, but for that of NaN.
func (g *gen) carried(n int) []carried {
	first := slices.IndexFunc(g.carry, func(c carried) bool { return c.out.x == n && !c.odd })
	end := first
	for end < len(g.carry) && g.carry[end].out.x == n {
		end++
	}
	return g.carry[first:end]
}

// oddOf is the accumulator of NaN of an output that is ranged.
func (g *gen) oddOf(n int) *carried {
	return &g.carry[slices.IndexFunc(g.carry, func(c carried) bool { return c.out.x == n })]
}

// input is the memory of an input.
func (g *gen) input(n int, off int32) amd64.Mem {
	t := g.typ(g.In[n].Val)
	return g.indexed(amd64.Ptr(g.pointer(g.ptr[n]), off), t.Size())
}

// indexed adds the first lane of this turn to an address of elements of a size.
func (g *gen) indexed(m amd64.Mem, size int) amd64.Mem {
	if size == 16 {
		return m.Index(twice, 8)
	}
	return m.Index(amd64.RCX, size)
}

// tail is the mask of what is left for part p of an output that has so many.
func (g *gen) tail(parts, p int) vreg {
	if parts == 4 {
		return g.fours[p]
	}
	return g.tails[parts-1+p]
}

// output is the memory of an output.
func (g *gen) output(i *ins) amd64.Mem {
	r, off := amd64.RSI, i.off
	if o := &g.Out[i.x]; o.Whole {
		off += int32(g.wholes[i.x])
	} else {
		r = g.pointer(g.outPtr[i.x])
	}
	if g.Out[i.x].Ring {
		g.a.Op(amd64.MOV, amd64.EDX, amd64.ECX)
		g.a.Op(amd64.AND, amd64.EDX, amd64.Imm(kir.Lanes-1))
		if i.size == 16 {
			g.a.Op(amd64.ADD, amd64.EDX, amd64.EDX)
		}
		return amd64.Ptr(r, off).Index(amd64.RDX, min(i.size, 8))
	}
	return g.indexed(amd64.Ptr(r, off), i.size)
}

// left makes EAX the number of lanes that are left.
func (g *gen) left() {
	if g.rows {
		g.a.Op(amd64.MOV, amd64.EAX, amd64.Imm(g.rest))
		return
	}
	g.a.Op(amd64.MOV, amd64.RAX, amd64.Ptr(amd64.RDI, 0))
	g.a.Op(amd64.SUB, amd64.RAX, amd64.RCX)
}

// masks sets K2 to what is left for words and for the first half of elements of 8
// bytes, K3 for the second.
func (g *gen) masks() {
	g.left()
	g.a.Op(amd64.MOV, amd64.EDX, amd64.Imm(g.lanes))
	g.a.Op(amd64.CMP, amd64.RAX, amd64.RDX)
	g.a.Op(amd64.Greater.Cmov(), amd64.RAX, amd64.RDX)
	g.a.Op(amd64.MOV, amd64.EDX, amd64.Imm(-1))
	g.a.Op(amd64.BZHI, amd64.EDX, amd64.EDX, amd64.EAX)
	g.setMasks()
	if g.long { // two bits for each, in the scratch memory
		g.a.Op(amd64.ADD, amd64.EAX, amd64.EAX)
		g.a.Op(amd64.MOV, amd64.EDX, amd64.Imm(-1))
		g.a.Op(amd64.BZHI, amd64.EDX, amd64.EDX, amd64.EAX)
		g.a.Op(amd64.MOV, amd64.Ptr(amd64.RSI, int32(g.quads)), amd64.EDX)
	}
}

// setMasks makes K2 and K3 of the bits in EDX.
func (g *gen) setMasks() {
	g.a.Op(amd64.KMOVW, amd64.K2, amd64.EDX)
	g.a.Op(amd64.SHR, amd64.EDX, amd64.Imm(g.lanes/2))
	g.a.Op(amd64.KMOVW, amd64.K3, amd64.EDX)
}

// steps is the constant of the multiples of a stride from first on.
func (g *gen) steps(size int, stride int64, first int) amd64.Mem {
	all := make([]byte, 0, 64)
	for i := int64(first); len(all) < g.w; i++ {
		if size == 4 {
			all = binary.LittleEndian.AppendUint32(all, uint32(stride*i))
		} else {
			all = binary.LittleEndian.AppendUint64(all, uint64(stride*i))
		}
	}
	return g.a.Const(all)
}

// rampInto computes a ramp.
func (g *gen) rampInto(r int, i *ins) {
	stride := g.In[i.x].Stride
	base := amd64.Ptr(amd64.RDI, argsBase+int32(8*g.ptr[i.x]))
	g.a.MovImm(amd64.RAX, stride)
	g.a.Op(amd64.IMUL, amd64.RAX, amd64.RCX)
	g.a.Op(amd64.ADD, amd64.RAX, base)
	if i.size == 4 {
		g.a.Op(amd64.VMOVD, amd64.X(r), amd64.EAX)
		g.a.Op(amd64.VPBROADCASTD, g.vec(r), amd64.X(r))
		g.a.Op(amd64.VPADDD, g.vec(r), g.vec(r), g.steps(4, stride, int(i.off)))
		return
	}
	g.a.Op(amd64.VMOVQ, amd64.X(r), amd64.RAX)
	g.a.Op(amd64.VPBROADCASTQ, g.vec(r), amd64.X(r))
	g.a.Op(amd64.VPADDQ, g.vec(r), g.vec(r), g.steps(8, stride, int(i.off)))
}

// mayPass emits how elements of 1 or 2 bytes in memory are loaded or stored without masks.
// Where a whole vector of lanes is left that is whole, at m; else it is whole in scratch
// memory, and the elements that are left are copied one by one, in before or out after.
func (g *gen) mayPass(m amd64.Mem, size int, in bool, whole func(m amd64.Mem)) {
	// RBX is free here: no whole turn follows.
	g.a.Op(amd64.LEA, amd64.RBX, m)
	g.left()
	few, done := g.a.NewLabel(), g.a.NewLabel()
	g.a.Op(amd64.CMP, amd64.RAX, amd64.Imm(g.lanes))
	g.a.Jcc(amd64.Less, few)
	whole(amd64.Ptr(amd64.RBX, 0))
	g.a.Jmp(done)
	g.a.Bind(few)
	scratch := amd64.Ptr(amd64.RSI, int32(g.room(g.w)))
	from, to := amd64.Ptr(amd64.RBX, int32(-size)).Index(amd64.RAX, size), scratch.Add(int32(-size)).Index(amd64.RAX, size)
	if !in {
		whole(scratch)
		from, to = to, from
	}
	again := g.a.NewLabel()
	g.a.Bind(again)
	g.a.Op(amd64.MOVZX, amd64.EDX, from.Sized(size))
	if size == 1 {
		g.a.Op(amd64.MOV, to, amd64.RDX.R8())
	} else {
		g.a.Op(amd64.MOV, to, amd64.RDX.R16())
	}
	g.a.Op(amd64.DEC, amd64.EAX)
	g.a.Jcc(amd64.NotEqual, again)
	if in {
		whole(scratch)
	}
	g.a.Bind(done)
}
