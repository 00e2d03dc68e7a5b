package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A place says where a value is while its kernel runs.
type place struct {
	kind   placeKind
	once   bool // it does not vary
	offset int  // in the machine's memory, or the number of a loop; -1: none
}

type placeKind uint8

const (
	nowhere   placeKind = iota // nobody needs it
	inMemory                   // the machine's
	isIndex                    // a loop that is not lanes: its index
	elsewhere                  // steps set the pointer
)

// A splat is a tile full of a value that does not change with the lanes.
type splat struct {
	val          kir.Val
	offset, size int
}

// A plan compiles a kernel.
type plan struct {
	c      *Code
	k      *kir.Kernel
	data   []bool // used as data
	varys  []bool // changes with the lanes
	last   []int  // by value: the position in its region after which it is not needed
	loop   []int  // by value: the number of the loop it is the index of
	free   map[int][]int
	tiles  map[kir.Val]int       // offsets of splats
	times  []float64             // by region: how often it is run
	splat  []bool                // lanes use a value that does not vary
	direct map[kir.Val]kir.Store // values that are computed where they are stored
	chosen map[kir.Val]*pieced
	cuts   map[kir.Val]*cut // by what the reduction yields first

	fetched map[kir.Val]*fetched

	extents []int // of loops, by number
	native  native
}

func newPlan(c *Code, level code.Level, l *Listing) *plan {
	k := c.k
	p := &plan{c: c, k: k, data: k.Data(), free: map[int][]int{}, tiles: map[kir.Val]int{}, cuts: map[kir.Val]*cut{},
		loop: make([]int, len(k.Code)), native: native{level: level, listing: l}}
	c.places = make([]place, len(k.Code))
	c.loops = make([][]int, len(k.Regions))
	p.times = make([]float64, len(k.Regions))
	for r := range k.Regions {
		p.extents = append(p.extents, k.Regions[r].Extents...)
		for _, v := range k.Regions[r].Index {
			// Loops of one iteration have a number too, so that axes and loops match.
			if k.Code[v].Code == kir.LoopIndex {
				p.loop[v] = c.nloops
			}
			c.loops[r] = append(c.loops[r], c.nloops)
			c.nloops++
		}
		p.times[r] = float64(k.Regions[r].Size())
		if q := k.Regions[r].Parent; q >= 0 {
			p.times[r] *= p.times[q]
		}
	}
	p.chooseLanes()
	p.vary()
	p.findPieces()
	p.native.plan(p)
	p.findFetched()
	p.widen()
	p.lifetimes()
	p.findSplats()
	p.findDirect()
	return p
}

// oneCall reports whether machine code reduces rows of n elements in one call, if nothing else is
// in the way of that.
func (p *plan) oneCall(n int) bool {
	for v := range p.k.Code {
		f := p.k.Code[v].Fold
		if f == nil {
			continue
		}
		for c, y := range f.Yield {
			t := p.k.Code[y].Type
			if by, ok := p.combines(f, c); !ok || p.native.level == code.Portable || !gen.CanFold(by, t) || !p.halves(by, t, n) {
				return false
			}
		}
	}
	return true
}

// chooseLanes makes the iterations of region 1 lanes, or those of its reductions if
// memory is walked better that way.
func (p *plan) chooseLanes() {
	c, k := p.c, p.k
	outer := k.Regions[1].Size()
	c.lanes = 1
	longest, unit := 0, false
	weights := false // what is read along the reduction is the same for all lanes …
	rowwise := false // … all of a row
	across := false  // other elements are neighbours if the parallel loops are lanes
	inner := p.innermost()
	long := inner >= 0 && k.Regions[1].Extents[k.Code[inner].N] >= rowLanes
	for v := range k.Code {
		i := &k.Code[v]
		if i.Fold == nil || i.Region != 1 {
			continue
		}
		longest = max(longest, k.Regions[i.Fold.Body].Size())
	}
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code != kir.Load || i.Region <= 1 || k.Regions[i.Region].Parent != 1 {
			continue
		}
		_, terms := k.Form(i.Args[0])
		along, moves, beside, alike := false, false, false, long
		for _, t := range terms {
			a := p.limited(t.Atom)
			along = along || a.Code == kir.LoopIndex && a.Region == i.Region && t.Stride >= 1 && t.Stride <= nearStride
			moves = moves || a.Code == kir.LoopIndex && a.Region == i.Region
			beside = beside || t.Atom == inner && t.Stride == 1
			alike = alike && t.Atom != inner
		}
		switch {
		case along && len(terms) == 1:
			weights = true
		case along && alike:
			weights, rowwise = true, true
		case along && !beside: // a window has neighbours both ways
			unit = true
		}
		across = across || moves && beside
	}
	unit = unit || weights && !across
	if (longest >= 16 || longest >= 5 && p.oneCall(longest)) && (unit || outer < 16) || longest >= 2 && outer == 1 {
		c.lanes = 0
	}
	c.width = tile.Size
	within := c.within // if that is wanted
	c.within = false
	if c.lanes == 1 {
		switch {
		case longest > 0 && p.native.level != code.Portable && p.stripped():
			c.width = stripLanes
			e := k.Regions[1].Extents
			c.within = within && (longest >= stripsFrom || rowwise) && len(e) > 1 && e[len(e)-1] > 1
		case longest > 0:
			c.width = 256
		}
		c.width = min(c.width, max(outer, 1))
	} else {
		c.width = min(c.width, longest)
	}
}

