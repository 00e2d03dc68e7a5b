package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Where there is machine code, runs of instructions that it has become one step: a
// loop over the lanes of a tile with values in registers. Loads and stores that are
// not of neighbours, reductions, and all other instructions are steps as before.

// native is what a plan knows of machine code.
type native struct {
	level   code.Level
	on      []bool  // by value: an instruction that machine code has
	ramp    []bool  // an index that no step computes
	still   []bool  // a load of one element for a whole tile, which no step spreads
	step    []int64 // a load of elements so far apart, which no step brings together; 0: none
	gathers []bool  // a load at addresses that machine code computes
	users   [][]int
	blocks  []*gen.Code
	made    []*gen.Block // what they were made of
	steps   []*call
	pending []kir.Val // instructions that wait for being one step
	held    map[kir.Val]bool
	marks   []int // of a look at some values: what they are to it
	marked  int   // the greatest mark
	failed  error
	listing *Listing // nil: none is wanted
}

// other is a user of a value that is no instruction.
const other = -1

// A call is a step of machine code.
type call struct {
	f       code.Func
	in      []kir.Val
	tables  []int // buffers that gathered loads read
	out     []target
	ramps   []*address
	scratch int // offset in the machine's memory
}

// straight reports whether all operands of a call are values elsewhere.
func (c *call) straight() bool { return len(c.ramps) == 0 && len(c.tables) == 0 }

// A target is where a call writes: a tile, the memory of a buffer, or accumulators.
type target struct {
	val   kir.Val
	to    *address // nil: a tile
	buf   int
	acc   bool
	carry int // of accumulators
	size  int
}

// plan decides what machine code does.
func (n *native) plan(p *plan) {
	k := p.k
	n.on, n.ramp = make([]bool, len(k.Code)), make([]bool, len(k.Code))
	n.still, n.users = make([]bool, len(k.Code)), make([][]int, len(k.Code))
	n.step, n.gathers = make([]int64, len(k.Code)), make([]bool, len(k.Code))
	n.held = map[kir.Val]bool{}
	if n.level == code.Portable {
		return
	}
	p.findGathers()
	for v := range k.Code {
		i := &k.Code[v]
		n.on[v] = n.gathers[v] || p.varys[v] && p.chosen[kir.Val(v)] == nil && (i.Code <= kir.Bitcast || p.data[v] && p.sum(i)) && gen.Supported(k, i)
	}
	n.findUsers(k)
	for v := range k.Code {
		i := &k.Code[v]
		if !p.varys[v] || n.on[v] || !p.rowed(i.Region) || !n.alone(kir.Val(v)) {
			continue
		}
		switch i.Code {
		case kir.LoopIndex, kir.Linear:
			n.ramp[v] = len(p.address(kir.Val(v), i.Region).varying) == 0
		case kir.Load:
			a := p.address(i.Args[0], i.Region)
			n.still[v] = a.stands() && gen.CanHold(i.Type)
			if last := len(a.lanes) - 1; last >= 0 && len(a.varying) == 0 && !a.unit && gen.CanStep(a.lanes[last], i.Type) && gen.CanHold(i.Type) {
				n.step[v] = a.lanes[last]
			}
		}
	}
}

// sum reports whether an instruction is a sum of more than the indices of loops.
func (p *plan) sum(i *kir.Instr) bool {
	return i.Code == kir.Linear && slices.ContainsFunc(i.Args, func(v kir.Val) bool { return p.k.Code[v].Code != kir.LoopIndex })
}

// widen makes tiles longer where machine code does all the work, so that few calls do
// it; elsewhere they must fit in the nearest cache.
func (p *plan) widen() {
	c, k := p.c, p.k
	if p.native.level == code.Portable {
		return
	}
	longest := 0
	for v := range k.Code {
		i := &k.Code[v]
		switch {
		case i.Fold != nil && c.lanes == 1:
			return
		case i.Fold != nil:
			longest = max(longest, k.Regions[i.Fold.Body].Size())
		case i.Code == kir.Param || i.Code == kir.Piece || !p.varys[v] || !p.data[v] || p.chosen[kir.Val(v)] != nil || p.native.on[v] || p.native.ramp[v] || p.native.still[v] || p.fetched[kir.Val(v)] != nil || len(p.native.users[v]) == 0:
		case i.Code != kir.Load || p.native.step[v] == 0 && !p.address(i.Args[0], i.Region).unit:
			return
		}
	}
	if c.lanes == 1 {
		longest = k.Regions[1].Size()
	}
	c.width = max(c.width, min(longest, kir.Block))
}

