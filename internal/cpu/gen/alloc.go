package gen

import (
	"slices"

	"gojax/internal/asm/amd64"
)

// An alloc gives registers to the vectors of one body while it is emitted: each is
// loaded when it is used, and the one used again last gives way. Vectors that memory
// has anyway, constants above all, are not stored; some of them stay in registers
// through all turns of the loop.
type alloc struct {
	g      *gen
	at     int     // the instruction being emitted
	uses   []int32 // the instructions that use vectors, in order, of each vector in turn
	from   []int32 // by vreg: where its uses begin; and then those that are to come
	reg    []int8  // by vreg; -1
	slot   []int32 // by vreg, of what was stored; -1
	has    [32]vreg
	mask   []amd64.Reg // by vreg: the mask register that it is in instead of a vector; 0
	pinned uint32
	locked uint32
}

func newAlloc(g *gen) *alloc {
	n := len(g.defs)
	a := &alloc{g: g, from: make([]int32, 2*n+1), reg: make([]int8, n), slot: make([]int32, n)}
	for v := range a.reg {
		a.reg[v], a.slot[v] = -1, -1
	}
	for r := range a.has {
		a.has[r] = none
	}
	for p := range g.code {
		for _, v := range g.sources(&g.code[p]) {
			a.from[v+1]++
		}
	}
	for v := range n {
		a.from[v+1] += a.from[v]
	}
	a.uses = make([]int32, a.from[n])
	next := a.from[n+1:]
	copy(next, a.from)
	for p := range g.code {
		for _, v := range g.sources(&g.code[p]) {
			a.uses[next[v]] = int32(p)
			next[v]++
		}
	}
	copy(next, a.from)
	return a
}

// keepMasks gives mask registers to what comparisons make if only choices need it.
// Detours keep none of them.
func (a *alloc) keepMasks() {
	g := a.g
	if !g.wide {
		return
	}
	size := make([]uint8, len(g.defs)) // of the elements that were compared
	for p := range g.code {
		if i := &g.code[p]; i.form == compare && i.dst != none {
			size[i.dst] = uint8(i.size)
		}
	}
	for p := range g.code {
		i := &g.code[p]
		for n, v := range g.sources(i) {
			if i.form != choose || n != 2 {
				size[v] = 0
			}
		}
	}
	a.mask = make([]amd64.Reg, len(g.defs))
	free := []amd64.Reg{amd64.K4, amd64.K5, amd64.K6, amd64.K7}
	for p := range g.code {
		i := &g.code[p]
		if i.form == choose {
			m := i.src[2]
			if i.size = int(size[m]); a.mask[m] != 0 && a.last(m) == p {
				free = append(free, a.mask[m])
			}
		}
		if i.form == compare && i.dst != none && size[i.dst] != 0 && len(free) > 0 {
			a.mask[i.dst] = free[len(free)-1]
			free = free[:len(free)-1]
		}
	}
}

// masked returns the mask register that v is in, if it is in one.
func (a *alloc) masked(v vreg) (k amd64.Reg, ok bool) {
	if a.mask == nil {
		return 0, false
	}
	return a.mask[v], a.mask[v] != 0
}

// used lists the instructions that use v.
func (a *alloc) used(v vreg) []int32 { return a.uses[a.from[v]:a.from[v+1]] }

// pressure is how many vectors live at once that memory does not have.
func (a *alloc) pressure() int {
	g := a.g
	ends := make([]int16, len(g.code)+1)
	live, most := 0, 0
	begun := make([]bool, len(g.defs))
	for p := range g.code {
		i := &g.code[p]
		for _, v := range g.sources(i) {
			if g.defs[v].home == loaded && !begun[v] {
				begun[v] = true
				live++
				ends[a.last(v)]++
			}
		}
		most = max(most, live)
		live -= int(ends[p])
		if i.dst != none && len(a.used(i.dst)) > 0 {
			live++
			ends[a.last(i.dst)]++
		}
		most = max(most, live)
	}
	return most
}

func (a *alloc) last(v vreg) int {
	u := a.used(v)
	if len(u) == 0 {
		return -1
	}
	return int(u[len(u)-1])
}

// invariants lists the constants and their like, the most used first.
func (a *alloc) invariants() []vreg {
	var list []vreg
	for v := range a.g.defs {
		if h := a.g.defs[v].home; (h == constant || h == slot || h == spread) && len(a.used(vreg(v))) > 0 {
			list = append(list, vreg(v))
		}
	}
	slices.SortStableFunc(list, func(x, y vreg) int { return len(a.used(y)) - len(a.used(x)) })
	return list
}

// pin keeps invariants in registers, as many as others do not need.
func (a *alloc) pin() {
	list := a.invariants()
	n := a.g.nregs - a.pressure() - 1 - len(a.g.carry)
	for k := range a.g.carry {
		a.begin(k)
	}
	if n < len(list) {
		n--
	}
	for k := 0; k < min(n, len(list)); k++ {
		r := a.g.nregs - 1 - k
		v := list[k]
		a.fetch(v, r)
		a.has[r], a.reg[v] = v, int8(r)
		a.pinned |= 1 << r
	}
}