// nearStride is how far apart elements are at most that are brought together from a few vectors.
const nearStride = 16

// rowLanes is how many lanes of a row that read the same are worth more than as many iterations.
const rowLanes = 16

// limited returns the instruction of which v is the result with limits, or its own.
func (p *plan) limited(v kir.Val) *kir.Instr {
	i := &p.k.Code[v]
	for i.Code == kir.Max || i.Code == kir.Min {
		i = &p.k.Code[i.Args[0]]
	}
	if i.Code == kir.Linear && len(i.Args) == 1 && i.Strides[0] == 1 { // shifted
		i = &p.k.Code[i.Args[0]]
	}
	return i
}

// innermost is the index of the innermost parallel loop, -1 if none has iterations.
func (p *plan) innermost() kir.Val {
	r := &p.k.Regions[1]
	for n := len(r.Extents) - 1; n >= 0; n-- {
		if r.Extents[n] > 1 {
			return r.Index[n]
		}
	}
	return -1
}

// laneRegion returns the region that is lanes where region r runs, or 0.
func (p *plan) laneRegion(r int) int {
	if p.c.lanes == 1 {
		return min(r, 1)
	}
	for r > 1 && p.k.Regions[r].Parent != 1 {
		r = p.k.Regions[r].Parent
	}
	if r <= 1 {
		return 0
	}
	return r
}

// vary finds the values that change with the lanes.
func (p *plan) vary() {
	p.varys = make([]bool, len(p.k.Code))
	for v := range p.k.Code {
		i := &p.k.Code[v]
		lanes := p.laneRegion(i.Region)
		switch i.Code {
		case kir.LoopIndex:
			p.varys[v] = lanes != 0 && i.Region == lanes
		case kir.Param, kir.Reduce, kir.Result, kir.Piece:
			p.varys[v] = lanes != 0
		default:
			for _, a := range i.Args {
				p.varys[v] = p.varys[v] || p.varys[a]
			}
		}
	}
}

// findSplats finds the values that do not vary but are used by lanes.
func (p *plan) findSplats() {
	k := p.k
	p.splat = make([]bool, len(k.Code))
	lanes := func(vals []kir.Val) {
		for _, x := range vals {
			p.splat[x] = p.splat[x] || !p.varys[x] && k.Code[x].Code != kir.Constant
		}
	}
	for v := range k.Code {
		i := &k.Code[v]
		if f := i.Fold; f != nil {
			lanes(f.Yield)
			lanes(f.Combined)
		}
		if p.varys[v] && !p.native.on[v] && i.Code != kir.Load && i.Code != kir.Linear && i.Code != kir.Result {
			lanes(i.Args)
		}
	}
	for _, s := range k.Stores {
		if p.laneRegion(s.Region) != 0 {
			lanes([]kir.Val{s.Val})
		}
	}
}

// findDirect finds the values that may be computed in the memory where they are
// stored.
func (p *plan) findDirect() {
	p.direct = map[kir.Val]kir.Store{}
	alone := len(p.k.Stores) == 1
	for _, s := range p.k.Stores {
		i := &p.k.Code[s.Val]
		if _, done := p.direct[s.Val]; done || p.laneRegion(s.Region) == 0 || !p.varys[s.Val] || i.Region != s.Region || p.chosen[s.Val] != nil ||
			!p.native.on[s.Val] && (i.Code > kir.Bitcast || !alone) { // of several, none before all has been read
			continue
		}
		if p.address(s.Addr, s.Region).unit && i.Type == p.k.Bufs[s.Buf].Type {
			p.direct[s.Val] = s
		}
	}
}

