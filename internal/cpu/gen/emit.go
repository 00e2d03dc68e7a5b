package gen

import (
	"gojax/internal/asm/amd64"
)

// vec is a register as wide as vectors are.
func (g *gen) vec(r int) amd64.Reg { return amd64.Vec(r, g.w) }

func (g *gen) width(r int, w uint8) amd64.Reg {
	if w == 0 {
		return g.vec(r)
	}
	return amd64.Vec(r, int(w))
}

// emit emits the code of a body.
func (a *alloc) emit() {
	for p := range a.g.code {
		i := &a.g.code[p]
		a.at, a.locked = p, 0
		for _, v := range i.src[:i.n] {
			if a.reg[v] >= 0 { // no other source may take its place
				a.locked |= 1 << a.reg[v]
			}
		}
		a.ins(i)
	}
}

func (a *alloc) ins(i *ins) {
	g := a.g
	switch i.form {
	case fma:
		a.fma(i)
	case compare:
		a.compare(i)
	case choose:
		a.choose(i)
	case ramp:
		g.rampInto(a.result(i), i)
	case load:
		a.load(i)
	case store:
		a.store(i)
	case extend:
		a.extend(i)
	case shrink:
		a.shrink(i)
	case packed:
		a.packed(i)
	case duplicate:
		a.duplicate(i)
	case keep:
		g.a.Op(amd64.VMOVUPS, amd64.Ptr(amd64.RSI, i.off).Index(amd64.RAX, 1), g.vec(a.use(i.src[0])))
		a.free(i.src[:i.n])
	case stepped:
		a.stepped(i)
	case three:
		a.three(i)
	case single:
		a.single(i)
	case gather:
		a.gather(i)
	case again:
		a.again(i)
	case away:
		a.away(i)
	case reload:
		g.a.Op(amd64.VMOVUPS, g.vec(a.result(i)), g.output(i))
	case rest:
		r := a.result(i)
		g.left()
		g.a.Op(amd64.VMOVD, amd64.X(r), amd64.EAX)
		g.a.Op(amd64.VPBROADCASTD, g.vec(r), amd64.X(r))
		g.a.Op(amd64.VPCMPGTD, g.vec(r), g.vec(r), g.steps(4, 1, 0))
	default:
		a.simple(i)
	}
}

// simple emits the instruction as it is.
func (a *alloc) simple(i *ins) {
	g := a.g
	var args [5]amd64.Arg
	for n, v := range i.src[:i.n] {
		if n == i.n-1 && i.form == folding && a.folds(v) {
			continue
		}
		args[1+n] = g.width(a.use(v), i.w[1+n])
	}
	last := i.src[i.n-1]
	var mem amd64.Mem
	inMem := args[i.n] == nil
	r := a.result(i)
	if inMem {
		mem = a.memory(last)
		args[i.n] = mem
	}
	args[0] = g.width(r, i.w[0])
	n := 1 + i.n
	if i.imm >= 0 {
		args[n] = amd64.Imm(i.imm)
		n++
	}
	g.a.Op(i.op, args[:n]...)
}

func (a *alloc) fma(i *ins) {
	g := a.g
	o := fmaOps[i.imm][i.size/8]
	x, y, z := i.src[0], i.src[1], i.src[2]
	rx, ry := a.use(x), a.use(y)
	inMem := a.folds(z) && z != x && z != y
	if !inMem {
		a.use(z)
	}
	addend := func() amd64.Arg {
		if inMem {
			return a.memory(z)
		}
		return g.vec(int(a.reg[z]))
	}
	var r int
	switch {
	case a.dying(x):
		g.a.Op(o[0], g.vec(rx), g.vec(ry), addend())
		r = rx
	case !inMem && a.dying(z):
		r = int(a.reg[z])
		g.a.Op(o[1], g.vec(r), g.vec(rx), g.vec(ry))
	case a.dying(y):
		g.a.Op(o[0], g.vec(ry), g.vec(rx), addend())
		r = ry
	default:
		r = a.take()
		g.a.Op(amd64.VMOVUPS, g.vec(r), addend())
		g.a.Op(o[1], g.vec(r), g.vec(rx), g.vec(ry))
	}
	a.replace(i, r)
}

