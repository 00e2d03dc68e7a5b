package gen

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Registers: RDI has the Args, RSI the scratch memory, RCX the first lane of this turn,
// RBX the last lane at which a whole turn may begin, R8 to R15 pointers; RAX and RDX
// are for the moment.
const pointers = 8

var pointerRegs = [pointers]amd64.Reg{amd64.R8, amd64.R9, amd64.R10, amd64.R11, amd64.R12, amd64.R13, amd64.R14, amd64.R15}

var (
	argsScratch = int32(unsafe.Offsetof(Args{}.Scratch))
	argsPtr     = int32(unsafe.Offsetof(Args{}.Ptr))
	argsBase    = int32(unsafe.Offsetof(Args{}.Base))
)

// function emits the code.
func (g *gen) function() {
	g.prologue()
	done := g.a.NewLabel()
	var rest, few amd64.Label
	if copies := g.unroll(); copies > 0 {
		g.begin()
		rest = g.a.NewLabel()
		if few = rest; g.ring {
			few = g.a.NewLabel()
		}
		g.body(copies, false)
		alloc := newAlloc(g)
		g.a.Op(amd64.MOV, amd64.RBX, amd64.Ptr(amd64.RDI, 0))
		g.a.Op(amd64.SUB, amd64.RBX, amd64.Imm(copies*g.lanes))
		g.a.Op(amd64.CMP, amd64.RCX, amd64.RBX)
		g.a.Jcc(amd64.Greater, few)
		g.turn(alloc, copies)
		g.a.Op(amd64.CMP, amd64.RCX, amd64.RBX)
		g.a.Jcc(amd64.LessEqual, g.top)
		alloc.settle()
		if len(g.taken) > 0 {
			g.a.Jmp(rest)
			g.emitDetours()
		}
		g.a.Bind(rest)
	}
	ring := g.ring // until there is a mask
	g.a.Op(amd64.CMP, amd64.RCX, amd64.Ptr(amd64.RDI, 0))
	g.a.Jcc(amd64.GreaterEqual, done)
	g.body(1, true)
	g.turn(newAlloc(g), 1)
	g.a.Op(amd64.CMP, amd64.RCX, amd64.Ptr(amd64.RDI, 0))
	g.a.Jcc(amd64.Less, g.top)
	if len(g.taken) > 0 {
		g.a.Jmp(done)
		g.emitDetours()
	}
	g.a.Bind(done)
	g.end()
	g.a.Op(amd64.VZEROUPPER)
	g.a.Op(amd64.RET)
	if ring {
		g.a.Bind(few)
		g.fillWholes()
		g.a.Jmp(rest)
	}
}

// turn emits what is before a body, the body, and the step to the next.
func (g *gen) turn(a *alloc, copies int) {
	a.keepMasks()
	a.pin()
	g.a.Align(32)
	g.top = g.a.NewLabel()
	g.a.Bind(g.top)
	if g.masked && g.wide {
		g.masks()
	}
	g.list(copies)
	a.emit()
	g.a.Op(amd64.ADD, amd64.RCX, amd64.Imm(copies*g.lanes))
}

// unroll says how many vectors at once keep the processor busy and have room.
func (g *gen) unroll() int {
	g.probing = true
	g.body(1, false)
	g.probing = false
	if len(g.code) > 400 {
		return 1
	}
	a := newAlloc(g)
	p := max(a.pressure(), 1)
	if most := kir.Lanes / g.lanes; g.rings() {
		turns := 1 // copies that are computed at the same time
		if len(g.Out) > 1 {
			turns = most
		}
		if most+turns*p+2 <= g.nregs {
			g.ring = true
			return most
		}
	}
	n := (g.nregs - min(len(a.invariants()), 4)) / p
	most := 4
	for _, o := range g.Out {
		if o.Ring {
			most = kir.Lanes / g.lanes
		}
	}
	// Four chains at once are worth some traffic with memory: what waits for the result
	// before is most of a polynomial. An element of 64 bits is in two.
	if len(g.code) <= 260 {
		chains := 4
		if g.wides() {
			chains = 2
		}
		n = max(n, chains)
	}
	for n = min(n, most); n&(n-1) != 0; n-- {
	}
	return max(n, 1)
}