// lifetimes finds where values are used last: the number of an instruction in the
// region of the value, that of the reduction if it is used inside of one.
func (p *plan) lifetimes() {
	k := p.k
	p.last = make([]int, len(k.Code))
	owner := make([]int, len(k.Regions)) // the reduction that a region is of
	for v := range k.Code {
		if f := k.Code[v].Fold; f != nil {
			owner[f.Body], owner[f.Combine] = v, v
			if cut := k.Code[f.Yield[0]].Cut; cut != nil {
				for _, region := range cut.Regions {
					owner[region] = v
				}
			}
		}
	}
	use := func(x kir.Val, region, at int) {
		for to := k.Code[x].Region; region > to; region = k.Regions[region].Parent {
			at = owner[region]
		}
		p.last[x] = max(p.last[x], at)
	}
	const end = 1 << 30
	address := func(addr kir.Val, region, at int) {
		_, terms := k.Form(addr)
		for _, t := range terms {
			use(t.Atom, region, at)
		}
	}
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code == kir.Load && !p.native.gathers[v] {
			address(i.Args[0], i.Region, v)
			continue
		}
		for _, a := range i.Args {
			use(a, i.Region, v)
		}
		if i.Fold != nil {
			// What is yielded must not be where other lanes' values go meanwhile.
			for _, y := range i.Fold.Yield {
				use(y, i.Fold.Body, end)
			}
			for _, y := range i.Fold.Combined {
				use(y, i.Fold.Combine, end)
			}
		}
	}
	for _, s := range k.Stores {
		use(s.Val, s.Region, end)
		address(s.Addr, s.Region, end)
	}
}

// memory returns the offset of new memory.
func (p *plan) memory(bytes int) int {
	at := p.c.bytes
	p.c.bytes += (bytes + 63) &^ 63
	return at
}

// put gives a value a place: a tile, or one element if it does not vary.
func (p *plan) put(v kir.Val) {
	if p.c.places[v].kind != nowhere {
		return
	}
	size := p.k.Code[v].Type.Size()
	if !p.varys[v] {
		p.c.places[v] = place{inMemory, true, p.memory(16)}
		return
	}
	if free := p.free[size]; len(free) > 0 {
		p.c.places[v] = place{inMemory, false, free[len(free)-1]}
		p.free[size] = free[:len(free)-1]
		return
	}
	p.c.places[v] = place{inMemory, false, p.memory(size * p.c.width)}
}

// operand returns where instructions on lanes, or on one element, find a value.
// Values that do not vary are splat for lanes.
func (p *plan) operand(v kir.Val, lanes bool) ref {
	i := &p.k.Code[v]
	if i.Code == kir.Constant {
		p.put(v)
	}
	if !lanes || p.varys[v] || p.c.width == 1 {
		return ref{val: v}
	}
	at, ok := p.tiles[v]
	if !ok {
		at = p.memory(i.Type.Size() * p.c.width)
		p.tiles[v] = at
		p.c.splats = append(p.c.splats, splat{v, at, i.Type.Size()})
	}
	return ref{val: -1, offset: at}
}

// A ref finds a tile: that of a value, or one in the machine's memory.
type ref struct {
	val    kir.Val
	offset int
}

func (r ref) of(m *machine) unsafe.Pointer {
	if r.val >= 0 {
		return m.ptr[r.val]
	}
	return m.address(r.offset)
}

// block compiles the code of a region.
func (p *plan) block(region int) []step {
	code, tail, _ := p.blockParts(region, nil)
	return append(code, tail...)
}

