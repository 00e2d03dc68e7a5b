package gen

import (
	"encoding/binary"
	"math/bits"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

func boolCode(c kir.Code) bool {
	switch c {
	case kir.Not, kir.Add, kir.Mul, kir.Max, kir.Min, kir.And, kir.Or, kir.Xor, kir.Eq, kir.Ne, kir.Lt, kir.Le, kir.Gt, kir.Ge:
		return true
	}
	return false
}

// boolean lowers an instruction on masks.
func (g *gen) boolean(c kir.Code, x, y vreg) vreg {
	switch c {
	case kir.Not:
		return g.not(x)
	case kir.Add, kir.Max, kir.Or:
		return g.or(x, y)
	case kir.Mul, kir.Min, kir.And:
		return g.and(x, y)
	case kir.Xor, kir.Ne:
		return g.xor(x, y)
	case kir.Eq:
		return g.not(g.xor(x, y))
	case kir.Lt:
		return g.andNot(x, y)
	case kir.Gt:
		return g.andNot(y, x)
	case kir.Le:
		return g.or(g.not(x), y)
	}
	return g.or(g.not(y), x) // Ge
}

func integerCode(c kir.Code, t dtype.Type) bool {
	switch c {
	case kir.Neg, kir.Sign, kir.Abs, kir.Square, kir.Not, kir.Add, kir.Sub, kir.Mul, kir.Max, kir.Min, kir.Fma,
		kir.And, kir.Or, kir.Xor, kir.ShiftLeft, kir.ShiftRightLogical, kir.ShiftRightArithmetic,
		kir.Div, kir.Rem, kir.Eq, kir.Ne, kir.Lt, kir.Le, kir.Gt, kir.Ge:
		return true
	case kir.Clz:
		return t.Size() <= 4
	}
	return false
}

// integer lowers an instruction on integers of a type.
func (g *gen) integer(c kir.Code, t dtype.Type, x [3]vreg) vreg {
	size := t.Size()
	if c >= kir.Table && c < kir.Convert {
		return g.entry(c, x[0])
	}
	switch c {
	case kir.Neg:
		return g.sub(size, g.zero(), x[0])
	case kir.Not:
		return g.not(x[0])
	case kir.Abs:
		if t.IsUnsigned() {
			return x[0]
		}
		m := g.greater(size, g.zero(), x[0])
		return g.sub(size, g.xor(x[0], m), m)
	case kir.Sign:
		if t.IsUnsigned() {
			return g.add(size, g.equal(size, x[0], g.zero()), g.of(size, 1))
		}
		return g.sub(size, g.greater(size, g.zero(), x[0]), g.greater(size, x[0], g.zero()))
	case kir.Square:
		return g.mul(size, x[0], x[0])
	case kir.Add:
		return g.add(size, x[0], x[1])
	case kir.Sub:
		return g.sub(size, x[0], x[1])
	case kir.Mul:
		return g.mul(size, x[0], x[1])
	case kir.Fma:
		return g.add(size, g.mul(size, x[0], x[1]), x[2])
	case kir.And:
		return g.and(x[0], x[1])
	case kir.Or:
		return g.or(x[0], x[1])
	case kir.Xor:
		return g.xor(x[0], x[1])
	case kir.ShiftLeft:
		return g.op(pick(size, amd64.VPSLLVD, amd64.VPSLLVQ), x[0], x[1])
	case kir.ShiftRightLogical:
		return g.op(pick(size, amd64.VPSRLVD, amd64.VPSRLVQ), x[0], x[1])
	case kir.ShiftRightArithmetic:
		return g.shiftSigned(size, x[0], x[1])
	case kir.Clz:
		return g.leadingZeros(x[0])
	case kir.Max, kir.Min:
		return g.extreme(c, t, x[0], x[1])
	case kir.Eq:
		return g.equal(size, x[0], x[1])
	case kir.Ne:
		return g.not(g.equal(size, x[0], x[1]))
	case kir.Gt:
		return g.order(t, x[0], x[1])
	case kir.Lt:
		return g.order(t, x[1], x[0])
	case kir.Le:
		return g.not(g.order(t, x[0], x[1]))
	}
	return g.not(g.order(t, x[1], x[0])) // Ge
}

// linear lowers kir.Linear.
func (l *lane) linear(v kir.Val, i *kir.Instr) {
	g := l.g
	sum := [2]vreg{g.bits(i.Bits[0]), g.bits(i.Bits[0])}
	void := i.Bits[0] == 0
	for n, a := range i.Args {
		x, by := l.halves(a), i.Strides[n]
		for p := range sum {
			switch {
			case by == -1:
				sum[p] = g.sub(8, sum[p], x[p])
				continue
			case by > 0 && by&(by-1) == 0:
				if by > 1 {
					x[p] = g.opImm(amd64.VPSLLQ, bits.TrailingZeros64(uint64(by)), x[p])
				}
			default:
				x[p] = g.mul(8, x[p], g.bits(uint64(by)))
			}
			if void {
				sum[p] = x[p]
				continue
			}
			sum[p] = g.add(8, sum[p], x[p])
		}
		void = false
	}
	l.setHalves(v, sum)
}

// extreme is the larger or the smaller of integers.
func (g *gen) extreme(c kir.Code, t dtype.Type, x, y vreg) vreg {
	ops := [2]amd64.Op{amd64.VPMINSD, amd64.VPMAXSD}
	switch {
	case t.Size() == 8 && !g.wide:
		if c == kir.Max {
			return g.sel(g.order(t, x, y), x, y)
		}
		return g.sel(g.order(t, x, y), y, x)
	case t.Size() == 8 && t.IsUnsigned():
		ops = [2]amd64.Op{amd64.VPMINUQ, amd64.VPMAXUQ}
	case t.Size() == 8:
		ops = [2]amd64.Op{amd64.VPMINSQ, amd64.VPMAXSQ}
	case t.IsUnsigned():
		ops = [2]amd64.Op{amd64.VPMINUD, amd64.VPMAXUD}
	}
	if c == kir.Max {
		return g.op(ops[1], x, y)
	}
	return g.op(ops[0], x, y)
}

func (g *gen) add(size int, x, y vreg) vreg {
	return g.op(pick(size, amd64.VPADDD, amd64.VPADDQ), x, y)
}
func (g *gen) sub(size int, x, y vreg) vreg {
	return g.op(pick(size, amd64.VPSUBD, amd64.VPSUBQ), x, y)
}

func (g *gen) equal(size int, x, y vreg) vreg {
	return g.cmp(pick(size, amd64.VPCMPEQD, amd64.VPCMPEQQ), -1, size, x, y)
}

// greater compares signed integers.
func (g *gen) greater(size int, x, y vreg) vreg {
	return g.cmp(pick(size, amd64.VPCMPGTD, amd64.VPCMPGTQ), -1, size, x, y)
}

// order is x > y.
func (g *gen) order(t dtype.Type, x, y vreg) vreg {
	if t.IsUnsigned() {
		s := g.sign(t.Size())
		x, y = g.xor(x, s), g.xor(y, s)
	}
	return g.greater(t.Size(), x, y)
}

// shiftSigned shifts in the sign: where that is set, zeros into the complement.
func (g *gen) shiftSigned(size int, x, n vreg) vreg {
	switch {
	case size == 4:
		return g.op(amd64.VPSRAVD, x, n)
	case g.wide:
		return g.op(amd64.VPSRAVQ, x, n)
	}
	m := g.greater(8, g.zero(), x)
	return g.xor(g.op(amd64.VPSRLVQ, g.xor(x, m), n), m)
}

// leadingZeros counts those of words. Without an instruction for it, the exponent of a word
// as a number says how long it is, if rounding does not make it longer.
func (g *gen) leadingZeros(x vreg) vreg {
	if g.wide {
		return g.op(amd64.VPLZCNTD, x)
	}
	x = g.andNot(g.opImm(amd64.VPSRLD, 8, x), x)
	e := g.opImm(amd64.VPSRLD, 23, g.op(amd64.VCVTDQ2PS, x)) // from 256 on with the highest bit
	return g.op(amd64.VPMINSW, g.op(amd64.VPSUBUSW, g.word(158), e), g.word(32))
}

func (g *gen) mul(size int, x, y vreg) vreg {
	switch {
	case size == 4:
		return g.op(amd64.VPMULLD, x, y)
	case g.wide:
		return g.op(amd64.VPMULLQ, x, y)
	}
	high := func(x vreg) vreg { return g.opImm(amd64.VPSRLQ, 32, x) }
	cross := g.add(8, g.op(amd64.VPMULUDQ, high(x), y), g.op(amd64.VPMULUDQ, x, high(y)))
	return g.add(8, g.op(amd64.VPMULUDQ, x, y), g.opImm(amd64.VPSLLQ, 32, cross))
}

// threefry lowers kir.Threefry in all copies: 20 rounds on words, each of which waits
// for the one before, so that copies take turns.
func (g *gen) threefry(v kir.Val, args []kir.Val) {
	rotations := [2][4]int{{13, 15, 26, 6}, {17, 29, 16, 24}}
	type state struct {
		x, y vreg
		ks   [3]vreg
	}
	all := make([]state, len(g.copies))
	for n, l := range g.copies {
		k0, k1 := l.word(args[0]), l.word(args[1])
		ks := [3]vreg{k0, k1, g.xor(g.xor(k0, k1), g.word(0x1bd11bda))}
		all[n] = state{g.add(4, l.word(args[2]), k0), g.add(4, l.word(args[3]), k1), ks}
	}
	each := func(f func(s *state)) {
		for n := range all {
			f(&all[n])
		}
	}
	for i := range 5 {
		for _, r := range rotations[i%2] {
			each(func(s *state) { s.x = g.add(4, s.x, s.y) })
			each(func(s *state) { s.y = g.rotate(s.y, r) })
			each(func(s *state) { s.y = g.xor(s.y, s.x) })
		}
		each(func(s *state) { s.x = g.add(4, s.x, s.ks[(i+1)%3]) })
		each(func(s *state) { s.y = g.add(4, g.add(4, s.y, s.ks[(i+2)%3]), g.word(uint32(i+1))) })
	}
	for n, l := range g.copies {
		l.vals[v] = g.newParts()
		l.vals[v].pair = [2]vreg{all[n].y, all[n].x}
	}
}

// rotate turns the bits of words to the left.
func (g *gen) rotate(x vreg, by int) vreg {
	switch {
	case g.wide:
		return g.opImm(amd64.VPROLD, by, x)
	case by%8 == 0:
		if g.turns[by/8] == none {
			g.turns[by/8] = g.bytes(by / 8)
		}
		return g.op(amd64.VPSHUFB, x, g.turns[by/8])
	}
	return g.or(g.opImm(amd64.VPSLLD, by, x), g.opImm(amd64.VPSRLD, 32-by, x))
}

// bytes is the constant by which VPSHUFB turns the bytes of words to the left.
func (g *gen) bytes(by int) vreg {
	all := make([]byte, g.w)
	for i := range all {
		all[i] = byte(i&^3&15 | (i-by)&3)
	}
	return g.pooled(all)
}

// entry finds words by their three lowest bits in a table.
func (g *gen) entry(c kir.Code, x vreg) vreg {
	all := make([]byte, 0, 64)
	for i := range g.lanes {
		all = binary.LittleEndian.AppendUint32(all, kir.Tables[c-kir.Table][i%8])
	}
	return g.op(amd64.VPERMD, x, g.pooled(all))
}

// shiftOp is the instruction for a shift by a constant, if AVX2 too has it.
func shiftOp(c kir.Code, size int) amd64.Op {
	switch {
	case c == kir.ShiftLeft:
		return pick(size, amd64.VPSLLD, amd64.VPSLLQ)
	case c == kir.ShiftRightLogical:
		return pick(size, amd64.VPSRLD, amd64.VPSRLQ)
	case c == kir.ShiftRightArithmetic && size == 4:
		return amd64.VPSRAD
	}
	return 0
}

// shift lowers a shift by a constant, where that is one. By more bits than there are it is
// the same as by a vector.
func (l *lane) shift(v kir.Val, o amd64.Op, args []kir.Val) bool {
	by := &l.g.K.Code[args[1]]
	if by.Code != kir.Constant || by.Bits[0] > 255 {
		return false
	}
	x := l.vectors(args[0])
	for n := range x {
		x[n] = l.g.opImm(o, int(by.Bits[0]), x[n])
	}
	l.set(v, x)
	return true
}

// upperWords lowers a shift by 32 of what is a pair.
func (l *lane) upperWords(v kir.Val, args []kir.Val) bool {
	by := &l.g.K.Code[args[1]]
	if by.Code != kir.Constant || by.Bits[0] != 32 || !wideElement(by.Type) {
		return false
	}
	p := l.of(args[0])
	if p.pair[0] == none {
		return false
	}
	l.vals[v] = l.g.newParts()
	l.vals[v].pair = [2]vreg{p.pair[1], l.g.zero()}
	return true
}
