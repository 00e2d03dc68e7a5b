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
	case kir.Neg, kir.Abs, kir.Real, kir.Imag, kir.Conj, kir.IsFinite, kir.Square, kir.Add, kir.Sub, kir.Mul, kir.Div,
		kir.Eq, kir.Ne:
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
	case kir.Div:
		l.setPair(v, g.complexQuotient(x, y))
	case kir.Square:
		l.setPair(v, g.complexSquare(x))
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

// complexSquare computes ref.CSquare.
func (g *gen) complexSquare(x [2]vreg) [2]vreg {
	a, b := g.toDouble(dtype.Float32, x[0]), g.toDouble(dtype.Float32, x[1])
	var re, im [2]vreg
	for p := range re {
		u, v := g.andNot(g.sign(8), a[p]), g.andNot(g.sign(8), b[p])
		re[p] = g.op(amd64.VMULPD, g.op(amd64.VSUBPD, u, v), g.op(amd64.VADDPD, u, v))
		im[p] = g.op(amd64.VMULPD, g.op(amd64.VMULPD, a[p], b[p]), g.number(8, 2))
	}
	return [2]vreg{g.joined(amd64.VCVTPD2PS, re), g.joined(amd64.VCVTPD2PS, im)}
}

// complexQuotient divides in f64 and rounds.
func (g *gen) complexQuotient(x, y [2]vreg) [2]vreg {
	a, b := g.toDouble(dtype.Float32, x[0]), g.toDouble(dtype.Float32, x[1])
	c, d := g.toDouble(dtype.Float32, y[0]), g.toDouble(dtype.Float32, y[1])
	var re, im [2]vreg
	for p := range re {
		re[p], im[p] = g.quotient(a[p], b[p], c[p], d[p])
	}
	return [2]vreg{g.joined(amd64.VCVTPD2PS, re), g.joined(amd64.VCVTPD2PS, im)}
}

// quotient divides a + bi by c + di in f64, step by step as package tile does.
func (g *gen) quotient(a, b, c, d vreg) (e, f vreg) {
	add := func(x, y vreg) vreg { return g.op(amd64.VADDPD, x, y) }
	sub := func(x, y vreg) vreg { return g.op(amd64.VSUBPD, x, y) }
	mul := func(x, y vreg) vreg { return g.op(amd64.VMULPD, x, y) }
	div := func(x, y vreg) vreg { return g.op(amd64.VDIVPD, x, y) }
	s, inf := g.sign(8), g.number(8, math.Inf(1))
	abs := func(x vreg) vreg { return g.andNot(s, x) }

	first := g.fcmp(8, isLe, abs(d), abs(c)) // c is not smaller than d
	m, n := g.sel(first, c, d), g.sel(first, d, c)
	r := div(n, m)
	m = add(m, mul(r, n))
	ar, br := mul(a, r), mul(b, r)
	e = div(add(g.sel(first, a, b), g.sel(first, br, ar)), m)
	f = div(sub(g.sel(first, b, br), g.sel(first, ar, a)), m)

	// What is not a number may be one in the limit.
	bad := g.and(g.fcmp(8, isUnord, e, e), g.fcmp(8, isUnord, f, f))
	isInf := func(x vreg) vreg { return g.fcmp(8, isEq, abs(x), inf) }
	finite := func(x vreg) vreg { return g.fcmp(8, isLt, abs(x), inf) }
	upper := g.and(g.or(isInf(a), isInf(b)), g.and(finite(c), finite(d)))
	lower := g.and(g.or(isInf(c), isInf(d)), g.and(finite(a), finite(b)))
	unit := func(x vreg) vreg { return g.or(g.and(x, s), g.and(isInf(x), g.number(8, 1))) }
	u, v := g.sel(upper, unit(a), a), g.sel(upper, unit(b), b)
	w, z := g.sel(lower, unit(c), c), g.sel(lower, unit(d), d)
	k := g.and(upper, inf)
	limit := g.and(bad, g.or(upper, lower))
	e = g.sel(limit, mul(k, add(mul(u, w), mul(v, z))), e)
	f = g.sel(limit, mul(k, sub(mul(v, w), mul(u, z))), f)

	none := g.and(g.fcmp(8, isEq, c, g.zero()), g.fcmp(8, isEq, d, g.zero()))
	some := g.or(g.fcmp(8, isOrd, a, a), g.fcmp(8, isOrd, b, b))
	none = g.and(g.and(none, some), bad)
	far := g.or(g.and(c, s), inf)
	return g.sel(none, mul(far, a), e), g.sel(none, mul(far, b), f)
}
