package gen

import (
	"math"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// converts reports whether blocks can convert elements: all that they can have.
func converts(from, to dtype.Type) bool {
	return known(from) && known(to) && (to.IsComplex() || !from.IsComplex())
}

func (l *lane) convert(v, arg kir.Val, from, to dtype.Type) {
	g := l.g
	if to.IsComplex() && !from.IsComplex() {
		l.convert(v, arg, from, to.Real())
		if p, z := l.vals[v], g.zero(); to == dtype.Complex64 {
			l.setPair(v, [2]vreg{p.word, z})
		} else {
			l.setPlanes(v, [2][2]vreg{p.half, {z, z}})
		}
		return
	}
	if n, ok := l.rampOf(arg); ok && !l.cold && to != dtype.Bool && (to.Size() <= 4 && to.IsInt() || g.In[n].Small && !to.IsInt()) {
		l.fromWord(v, l.rampWord(n), dtype.Int32, to)
		return
	}
	switch {
	case from == to:
		l.vals[v] = l.of(arg)
	case from == dtype.Complex64:
		l.setPlanes(v, l.doubleParts(arg))
	case from == dtype.Complex128:
		p := l.planes(arg)
		l.setPair(v, [2]vreg{g.joined(amd64.VCVTPD2PS, p[0]), g.joined(amd64.VCVTPD2PS, p[1])})
	case from == dtype.Bool:
		l.fromBool(v, arg, to)
	case to == dtype.Bool:
		l.toBool(v, arg, from)
	case small(from) && to.Size() <= from.Size() && from.IsInt() && to.IsInt():
		l.setRaw(v, l.raw(arg))
	case from.Size() <= 4:
		l.fromWord(v, l.word(arg), from, to)
	case from.IsInt():
		l.fromLong(v, arg, from, to)
	default:
		l.fromDouble(v, l.halves(arg), to)
	}
}

// rampOf returns the number of the input that arg is, if it is a ramp.
func (l *lane) rampOf(arg kir.Val) (int, bool) {
	for n, in := range l.g.In {
		if in.Val == arg && in.Kind == Ramp {
			return n, true
		}
	}
	return 0, false
}

// fromBool makes 0 or 1.
func (l *lane) fromBool(v, arg kir.Val, to dtype.Type) {
	to = wordType(to)
	c := l.g.of(to.Size(), kir.Encode(to, 1)[0])
	if to.Size() == 8 {
		m := l.halves(arg)
		l.setHalves(v, [2]vreg{l.g.and(m[0], c), l.g.and(m[1], c)})
		return
	}
	l.setWord(v, l.g.and(l.word(arg), c))
}

func (l *lane) toBool(v, arg kir.Val, from dtype.Type) {
	x := l.vectors(arg)
	from = wordType(from)
	out := make([]vreg, len(x))
	for p := range x {
		if from.IsFloat() {
			out[p] = l.g.fcmp(from.Size(), isNe, x[p], l.g.zero())
		} else {
			out[p] = l.g.not(l.g.equal(from.Size(), x[p], l.g.zero()))
		}
	}
	l.set(v, out)
}

// fromWord converts what is in one vector.
func (l *lane) fromWord(v kir.Val, x vreg, from, to dtype.Type) {
	g := l.g
	exact := small(from) // as f32
	switch from = wordType(from); {
	case to == dtype.Float64:
		l.setHalves(v, g.toDouble(from, x))
	case to.IsHalf() && from == dtype.Float32:
		l.setRounded(v, to, x, true)
	case to.IsHalf() && exact:
		l.setRounded(v, to, g.op(amd64.VCVTDQ2PS, x), false)
	case to.IsHalf():
		if to == dtype.BFloat16 { // what f32 may round of others is too large for f16
			x = g.stickyWord(from, x)
		}
		l.setRounded(v, to, g.wordToFloat(from, x), false)
	case to == dtype.Float32 && from == dtype.Float32:
		l.setWord(v, x)
	case to == dtype.Float32:
		l.setWord(v, g.wordToFloat(from, x))
	case to.Size() == 8 && from == dtype.Float32:
		l.fromDouble(v, g.toDouble(from, x), to)
	case to.Size() == 8:
		l.setHalves(v, g.widen(pickInt(from, amd64.VPMOVSXDQ, amd64.VPMOVZXDQ), x))
	case from == dtype.Float32 && to == dtype.Uint32:
		l.setWord(v, g.floatToUint(x))
	case from == dtype.Float32:
		l.setWord(v, g.clamp(to, g.floatToInt(x)))
	case small(to):
		l.setRaw(v, x)
	default:
		l.setWord(v, x)
	}
}

func pickInt(t dtype.Type, signed, unsigned amd64.Op) amd64.Op {
	if t.IsUnsigned() {
		return unsigned
	}
	return signed
}

// toDouble converts words, exactly.
func (g *gen) toDouble(from dtype.Type, x vreg) [2]vreg {
	switch from {
	case dtype.Float32:
		return g.widen(amd64.VCVTPS2PD, x)
	case dtype.Int32:
		return g.widen(amd64.VCVTDQ2PD, x)
	}
	// The low bits of 2^52, subtracted again.
	h := g.widen(amd64.VPMOVZXDQ, x)
	magic := g.number(8, 1<<52)
	for p := range h {
		h[p] = g.op(amd64.VSUBPD, g.or(h[p], magic), magic)
	}
	return h
}

// fromLong converts integers of 64 bits.
func (l *lane) fromLong(v, arg kir.Val, from, to dtype.Type) {
	g := l.g
	switch {
	case small(to) && to.IsInt():
		l.setRaw(v, l.word(arg))
	case to.Size() == 4 && to.IsInt():
		l.setWord(v, l.word(arg))
	case to.IsInt():
		l.setHalves(v, l.halves(arg))
	case to == dtype.Float32 && g.wide:
		l.setWord(v, g.longToFloat(from, l.halves(arg)))
	case to == dtype.Float16 && g.wide: // what f32 rounds is too large for f16
		l.setRounded(v, to, g.longToFloat(from, l.halves(arg)), false)
	default:
		x := l.halves(arg)
		for p := range x {
			if to != dtype.Float64 {
				x[p] = g.sticky(from, x[p])
			}
			x[p] = g.longToDouble(from, x[p])
		}
		if to.IsHalf() {
			l.setRounded(v, to, g.oddInteger(x), false)
			return
		}
		l.fromDouble(v, x, to)
	}
}

func (g *gen) longToFloat(t dtype.Type, x [2]vreg) vreg {
	return g.joined(pickInt(t, amd64.VCVTQQ2PS, amd64.VCVTUQQ2PS), x)
}

func (g *gen) wordToFloat(t dtype.Type, x vreg) vreg {
	if t == dtype.Int32 {
		return g.op(amd64.VCVTDQ2PS, x)
	}
	return g.uintToFloat(x)
}

// stickyWord gathers what a number of 24 bits has no place for in the last bit of one, as sticky
// does.
func (g *gen) stickyWord(t dtype.Type, x vreg) vreg {
	rest := g.word(0xff)
	some := g.and(g.add(4, g.and(x, rest), rest), g.word(0x100))
	far := g.or(g.andNot(rest, x), some)
	high := g.opImm(amd64.VPSRLD, 24, x)
	if t.IsSigned() {
		high = g.opImm(amd64.VPSRLD, 25, g.add(4, x, g.word(1<<24)))
	}
	return g.sel(g.equal(4, high, g.zero()), x, far)
}

// oddInteger is oddFloat of numbers that are 0 or no less than 1: it gathers in their last bit
// what f32 has no place for.
func (g *gen) oddInteger(x [2]vreg) vreg {
	rest := g.bits(1<<29 - 1)
	for p := range x {
		some := g.and(g.add(8, g.and(x[p], rest), rest), g.bits(1<<29))
		x[p] = g.or(g.andNot(rest, x[p]), some)
	}
	return g.joined(amd64.VCVTPD2PS, x)
}

// sticky gathers what a number of 53 bits has no place for in the last bit of one: what
// rounds that to fewer bits rounds x.
func (g *gen) sticky(t dtype.Type, x vreg) vreg {
	rest := g.bits(0x7ff)
	some := g.and(g.add(8, g.and(x, rest), rest), g.bits(0x800))
	far := g.or(g.andNot(rest, x), some)
	high := g.opImm(amd64.VPSRLQ, 53, x)
	if t.IsSigned() {
		high = g.opImm(amd64.VPSRLQ, 54, g.add(8, x, g.bits(1<<53)))
	}
	return g.sel(g.equal(8, high, g.zero()), x, far)
}

// longToDouble rounds integers of 64 bits. The low word is in the low bits of 2^52, the
// other in those of 2^84, and their sum is rounded.
func (g *gen) longToDouble(t dtype.Type, x vreg) vreg {
	if g.wide {
		return g.op(pickInt(t, amd64.VCVTQQ2PD, amd64.VCVTUQQ2PD), x)
	}
	top, off := uint64(0x453<<52), math.Ldexp(1, 84)+math.Ldexp(1, 52)
	if t.IsSigned() {
		top, off = top|1<<31, off+math.Ldexp(1, 63)
	}
	low := g.opImm(amd64.VPBLENDD, 0xAA, x, g.number(8, 1<<52))
	high := g.xor(g.opImm(amd64.VPSRLQ, 32, x), g.bits(top))
	return g.op(amd64.VADDPD, g.op(amd64.VSUBPD, high, g.number(8, off)), low)
}

// fromDouble converts f64, which half of the lanes are in each of two vectors.
func (l *lane) fromDouble(v kir.Val, x [2]vreg, to dtype.Type) {
	g := l.g
	switch {
	case to == dtype.Float64:
		l.setHalves(v, x)
	case to == dtype.Float32:
		l.setWord(v, g.joined(amd64.VCVTPD2PS, x))
	case to.IsHalf():
		l.setRounded(v, to, g.oddFloat(x), true)
	case to.Size() == 8:
		l.setHalves(v, [2]vreg{g.doubleToLong(to, x[0]), g.doubleToLong(to, x[1])})
	case to == dtype.Uint32:
		l.setWord(v, g.doubleToUint(x))
	default:
		l.setWord(v, g.clamp(to, g.doubleToInt(x)))
	}
}

// joined makes one vector of words of two by an instruction that makes half of one.
func (g *gen) joined(o amd64.Op, x [2]vreg) vreg {
	w := [4]uint8{uint8(g.w / 2), 0}
	return g.join(g.sized(o, -1, w, x[0]), g.sized(o, -1, w, x[1]))
}

// oddFloat rounds f64 to f32 so that what rounds that to fewer bits rounds x: of the two
// neighbours of what is no f32 it is the one whose last bit is set.
func (g *gen) oddFloat(x [2]vreg) vreg {
	y := g.joined(amd64.VCVTPD2PS, x)
	back := g.widen(amd64.VCVTPS2PD, y)
	var differ, beyond [2]vreg
	for p := range x {
		differ[p] = g.fcmp(8, isLessOrMore, back[p], x[p])
		s := g.sign(8)
		beyond[p] = g.fcmp(8, isLt, g.andNot(s, x[p]), g.andNot(s, back[p]))
	}
	one := g.word(1)
	step := g.or(g.narrow(beyond), one) // -1 where y is too far from 0, else 1
	even := g.sub(4, g.and(y, one), one)
	return g.add(4, y, g.and(g.and(step, even), g.narrow(differ)))
}

// clamp keeps words within the range of a type, if that is small.
func (g *gen) clamp(t dtype.Type, x vreg) vreg {
	if !small(t) {
		return x
	}
	lo, hi := int32(0), int32(1)<<t.Bits()-1
	if t.IsSigned() {
		lo, hi = -1<<(t.Bits()-1), hi>>1
	}
	return g.op(amd64.VPMINSD, g.op(amd64.VPMAXSD, x, g.word(uint32(lo))), g.word(uint32(hi)))
}

// floatToInt truncates. The instruction makes the least integer of all that is out of
// range: its complement is the greatest.
func (g *gen) floatToInt(x vreg) vreg {
	i := g.op(amd64.VCVTTPS2DQ, x)
	i = g.xor(i, g.fcmp(4, isLe, g.number(4, 1<<31), x))
	return g.and(i, g.fcmp(4, isOrd, x, x))
}

func (g *gen) doubleToInt(x [2]vreg) vreg {
	var over, ordered [2]vreg
	for p := range x {
		over[p] = g.fcmp(8, isLe, g.number(8, 1<<31), x[p])
		ordered[p] = g.fcmp(8, isOrd, x[p], x[p])
	}
	return g.and(g.xor(g.joined(amd64.VCVTTPD2DQ, x), g.narrow(over)), g.narrow(ordered))
}

// doubleToUint has 0 of NaN.
func (g *gen) doubleToUint(x [2]vreg) vreg {
	for p := range x {
		x[p] = g.op(amd64.VMAXPD, x[p], g.zero())
		if !g.wide {
			x[p] = g.op(amd64.VMINPD, x[p], g.number(8, math.MaxUint32))
		}
	}
	return g.truncUint(x)
}

// truncUint truncates f64 that u32 can hold; with AVX-512, what is above becomes the
// greatest.
func (g *gen) truncUint(x [2]vreg) vreg {
	if g.wide {
		return g.joined(amd64.VCVTTPD2UDQ, x)
	}
	for p := range x {
		x[p] = g.op(amd64.VADDPD, g.round(8, chop, x[p]), g.number(8, 1<<52))
	}
	return g.narrow(x)
}

// doubleToLong truncates to integers of 64 bits.
func (g *gen) doubleToLong(t dtype.Type, x vreg) vreg {
	if t.IsUnsigned() {
		x = g.op(amd64.VMAXPD, x, g.zero()) // 0 of NaN
		if g.wide {
			return g.op(amd64.VCVTTPD2UQQ, x)
		}
		return g.or(g.magnitude(x), g.fcmp(8, isLe, g.number(8, 1<<64), x))
	}
	ordered := g.fcmp(8, isOrd, x, x)
	limit := g.number(8, 1<<63)
	if g.wide {
		i := g.xor(g.op(amd64.VCVTTPD2QQ, x), g.fcmp(8, isLe, limit, x))
		return g.and(i, ordered)
	}
	a := g.andNot(g.sign(8), x)
	negative := g.greater(8, g.zero(), x)
	i := g.sub(8, g.xor(g.magnitude(a), negative), negative)
	far := g.xor(g.bits(math.MaxInt64), negative)
	return g.and(g.sel(g.fcmp(8, isLe, limit, a), far, i), ordered)
}

// magnitude truncates f64 from 0 until 2^64: it shifts the digits to where they belong, and
// out of the word in the other direction.
func (g *gen) magnitude(x vreg) vreg {
	e := g.opImm(amd64.VPSRLQ, 52, x)
	m := g.or(g.and(x, g.bits(1<<52-1)), g.bits(1<<52))
	units := g.bits(1023 + 52)
	return g.or(g.op(amd64.VPSLLVQ, m, g.sub(8, e, units)), g.op(amd64.VPSRLVQ, m, g.sub(8, units, e)))
}

// floatToUint takes 2^31 off what is above it.
func (g *gen) floatToUint(x vreg) vreg {
	x = g.op(amd64.VMAXPS, x, g.zero()) // 0 of NaN
	half := g.number(4, 1<<31)
	big := g.fcmp(4, isLe, half, x)
	high := g.xor(g.op(amd64.VCVTTPS2DQ, g.op(amd64.VSUBPS, x, half)), g.sign(4))
	i := g.sel(big, high, g.op(amd64.VCVTTPS2DQ, x))
	return g.or(i, g.fcmp(4, isLe, g.number(4, 1<<32), x))
}

// uintToFloat adds the two halves of each word as numbers, rounding once.
func (g *gen) uintToFloat(x vreg) vreg {
	low := g.or(g.and(x, g.word(0xffff)), g.word(0x4b000000))      // 2^23 + low
	high := g.or(g.opImm(amd64.VPSRLD, 16, x), g.word(0x53000000)) // 2^39 + 2^16·high
	high = g.op(amd64.VSUBPS, high, g.word(0x53000080))            // 2^16·high - 2^23
	return g.op(amd64.VADDPS, high, low)
}