// begin puts an accumulator into register k.
func (a *alloc) begin(k int) {
	g, c := a.g, &a.g.carry[k]
	x, o := c.out.x, &a.g.Out[c.out.x]
	bits, ok := g.identity(x)
	switch {
	case ok && o.Whole: // at least one turn follows
		if g.turned(x) && !g.ranged(x) {
			bits ^= g.signs(x)
		}
		g.a.Op(amd64.VMOVUPS, g.vec(k), g.a.Splat64(bits, g.w))
	default:
		g.a.Op(amd64.VMOVUPS, g.vec(k), g.output(&c.out))
		if g.turned(x) {
			g.a.Op(amd64.VXORPS, g.vec(k), g.vec(k), g.a.Splat64(g.signs(x), g.w))
		}
	}
	a.has[k], a.reg[c.v] = c.v, int8(k)
	a.pinned |= 1 << k
}

// settle stores the accumulators.
func (a *alloc) settle() {
	g := a.g
	for k, c := range g.carry {
		r := g.vec(int(a.reg[c.v]))
		switch {
		case c.odd:
			a.leave(k)
			continue
		case g.turned(c.out.x) && !g.ranged(c.out.x):
			g.a.Op(amd64.VXORPS, r, r, g.a.Splat64(g.signs(c.out.x), g.w))
		}
		g.a.Op(amd64.VMOVUPS, g.output(&c.out), r)
	}
}

// next is where v is used after the present instruction.
func (a *alloc) next(v vreg) int {
	next := &a.from[len(a.g.defs)+1+int(v)]
	for end := a.from[v+1]; *next < end; *next++ {
		if u := int(a.uses[*next]); u > a.at {
			return u
		}
	}
	return 1 << 30
}

// dying reports whether v is in a register that its present use is the last of.
func (a *alloc) dying(v vreg) bool {
	return a.reg[v] >= 0 && a.pinned>>a.reg[v]&1 == 0 && a.last(v) <= a.at
}

// inMemory reports whether v can be loaded again.
func (a *alloc) inMemory(v vreg) bool { return a.g.defs[v].home != computed || a.slot[v] >= 0 }

// memory is where v is.
func (a *alloc) memory(v vreg) amd64.Mem {
	d := &a.g.defs[v]
	switch {
	case d.home == loaded:
		return a.g.input(d.in, d.off)
	case d.home != computed:
		return d.mem
	}
	return amd64.Ptr(amd64.RSI, a.slot[v])
}

// fetch loads v, which memory has.
func (a *alloc) fetch(v vreg, r int) {
	g := a.g
	if g.defs[v].home == spread {
		g.spread(v, r)
		return
	}
	g.a.Op(amd64.VMOVUPS, g.vec(r), a.memory(v))
}

// take returns a free register.
func (a *alloc) take() int {
	worst, far := -1, -1
	for r := range a.g.nregs {
		if (a.pinned|a.locked)>>r&1 != 0 {
			continue
		}
		v := a.has[r]
		if v == none {
			a.locked |= 1 << r
			return r
		}
		d := 2 * a.next(v)
		if a.inMemory(v) {
			d++
		}
		if d > far {
			worst, far = r, d
		}
	}
	v := a.has[worst]
	if !a.inMemory(v) && a.last(v) >= a.at { // the present instruction may be a detour, which takes it
		a.slot[v] = int32(a.g.room(a.g.w))
		a.g.a.Op(amd64.VMOVUPS, amd64.Ptr(amd64.RSI, a.slot[v]), a.g.vec(worst))
	}
	a.reg[v], a.has[worst] = -1, none
	a.locked |= 1 << worst
	return worst
}

// use returns the register of v, which is loaded if need be, and keeps it until the
// present instruction ends.
func (a *alloc) use(v vreg) int {
	if a.reg[v] < 0 {
		r := a.take()
		a.fetch(v, r)
		a.reg[v], a.has[r] = int8(r), v
	}
	a.locked |= 1 << a.reg[v]
	return int(a.reg[v])
}

// folds reports whether v had better be a memory operand: it is nowhere else and not
// needed again soon.
func (a *alloc) folds(v vreg) bool {
	return a.reg[v] < 0 && a.inMemory(v) && a.g.defs[v].home != spread && a.next(v)-a.at > 12
}

// free gives back the registers of sources that are not needed any more.
func (a *alloc) free(src []vreg) {
	for _, v := range src {
		if a.dying(v) {
			r := a.reg[v]
			a.locked &^= 1 << r
			a.has[r], a.reg[v] = none, -1
		}
	}
}

// give makes r the register of v.
func (a *alloc) give(v vreg, r int) {
	if old := a.has[r]; old != none {
		a.reg[old] = -1
	}
	a.has[r], a.reg[v] = v, int8(r)
}

// result returns a register for what an instruction makes, after its sources have
// been read.
func (a *alloc) result(i *ins) int {
	a.free(i.src[:i.n])
	if i.carry {
		return int(a.reg[i.into])
	}
	r := a.take()
	a.give(i.dst, r)
	if len(a.used(i.dst)) == 0 { // nobody wants it
		a.has[r], a.reg[i.dst] = none, -1
	}
	return r
}
