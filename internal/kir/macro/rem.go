package macro

import (
	"math"

	"gojax/internal/kir"
)

// rem is exact. Where the quotient is not large, it is rounded down to an integer, or
// is one too many, and the rest has no more bits than the divisor.
func (l lanes) rem(x, y val) val {
	a, b := l.abs(x), l.abs(y)
	inf, zero := l.num(math.Inf(1)), l.num(0)
	q := l.div(a, b)
	r := l.fma(l.neg(l.floor(q)), b, a)
	r = l.sel(l.lt(r, zero), l.add(r, b), r)
	large := l.ge(q, l.num(math.Ldexp(1, l.mant-1)))
	r = l.rare(large, l.remFar(a, b), r)
	r = l.sel(l.lt(a, b), a, r)
	good := l.and(l.and(l.lt(a, inf), l.gt(b, zero)), l.le(b, inf))
	return l.sel(good, l.signed(r, x), l.num(math.NaN()))
}

// remFar returns the remainder of finite a ≥ b > 0. With a = m·2^d and b = n·2^c for
// integers m and n of mant+1 bits, it is (m·2^(d-c) mod n)·2^c, the power taken by
// squares: first 2 to the upper bits of d-c, which is below n; then bit by bit.
func (l lanes) remFar(a, b val) val {
	m, d := l.whole(a)
	n, c := l.whole(b)
	d = l.sub(d, c)
	bits := 4
	if l.width == 64 {
		bits = 6
	}
	p := l.toFloat(l.shl(l.add(l.shr(d, bits), l.word(l.bias)), l.mant))
	for i := bits - 1; i >= 0; i-- {
		p = l.mulMod(p, p, n)
		set := l.ne(l.and(d, l.word(1<<i)), l.word(0))
		p = l.sel(set, l.less(l.add(p, p), n), p)
	}
	r := l.mulMod(p, l.less(m, n), n)
	// 2^c may be no number, but r·2^c is one.
	half := l.Emit(kir.ShiftRightLogical, l.add(c, l.word(4*l.bias)), l.word(1))
	rest := l.sub(l.add(c, l.word(4*l.bias)), half)
	one := l.toFloat(l.shl(l.sub(half, l.word(l.bias)), l.mant))
	two := l.toFloat(l.shl(l.sub(rest, l.word(l.bias)), l.mant))
	return l.mul(l.mul(r, one), two)
}

// whole returns a finite number as an integer of mant+1 bits times 2^e.
func (l lanes) whole(a val) (m, e val) {
	tiny := l.lt(a, l.num(math.Ldexp(1, int(1-l.bias))))
	a = l.sel(tiny, l.mul(a, l.num(math.Ldexp(1, l.mant))), a)
	b := l.toBits(a)
	off := -l.bias - int64(l.mant)
	e = l.add(l.shr(b, l.mant), l.sel(tiny, l.word(off-int64(l.mant)), l.word(off)))
	m = l.or(l.and(b, l.word(1<<l.mant-1)), l.word(l.pattern(math.Ldexp(1, l.mant))))
	return l.toFloat(m), e
}

// less returns x modulo n for 0 ≤ x < 2n.
func (l lanes) less(x, n val) val { return l.sel(l.ge(x, n), l.sub(x, n), x) }

// mulMod returns x·y modulo n for integers below n, which has mant+1 bits: x·y is
// h + e, h = q·n + r with |r| ≤ n, and as |e| ≤ n, r + e is no longer than n if they
// have unlike signs.
func (l lanes) mulMod(x, y, n val) val {
	zero := l.num(0)
	h, e := l.prod2(x, y)
	q := l.Emit(kir.RoundEven, l.div(h, n))
	r := l.fma(l.neg(q), n, h)
	r = l.sel(l.lt(e, zero), l.sel(l.lt(r, zero), l.add(r, n), r), l.sel(l.gt(r, zero), l.sub(r, n), r))
	r = l.add(r, e)
	return l.less(l.sel(l.lt(r, zero), l.add(r, n), r), n)
}