// alone reports whether machine code uses v as data, and nothing else does.
func (n *native) alone(v kir.Val) bool {
	for _, u := range n.users[v] {
		if u == other || !n.on[u] {
			return false
		}
	}
	return len(n.users[v]) > 0
}

func (n *native) findUsers(k *kir.Kernel) {
	use := func(by int, vals ...kir.Val) {
		for _, v := range vals {
			n.users[v] = append(n.users[v], by)
		}
	}
	// The parts of an address do not use each other: who uses the address does.
	address := func(v kir.Val) {
		if _, terms := k.Form(v); k.Code[v].Code != kir.Linear {
			if k.Code[v].Code != kir.LoopIndex {
				use(other, v)
			}
		} else {
			for _, t := range terms {
				if k.Code[t.Atom].Code != kir.LoopIndex {
					use(other, t.Atom)
				}
			}
		}
	}
	for v := range k.Code {
		i := &k.Code[v]
		switch {
		case i.Code == kir.Load && !n.gathers[v]:
			address(i.Args[0])
		case i.Code == kir.Linear && !n.on[v]:
			address(kir.Val(v))
		default:
			use(v, i.Args...)
		}
		if f := i.Fold; f != nil {
			use(other, i.Args...)
			use(other, f.Yield...)
			use(other, f.Combined...)
		}
	}
	for _, s := range k.Stores {
		address(s.Addr)
		use(other, s.Val)
	}
}

// rowed reports whether tiles of a region lie within rows of its innermost loop.
func (p *plan) rowed(region int) bool {
	lanes := p.laneRegion(region)
	if lanes == 0 {
		return false
	}
	e := p.k.Regions[lanes].Extents
	if len(e) == 0 {
		return true
	}
	outer := 1
	for _, n := range e[:len(e)-1] {
		outer *= n
	}
	return outer == 1 || e[len(e)-1] >= rowTiles || lanes == 1 && p.c.within
}

// stands reports whether all lanes of a row have one address.
func (a *address) stands() bool {
	last := len(a.lanes) - 1
	return len(a.varying) == 0 && last >= 0 && a.lanes[last] == 0
}

// waits reports whether an instruction depends on one that is pending.
func (p *plan) waits(i *kir.Instr) bool {
	n := &p.native
	if len(n.pending) == 0 {
		return false
	}
	if i.Fold != nil || i.Code == kir.Result {
		return true
	}
	args := i.Args
	if i.Code == kir.Load {
		if _, terms := p.k.Form(i.Args[0]); p.k.Code[i.Args[0]].Code == kir.Linear {
			args = nil
			for _, t := range terms {
				args = append(args, t.Atom)
			}
		}
	}
	return slices.ContainsFunc(args, func(v kir.Val) bool { return slices.Contains(n.pending, v) })
}

// wait makes an instruction pending.
func (p *plan) wait(v kir.Val) {
	n := &p.native
	n.pending = append(n.pending, v)
	for _, x := range p.k.Code[v].Args {
		n.held[x] = true
	}
}

// flush makes one step of what is pending, or more if that has too many operands: the last of
// them stores directly if it may. It returns the values that are in tiles.
func (p *plan) flush(code []step, direct bool) (steps []step, tiles []kir.Val) {
	n := &p.native
	if len(n.pending) == 0 {
		return code, nil
	}
	vals := n.pending
	n.pending = nil
	clear(n.held)
	pieces := p.pieces(vals)
	for i, vals := range pieces {
		step, made := p.piece(vals, direct && i == len(pieces)-1)
		code, tiles = append(code, step), append(tiles, made...)
	}
	return code, tiles
}