// wides reports whether any values have 64 bits, but for those that are pairs of words.
func (g *gen) wides() bool {
	pair := func(v kir.Val) bool { return g.K.Code[v].Code == kir.Threefry }
	for _, v := range g.Vals {
		i := &g.K.Code[v]
		if wideElement(i.Type) && !pair(v) && !(i.Code == kir.ShiftRightLogical && pair(i.Args[0])) {
			return true
		}
	}
	return false
}

// rings reports whether the one output is of numbers of one vector that lanes combine
// with in turn.
func (g *gen) rings() bool {
	n := slices.IndexFunc(g.Out, func(o Output) bool { return o.Ring })
	if n < 0 || len(g.detours) > 0 || len(g.Out) > 1 && !g.Out[n].Whole {
		return false
	}
	for k, o := range g.Out {
		if k != n && o.Fold != kir.NoCode {
			return false
		}
	}
	o := g.Out[n]
	t := g.typ(o.Val)
	return (t.Size() == 4 || g.wide && t.Size() > 4 || o.Whole && t.Size() < 4) && (t.IsFloat() || o.Fold == kir.Add)
}

// prologue loads what does not change.
func (g *gen) prologue() {
	g.a.Op(amd64.MOV, amd64.RSI, amd64.Ptr(amd64.RDI, argsScratch))
	g.a.Op(amd64.XOR, amd64.ECX, amd64.ECX)
	ptr, base := 0, 0
	g.slots = make([]int, len(g.In))
	for n, in := range g.In {
		if in.Kind == Ramp {
			g.ptr = append(g.ptr, base)
			base++
			continue
		}
		g.ptr = append(g.ptr, ptr)
		if in.Kind == Same {
			g.slots[n] = g.room(g.w)
			g.broadcast(ptr, g.typ(in.Val), g.slots[n])
		} else {
			g.hold(ptr)
		}
		ptr++
	}
	for _, o := range g.Out {
		g.wholes = append(g.wholes, 0)
		if o.Whole {
			g.wholes[len(g.wholes)-1] = g.room(kir.Lanes * max(g.typ(o.Val).Size(), 4))
		}
		g.outPtr = append(g.outPtr, ptr)
		g.hold(ptr)
		ptr++
	}
}

// hold gives a pointer a register, if there is one left.
func (g *gen) hold(ptr int) {
	if len(g.held) == pointers {
		return
	}
	r := pointerRegs[len(g.held)]
	if g.held == nil {
		g.held = map[int]amd64.Reg{}
	}
	g.held[ptr] = r
	g.a.Op(amd64.MOV, r, amd64.Ptr(amd64.RDI, argsPtr+int32(8*ptr)))
}

// pointer returns a register with a pointer.
func (g *gen) pointer(ptr int) amd64.Reg {
	if r, ok := g.held[ptr]; ok {
		return r
	}
	g.a.Op(amd64.MOV, amd64.RAX, amd64.Ptr(amd64.RDI, argsPtr+int32(8*ptr)))
	return amd64.RAX
}

// broadcast puts one element into all lanes of a slot.
func (g *gen) broadcast(ptr int, t dtype.Type, slot int) {
	from := amd64.Ptr(amd64.RAX, 0)
	g.a.Op(amd64.MOV, amd64.RAX, amd64.Ptr(amd64.RDI, argsPtr+int32(8*ptr)))
	g.fill(0, from, t)
	g.a.Op(amd64.VMOVUPS, amd64.Ptr(amd64.RSI, int32(slot)), g.vec(0))
}

