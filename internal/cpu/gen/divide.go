package gen

import (
	"math"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Integers are divided as numbers.

// A divisor is what integers are divided by: a part of a value, and its bits if that is a
// constant other than 0.
type divisor struct {
	y     vreg
	known bool
	bits  uint64
}

func (l *lane) divisor(v kir.Val, y vreg) divisor {
	i := &l.g.K.Code[v]
	return divisor{y, i.Code == kir.Constant && i.Bits[0] != 0, i.Bits[0]}
}

// number is the constant as a number of f64.
func (d divisor) number(t dtype.Type) float64 {
	if t.IsSigned() {
		return float64(int64(d.bits) << (64 - t.Bits()) >> (64 - t.Bits()))
	}
	return float64(d.bits)
}

// void is a mask of where y is 0.
func (g *gen) void(size int, d divisor) vreg {
	if d.known {
		return g.zero()
	}
	return g.equal(size, d.y, g.zero())
}

// divide lowers Div and Rem.
func (g *gen) divide(c kir.Code, t dtype.Type, x vreg, d divisor) vreg {
	if t.Size() < 8 {
		return g.divideWords(c, t, x, d)
	}
	if d.known {
		return g.divideLong(c, t, x, d, g.number(8, 1/d.number(t)))
	}
	return g.divideLong(c, t, x, d, g.op(amd64.VDIVPD, g.number(8, 1), g.longToDouble(t, d.y)))
}

// divideWords divides what is in words: the quotient of integers that have no more bits than
// numbers have is not rounded to an integer that it had not reached. Nor does the product with
// the inverse of a constant reach one, if that is rounded up and the numbers have some bits more.
func (g *gen) divideWords(c kir.Code, t dtype.Type, x vreg, d divisor) vreg {
	size, mul, div := 8, amd64.VMULPD, amd64.VDIVPD
	if small(t) {
		size, mul, div = 4, amd64.VMULPS, amd64.VDIVPS
	}
	of := func(x vreg) []vreg {
		if small(t) {
			return []vreg{g.op(amd64.VCVTDQ2PS, x)}
		}
		h := g.toDouble(t, x)
		return h[:]
	}
	a := of(x)
	if d.known {
		inverse := g.inverse(size, d.number(t))
		for p := range a {
			a[p] = g.op(mul, a[p], inverse)
		}
	} else {
		for p, b := range of(d.y) {
			a[p] = g.op(div, a[p], b)
		}
	}
	var q vreg
	switch {
	case small(t):
		q = g.op(amd64.VCVTTPS2DQ, a[0])
	case t.IsUnsigned():
		q = g.truncUint([2]vreg(a))
	default:
		q = g.joined(amd64.VCVTTPD2DQ, [2]vreg(a))
	}
	void := g.void(4, d)
	if c == kir.Div {
		return g.or(q, void)
	}
	return g.sub(4, x, g.andNot(void, g.mul(4, q, d.y)))
}

// inverse is the constant 1/d, with a size, rounded away from zero, or next to that.
func (g *gen) inverse(size int, d float64) vreg {
	if size == 4 {
		return g.number(4, float64(math.Nextafter32(float32(1/d), float32(math.Copysign(2, d)))))
	}
	return g.number(8, math.Nextafter(1/d, math.Copysign(2, d)))
}

// divideLong divides integers of 64 bits, given 1/y in f64. The product with that, rounded, is
// some thousands off at most, and what is left of x then is less than y/2 and some thousands.
// Its own quotient is small and right but for rounding, so that |rest| ≤ y·(½ + 2^-39) after
// that; if it has the wrong sign, one more y is taken off. All but the numbers wraps.
func (g *gen) divideLong(c kir.Code, t dtype.Type, x vreg, d divisor, inverse vreg) vreg {
	y := d.y
	mul := func(x, y vreg) vreg { return g.op(amd64.VMULPD, x, y) }
	q := g.roundToLong(t, mul(g.longToDouble(t, x), inverse))
	rest := g.sub(8, x, g.mul(8, q, y))
	magic := g.number(8, math.Ldexp(1.5, 52))
	more := g.op(amd64.VADDPD, mul(g.longToDouble(dtype.Int64, rest), inverse), magic)
	more = g.sub(8, more, magic)
	rest = g.sub(8, rest, g.mul(8, more, y))

	void := g.void(8, d)
	one := g.bits(1)
	if t.IsSigned() {
		apart := g.greater(8, g.zero(), g.xor(x, y)) // ones if the signs differ
		wrong := g.andNot(g.equal(8, rest, g.zero()), g.greater(8, g.zero(), g.xor(rest, x)))
		if c == kir.Div {
			q = g.add(8, q, more)
			return g.or(g.sub(8, q, g.and(wrong, g.or(apart, one))), void)
		}
		size := g.sub(8, g.xor(y, apart), apart) // |y| with the sign of x
		return g.sel(void, x, g.add(8, rest, g.and(wrong, size)))
	}
	// By what has the highest bit it goes once at most; else the sign of the rest is right.
	wrong := g.greater(8, g.zero(), rest)
	if d.known && d.bits>>63 == 0 {
		if c == kir.Div {
			return g.add(8, g.add(8, q, more), wrong)
		}
		return g.add(8, rest, g.and(wrong, y))
	}
	far, once := g.greater(8, g.zero(), y), g.not(g.order(t, y, x))
	if c == kir.Div {
		q = g.add(8, g.add(8, q, more), wrong)
		return g.or(g.sel(far, g.and(once, one), q), void)
	}
	near := g.add(8, rest, g.and(wrong, y))
	return g.sel(void, x, g.sel(far, g.sub(8, x, g.and(once, y)), near))
}

// roundToLong makes integers of 64 bits of numbers that are about as large as these, rounded to
// nearest; of what is too large, one that is so far from it modulo 2^64 as is the largest.
func (g *gen) roundToLong(t dtype.Type, x vreg) vreg {
	switch {
	case !g.wide:
		return g.doubleToLong(t, g.round(8, toEven, x))
	case t.IsUnsigned():
		return g.op(amd64.VCVTPD2UQQ, x)
	}
	return g.op(amd64.VCVTPD2QQ, x)
}