// pieces takes instructions apart so that each part has few enough operands.
func (p *plan) pieces(vals []kir.Val) [][]kir.Val {
	if p.fits(vals, 0) || len(vals) == 1 {
		return [][]kir.Val{vals}
	}
	h := len(vals) / 2
	return append(p.pieces(vals[:h:h]), p.pieces(vals[h:])...)
}

// fits reports whether a step can have all operands and results of instructions, and some
// more of these.
func (p *plan) fits(vals []kir.Val, more int) bool {
	n := &p.native
	if n.marks == nil {
		n.marks = make([]int, len(p.k.Code))
	}
	n.marked += 2
	inside, counted := n.marked, n.marked+1
	for _, v := range vals {
		n.marks[v] = inside
	}
	ptrs, bases := more, 0
	for _, v := range vals {
		if n.gathers[v] {
			ptrs++
		}
		for _, x := range p.k.Code[v].Args {
			switch {
			case n.marks[x] >= inside || p.k.Code[x].Code == kir.Constant:
			case n.ramp[x]:
				n.marks[x] = counted
				bases++
			default:
				n.marks[x] = counted
				ptrs++
			}
		}
		if slices.ContainsFunc(n.users[v], func(u int) bool { return u == other || n.marks[u] != inside }) {
			ptrs++
		}
	}
	return ptrs <= gen.MaxPtr && bases <= gen.MaxBase
}

// piece makes a step of instructions. Results go directly to memory in the last one only:
// others may be read from there after it.
func (p *plan) piece(vals []kir.Val, last bool) (step, []kir.Val) {
	n := &p.native
	var out []gen.Output
	var to []target
	var tiles []kir.Val
	var direct []kir.Val
	for _, v := range vals {
		if !n.wanted(v, vals) {
			continue
		}
		if _, ok := p.direct[v]; ok && last {
			direct = append(direct, v)
			continue
		}
		delete(p.direct, v)
		p.put(v)
		tiles = append(tiles, v)
		out, to = append(out, gen.Output{Val: v}), append(to, target{val: v})
	}
	// Memory of buffers comes last: it may be that of an operand.
	for _, v := range direct {
		s := p.direct[v]
		p.c.places[v] = place{elsewhere, false, -1}
		out = append(out, gen.Output{Val: v})
		to = append(to, p.directTarget(s))
	}
	return p.compile(vals, out, to), tiles
}

// wanted reports whether anything but the given instructions uses v.
func (n *native) wanted(v kir.Val, vals []kir.Val) bool {
	for _, u := range n.users[v] {
		if u == other || !slices.Contains(vals, kir.Val(u)) {
			return true
		}
	}
	return false
}

// compile makes a step of instructions.
func (p *plan) compile(vals []kir.Val, out []gen.Output, to []target) step {
	n := &p.native
	k := p.k
	b := &gen.Block{K: k, Vals: vals, Out: out}
	c := &call{out: to}
	add := func(v kir.Val) {
		i := &k.Code[v]
		if i.Code == kir.Constant || slices.Contains(vals, v) ||
			slices.ContainsFunc(b.In, func(in gen.Input) bool { return in.Val == v }) {
			return
		}
		in := gen.Input{Val: v}
		switch {
		case n.ramp[v]:
			a := p.address(v, i.Region)
			in.Kind, in.Small = gen.Ramp, a.small(k)
			if last := len(a.lanes) - 1; last >= 0 {
				in.Stride = a.lanes[last]
			}
			c.ramps = append(c.ramps, a)
		default:
			if !p.varys[v] || n.still[v] {
				in.Kind = gen.Same
			}
			in.Step = n.step[v]
			c.in = append(c.in, v)
		}
		b.In = append(b.In, in)
	}
	for _, v := range vals {
		for _, x := range k.Code[v].Args {
			add(x)
		}
	}
	for _, o := range out {
		add(o.Val)
	}
	for _, v := range vals {
		if i := &k.Code[v]; i.Code == kir.Load {
			b.In = append(b.In, gen.Input{Val: v, Kind: gen.Table, Elems: k.Bufs[i.Buf].Elems})
			c.tables = append(c.tables, i.Buf)
		}
	}
	b.Listing = n.listing != nil
	text, err := gen.Compile(n.level, b)
	if b.Listing && err == nil {
		n.listing.add(k, b, text)
	}
	if err != nil {
		n.failed = err
		return nil
	}
	c.scratch = p.memory(text.Scratch)
	n.blocks, n.made, n.steps = append(n.blocks, text), append(n.made, b), append(n.steps, c)
	return c.run
}