// fill puts one element into all lanes of register r.
func (g *gen) fill(r int, from amd64.Mem, t dtype.Type) {
	switch {
	case t == dtype.Bool:
		g.a.Op(amd64.MOVZX, amd64.EAX, from.Sized(1))
		g.a.Op(amd64.NEG, amd64.EAX)
		g.a.Op(amd64.VMOVD, amd64.X(r), amd64.EAX)
		g.a.Op(amd64.VPBROADCASTD, g.vec(r), amd64.X(r))
	case t.IsHalf():
		g.a.Op(amd64.MOVZX, amd64.EAX, from.Sized(2))
		if t == dtype.BFloat16 {
			g.a.Op(amd64.SHL, amd64.EAX, amd64.Imm(16))
		}
		g.a.Op(amd64.VMOVD, amd64.X(r), amd64.EAX)
		if t == dtype.Float16 {
			g.a.Op(amd64.VCVTPH2PS, amd64.X(r), amd64.X(r))
		}
		g.a.Op(amd64.VPBROADCASTD, g.vec(r), amd64.X(r))
	case small(t):
		o := amd64.MOVZX
		if t.IsSigned() {
			o = amd64.MOVSX
		}
		g.a.Op(o, amd64.EAX, from.Sized(t.Size()))
		g.a.Op(amd64.VMOVD, amd64.X(r), amd64.EAX)
		g.a.Op(amd64.VPBROADCASTD, g.vec(r), amd64.X(r))
	case t.Size() == 8:
		g.a.Op(amd64.VBROADCASTSD, g.vec(r), from)
	default:
		g.a.Op(amd64.VBROADCASTSS, g.vec(r), from)
	}
}

// reset begins a body.
func (g *gen) reset(masked bool) {
	g.masked = masked
	g.ring = g.ring && !masked
	g.carry = nil
	g.defs, g.code, g.copies, g.taken = g.defs[:0], g.code[:0], g.copies[:0], g.taken[:0]
	g.consts, g.pool = map[uint64]vreg{}, nil
	g.tails = [3]vreg{none, none, none}
	g.turns = [4]vreg{none, none, none, none}
	g.tables = [2]vreg{none, none}
}

// body lowers the block for some vectors at once.
func (g *gen) body(copies int, masked bool) {
	g.reset(masked)
	switch {
	case g.wide:
	case g.rest > 0:
		g.tails = [3]vreg{g.leftMask(4, 0), g.leftMask(8, 0), g.leftMask(8, 1)}
	case masked:
		g.tails[0] = g.put(ins{form: rest, dst: g.temp(), imm: -1})
		if g.doubles() {
			h := g.widen(amd64.VPMOVSXDQ, g.tails[0])
			g.tails[1], g.tails[2] = h[0], h[1]
		}
	}
	for n := range copies {
		l := g.newLane(n)
		l.part = masked || g.rest > 0 && n == copies-1
		g.copies = append(g.copies, l)
	}
	for n := range g.In {
		if g.In[n].Kind == Same {
			g.same(n)
		}
	}
	if g.ring && len(g.Out) == 1 {
		all := g.copies
		for n, l := range all {
			g.copies = all[n : n+1]
			for _, v := range g.Vals {
				g.instr(v)
			}
			l.output(0)
		}
		g.copies = all
		g.sweep()
		return
	}
	for _, v := range g.Vals {
		if g.rare[v] {
			continue
		}
		if d := g.detourOf(v); d != nil {
			if v == d.vals[0] {
				g.detour(d)
			}
			continue
		}
		g.instr(v)
	}
	for n := range g.Out {
		for _, l := range g.copies {
			l.output(n)
		}
	}
	g.sweep()
}

// instr lowers an instruction in all copies.
func (g *gen) instr(v kir.Val) {
	if i := &g.K.Code[v]; i.Code == kir.Threefry {
		g.threefry(v, i.Args)
		return
	}
	for _, l := range g.copies {
		l.instr(v)
	}
}

