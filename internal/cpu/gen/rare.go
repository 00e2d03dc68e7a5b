package gen

import (
	"slices"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// What only first values of Rarely need is no part of a body. It is code of its own,
// behind the function, to which bodies make a detour where the truth value is set in any
// lane: all that the detour needs is put into scratch memory, a loop goes over the copies
// of the body, and the registers are as before on return, but for the results.

// A detour is a group of Rarely by one truth value.
type detour struct {
	cond   kir.Val
	vals   []kir.Val // Rarely
	code   []kir.Val // what is computed for their first values
	from   []kir.Val // what that takes from the body
	copies int
	parts  []int // vectors of cond, and of each of from, as they were when the arguments were taken

	ins   []ins  // of one copy, which finds its arguments by RAX
	test  vreg   // what decides
	args  []vreg // of all copies, in the order in which they are in scratch memory
	reads []vreg // args and test
	out   []vreg // of all copies: what the body goes on with
	at    int    // offset of the arguments in scratch memory
	size  int    // bytes of those of one copy
	enter amd64.Label
	leave amd64.Label
	state allocation // when it is taken
}

// An allocation is where vectors are in the midst of a body.
type allocation struct {
	has  [32]vreg
	slot map[vreg]int32 // of those that were stored
}

// findRare finds what may be left out and by which detours.
func (g *gen) findRare() {
	rarely := slices.ContainsFunc(g.Vals, func(v kir.Val) bool { return g.K.Code[v].Code == kir.Rarely })
	if !rarely {
		return
	}
	rare := map[kir.Val]bool{}
	for _, v := range g.Vals {
		rare[v] = true
	}
	for _, o := range g.Out {
		delete(rare, o.Val)
	}
	for n := len(g.Vals) - 1; n >= 0; n-- {
		v := g.Vals[n]
		i := &g.K.Code[v]
		if i.Code == kir.Load { // detours have no pointers
			delete(rare, v)
		}
		if rare[v] {
			continue
		}
		for k, x := range i.Args {
			if i.Code != kir.Rarely || k != 1 {
				delete(rare, x)
			}
		}
	}
	g.rare = rare
	for n, v := range g.Vals {
		if i := &g.K.Code[v]; i.Code == kir.Rarely && !rare[v] && g.detourOf(v) == nil && rare[i.Args[1]] {
			g.detours = append(g.detours, g.collect(n, i.Args[0]))
		}
	}
}

// detourOf returns the detour that computes v.
func (g *gen) detourOf(v kir.Val) *detour {
	for _, d := range g.detours {
		if slices.Contains(d.vals, v) {
			return d
		}
	}
	return nil
}

// collect makes the detour of all Rarely by a truth value that can be computed where the
// n-th value is.
func (g *gen) collect(n int, cond kir.Val) *detour {
	d := &detour{cond: cond}
	before := map[kir.Val]bool{}
	for _, v := range g.Vals[:n] {
		before[v] = true
	}
	inside := map[kir.Val]bool{} // computed in the block, but not by then
	for _, v := range g.Vals[n:] {
		inside[v] = !before[v]
	}
	need := map[kir.Val]bool{}
	for _, v := range g.Vals[n:] {
		i := &g.K.Code[v]
		if i.Code != kir.Rarely || i.Args[0] != cond || g.rare[v] || inside[i.Args[1]] || inside[i.Args[2]] {
			continue
		}
		d.vals = append(d.vals, v)
		need[i.Args[1]] = true
	}
	for k := n - 1; k >= 0; k-- {
		if v := g.Vals[k]; need[v] && g.rare[v] {
			d.code = append(d.code, v)
			for _, x := range g.K.Code[v].Args {
				need[x] = true
			}
		}
	}
	slices.Reverse(d.code)
	for v := range need {
		if !(before[v] && g.rare[v]) && g.K.Code[v].Code != kir.Constant {
			d.from = append(d.from, v)
		}
	}
	slices.Sort(d.from)
	return d
}

// detour lowers the Rarely of a detour in all copies of a body.
func (g *gen) detour(d *detour) {
	c := *d
	d = &c
	d.copies = len(g.copies)
	for n, l := range g.copies {
		masks := l.truth(d.cond)
		if n == 0 {
			d.parts = append(d.parts, len(masks))
		}
		for _, m := range masks {
			if n == 0 && len(d.args) == 0 {
				d.test = m
			} else {
				d.test = g.or(d.test, m)
			}
			d.args = append(d.args, m)
		}
		for _, v := range d.from {
			x := l.some(v)
			if n == 0 {
				d.parts = append(d.parts, len(x))
			}
			d.args = append(d.args, x...)
		}
		for _, v := range d.vals {
			i := &g.K.Code[v]
			var out []vreg
			for _, x := range l.vectors(i.Args[2]) {
				out = append(out, g.put(ins{form: duplicate, dst: g.temp(), src: [3]vreg{x}, n: 1, imm: -1}))
			}
			l.set(v, out)
			d.args = append(d.args, out...)
			d.out = append(d.out, out...)
		}
		if n == 0 {
			d.size = len(d.args) * g.w
		}
	}
	d.at = g.room(d.size * d.copies)
	d.reads = append(slices.Clone(d.args), d.test)
	if !g.probing {
		g.cold(d)
	}
	g.taken = append(g.taken, d)
	g.put(ins{form: away, dst: none, src: [3]vreg{d.test}, n: 1, x: len(g.taken) - 1})
}

// truth returns the masks of a truth value, in the width that it has.
func (l *lane) truth(v kir.Val) []vreg {
	if p := l.of(v); p.word == none {
		return p.half[:]
	}
	return []vreg{l.word(v)}
}

// some returns the vectors of a value, of a truth value its masks.
func (l *lane) some(v kir.Val) []vreg {
	if l.g.typ(v) == dtype.Bool {
		return l.truth(v)
	}
	return l.vectors(v)
}

// cold lowers the code of a detour, for one copy.
func (g *gen) cold(d *detour) {
	body := g.code
	g.code = nil
	l := g.newLane(0)
	l.cold = true
	at := d.at
	arg := func() vreg {
		g.defs = append(g.defs, def{home: slot, mem: amd64.Ptr(amd64.RSI, int32(at)).Index(amd64.RAX, 1)})
		at += g.w
		return vreg(len(g.defs) - 1)
	}
	take := func(v kir.Val, parts int) {
		x := make([]vreg, parts)
		for k := range x {
			x[k] = arg()
		}
		l.set(v, x)
	}
	take(d.cond, d.parts[0])
	for n, v := range d.from {
		take(v, d.parts[1+n])
	}
	all := g.copies
	g.copies = []*lane{l}
	for _, v := range d.code {
		g.instr(v)
	}
	g.copies = all
	for _, v := range d.vals {
		i := &g.K.Code[v]
		for p, x := range l.vectors(i.Args[1]) {
			m := l.truthOf(i, p)
			to := at
			y := g.sel(m, x, arg())
			g.put(ins{form: keep, dst: none, src: [3]vreg{y}, n: 1, off: int32(to)})
		}
	}
	g.sweep()
	d.ins, g.code = g.code, body
}

// truthOf returns the mask of a Rarely for part p of its value.
func (l *lane) truthOf(i *kir.Instr, p int) vreg {
	switch {
	case longElement(i.Type):
		return l.longMasks(i.Args[0])[p]
	case wideElement(i.Type):
		return l.halves(i.Args[0])[p]
	}
	return l.word(i.Args[0])
}

// away emits the jump to a detour.
func (a *alloc) away(i *ins) {
	g := a.g
	d := g.taken[i.x]
	m := g.vec(a.use(i.src[0]))
	if g.wide {
		g.a.Op(amd64.VPMOVD2M, amd64.K1, m)
		g.a.Op(amd64.KORTESTW, amd64.K1, amd64.K1)
	} else {
		g.a.Op(amd64.VTESTPS, m, m)
	}
	d.enter, d.leave = g.a.NewLabel(), g.a.NewLabel()
	g.a.Jcc(amd64.NotEqual, d.enter)
	g.a.Bind(d.leave)
	d.state = allocation{a.has, map[vreg]int32{}}
	note := func(v vreg) {
		if v != none && a.slot[v] >= 0 {
			d.state.slot[v] = a.slot[v]
		}
	}
	for _, v := range a.has {
		note(v)
	}
	for _, v := range d.args {
		note(v)
	}
	a.free(d.reads)
}

// memory is where v is while registers are as they were, if memory has it.
func (s *allocation) memory(g *gen, v vreg) (m amd64.Mem, ok bool) {
	switch d := &g.defs[v]; d.home {
	case computed:
		at, ok := s.slot[v]
		return amd64.Ptr(amd64.RSI, at), ok
	case loaded:
		return g.input(d.in, d.off), true
	case inRegister, spread:
		return m, false
	default:
		return d.mem, true
	}
}

// emitDetours emits the code of the detours of a body.
func (g *gen) emitDetours() {
	for _, d := range g.taken {
		g.a.Bind(d.enter)
		kept := g.leaveBody(d)
		g.a.Op(amd64.XOR, amd64.EAX, amd64.EAX)
		again := g.a.NewLabel()
		g.a.Bind(again)
		g.code = d.ins
		newAlloc(g).emit()
		g.a.Op(amd64.ADD, amd64.RAX, amd64.Imm(d.size))
		g.a.Op(amd64.CMP, amd64.RAX, amd64.Imm(d.size*d.copies))
		g.a.Jcc(amd64.Less, again)
		g.enterBody(d, kept)
		g.a.Jmp(d.leave)
	}
}

// arg is where the k-th argument of a detour is.
func (d *detour) arg(k int, w int) amd64.Mem { return amd64.Ptr(amd64.RSI, int32(d.at+k*w)) }

// leaveBody stores the arguments of a detour and what is in registers alone, and returns
// where that is.
func (g *gen) leaveBody(d *detour) map[vreg]amd64.Mem {
	kept := map[vreg]amd64.Mem{}
	in := map[vreg]int{}
	for r, v := range d.state.has[:g.nregs] {
		if v != none {
			in[v] = r
		}
	}
	for k, v := range d.args { // first what is in registers, as one is wanted for the rest
		if r, ok := in[v]; ok {
			kept[v] = d.arg(k, g.w)
			g.a.Op(amd64.VMOVUPS, kept[v], g.vec(r))
		}
	}
	for r, v := range d.state.has[:g.nregs] {
		if v == none {
			continue
		}
		if _, ok := kept[v]; ok {
			continue
		}
		if _, ok := d.state.memory(g, v); !ok {
			kept[v] = amd64.Ptr(amd64.RSI, int32(g.room(g.w)))
			g.a.Op(amd64.VMOVUPS, kept[v], g.vec(r))
		}
	}
	for k, v := range d.args {
		if _, ok := in[v]; !ok {
			if g.defs[v].home == spread {
				g.spread(v, 0)
			} else {
				m, _ := d.state.memory(g, v)
				g.a.Op(amd64.VMOVUPS, g.vec(0), m)
			}
			g.a.Op(amd64.VMOVUPS, d.arg(k, g.w), g.vec(0))
		}
	}
	return kept
}

// enterBody puts the results of a detour where those of the body were, and all else into
// the registers that it was in.
func (g *gen) enterBody(d *detour, kept map[vreg]amd64.Mem) {
	for k, v := range d.args {
		if at, ok := d.state.slot[v]; ok && slices.Contains(d.out, v) {
			g.a.Op(amd64.VMOVUPS, g.vec(0), d.arg(k, g.w))
			g.a.Op(amd64.VMOVUPS, amd64.Ptr(amd64.RSI, at), g.vec(0))
		}
	}
	for r, v := range d.state.has[:g.nregs] {
		if v == none {
			continue
		}
		m, ok := kept[v]
		if !ok {
			m, _ = d.state.memory(g, v)
		}
		g.a.Op(amd64.VMOVUPS, g.vec(r), m)
	}
}
