package gen

import (
	"math"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Integers are divided as numbers.

// divide lowers Div and Rem by y, a part of value by.
func (l *lane) divide(c kir.Code, t dtype.Type, x, y vreg, by kir.Val) vreg {
	g := l.g
	if t.Size() < 8 {
		return g.divideWords(c, t, x, y)
	}
	var inverse vreg
	if i := &g.K.Code[by]; i.Code == kir.Constant {
		b := float64(i.Bits[0])
		if t.IsSigned() {
			b = float64(int64(i.Bits[0]))
		}
		inverse = g.number(8, 1/b)
	} else {
		inverse = g.op(amd64.VDIVPD, g.number(8, 1), g.longToDouble(t, y))
	}
	return g.divideLong(c, t, x, y, inverse)
}

// divideWords divides what is in words: the quotient of integers that have no more bits than
// numbers have is not rounded to an integer that it had not reached.
func (g *gen) divideWords(c kir.Code, t dtype.Type, x, y vreg) vreg {
	var q vreg
	if small(t) {
		q = g.op(amd64.VCVTTPS2DQ, g.op(amd64.VDIVPS, g.op(amd64.VCVTDQ2PS, x), g.op(amd64.VCVTDQ2PS, y)))
	} else {
		a, b := g.toDouble(t, x), g.toDouble(t, y)
		for p := range a {
			a[p] = g.op(amd64.VDIVPD, a[p], b[p])
		}
		if t.IsUnsigned() {
			q = g.truncUint(a)
		} else {
			q = g.joined(amd64.VCVTTPD2DQ, a)
		}
	}
	void := g.equal(4, y, g.zero())
	if c == kir.Div {
		return g.or(q, void)
	}
	return g.sub(4, x, g.andNot(void, g.mul(4, q, y)))
}

// divideLong divides integers of 64 bits, given 1/y in f64. The product with that, rounded, is
// some thousands off at most, and what is left of x then is less than y/2 and some thousands.
// Its own quotient is small and right but for rounding, so that |rest| ≤ y·(½ + 2^-39) after
// that; if it has the wrong sign, one more y is taken off. All but the numbers wraps.
func (g *gen) divideLong(c kir.Code, t dtype.Type, x, y, inverse vreg) vreg {
	mul := func(x, y vreg) vreg { return g.op(amd64.VMULPD, x, y) }
	q := g.roundToLong(t, mul(g.longToDouble(t, x), inverse))
	rest := g.sub(8, x, g.mul(8, q, y))
	magic := g.number(8, math.Ldexp(1.5, 52))
	more := g.op(amd64.VADDPD, mul(g.longToDouble(dtype.Int64, rest), inverse), magic)
	more = g.sub(8, more, magic)
	rest = g.sub(8, rest, g.mul(8, more, y))

	void := g.equal(8, y, g.zero())
	one := g.bits(1)
	if t.IsSigned() {
		apart := g.greater(8, g.zero(), g.xor(x, y)) // ones if the signs differ
		wrong := g.andNot(g.equal(8, rest, g.zero()), g.greater(8, g.zero(), g.xor(rest, x)))
		if c == kir.Div {
			q = g.add(8, q, more)
			q = g.sub(8, q, g.and(wrong, g.or(apart, one)))
			return g.or(q, void)
		}
		size := g.sub(8, g.xor(y, apart), apart) // |y| with the sign of x
		return g.sel(void, x, g.add(8, rest, g.and(wrong, size)))
	}
	// By what has the highest bit it goes once at most; else the sign of the rest is right.
	wrong, far := g.greater(8, g.zero(), rest), g.greater(8, g.zero(), y)
	once := g.not(g.order(t, y, x))
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