// replace makes r, which may be the register of a source that is dying, that of the
// result.
func (a *alloc) replace(i *ins, r int) {
	a.free(i.src[:i.n])
	a.give(i.dst, r)
	if len(a.used(i.dst)) == 0 {
		a.has[r], a.reg[i.dst] = none, -1
	}
}

// duplicate takes the register of a source that is dying.
func (a *alloc) duplicate(i *ins) {
	r := a.use(i.src[0])
	if a.dying(i.src[0]) {
		a.replace(i, r)
		return
	}
	a.g.a.Op(amd64.VMOVUPS, a.g.vec(a.result(i)), a.g.vec(r))
}

func (a *alloc) compare(i *ins) {
	g := a.g
	x := g.vec(a.use(i.src[0]))
	var y amd64.Arg
	inMem := a.folds(i.src[1])
	if !inMem {
		y = g.vec(a.use(i.src[1]))
	}
	k, kept := a.masked(i.dst)
	r := 0
	if kept {
		a.free(i.src[:i.n])
	} else {
		r = a.result(i)
	}
	if inMem {
		y = a.memory(i.src[1])
	}
	to := g.vec(r)
	switch {
	case kept:
		to = k
	case g.wide:
		to = amd64.K1
	}
	args := []amd64.Arg{to, x, y, amd64.Imm(i.imm)}
	if i.imm < 0 {
		args = args[:3]
	}
	g.a.Op(i.op, args...)
	if g.wide && !kept {
		g.a.Op(pick(i.size, amd64.VPMOVM2D, amd64.VPMOVM2Q), g.vec(r), amd64.K1)
	}
}

func (a *alloc) choose(i *ins) {
	g := a.g
	x, y, m := i.src[0], i.src[1], i.src[2]
	if k, ok := a.masked(m); ok {
		a.pick(i, k)
		return
	}
	ry, rm := a.use(y), a.use(m)
	if !g.wide {
		r, from := a.resultBeside(i, x)
		g.a.Op(amd64.VBLENDVPS, g.vec(r), g.vec(ry), from, g.vec(rm))
		return
	}
	rx := a.use(x)
	r := rm
	switch {
	case a.dying(m):
		g.a.Op(amd64.VPTERNLOGD, g.vec(rm), g.vec(rx), g.vec(ry), amd64.Imm(0xCA))
	case a.dying(x):
		g.a.Op(amd64.VPTERNLOGD, g.vec(rx), g.vec(rm), g.vec(ry), amd64.Imm(0xE2))
		r = rx
	case a.dying(y):
		g.a.Op(amd64.VPTERNLOGD, g.vec(ry), g.vec(rm), g.vec(rx), amd64.Imm(0xB8))
		r = ry
	default:
		r = a.take()
		g.a.Op(amd64.VMOVUPS, g.vec(r), g.vec(rm))
		g.a.Op(amd64.VPTERNLOGD, g.vec(r), g.vec(rx), g.vec(ry), amd64.Imm(0xCA))
	}
	a.replace(i, r)
}

// resultBeside returns a register for the result, and where source x is: in another or in
// memory.
func (a *alloc) resultBeside(i *ins, x vreg) (r int, from amd64.Arg) {
	if a.folds(x) {
		r = a.result(i)
		return r, a.memory(x)
	}
	from = a.g.vec(a.use(x))
	return a.result(i), from
}

// pick is choose by a mask register.
func (a *alloc) pick(i *ins, k amd64.Reg) {
	g := a.g
	x, y := i.src[0], g.vec(a.use(i.src[1]))
	r, from := a.resultBeside(i, x)
	g.a.Op(pick(i.size, amd64.VPBLENDMD, amd64.VPBLENDMQ), g.vec(r).Mask(k), y, from)
}

// load is a load that may not be repeated: one with a mask.
func (a *alloc) load(i *ins) {
	g := a.g
	if g.wide {
		r := a.result(i)
		k := g.k(i)
		g.a.Op(pick(i.size, amd64.VMOVUPS, amd64.VMOVUPD), g.vec(r).MaskZero(k), g.input(i.x, i.off))
		return
	}
	m := g.vec(a.use(i.src[0]))
	r := a.result(i)
	g.a.Op(pick(i.size, amd64.VMASKMOVPS, amd64.VMASKMOVPD), g.vec(r), m, g.input(i.x, i.off))
}