// sweep drops the instructions that make what nobody uses.
func (g *gen) sweep() {
	used := make([]bool, len(g.defs))
	n := len(g.code)
	for p := n - 1; p >= 0; p-- {
		i := &g.code[p]
		if i.dst != none && !used[i.dst] && !i.carry {
			continue
		}
		for _, v := range g.sources(i) {
			used[v] = true
		}
		n--
		g.code[n] = *i
	}
	g.code = g.code[:copy(g.code, g.code[n:])]
}

// doubles reports whether elements of 8 bytes are loaded or stored.
func (g *gen) doubles() bool {
	for _, in := range g.In {
		if in.Kind == Lanes && wideElement(g.typ(in.Val)) {
			return true
		}
	}
	for _, o := range g.Out {
		if wideElement(g.typ(o.Val)) {
			return true
		}
	}
	return false
}

// same makes an input that does not change known in all copies.
func (g *gen) same(n int) {
	in := g.In[n]
	if g.rows {
		g.defs = append(g.defs, def{home: spread, in: n})
	} else {
		g.defs = append(g.defs, def{home: slot, in: n, mem: amd64.Ptr(amd64.RSI, int32(g.slots[n]))})
	}
	v := vreg(len(g.defs) - 1)
	p := parts{v, none, [2]vreg{v, v}, noParts.pair}
	if t := g.typ(in.Val); t != dtype.Bool {
		if wideElement(t) {
			p.word = none
		} else {
			p.half = [2]vreg{none, none}
		}
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
			p.half[h] = l.fetchVector(n, 8, int32(2*l.n+h)*int32(g.w), 1+h)
		}
	default:
		p.word = l.fetchVector(n, 4, int32(l.n*g.w), 0)
	}
	l.vals[in.Val] = p
	return p
}

func (l *lane) fetchVector(n, size int, off int32, tail int) vreg {
	g := l.g
	if !l.part {
		g.defs = append(g.defs, def{home: loaded, in: n, off: off})
		return vreg(len(g.defs) - 1)
	}
	i := ins{form: load, dst: g.temp(), x: n, off: off, size: size}
	if !g.wide {
		i.src[0], i.n = g.tails[tail], 1
	}
	return g.put(i)
}

// rampWord makes the low words of a ramp.
func (l *lane) rampWord(n int) vreg {
	return l.g.put(ins{form: ramp, dst: l.g.temp(), x: n, size: 4, off: int32(l.n * l.g.lanes)})
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
			c := g.carryOver(ins{form: reload, x: n, off: off, size: size})
			if g.turned(n) {
				g.least(size, c, g.xor(v, g.sign(size)))
			} else {
				g.fold(o.Fold, t, c, v)
			}
			last := &g.code[len(g.code)-1]
			last.into, last.carry = c, true
			continue
		}
		if o.Fold != kir.NoCode {
			old := g.put(ins{form: reload, dst: g.temp(), x: n, off: off, size: size})
			v = g.fold(o.Fold, t, old, v)
		}
		i := ins{form: store, dst: none, src: [3]vreg{v}, n: 1, x: n, off: off, size: size, part: l.part}
		if l.part && !g.wide {
			i.src[1], i.n = g.tails[len(x)-1+p], 2
		}
		g.put(i)
	}
}

// turned reports whether accumulators in registers have the other sign: the greatest of
// numbers is the least of those.
func (g *gen) turned(n int) bool { return g.Out[n].Fold == kir.Max && g.typ(g.Out[n].Val).IsFloat() }

// carryOver makes an accumulator.
func (g *gen) carryOver(at ins) vreg {
	g.defs = append(g.defs, def{home: inRegister})
	c := vreg(len(g.defs) - 1)
	g.carry = append(g.carry, carried{c, at})
	return c
}

// input is the memory of an input.
func (g *gen) input(n int, off int32) amd64.Mem {
	t := g.typ(g.In[n].Val)
	return amd64.Ptr(g.pointer(g.ptr[n]), off).Index(amd64.RCX, t.Size())
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
		return amd64.Ptr(r, off).Index(amd64.RDX, i.size)
	}
	return amd64.Ptr(r, off).Index(amd64.RCX, i.size)
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