// blockParts compiles the code of a region in two parts, of which the second is the
// step of the instructions last, if there are any: none if drop says of these that they
// will be compiled in another way.
func (p *plan) blockParts(region int, drop func(last []kir.Val) bool) (code, tail []step, last []kir.Val) {
	var live []kir.Val // tiles of this region
	for _, v := range p.k.Regions[region].Index {
		if i := &p.k.Code[v]; i.Code == kir.LoopIndex && !p.varys[v] {
			code = append(code, p.instr(v, i)...)
		}
	}
	for n := range p.k.Code {
		v := kir.Val(n)
		i := &p.k.Code[v]
		if i.Region != region || i.Code == kir.Constant || !p.data[v] || i.Code == kir.LoopIndex && !p.varys[v] {
			continue
		}
		if p.native.ramp[v] {
			continue
		}
		over := func(x kir.Val) bool { return p.last[x] <= n && !p.native.held[x] && p.release(x) }
		if p.native.on[v] {
			p.wait(v)
			p.count(v, i)
			continue
		}
		if p.waits(i) {
			var made []kir.Val
			code, made = p.flush(code, len(p.k.Stores) == 1)
			live = append(live, made...)
		}
		before := p.c.places[v].kind
		if i.Code <= kir.Bitcast || i.Code == kir.Load {
			// A tile that this instruction uses last may take its result.
			live = slices.DeleteFunc(live, over)
			code = append(code, p.instr(v, i)...)
		} else {
			code = append(code, p.instr(v, i)...)
			live = slices.DeleteFunc(live, over)
		}
		if before == nowhere && p.c.places[v].kind == inMemory && p.varys[v] && i.Code != kir.Reduce && i.Code != kir.Result {
			live = append(live, v)
		}
		p.count(v, i)
	}
	last = p.native.pending
	if drop != nil && drop(last) {
		p.native.pending = nil
		clear(p.native.held)
	}
	tail, made := p.flush(nil, true)
	live = append(live, made...)
	if region == 1 {
		tail = append(tail, p.stores()...)
	} else {
		for _, s := range p.storesOf(region) {
			switch step := p.store(s); {
			case step == nil:
			case slices.Contains(last, s.Val):
				tail = append(tail, step)
			default:
				code = append(code, step)
			}
		}
	}
	for _, x := range live {
		p.release(x)
	}
	return code, tail, last
}

// release gives back the tile of a value.
func (p *plan) release(v kir.Val) bool {
	size := p.k.Code[v].Type.Size()
	p.free[size] = append(p.free[size], p.c.places[v].offset)
	return true
}

// count adds the cost of an instruction.
func (p *plan) count(v kir.Val, i *kir.Instr) {
	cost := costOf(i)
	switch {
	case i.Code == kir.Piece && p.c.lanes == 1:
		cost = 0
	case i.Code == kir.Piece:
		cost = (reading + writing) * float64(i.Type.Size())
	case p.native.on[v]:
		cost = nativeCost(i, p.k.Code[i.Args[0]].Type)
	case i.Code == kir.Load && p.varys[v] && p.c.places[v].kind == elsewhere: // instructions read it where it is
		cost = reading * float64(i.Type.Size())
	}
	p.c.cost += p.times[i.Region] * cost
	if !p.varys[v] {
		p.c.cost += 5 * p.times[i.Region]
	}
}

// countStores adds what stores cost.
func (p *plan) countStores() {
	for _, s := range p.k.Stores {
		p.c.cost += p.times[s.Region] * writing * float64(p.k.Bufs[s.Buf].Type.Size())
	}
}

// What machine code takes for a byte that it reads and writes in the second cache, and for an
// instruction on a number of four bytes, in ns, on a core of 2023 with AVX-512; cores with AVX2
// take up to twice as long.
const (
	reading = 0.01
	writing = 0.015
	working = 0.015
)

// inStrips is what an element takes more that is reduced in a strip: nothing fetches the rows of
// strips early, and accumulators are in memory.
const inStrips = 0.08

// nativeCost is costOf of machine code, for a first operand of type t.
func nativeCost(i *kir.Instr, t dtype.Type) float64 {
	c := working * float64(max(i.Type.Size(), 4)) / 4
	switch i.Code {
	case kir.Load:
		c = 0.6
	case kir.Div, kir.Rem, kir.Sqrt:
		c *= 5
		switch {
		case t.IsComplex():
			c *= 8
		case t.IsInt() && t.Size() == 4: // as f64
			c *= 8
		}
	case kir.Abs, kir.Mul, kir.Square:
		if t.IsComplex() { // in f64
			c *= 16
		}
	case kir.Threefry:
		c *= 120
	}
	return c
}

// costOf estimates an instruction on one element, in ns.
func costOf(i *kir.Instr) float64 {
	slow := 1.0
	switch {
	case i.Type.IsHalf():
		slow = 8
	case i.Type.IsComplex():
		slow = 6
	case i.Type == dtype.Float64:
		slow = 2
	}
	switch c := i.Code; {
	case c >= kir.Exp && c <= kir.Digamma && c != kir.Square && c != kir.Sqrt:
		return 5 * slow
	case c == kir.Pow || c == kir.Rem || c == kir.Atan2 || c == kir.Threefry:
		return 20 * slow
	case c == kir.Div, c == kir.Convert:
		return 1.5 * slow
	}
	return 0.5 * max(1, slow/2)
}
