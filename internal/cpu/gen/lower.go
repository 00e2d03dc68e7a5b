package gen

import (
	"encoding/binary"
	"fmt"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A vreg is a vector before it has a register; none is no vector.
type vreg int32

const none vreg = -1

// A def is where a vector comes from.
type def struct {
	home home
	mem  amd64.Mem // constant, slot
	in   int       // slot, loaded: the input
	off  int32     // loaded: bytes from the first lane of the body
}

type home uint8

const (
	computed   home = iota
	constant        // in the pool
	slot            // in the scratch memory
	loaded          // in an input, which may be read again
	spread          // one element of an input, for all lanes
	inRegister      // in a register of its own, from turn to turn
)

// An ins is a vector instruction.
type ins struct {
	form  form
	op    amd64.Op
	dst   vreg
	src   [3]vreg
	n     int
	imm   int      // -1: none
	w     [4]uint8 // widths of dst and src in bytes; 0: all
	into  vreg     // carried: what dst becomes, if carry is set
	carry bool
	x     int  // an input or output
	back  bool // it is an output that is read
	off   int32
	size  int  // of elements
	part  bool // of the lanes, those that are left
}

// A form is how an ins becomes machine code.
type form uint8

const (
	plain     form = iota // op dst, src…, imm
	folding               // plain, and the last source may be in memory
	fma                   // src0·src1 + src2
	compare               // op makes a mask of lanes
	choose                // src0 where src2 is set, else src1
	ramp                  // of input x
	load                  // of input x, masked by src0 if it is there
	store                 // src0 to output x, masked by src1
	extend                // words of elements of one or two bytes of input x, or these themselves
	shrink                // the low bytes of words src0 to output x
	packed                // the same of elements that are next to each other already
	reload                // what output x has now
	rest                  // the mask of what is left
	duplicate             // src0 in a register that may change
	keep                  // src0 to the scratch memory, off bytes from where RAX says
	stepped               // elements of input x that fill imm bytes, from lane off on, with constants src…
	three                 // op dst, src1, src2, where dst is src0 before
	single                // the first element of src0 to output x
	gather                // elements of input x at src0 and src1 to the scratch memory, from imm on
	again                 // what is there
	away                  // a detour, number x, if src0 is set anywhere
)

// A lane is one copy of a body: what the values are in it.
type lane struct {
	g    *gen
	n    int // which copy
	vals []*parts
	cold bool // of a detour, which finds all in scratch memory, for any copy
	part bool // not all lanes are there
}

// newLane returns a copy that knows no value.
func (g *gen) newLane(n int) *lane { return &lane{g: g, n: n, vals: make([]*parts, len(g.K.Code))} }

// parts are the vectors of a value: one, or two halves. A truth value may be in both
// widths; the other is made when it is asked for. Integers of 64 bits may be a pair of
// vectors of words, the low ones first, until halves are asked for; and what is narrower
// than a word may be raw, see small.go. Numbers of type c128 are four vectors or two pairs of
// halves, see long.go.
type parts struct {
	word  vreg
	raw   vreg
	half  [2]vreg
	pair  [2]vreg
	four  [4]vreg
	plane [2][2]vreg
}

var (
	noHalves = [2]vreg{none, none}
	noParts  = parts{none, none, noHalves, noHalves, [4]vreg{none, none, none, none}, [2][2]vreg{noHalves, noHalves}}
)

// newParts returns parts without vectors.
func (g *gen) newParts() *parts {
	if len(g.spare) == 0 {
		g.largest = make([]parts, 2*len(g.largest))
		g.spare = g.largest
	}
	p := &g.spare[0]
	g.spare = g.spare[1:]
	*p = noParts
	return p
}

// sources lists the vectors that an instruction reads.
func (g *gen) sources(i *ins) []vreg {
	if i.form == away {
		return g.taken[i.x].reads
	}
	return i.src[:i.n]
}

func (g *gen) temp() vreg {
	g.defs = append(g.defs, def{})
	return vreg(len(g.defs) - 1)
}

func (g *gen) put(i ins) vreg {
	g.code = append(g.code, i)
	return i.dst
}

// op is an instruction whose last source may be in memory.
func (g *gen) op(o amd64.Op, src ...vreg) vreg {
	i := ins{form: folding, op: o, dst: g.temp(), n: len(src), imm: -1}
	copy(i.src[:], src)
	return g.put(i)
}

// opImm is one with an immediate.
func (g *gen) opImm(o amd64.Op, imm int, src ...vreg) vreg {
	i := ins{form: folding, op: o, dst: g.temp(), n: len(src), imm: imm}
	if shiftsByNumber(o) {
		i.form = plain
	}
	copy(i.src[:], src)
	return g.put(i)
}

// shiftsByNumber reports whether o, with a number, takes registers alone: of AVX2, and here of AVX-512.
func shiftsByNumber(o amd64.Op) bool {
	switch o {
	case amd64.VPSLLD, amd64.VPSRLD, amd64.VPSRAD, amd64.VPSLLQ, amd64.VPSRLQ, amd64.VPSRAQ:
		return true
	}
	return false
}

// sized is an instruction with operands of other widths than all of a vector.
func (g *gen) sized(o amd64.Op, imm int, w [4]uint8, src ...vreg) vreg {
	i := ins{form: plain, op: o, dst: g.temp(), n: len(src), imm: imm, w: w}
	copy(i.src[:], src)
	return g.put(i)
}

// cmp is a comparison of elements of a size.
func (g *gen) cmp(o amd64.Op, imm, size int, x, y vreg) vreg {
	return g.put(ins{form: compare, op: o, dst: g.temp(), src: [3]vreg{x, y}, n: 2, imm: imm, size: size})
}

// sel is x where m is set, else y.
func (g *gen) sel(m, x, y vreg) vreg {
	return g.put(ins{form: choose, dst: g.temp(), src: [3]vreg{x, y, m}, n: 3, imm: -1})
}

func (g *gen) and(x, y vreg) vreg { return g.op(amd64.VANDPS, x, y) }
func (g *gen) or(x, y vreg) vreg  { return g.op(amd64.VORPS, x, y) }
func (g *gen) xor(x, y vreg) vreg { return g.op(amd64.VXORPS, x, y) }

// andNot is y without the bits of x.
func (g *gen) andNot(x, y vreg) vreg { return g.op(amd64.VANDNPS, x, y) }

func (g *gen) not(x vreg) vreg { return g.xor(x, g.ones()) }

// bits is a constant of 64 bits in all lanes.
func (g *gen) bits(b uint64) vreg {
	if v, ok := g.consts[b]; ok {
		return v
	}
	all := make([]byte, 0, 64)
	for len(all) < g.w {
		all = binary.LittleEndian.AppendUint64(all, b)
	}
	v := g.pooled(all)
	g.consts[b] = v
	return v
}

// pooled is the constant that a vector of bytes is.
func (g *gen) pooled(all []byte) vreg {
	if v, ok := g.pool[string(all)]; ok {
		return v
	}
	if g.pool == nil {
		g.pool = map[string]vreg{}
	}
	g.defs = append(g.defs, def{home: constant, mem: g.a.Const(all)})
	v := vreg(len(g.defs) - 1)
	g.pool[string(all)] = v
	return v
}

// word is a constant of 32 bits in all lanes.
func (g *gen) word(b uint32) vreg { return g.bits(uint64(b)<<32 | uint64(b)) }

// of is a constant of elements of 4 or 8 bytes.
func (g *gen) of(size int, b uint64) vreg {
	if size == 4 {
		return g.word(uint32(b))
	}
	return g.bits(b)
}

func (g *gen) zero() vreg { return g.bits(0) }
func (g *gen) ones() vreg { return g.bits(1<<64 - 1) }

func (g *gen) typ(v kir.Val) dtype.Type { return g.K.Code[v].Type }

// known reports whether lanes can hold elements of a type.
func known(t dtype.Type) bool { return t.IsValid() }

// wideElement reports whether a type takes two vectors.
func wideElement(t dtype.Type) bool { return t.Size() == 8 }

// CanHold reports whether a block can have a value of this type.
func CanHold(t dtype.Type) bool { return known(t) }

// of returns what a value is in a copy of the body.
func (l *lane) of(v kir.Val) *parts {
	if p := l.vals[v]; p != nil {
		return p
	}
	for n := range l.g.In {
		if l.g.In[n].Val == v {
			return l.fetch(n)
		}
	}
	i := &l.g.K.Code[v]
	if i.Code != kir.Constant {
		l.g.fail(fmt.Errorf("gen: %v is used before it is computed", i.Code))
		p, z := noParts, l.g.zero()
		p.word, p.raw, p.half, p.four = z, z, [2]vreg{z, z}, [4]vreg{z, z, z, z}
		return &p
	}
	b := i.Bits[0]
	p := l.g.newParts()
	switch {
	case i.Type == dtype.Bool:
		if b != 0 {
			b = 1<<64 - 1
		}
		p.word = l.g.bits(b)
		p.half = [2]vreg{p.word, p.word}
	case small(i.Type):
		l.constant(p, i.Type, b)
	case i.Type.Size() == 8:
		c := l.g.bits(b)
		p.half = [2]vreg{c, c}
	case longElement(i.Type):
		l.g.longConstant(p, i.Bits)
	default:
		p.word = l.g.word(uint32(b))
	}
	l.vals[v] = p
	return p
}

// word returns the vector of a value of 32 bits or less, or the mask of words of a truth
// value.
func (l *lane) word(v kir.Val) vreg {
	p := l.of(v)
	switch {
	case p.word != none:
	case p.raw != none:
		p.word = l.g.fromRaw(l.g.typ(v), p.raw)
	case p.pair[0] != none:
		return p.pair[0]
	default:
		p.word = l.g.narrow(p.half)
	}
	return p.word
}

// halves returns the vectors of a value of 64 bits, or the masks of a truth value.
func (l *lane) halves(v kir.Val) [2]vreg {
	p := l.of(v)
	switch {
	case p.half[0] != none:
	case p.pair[0] != none:
		p.half = l.g.unpair(p.pair)
	default:
		p.half = l.g.widen(amd64.VPMOVSXDQ, p.word)
	}
	return p.half
}

// vectors returns the vectors of a value by the size of its elements.
func (l *lane) vectors(v kir.Val) []vreg {
	var x [4]vreg
	n := 1
	switch t := l.g.typ(v); {
	case longElement(t):
		x, n = l.fours(v), 4
	case wideElement(t):
		h := l.halves(v)
		n = copy(x[:], h[:])
	default:
		x[0] = l.word(v)
	}
	return l.g.few(x[:n])
}

// few copies a list into memory that many share.
func (g *gen) few(x []vreg) []vreg {
	if cap(g.lists)-len(g.lists) < len(x) {
		g.lists = make([]vreg, 0, 512)
	}
	from := len(g.lists)
	g.lists = append(g.lists, x...)
	return g.lists[from:len(g.lists):len(g.lists)]
}

func (l *lane) setWord(v kir.Val, x vreg) {
	l.vals[v] = l.g.newParts()
	l.vals[v].word = x
}

func (l *lane) setHalves(v kir.Val, x [2]vreg) {
	l.vals[v] = l.g.newParts()
	l.vals[v].half = x
}

// set makes the vectors those of a value; of a truth value masks in either width.
func (l *lane) set(v kir.Val, x []vreg) {
	switch len(x) {
	case 4:
		l.setFours(v, [4]vreg(x))
	case 2:
		l.setHalves(v, [2]vreg(x))
	default:
		l.setWord(v, x[0])
	}
}

// narrow puts the low words of the elements of two vectors into one.
func (g *gen) narrow(x [2]vreg) vreg {
	if g.wide {
		w := [4]uint8{32, 64}
		lo, hi := g.sized(amd64.VPMOVQD, -1, w, x[0]), g.sized(amd64.VPMOVQD, -1, w, x[1])
		return g.join(lo, hi)
	}
	return g.opImm(amd64.VPERMQ, 0xD8, g.opImm(amd64.VSHUFPS, 0x88, x[0], x[1]))
}

// join makes one vector of two that are half as wide.
func (g *gen) join(lo, hi vreg) (x vreg) {
	if g.wide {
		x = g.sized(amd64.VINSERTF64X4, 1, [4]uint8{0, 0, 32}, lo, hi)
	} else {
		x = g.sized(amd64.VINSERTF128, 1, [4]uint8{0, 0, 16}, lo, hi)
	}
	if g.joins == nil {
		g.joins = map[vreg][2]vreg{}
	}
	g.joins[x] = [2]vreg{lo, hi}
	return x
}

// upper is the upper half of a vector.
func (g *gen) upper(x vreg) vreg {
	if g.wide {
		return g.sized(amd64.VEXTRACTF64X4, 1, [4]uint8{32}, x)
	}
	return g.sized(amd64.VEXTRACTF128, 1, [4]uint8{16}, x)
}

// widen makes 64 bits of each word by an instruction that takes half a vector.
func (g *gen) widen(o amd64.Op, x vreg) [2]vreg {
	w := [4]uint8{0, uint8(g.w / 2)}
	if h, ok := g.joins[x]; ok {
		return [2]vreg{g.sized(o, -1, w, h[0]), g.sized(o, -1, w, h[1])}
	}
	return [2]vreg{g.sized(o, -1, w, x), g.sized(o, -1, w, g.upper(x))}
}

// Supported reports whether blocks can have an instruction.
func Supported(k *kir.Kernel, i *kir.Instr) bool {
	if !known(i.Type) || len(i.Args) == 0 {
		return false
	}
	t := k.Code[i.Args[len(i.Args)-1]].Type
	if !known(t) {
		return false
	}
	switch i.Code {
	case kir.Convert:
		return converts(t, i.Type)
	case kir.Bitcast:
		return t != dtype.Bool && i.Type != dtype.Bool && !t.IsComplex()
	case kir.MakeComplex:
		return true
	case kir.Select, kir.Rarely, kir.Linear:
		return true
	}
	return Has(i.Code, t)
}

// Has reports whether there is machine code for an instruction on elements of a type,
// where the result is one that blocks can have.
func Has(c kir.Code, t dtype.Type) bool {
	switch {
	case !known(t):
		return false
	case t == dtype.Bool:
		return boolCode(c)
	case t.IsComplex():
		return complexCode(c)
	case t.IsFloat():
		return floatCode(c) || c == kir.Raise && t == dtype.Float32
	}
	return integerCode(c, t) || (c == kir.Threefry || c >= kir.Table && c < kir.Convert) && t == dtype.Uint32
}

// instr lowers an instruction in one copy.
func (l *lane) instr(v kir.Val) {
	i := &l.g.K.Code[v]
	t := l.g.typ(i.Args[len(i.Args)-1])
	switch i.Code {
	case kir.Convert:
		l.convert(v, i.Args[0], t, i.Type)
		return
	case kir.Bitcast:
		l.bitcast(v, i.Args[0], t, i.Type)
		return
	case kir.Select, kir.Rarely:
		l.choice(v, i.Args)
		return
	case kir.Linear:
		l.linear(v, i)
		return
	case kir.MakeComplex:
		if longElement(i.Type) {
			l.setPlanes(v, [2][2]vreg{l.halves(i.Args[0]), l.halves(i.Args[1])})
		} else {
			l.setPair(v, [2]vreg{l.word(i.Args[0]), l.word(i.Args[1])})
		}
		return
	case kir.Load:
		l.gather(v, i)
		return
	case kir.ShiftRightLogical:
		if l.upperWords(v, i.Args) {
			return
		}
	}
	if t == dtype.Bool {
		var y vreg
		x := l.word(i.Args[0])
		if len(i.Args) > 1 {
			y = l.word(i.Args[1])
		}
		l.setWord(v, l.g.boolean(i.Code, x, y))
		return
	}
	switch {
	case t.IsComplex():
		l.complex(v, i)
		return
	case t.IsHalf():
		l.half(v, i.Code, t, i.Args)
		return
	case small(t):
		l.smallInteger(v, i.Code, t, i.Args)
		return
	}
	if o := shiftOp(i.Code, t.Size()); o != 0 && l.shift(v, o, i.Args) {
		return
	}
	negated := [3]bool{}
	var args [3][]vreg
	for n, x := range i.Args {
		if j := &l.g.K.Code[x]; i.Code == kir.Fma && j.Code == kir.Neg && t.IsFloat() && l.vals[j.Args[0]] != nil {
			negated[n], x = true, j.Args[0]
		}
		args[n] = l.vectors(x)
	}
	out := make([]vreg, len(args[0]))
	for p := range out {
		var x [3]vreg
		for n := range i.Args {
			x[n] = args[n][p]
		}
		if i.Code == kir.Fma && t.IsFloat() {
			out[p] = l.g.fma(t.Size(), negated[0] != negated[1], negated[2], x)
		} else if t.IsFloat() {
			out[p] = l.g.float(i.Code, t.Size(), x)
		} else if i.Code == kir.Div || i.Code == kir.Rem {
			out[p] = l.g.divide(i.Code, t, x[0], l.divisor(i.Args[1], x[1]))
		} else {
			out[p] = l.g.integer(i.Code, t, x)
		}
	}
	l.set(v, out)
}

// choice lowers Select.
func (l *lane) choice(v kir.Val, args []kir.Val) {
	if l.extreme(v, args) {
		return
	}
	if longElement(l.g.typ(args[1])) {
		l.longChoice(v, args)
		return
	}
	if wideElement(l.g.typ(args[1])) {
		m, x, y := l.halves(args[0]), l.halves(args[1]), l.halves(args[2])
		l.setHalves(v, [2]vreg{l.g.sel(m[0], x[0], y[0]), l.g.sel(m[1], x[1], y[1])})
		return
	}
	m := l.word(args[0])
	if t := l.g.typ(args[1]); small(t) && t != dtype.Float16 && (l.of(args[1]).word == none || l.of(args[2]).word == none) {
		l.setRaw(v, l.g.sel(m, l.raw(args[1]), l.raw(args[2])))
		return
	}
	l.setWord(v, l.g.sel(m, l.word(args[1]), l.word(args[2])))
}

// extreme lowers Select of x and y where x < y, or x > y, which is one instruction, with
// NaN too.
func (l *lane) extreme(v kir.Val, args []kir.Val) bool {
	p, t := &l.g.K.Code[args[0]], l.g.typ(args[1])
	if p.Code != kir.Lt && p.Code != kir.Gt || p.Args[0] != args[1] || p.Args[1] != args[2] || !t.IsFloat() {
		return false
	}
	size := wordType(t).Size()
	o := pick(size, amd64.VMINPS, amd64.VMINPD)
	if p.Code == kir.Gt {
		o = pick(size, amd64.VMAXPS, amd64.VMAXPD)
	}
	x, y := l.vectors(args[1]), l.vectors(args[2])
	out := make([]vreg, len(x))
	for n := range out {
		out[n] = l.g.op(o, x[n], y[n])
	}
	l.set(v, out)
	return true
}

// combine lowers a binary instruction on vectors of elements of a type.
func (g *gen) combine(c kir.Code, t dtype.Type, x, y vreg) vreg {
	switch {
	case t == dtype.Bool:
		return g.boolean(c, x, y)
	case t.IsFloat():
		return g.float(c, t.Size(), [3]vreg{x, y})
	case t.IsComplex(): // Add, part by part
		return g.float(c, t.Real().Size(), [3]vreg{x, y})
	}
	return g.integer(c, t, [3]vreg{x, y})
}

// CanFold reports whether an Output may combine by an instruction.
func CanFold(c kir.Code, t dtype.Type) bool {
	if t.IsComplex() {
		return c == kir.Add && known(t)
	}
	switch c {
	case kir.Add, kir.Mul, kir.Max, kir.Min, kir.And, kir.Or, kir.Xor:
		return Has(c, t)
	}
	return false
}
