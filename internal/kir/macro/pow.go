package macro

import (
	"math"

	"gojax/internal/dtype"
)

// pow is 2^(y·log₂|x|), with the logarithm and the product in twice the precision, and
// then the many cases that C has.
func (l lanes) pow(x, y val) val {
	inf, zero, one := l.num(math.Inf(1)), l.num(0), l.num(1)
	a := l.abs(x)
	h, low := l.log2(a)
	h = l.sel(l.eq(a, inf), inf, l.sel(l.eq(a, zero), l.num(math.Inf(-1)), h))

	p := l.mul(y, h)
	rest := l.fma(y, low, l.fma(y, h, l.neg(p)))
	big := float64(l.bias + int64(l.mant) + 4)
	rest = l.sel(l.lt(l.abs(p), l.num(big)), rest, zero)
	p = l.clamp(-big, p, big)
	m := l.num(l.rounder(2 * l.bias))
	t := l.add(p, m)
	r := l.add(l.sub(p, l.sub(t, m)), rest)
	z := l.power2(l.fma(r, l.poly(r, l.cExp2), one), l.toBits(t))
	z = l.sel(l.eq(a, one), one, z)

	half := l.mul(y, l.num(0.5))
	whole := l.eq(l.floor(y), y)
	odd := l.and(whole, l.ne(l.floor(half), half))
	flip := l.sel(odd, l.and(l.toBits(x), l.signMask()), l.word(0))
	z = l.toFloat(l.xor(l.toBits(z), flip))

	root := l.and(l.and(l.lt(x, zero), l.lt(a, inf)), l.not(whole))
	nan := l.or(root, l.or(l.ne(x, x), l.ne(y, y)))
	z = l.sel(nan, l.num(math.NaN()), z)
	return l.sel(l.or(l.eq(x, one), l.eq(y, zero)), one, z)
}

// log2 returns the logarithm to base 2 of a positive finite number as a sum. With
// m = (1+s)/(1-s), it is the exponent and (s + s³/3 + s⁵/5 + …)·2/log 2.
func (l lanes) log2(a val) (h, low val) {
	tiny := l.lt(a, l.num(math.Ldexp(1, int(1-l.bias))))
	a = l.sel(tiny, l.mul(a, l.num(math.Ldexp(1, l.mant))), a)
	m, e := l.nearOne(a, l.sel(tiny, l.offset(-l.bias-int64(l.mant)), l.offset(-l.bias)))

	one := l.num(1)
	d, dl := l.sum2(m, one)
	f := l.sub(m, one) // exact
	s := l.div(f, d)
	sl := l.div(l.fma(l.neg(s), dl, l.fma(l.neg(s), d, f)), d)
	z, zl := l.prod2(s, s)
	zl = l.fma(l.add(s, s), sl, zl)

	tail := log2Tail64
	if l.float == dtype.Float32 {
		tail = log2Tail32
	}
	q, ql := l.quick2(l.num(l.twoThirds[0]), l.mul(z, l.poly(z, tail)))
	ql = l.add(ql, l.num(l.twoThirds[1]))
	p, pl := l.prod2(z, q)
	pl = l.add(pl, l.fma(z, ql, l.mul(zl, q)))
	w, wl := l.quick2(l.num(2*l.log2e[0]), p)
	wl = l.add(wl, l.add(pl, l.num(2*l.log2e[1])))
	h, low = l.prod2(s, w)
	low = l.add(low, l.fma(s, wl, l.mul(sl, w)))
	h, more := l.quick2(e, h)
	return l.quick2(h, l.add(more, low))
}
