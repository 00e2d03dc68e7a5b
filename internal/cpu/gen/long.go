package gen

import (
	"encoding/binary"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Elements of type c128 are in four vectors as they are in memory, or in two planes: the real
// parts in two halves, the imaginary ones in two others, so that they go with numbers of type
// f64. They are brought into the one form or the other where somebody needs it.

// longElement reports whether a type takes four vectors.
func longElement(t dtype.Type) bool { return t.Size() == 16 }

// findLong looks whether elements of 16 bytes are in memory.
func (g *gen) findLong() {
	for _, in := range g.In {
		g.long = g.long || longElement(g.typ(in.Val))
	}
	for _, o := range g.Out {
		g.long = g.long || longElement(g.typ(o.Val))
	}
	if g.long {
		g.quads = g.room(8)
	}
}

// pointers is how many may be in registers.
func (g *gen) pointers() int {
	if g.long {
		return pointers - 1
	}
	return pointers
}

// double brings twice RCX up to date.
func (g *gen) double() {
	if g.long {
		g.a.Op(amd64.LEA, twice, amd64.Ptr(amd64.RCX, 0).Index(amd64.RCX, 1))
	}
}

// longMask makes a mask register of what is left in vector q of four.
func (g *gen) longMask(q int) amd64.Reg {
	if g.rest > 0 {
		g.a.Op(amd64.MOV, amd64.EDX, amd64.Imm(1<<min(max(2*g.rest-8*q, 0), 8)-1))
	} else {
		g.a.Op(amd64.MOVZX, amd64.EDX, amd64.Ptr(amd64.RSI, int32(g.quads+q)).Sized(1))
	}
	g.a.Op(amd64.KMOVW, amd64.K1, amd64.EDX)
	return amd64.K1
}

// longConstant sets the forms of a constant.
func (g *gen) longConstant(p *parts, bits [2]uint64) {
	v := g.twoWords(bits)
	p.four = [4]vreg{v, v, v, v}
	for k := range p.plane {
		c := g.bits(bits[k])
		p.plane[k] = [2]vreg{c, c}
	}
}

// twoWords is a constant that has two words of 64 bits by turns.
func (g *gen) twoWords(bits [2]uint64) vreg {
	if bits[0] == bits[1] {
		return g.bits(bits[0])
	}
	all := make([]byte, 0, 64)
	for len(all) < g.w {
		all = binary.LittleEndian.AppendUint64(all, bits[0])
		all = binary.LittleEndian.AppendUint64(all, bits[1])
	}
	return g.pooled(all)
}

func (l *lane) setFours(v kir.Val, x [4]vreg) {
	l.vals[v] = l.g.newParts()
	l.vals[v].four = x
}

func (l *lane) setPlanes(v kir.Val, x [2][2]vreg) {
	l.vals[v] = l.g.newParts()
	l.vals[v].plane = x
}

// inFours reports whether the four vectors of a value are at hand.
func (l *lane) inFours(v kir.Val) bool { return l.of(v).four[0] != none }

// fours returns the four vectors of a value.
func (l *lane) fours(v kir.Val) [4]vreg {
	p := l.of(v)
	if p.four[0] == none {
		re, im := p.plane[0], p.plane[1]
		for h := range re {
			p.four[2*h], p.four[2*h+1] = l.g.interleave(re[h], im[h])
		}
	}
	return p.four
}

// planes returns the real parts and the imaginary ones.
func (l *lane) planes(v kir.Val) [2][2]vreg {
	p := l.of(v)
	if p.plane[0][0] == none {
		x := &p.four
		for h := range p.plane[0] {
			p.plane[0][h], p.plane[1][h] = l.g.unweave(x[2*h], x[2*h+1])
		}
	}
	return p.plane
}

// unweave makes vectors of the even words of 64 bits of two, and of the odd ones.
func (g *gen) unweave(x, y vreg) (even, odd vreg) {
	switch {
	case x == y: // one element for all lanes
		return g.op(amd64.VUNPCKLPD, x, x), g.op(amd64.VUNPCKHPD, x, x)
	case g.wide:
		return g.permute8(g.places(func(i int) int { return 2 * i }), x, y), g.permute8(g.places(func(i int) int { return 2*i + 1 }), x, y)
	}
	even, odd = g.op(amd64.VUNPCKLPD, x, y), g.op(amd64.VUNPCKHPD, x, y)
	return g.opImm(amd64.VPERMQ, 0xD8, even), g.opImm(amd64.VPERMQ, 0xD8, odd)
}

// interleave is unweave in the other direction.
func (g *gen) interleave(even, odd vreg) (x, y vreg) {
	n := g.w / 8
	if g.wide {
		lower := g.places(func(i int) int { return i%2*n + i/2 })
		upper := g.places(func(i int) int { return i%2*n + n/2 + i/2 })
		return g.permute8(lower, even, odd), g.permute8(upper, even, odd)
	}
	low, high := g.op(amd64.VUNPCKLPD, even, odd), g.op(amd64.VUNPCKHPD, even, odd)
	return g.opImm(amd64.VPERM2I128, 0x20, low, high), g.opImm(amd64.VPERM2I128, 0x31, low, high)
}

// places is the constant of indices of words of 64 bits.
func (g *gen) places(of func(i int) int) vreg {
	all := make([]byte, g.w)
	for i := range g.w / 8 {
		all[8*i] = byte(of(i))
	}
	return g.pooled(all)
}

// permute8 takes the words of 64 bits of x, and then of y, that indices count.
func (g *gen) permute8(indices, x, y vreg) vreg {
	return g.put(ins{form: three, op: amd64.VPERMT2Q, dst: g.temp(), src: [3]vreg{x, indices, y}, n: 3, imm: -1})
}

// twoEach repeats each word of 64 bits of two vectors.
func (g *gen) twoEach(x [2]vreg) (y [4]vreg) {
	n := g.w / 8
	for q := range y {
		h := x[q/2]
		if g.wide {
			y[q] = g.op(amd64.VPERMQ, g.places(func(i int) int { return q%2*n/2 + i/2 }), h)
		} else {
			y[q] = g.opImm(amd64.VPERMQ, [2]int{0x50, 0xFA}[q%2], h)
		}
	}
	return y
}

// longMasks returns the masks of a truth value for elements of 16 bytes.
func (l *lane) longMasks(v kir.Val) [4]vreg { return l.g.twoEach(l.halves(v)) }

// longChoice lowers Select of elements of 16 bytes.
func (l *lane) longChoice(v kir.Val, args []kir.Val) {
	g := l.g
	if l.inFours(args[1]) && l.inFours(args[2]) {
		m, x, y := l.longMasks(args[0]), l.fours(args[1]), l.fours(args[2])
		for q := range x {
			x[q] = g.sel(m[q], x[q], y[q])
		}
		l.setFours(v, x)
		return
	}
	m, x, y := l.halves(args[0]), l.planes(args[1]), l.planes(args[2])
	for k := range x {
		for h := range m {
			x[k][h] = g.sel(m[h], x[k][h], y[k][h])
		}
	}
	l.setPlanes(v, x)
}
