package gen

import (
	"slices"
	"unsafe"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Registers: RDI has the Args, RSI the scratch memory, RCX the first lane of this turn,
// RBX the last lane at which a whole turn may begin, R8 to R15 pointers; RAX and RDX
// are for the moment. Where elements of 16 bytes are in memory R15 is twice RCX.
const (
	pointers = 8
	twice    = amd64.R15
)

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
		g.detoured()
		g.a.Bind(rest)
	}
	ring := g.ring // until there is a mask
	g.a.Op(amd64.CMP, amd64.RCX, amd64.Ptr(amd64.RDI, 0))
	g.a.Jcc(amd64.GreaterEqual, done)
	g.body(1, true)
	g.turn(newAlloc(g), 1)
	g.a.Op(amd64.CMP, amd64.RCX, amd64.Ptr(amd64.RDI, 0))
	g.a.Jcc(amd64.Less, g.top)
	g.detoured()
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
	g.double()
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
		turns, more := 1, 2 // copies that are computed at the same time
		if !g.wholly() {
			turns = most
		}
		for n := range g.Out {
			if g.ranged(n) {
				more = 4
			}
		}
		if g.accumulators()+turns*p+more <= g.nregs {
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
		if i.Type.Size() >= 8 && !pair(v) && !(i.Code == kir.ShiftRightLogical && pair(i.Args[0])) {
			return true
		}
	}
	return false
}

// rings reports whether all outputs that lanes combine with in turn are of numbers that may
// stay in registers.
func (g *gen) rings() bool {
	any := false
	for _, o := range g.Out {
		switch {
		case o.Ring && !canCarry(g.w, &o, g.typ(o.Val)) || !o.Ring && o.Fold != kir.NoCode || o.Ring && !o.Whole && len(g.Out) > 1:
			return false
		case o.Ring:
			any = true
		}
	}
	return any && len(g.detours) == 0
}

// canCarry reports whether the accumulators of an output may stay in registers of w bytes.
func canCarry(w int, o *Output, t dtype.Type) bool {
	wide := w == 64
	single := t.IsFloat() || o.Fold == kir.Add || (o.Fold == kir.Max || o.Fold == kir.Min) && t.IsInt()
	return (t.Size() == 4 || wide && t.Size() > 4 || o.Whole && t.Size() < 4) && single
}

// wholly reports whether all outputs are accumulated.
func (g *gen) wholly() bool {
	return !slices.ContainsFunc(g.Out, func(o Output) bool { return !o.Ring })
}

// accumulators counts the registers of the accumulators.
func (g *gen) accumulators() (count int) {
	for n, o := range g.Out {
		if o.Ring {
			count += kir.Lanes * max(g.typ(o.Val).Size(), 4) / g.w
		}
		if g.ranged(n) {
			count++
		}
	}
	return count
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
	for end := g.outputs(ptr); ptr < end; ptr++ {
		g.hold(ptr)
	}
}

// outputs numbers the pointers of outputs, from ptr on, and makes room for whole ones. It
// returns the number behind the last.
func (g *gen) outputs(ptr int) int {
	for _, o := range g.Out {
		at := 0
		if o.Whole {
			at = g.room(kir.Lanes * max(g.typ(o.Val).Size(), 4))
		}
		g.wholes = append(g.wholes, at)
		g.outPtr = append(g.outPtr, ptr)
		ptr++
	}
	return ptr
}

// hold gives a pointer a register, if there is one left.
func (g *gen) hold(ptr int) {
	if len(g.held) == g.pointers() {
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
	case longElement(t) && g.wide:
		g.a.Op(amd64.VBROADCASTF64X2, g.vec(r), from)
	case longElement(t):
		g.a.Op(amd64.VBROADCASTF128, g.vec(r), from)
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
	clear(g.joins)
	g.tails, g.fours = [3]vreg{none, none, none}, noParts.four
	g.turns = [4]vreg{none, none, none, none}
	if g.ring {
		g.carryAll()
	}
}

// body lowers the block for some vectors at once.
func (g *gen) body(copies int, masked bool) {
	g.reset(masked)
	switch {
	case g.wide:
	case g.rest > 0:
		g.tails = [3]vreg{g.leftMask(4, 0), g.leftMask(8, 0), g.leftMask(8, 1)}
		for q := range g.fours {
			g.fours[q] = g.leftMask(16, q)
		}
	case masked:
		g.tails[0] = g.put(ins{form: rest, dst: g.temp(), imm: -1})
		if g.doubles() {
			h := g.widen(amd64.VPMOVSXDQ, g.tails[0])
			g.tails[1], g.tails[2] = h[0], h[1]
			if g.long {
				g.fours = g.twoEach(h)
			}
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
	if g.ring && g.wholly() {
		all := g.copies
		for n, l := range all {
			g.copies = all[n : n+1]
			for _, v := range g.Vals {
				g.instr(v)
			}
			for k := range g.Out {
				l.output(k)
			}
		}
		g.copies = all
		g.tookIn()
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
	g.settle()
	for n := range g.Out {
		for _, l := range g.copies {
			l.output(n)
		}
	}
	g.tookIn()
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

// doubles reports whether elements of 8 or 16 bytes are loaded or stored.
func (g *gen) doubles() bool {
	for _, in := range g.In {
		if in.Kind == Lanes && g.typ(in.Val).Size() >= 8 {
			return true
		}
	}
	for _, o := range g.Out {
		if g.typ(o.Val).Size() >= 8 {
			return true
		}
	}
	return false
}
