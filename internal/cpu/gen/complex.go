package gen

import (
	"math"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Elements of type c64 are loaded, stored, chosen and added as 64 bits are, and are otherwise
// computed with as pairs of f32: the real parts in one vector, the imaginary ones in
// another. See long.go for c128.

// complexCode lists what there is on complex numbers.
func complexCode(c kir.Code) bool {
	switch c {
	case kir.Neg, kir.Abs, kir.Real, kir.Imag, kir.Conj, kir.IsFinite, kir.Square, kir.Add, kir.Sub, kir.Mul,
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

// complex lowers an instruction on complex numbers.
func (l *lane) complex(v kir.Val, i *kir.Instr) {
	switch i.Code {
	case kir.Neg, kir.Conj, kir.Add, kir.Sub:
		if !l.asStored(v, i) {
			l.each(v, i)
		}
	case kir.Real:
		l.set(v, l.parts(i.Args[0])[0])
	case kir.Imag:
		l.set(v, l.parts(i.Args[0])[1])
	case kir.IsFinite, kir.Eq, kir.Ne:
		l.each(v, i)
	default:
		l.inDouble(v, i)
	}
}

// parts returns the vectors of the real parts of complex numbers, and of the imaginary ones.
func (l *lane) parts(v kir.Val) [2][]vreg {
	if longElement(l.g.typ(v)) {
		p := l.planes(v)
		return [2][]vreg{p[0][:], p[1][:]}
	}
	p := l.complexParts(v)
	return [2][]vreg{p[:1], p[1:]}
}

// setParts makes a complex number of its parts.
func (l *lane) setParts(v kir.Val, re, im []vreg) {
	if len(re) == 2 {
		l.setPlanes(v, [2][2]vreg{[2]vreg(re), [2]vreg(im)})
		return
	}
	l.setPair(v, [2]vreg{re[0], im[0]})
}

// asStored lowers what is done to both parts alike, and Conj, to numbers as they are in memory,
// if those are at hand.
func (l *lane) asStored(v kir.Val, i *kir.Instr) bool {
	g := l.g
	size := i.Type.Real().Size()
	for _, x := range i.Args {
		if p := l.of(x); p.four[0] == none && p.half[0] == none {
			return false
		}
	}
	x := l.vectors(i.Args[0])
	y := x
	if len(i.Args) > 1 {
		y = l.vectors(i.Args[1])
	}
	out := make([]vreg, len(x))
	for k := range out {
		if i.Code == kir.Conj {
			out[k] = g.xor(x[k], g.imaginarySign(size))
			continue
		}
		out[k] = g.float(i.Code, size, [3]vreg{x[k], y[k]})
	}
	l.set(v, out)
	return true
}

// imaginarySign is the constant that has only the sign bits of imaginary parts of a size.
func (g *gen) imaginarySign(size int) vreg {
	if size == 4 {
		return g.bits(1 << 63)
	}
	return g.twoWords([2]uint64{0, 1 << 63})
}

// each lowers what is done part by part.
func (l *lane) each(v kir.Val, i *kir.Instr) {
	g := l.g
	size := g.typ(i.Args[0]).Real().Size()
	x := l.parts(i.Args[0])
	y := x
	if len(i.Args) > 1 {
		y = l.parts(i.Args[1])
	}
	var out [2][]vreg
	for part := range out {
		for k := range x[part] {
			var z vreg
			switch {
			case i.Code != kir.Conj:
				z = g.float(i.Code, size, [3]vreg{x[part][k], y[part][k]})
			case part == 0:
				z = x[part][k]
			default:
				z = g.xor(x[part][k], g.sign(size))
			}
			out[part] = append(out[part], z)
		}
	}
	if !i.Code.Test() {
		l.setParts(v, out[0], out[1])
		return
	}
	for k, z := range out[1] {
		if i.Code == kir.Ne {
			out[0][k] = g.or(out[0][k], z)
		} else {
			out[0][k] = g.and(out[0][k], z)
		}
	}
	l.set(v, out[0])
}

// inDouble lowers what is computed in f64, and rounded if the numbers are of type c64.
func (l *lane) inDouble(v kir.Val, i *kir.Instr) {
	g := l.g
	x := l.doubleParts(i.Args[0])
	y := x
	if len(i.Args) > 1 {
		y = l.doubleParts(i.Args[1])
	}
	var re, im [2]vreg
	for p := range re {
		a, b, c, d := x[0][p], x[1][p], y[0][p], y[1][p]
		switch i.Code {
		case kir.Mul:
			re[p], im[p] = g.complexProduct(a, b, c, d)
		case kir.Square:
			re[p], im[p] = g.complexSquare(a, b)
		default:
			re[p] = g.magnitudeOf(i.Type, a, b)
		}
	}
	switch {
	case i.Code == kir.Abs && i.Type == dtype.Float64:
		l.setHalves(v, re)
	case i.Code == kir.Abs:
		l.setWord(v, g.joined(amd64.VCVTPD2PS, re))
	case longElement(i.Type):
		l.setPlanes(v, [2][2]vreg{re, im})
	default:
		l.setPair(v, [2]vreg{g.joined(amd64.VCVTPD2PS, re), g.joined(amd64.VCVTPD2PS, im)})
	}
}

// doubleParts returns the parts of complex numbers in f64.
func (l *lane) doubleParts(v kir.Val) [2][2]vreg {
	if longElement(l.g.typ(v)) {
		return l.planes(v)
	}
	p := l.complexParts(v)
	return [2][2]vreg{l.g.toDouble(dtype.Float32, p[0]), l.g.toDouble(dtype.Float32, p[1])}
}

// complexProduct multiplies a + bi and c + di.
func (g *gen) complexProduct(a, b, c, d vreg) (re, im vreg) {
	re = g.op(amd64.VSUBPD, g.op(amd64.VMULPD, a, c), g.op(amd64.VMULPD, b, d))
	im = g.op(amd64.VADDPD, g.op(amd64.VMULPD, a, d), g.op(amd64.VMULPD, b, c))
	return re, im
}

// magnitudeOf computes what package tile does, step by step: math.Hypot of c128.
func (g *gen) magnitudeOf(t dtype.Type, a, b vreg) vreg {
	inf, one := g.number(8, math.Inf(1)), g.number(8, 1)
	u, v := g.andNot(g.sign(8), a), g.andNot(g.sign(8), b)
	if t == dtype.Float32 {
		s := g.op(amd64.VSQRTPD, g.fma(8, false, false, [3]vreg{a, a, g.op(amd64.VMULPD, b, b)}))
		return g.sel(g.fcmp(8, isEq, g.op(amd64.VMAXPD, u, v), inf), inf, g.sel(g.fcmp(8, isEq, u, inf), inf, s))
	}
	m := g.op(amd64.VMAXPD, u, v)
	r := g.op(amd64.VDIVPD, g.op(amd64.VMINPD, u, v), m)
	s := g.op(amd64.VSQRTPD, g.op(amd64.VADDPD, g.op(amd64.VMULPD, r, r), one))
	s = g.op(amd64.VMULPD, m, s)
	s = g.andNot(g.fcmp(8, isEq, m, g.zero()), s)
	s = g.sel(g.fcmp(8, isOrd, u, v), s, g.number(8, math.NaN()))
	return g.sel(g.or(g.fcmp(8, isEq, u, inf), g.fcmp(8, isEq, v, inf)), inf, s)
}

// complexSquare computes ref.CSquare.
func (g *gen) complexSquare(a, b vreg) (re, im vreg) {
	u, v := g.andNot(g.sign(8), a), g.andNot(g.sign(8), b)
	re = g.op(amd64.VMULPD, g.op(amd64.VSUBPD, u, v), g.op(amd64.VADDPD, u, v))
	return re, g.op(amd64.VMULPD, g.op(amd64.VMULPD, a, b), g.number(8, 2))
}