// foldBody compiles the body of a reduction; and again, if machine code can combine
// what it yields, as what is before and the steps that combine it with what is at
// machine.acc: each of them some carries, the first also what the body stores.
func (p *plan) foldBody(f *fold, i *kir.Instr) (body, before, into []step) {
	n := &p.native
	out := make([]gen.Output, len(i.Args))
	whole := true
	for c, y := range i.Fold.Yield {
		by, ok := p.combines(i.Fold, c)
		if n.level == code.Portable || !ok || !p.varys[y] && !f.lanes || !gen.CanFold(by, p.k.Code[y].Type) {
			return p.block(f.region), nil, nil
		}
		out[c] = gen.Output{Val: y, Fold: by, Ring: !f.lanes}
		whole = whole && p.whole(f, by, p.k.Code[y].Type)
	}
	fits := func(last []kir.Val) bool {
		made := slices.ContainsFunc(i.Fold.Yield, func(y kir.Val) bool { return slices.Contains(last, y) })
		return made && p.fits(last, len(out)-1) && p.storesDirectly(f.region, last)
	}
	body, tail, last := p.blockParts(f.region, func(last []kir.Val) bool {
		f.whole = whole
		return f.whole && fits(last)
	})
	before = slices.Clone(body)
	body = append(body, tail...)
	if !fits(last) {
		// It is in memory by then.
		before, last = body, nil
	}
	f.begins = f.whole && f.size <= kir.Block
	for _, x := range i.Args {
		f.begins = f.begins && p.k.Code[x].Code == kir.Constant
	}
	for c, x := range i.Args {
		if out[c].Whole = f.whole; f.whole && few(f.size) && !orderless(out[c].Fold, p.k.Code[out[c].Val].Type) {
			out[c].Few = f.size
		}
		if f.begins {
			out[c].Init = p.k.Code[x].Bits[:]
		}
	}
	for lo := 0; lo < len(out); {
		hi := p.beside(out, lo, last)
		some, to := out[lo:hi:hi], make([]target, 0, hi-lo)
		for c := lo; c < hi; c++ {
			to = append(to, target{val: out[c].Val, acc: true, carry: c})
		}
		if lo == 0 && len(last) > 0 {
			f.stores = p.storesOf(f.region, last...)
			for _, s := range f.stores {
				p.c.places[s.Val] = place{elsewhere, false, -1}
				some, to = append(some, gen.Output{Val: s.Val}), append(to, p.directTarget(s))
			}
		}
		into = append(into, p.compile(p.needed(last, some), some, to))
		lo = hi
	}
	return body, before, into
}

// storesOf lists what is stored in a region, of some values if there are any.
func (p *plan) storesOf(region int, vals ...kir.Val) (list []kir.Store) {
	for _, s := range p.k.Stores {
		if s.Region == region && (vals == nil || slices.Contains(vals, s.Val)) {
			list = append(list, s)
		}
	}
	return list
}

// storesDirectly reports whether some values can be computed where a region stores them.
func (p *plan) storesDirectly(region int, vals []kir.Val) bool {
	return len(vals) > 0 && !slices.ContainsFunc(p.storesOf(region, vals...), func(s kir.Store) bool {
		d, ok := p.direct[s.Val]
		return !ok || d != s
	})
}

// directTarget is the memory where a value is stored.
func (p *plan) directTarget(s kir.Store) target {
	return target{val: s.Val, to: p.address(s.Addr, s.Region), buf: s.Buf, size: p.k.Code[s.Val].Type.Size()}
}

// muchShared is how many instructions for several carries are worth more than accumulators in
// registers.
const muchShared = 6

