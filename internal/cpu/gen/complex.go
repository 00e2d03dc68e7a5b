package gen

import (
	"math"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Elements of type c64 are loaded, stored and chosen as integers of 64 bits are, and are
// computed with as pairs of f32: the real parts in one vector, the imaginary ones in
// another.

// complexCode lists what there is on c64.
func complexCode(c kir.Code) bool {
	switch c {
	case kir.Neg, kir.Abs, kir.Real, kir.Imag, kir.Conj, kir.IsFinite, kir.Add, kir.Sub, kir.Mul, kir.Eq, kir.Ne:
		return true
	}
	return false
}

// complexParts returns the vectors of real parts and of imaginary ones.
func (l *lane) complexParts(v kir.Val) [2]vreg {
	p := l.of(v)
	if p.pair[0] == none {
		p.pair = l.g.deal(p.half)
	}
	return p.pair
}

func (l *lane) setPair(v kir.Val, x [2]vreg) {
	l.vals[v] = l.g.newParts()
	l.vals[v].pair = x
}

// deal makes vectors of the low words and of the high ones of elements of 64 bits.
func (g *gen) deal(x [2]vreg) [2]vreg {
	if g.wide {
		low, high := g.indices(0, 2), g.indices(1, 2)
		return [2]vreg{g.permute(low, x[0], x[1]), g.permute(high, x[0], x[1])}
	}
	even, odd := g.opImm(amd64.VSHUFPS, 0x88, x[0], x[1]), g.opImm(amd64.VSHUFPS, 0xDD, x[0], x[1])
	return [2]vreg{g.opImm(amd64.VPERMQ, 0xD8, even), g.opImm(amd64.VPERMQ, 0xD8, odd)}
}

// indices is the constant of first, first + by and so on.
func (g *gen) indices(first, by int) vreg {
	all := make([]byte, g.w)
	for i := range g.lanes {
		all[4*i] = byte(first + by*i)
	}
	return g.pooled(all)
}

// unpair is deal in the other direction.
func (g *gen) unpair(x [2]vreg) (h [2]vreg) {
	if g.wide {
		for p := range h {
			all := make([]byte, g.w)
			for i := range g.lanes {
				all[4*i] = byte(i%2*g.lanes + p*g.lanes/2 + i/2)
			}
			h[p] = g.permute(g.pooled(all), x[0], x[1])
		}
		return h
	}
	low, high := g.op(amd64.VPUNPCKLDQ, x[0], x[1]), g.op(amd64.VPUNPCKHDQ, x[0], x[1])
	return [2]vreg{g.opImm(amd64.VPERM2I128, 0x20, low, high), g.opImm(amd64.VPERM2I128, 0x31, low, high)}
}

// permute takes the words of x, and then of y, that indices count.
func (g *gen) permute(indices, x, y vreg) vreg {
	return g.put(ins{form: three, op: amd64.VPERMT2D, dst: g.temp(), src: [3]vreg{x, indices, y}, n: 3, imm: -1})
}

// complex lowers an instruction on c64.
func (l *lane) complex(v kir.Val, i *kir.Instr) {
	g := l.g
	x := l.complexParts(i.Args[0])
	var y [2]vreg
	if len(i.Args) > 1 {
		y = l.complexParts(i.Args[1])
	}
	each := func(c kir.Code) [2]vreg {
		return [2]vreg{g.float(c, 4, [3]vreg{x[0], y[0]}), g.float(c, 4, [3]vreg{x[1], y[1]})}
	}
	switch i.Code {
	case kir.Real:
		l.setWord(v, x[0])
	case kir.Imag:
		l.setWord(v, x[1])
	case kir.Conj:
		l.setPair(v, [2]vreg{x[0], g.xor(x[1], g.sign(4))})
	case kir.Neg, kir.Add, kir.Sub:
		l.setPair(v, each(i.Code))
	case kir.Mul:
		l.setPair(v, g.complexProduct(x, y))
	case kir.Abs:
		l.setWord(v, g.magnitudeOf(x))
	case kir.IsFinite, kir.Eq:
		t := each(i.Code)
		l.setWord(v, g.and(t[0], t[1]))
	case kir.Ne:
		t := each(i.Code)
		l.setWord(v, g.or(t[0], t[1]))
	}
}

// complexProduct multiplies in f64, where products of f32 are exact, and rounds the sums.
func (g *gen) complexProduct(x, y [2]vreg) (z [2]vreg) {
	a, b := g.toDouble(dtype.Float32, x[0]), g.toDouble(dtype.Float32, x[1])
	c, d := g.toDouble(dtype.Float32, y[0]), g.toDouble(dtype.Float32, y[1])
	var re, im [2]vreg
	for p := range re {
		re[p] = g.op(amd64.VSUBPD, g.op(amd64.VMULPD, a[p], c[p]), g.op(amd64.VMULPD, b[p], d[p]))
		im[p] = g.op(amd64.VADDPD, g.op(amd64.VMULPD, a[p], d[p]), g.op(amd64.VMULPD, b[p], c[p]))
	}
	return [2]vreg{g.joined(amd64.VCVTPD2PS, re), g.joined(amd64.VCVTPD2PS, im)}
}

// magnitudeOf computes math.Hypot in f64, step by step, and rounds it.
func (g *gen) magnitudeOf(x [2]vreg) vreg {
	a, b := g.toDouble(dtype.Float32, x[0]), g.toDouble(dtype.Float32, x[1])
	inf, one := g.number(8, math.Inf(1)), g.number(8, 1)
	var out [2]vreg
	for p := range out {
		u, v := g.andNot(g.sign(8), a[p]), g.andNot(g.sign(8), b[p])
		m := g.op(amd64.VMAXPD, u, v)
		r := g.op(amd64.VDIVPD, g.op(amd64.VMINPD, u, v), m)
		s := g.op(amd64.VSQRTPD, g.op(amd64.VADDPD, g.op(amd64.VMULPD, r, r), one))
		s = g.op(amd64.VMULPD, m, s)
		s = g.andNot(g.fcmp(8, isEq, m, g.zero()), s)
		s = g.sel(g.fcmp(8, isOrd, u, v), s, g.number(8, math.NaN()))
		out[p] = g.sel(g.or(g.fcmp(8, isEq, u, inf), g.fcmp(8, isEq, v, inf)), inf, s)
	}
	return g.joined(amd64.VCVTPD2PS, out)
}