// k is the mask register of what is left for elements of 4 bytes, or for those of 8 or 16 in
// the vector that the offset says. It may use RDX.
func (g *gen) k(i *ins) amd64.Reg {
	if i.size == 16 {
		return g.longMask(int(i.off) / g.w % 4)
	}
	if i.size == 8 && int(i.off)%(2*g.w) != 0 {
		return amd64.K3
	}
	return amd64.K2
}

func (a *alloc) store(i *ins) {
	g := a.g
	x := g.vec(a.use(i.src[0]))
	switch {
	case !i.part:
		g.a.Op(amd64.VMOVUPS, g.output(i), x)
	case g.wide:
		k := g.k(i)
		g.a.Op(pick(i.size, amd64.VMOVUPS, amd64.VMOVUPD), g.output(i).Mask(k), x)
	default:
		m := g.vec(a.use(i.src[1]))
		g.a.Op(pick(i.size, amd64.VMASKMOVPS, amd64.VMASKMOVPD), g.output(i), m, x)
	}
	a.free(i.src[:i.n])
}

// extend makes words of narrower elements of memory, or loads these.
func (a *alloc) extend(i *ins) {
	g := a.g
	r := g.vec(a.result(i))
	if i.op == amd64.VMOVUPS {
		r = amd64.Vec(int(a.reg[i.dst]), g.lanes*i.size)
	}
	var m amd64.Mem
	if i.back {
		m = g.output(i)
	} else {
		m = g.input(i.x, i.off)
	}
	load := func(m amd64.Mem) { g.a.Op(i.op, r, m) }
	switch {
	case !i.part:
		load(m)
	case !g.wide:
		g.mayPass(m, i.size, true, load)
	case i.op == amd64.VMOVUPS:
		g.a.Op(amd64.VMOVDQU16, r.MaskZero(amd64.K2), m)
	default:
		g.a.Op(i.op, r.MaskZero(amd64.K2), m)
	}
}

// shrink stores the low bytes of words by one instruction.
func (a *alloc) shrink(i *ins) {
	g := a.g
	r := g.vec(a.use(i.src[0]))
	to := g.output(i)
	if i.part {
		to = to.Mask(amd64.K2)
	}
	g.a.Op(i.op, to, r)
	a.free(i.src[:i.n])
}

// packed stores elements that are next to each other.
func (a *alloc) packed(i *ins) {
	g := a.g
	bytes := g.lanes * i.size
	r := amd64.Vec(a.use(i.src[0]), max(bytes, 16))
	store := func(m amd64.Mem) { g.a.Op(i.op, m, r) }
	switch m := g.output(i); {
	case !i.part:
		store(m)
	case g.wide:
		g.a.Op(amd64.VMOVDQU16, m.Mask(amd64.K2), r)
	default:
		g.mayPass(m, i.size, false, store)
	}
	a.free(i.src[:i.n])
}

// single stores one element.
func (a *alloc) single(i *ins) {
	g := a.g
	r := amd64.X(a.use(i.src[0]))
	to := amd64.Ptr(g.pointer(g.outPtr[i.x]), 0)
	switch i.size {
	case 16:
		g.a.Op(amd64.VMOVUPS, to, r)
	case 8:
		g.a.Op(amd64.VMOVQ, to, r)
	case 4:
		g.a.Op(amd64.VMOVD, to, r)
	case 2:
		g.a.Op(amd64.VMOVD, amd64.EDX, r)
		g.a.Op(amd64.MOV, to, amd64.RDX.R16())
	default:
		g.a.Op(amd64.VMOVD, amd64.EDX, r)
		g.a.Op(amd64.MOV, to, amd64.RDX.R8())
	}
}

// three is an instruction that overwrites its first source, the accumulator if it carries one.
func (a *alloc) three(i *ins) {
	g := a.g
	x, y, z := i.src[0], i.src[1], i.src[2]
	ry := g.vec(a.use(y))
	rz := g.vec(a.use(z))
	r := a.use(x)
	if !i.carry && (!a.dying(x) || x == y || x == z) {
		from := g.vec(r)
		r = a.take()
		g.a.Op(amd64.VMOVUPS, g.vec(r), from)
	}
	args := []amd64.Arg{g.vec(r), ry, rz, amd64.Imm(i.imm)}
	if i.imm < 0 {
		args = args[:3]
	}
	g.a.Op(i.op, args...)
	if i.carry {
		a.free(i.src[:i.n])
		return
	}
	a.replace(i, r)
}