// beside says until which output machine code had better combine those from lo on: as many as
// there are registers for, or all if much of what is computed for them is the same.
func (p *plan) beside(out []gen.Output, lo int, vals []kir.Val) int {
	count := 0
	for n := range out[lo:] {
		count += len(p.needed(vals, out[lo+n:lo+n+1]))
	}
	if count-len(p.needed(vals, out[lo:])) >= muchShared {
		return len(out)
	}
	hi := lo + 1
	for hi < len(out) && (!out[lo].Ring || gen.Beside(p.native.level, p.k, out[lo:hi+1])) {
		hi++
	}
	return hi
}

// needed lists those of some instructions that outputs depend on.
func (p *plan) needed(vals []kir.Val, out []gen.Output) []kir.Val {
	need := map[kir.Val]bool{}
	for _, o := range out {
		need[o.Val] = true
	}
	var list []kir.Val
	for _, v := range slices.Backward(vals) {
		if need[v] {
			list = append(list, v)
			for _, x := range p.k.Code[v].Args {
				need[x] = true
			}
		}
	}
	slices.Reverse(list)
	return list
}

// whole reports whether one call of machine code can reduce each block: it has all lanes
// at once, and enough of them.
func (p *plan) whole(f *fold, c kir.Code, t dtype.Type) bool {
	_, ok := gen.Identity(c, t)
	longest := 1
	for _, e := range p.k.Regions[f.region].Extents {
		longest = max(longest, e)
	}
	return ok && !f.lanes && longest == f.size && p.halves(c, t, f.size) &&
		p.c.width >= min(f.size, kir.Block)
}

// halves reports whether machine code combines so many lanes in the order in which they are to
// be: those that a block lacks make no difference if its lanes are halved as all are.
func (p *plan) halves(c kir.Code, t dtype.Type, n int) bool {
	return orderless(c, t) || !few(n) && !few(n%kir.Block) || few(n) && gen.CanFew(p.native.level, t, n)
}

// few reports whether n lanes are not halved as kir.Lanes are.
func few(n int) bool { return n < kir.Lanes && n&(n-1) != 0 }

// orderless reports whether the result of a reduction does not depend on its order.
func orderless(c kir.Code, t dtype.Type) bool {
	switch c {
	case kir.Add, kir.Mul:
		return t.IsInt()
	case kir.Max, kir.Min, kir.And, kir.Or, kir.Xor:
		return !t.IsComplex()
	}
	return false
}

// small reports whether 32 bits hold the sum for all indices of loops.
func (a *address) small(k *kir.Kernel) bool {
	if len(a.uniform) > 0 || len(a.varying) > 0 {
		return false
	}
	lo, hi := a.off, a.off
	for _, s := range a.scalar {
		e := int64(a.size[s.at] - 1)
		lo, hi = lo+min(0, s.by*e), hi+max(0, s.by*e)
	}
	return lo >= -1<<31 && hi < 1<<31
}

// memory is where a target in a buffer begins, of so many elements.
func (t *target) memory(m *machine, n int) unsafe.Pointer {
	x := t.to.first(m)
	inside(x, 1, n, m.c.k.Bufs[t.buf])
	return unsafe.Add(m.bufs[t.buf], int(x)*t.size)
}

// run calls the machine code for the lanes of a tile.
func (c *call) run(m *machine) {
	a := &m.args
	a.N, a.Scratch = int64(m.n), m.address(c.scratch)
	n := 0
	for _, v := range c.in {
		a.Ptr[n] = m.ptr[v]
		n++
	}
	for _, buf := range c.tables {
		a.Ptr[n] = m.bufs[buf]
		n++
	}
	for i := range c.out {
		t := &c.out[i]
		switch {
		case t.acc:
			a.Ptr[n] = m.acc[t.carry]
		case t.to != nil:
			d := t.memory(m, m.n)
			a.Ptr[n], m.ptr[t.val] = d, d
		default:
			a.Ptr[n] = m.ptr[t.val]
		}
		n++
	}
	for i, r := range c.ramps {
		a.Base[i] = r.first(m)
	}
	code.Call(c.f, unsafe.Pointer(a))
}
