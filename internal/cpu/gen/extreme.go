package gen

import (
	"gojax/internal/asm/amd64"
	"gojax/internal/kir"
)

// The greatest or least of many numbers, at AVX-512: VRANGEPS knows the order of zeros, and
// drops NaN. So one more accumulator becomes NaN where a number is: VFIXUPIMMPS changes what
// it overwrites if its source is NaN.

// ranged reports whether output n is accumulated in this way, if it is in registers.
func (g *gen) ranged(n int) bool {
	o := &g.Out[n]
	return g.wide && o.Whole && (o.Fold == kir.Max || o.Fold == kir.Min) && g.typ(o.Val).IsFloat()
}

// toRange combines accumulator c, of numbers, with v.
func (g *gen) toRange(n, size int, c, v vreg) vreg {
	how := 4 // the least
	if g.Out[n].Fold == kir.Max {
		how = 5
	}
	return g.opImm(pick(size, amd64.VRANGEPS, amd64.VRANGEPD), how, c, v)
}

// orNaN is v, or NaN where x is.
func (g *gen) orNaN(size int, v, x vreg) vreg {
	return g.put(ins{form: three, op: fixup(size), dst: g.temp(), src: [3]vreg{v, x, g.of(size, nanStays)}, n: 3})
}

func fixup(size int) amd64.Op { return pick(size, amd64.VFIXUPIMMPS, amd64.VFIXUPIMMPD) }

// nanStays is the table by which NaN of either kind is a quiet NaN, and nothing else is
// taken over.
const nanStays = 0x22

// takeIn lets the numbers that the body combines pass on NaN to each other, and the last to
// the accumulator of NaN.
func (g *gen) takeIn(odd *carried, v vreg) {
	if odd.taken != none {
		v = g.orNaN(odd.out.size, v, odd.taken)
	}
	odd.taken = v
}

// tookIn ends a body in which numbers were taken in.
func (g *gen) tookIn() {
	for _, c := range g.carry {
		if c.odd && c.taken != none {
			g.becomes(c.v, g.orNaN(c.out.size, c.v, c.taken))
		}
	}
}

// leave gives the accumulator that follows that of NaN, which is the k-th, what is in this.
func (a *alloc) leave(k int) {
	g := a.g
	size := g.carry[k].out.size
	table := uint64(nanStays)
	if size == 4 {
		table |= table << 32
	}
	g.a.Op(fixup(size), g.vec(k+1), g.vec(k), g.a.Splat64(table, g.w), amd64.Imm(0))
}
