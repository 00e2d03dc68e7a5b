package gen

import (
	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// converts reports whether blocks can convert elements.
func converts(from, to dtype.Type) bool {
	switch {
	case from == to || from == dtype.Bool || to == dtype.Bool:
		return true
	case from.IsInt() && to.IsInt():
		return true
	case from.IsFloat() && to.IsFloat():
		return true
	case from == dtype.Int32 || from == dtype.Uint32:
		return true
	case from == dtype.Float32:
		return to == dtype.Int32 || to == dtype.Uint32
	case from == dtype.Float64:
		return to == dtype.Int32
	}
	return false
}

func (l *lane) convert(v, arg kir.Val, from, to dtype.Type) {
	g := l.g
	if n, ok := l.rampOf(arg); ok && !l.cold && to != dtype.Bool && (to.Size() == 4 && to.IsInt() || g.In[n].Small && !to.IsInt()) {
		l.fromWord(v, l.rampWord(n), dtype.Int32, to)
		return
	}
	switch {
	case from == to:
		l.set(v, l.vectors(arg))
	case from == dtype.Bool:
		l.fromBool(v, arg, to)
	case to == dtype.Bool:
		l.toBool(v, arg, from)
	case from.Size() == 4:
		l.fromWord(v, l.word(arg), from, to)
	case to.IsInt() && from.IsInt():
		if to.Size() == 8 {
			l.setHalves(v, l.halves(arg))
		} else {
			l.setWord(v, l.word(arg))
		}
	case to == dtype.Float32:
		x := l.halves(arg)
		w := [4]uint8{uint8(g.w / 2), 0}
		l.setWord(v, g.join(g.sized(amd64.VCVTPD2PS, -1, w, x[0]), g.sized(amd64.VCVTPD2PS, -1, w, x[1])))
	default: // f64 to i32
		l.setWord(v, g.doubleToInt(l.halves(arg)))
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
	one := kir.Encode(to, 1)[0]
	c := l.g.of(to.Size(), one)
	if to.Size() == 8 {
		m := l.halves(arg)
		l.setHalves(v, [2]vreg{l.g.and(m[0], c), l.g.and(m[1], c)})
		return
	}
	l.setWord(v, l.g.and(l.word(arg), c))
}

func (l *lane) toBool(v, arg kir.Val, from dtype.Type) {
	x := l.vectors(arg)
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
	switch {
	case from == dtype.Float32 && to == dtype.Float64:
		l.setHalves(v, g.widen(amd64.VCVTPS2PD, x))
	case from == dtype.Float32 && to == dtype.Int32:
		l.setWord(v, g.floatToInt(x))
	case from == dtype.Float32:
		l.setWord(v, g.floatToUint(x))
	case to == dtype.Float32 && from == dtype.Int32:
		l.setWord(v, g.op(amd64.VCVTDQ2PS, x))
	case to == dtype.Float32:
		l.setWord(v, g.uintToFloat(x))
	case to == dtype.Float64 && from == dtype.Int32:
		l.setHalves(v, g.widen(amd64.VCVTDQ2PD, x))
	case to == dtype.Float64:
		// The low bits of 2^52, subtracted again.
		h := g.widen(amd64.VPMOVZXDQ, x)
		magic := g.number(8, 1<<52)
		for p := range h {
			h[p] = g.op(amd64.VSUBPD, g.or(h[p], magic), magic)
		}
		l.setHalves(v, h)
	case to.Size() == 4:
		l.setWord(v, x)
	case from == dtype.Int32:
		l.setHalves(v, g.widen(amd64.VPMOVSXDQ, x))
	default:
		l.setHalves(v, g.widen(amd64.VPMOVZXDQ, x))
	}
}

// floatToInt truncates. The instruction makes the least integer of all that is out of
// range: its complement is the greatest.
func (g *gen) floatToInt(x vreg) vreg {
	i := g.op(amd64.VCVTTPS2DQ, x)
	i = g.xor(i, g.fcmp(4, isLe, g.number(4, 1<<31), x))
	return g.and(i, g.fcmp(4, isOrd, x, x))
}

func (g *gen) doubleToInt(x [2]vreg) vreg {
	w := [4]uint8{uint8(g.w / 2), 0}
	var over, ordered [2]vreg
	for p := range x {
		over[p] = g.fcmp(8, isLe, g.number(8, 1<<31), x[p])
		ordered[p] = g.fcmp(8, isOrd, x[p], x[p])
	}
	i := g.join(g.sized(amd64.VCVTTPD2DQ, -1, w, x[0]), g.sized(amd64.VCVTTPD2DQ, -1, w, x[1]))
	return g.and(g.xor(i, g.narrow(over)), g.narrow(ordered))
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
