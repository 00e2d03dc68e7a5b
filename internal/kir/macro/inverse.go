package macro

import "math"

// asin is x + x³p(x²) up to ½, and π/2 - 2·asin √((1-x)/2) above.
func (l lanes) asin(x val) val {
	a := l.abs(x)
	big, y := l.halfAngle(a)
	p := l.halfPi
	far := l.add(l.fma(l.num(-2), y, l.num(p[0])), l.num(p[1]))
	return l.signed(l.sel(big, far, y), x)
}

// halfAngle returns whether a > ½, and then asin √((1-a)/2), else asin a.
func (l lanes) halfAngle(a val) (big, y val) {
	half := l.num(0.5)
	big = l.gt(a, half)
	z := l.sel(big, l.mul(l.sub(l.num(1), a), half), l.mul(a, a))
	s := l.sel(big, l.sqrt(z), a)
	return big, l.fma(l.mul(s, z), l.poly(z, l.cAsin), s)
}

func (l lanes) acos(x val) val {
	big, y := l.halfAngle(l.abs(x))
	p := l.halfPi
	down := l.lt(x, l.num(0))
	two := l.add(y, y)
	far := l.sel(down, l.add(l.sub(l.num(2*p[0]), two), l.num(2*p[1])), two)
	near := l.sub(l.num(p[0]), l.sub(l.sel(down, l.neg(y), y), l.num(p[1])))
	return l.sel(big, far, near)
}

// angle returns the arctangent of y/x for y, x ≥ 0, as π/4 + atan((y-x)/(y+x)) or
// π/2 + atan(-x/y) where the quotient is not small.
func (l lanes) angle(y, x val) val {
	half := l.num(0.5)
	mid := l.gt(y, l.mul(x, half))
	high := l.lt(x, l.mul(y, half))
	n := l.sel(high, l.neg(x), l.sel(mid, l.sub(y, x), y))
	d := l.sel(high, y, l.sel(mid, l.add(y, x), x))
	p, zero := l.halfPi, l.num(0)
	hi := l.sel(high, l.num(p[0]), l.sel(mid, l.num(p[0]/2), zero))
	low := l.sel(high, l.num(p[1]), l.sel(mid, l.num(p[1]/2), zero))
	return l.add(hi, l.add(l.odd(l.div(n, d), l.cAtan), low))
}

func (l lanes) atan(x val) val { return l.signed(l.angle(l.abs(x), l.num(1)), x) }

// atan2 scales the two, so that neither their sum overflows nor what they are compared
// with underflows, and takes infinities for ones beside zeros.
func (l lanes) atan2(y, x val) val {
	a, c := l.abs(y), l.abs(x)
	inf, one, zero := l.num(math.Inf(1)), l.num(1), l.num(0)
	m := l.most(a, c)
	up := math.Ldexp(1, int(l.bias)/2)
	s := l.sel(l.lt(m, l.num(1/up)), l.num(up), l.sel(l.gt(m, l.num(up)), l.num(0.25), one))
	a1, c1 := l.mul(a, s), l.mul(c, s)
	infinite := l.eq(m, inf)
	a1 = l.sel(infinite, l.sel(l.eq(a, inf), one, zero), a1)
	c1 = l.sel(infinite, l.sel(l.eq(c, inf), one, zero), c1)
	c1 = l.sel(l.eq(m, zero), one, c1)
	t := l.angle(a1, c1)
	p := l.halfPi
	back := l.add(l.sub(l.num(2*p[0]), t), l.num(2*p[1]))
	left := l.ne(l.and(l.toBits(x), l.signMask()), l.word(0))
	t = l.signed(l.sel(left, back, t), y)
	return l.sel(l.or(l.ne(x, x), l.ne(y, y)), l.add(x, y), t)
}

// asinh is log(a + √(a²+1)).
func (l lanes) asinh(x val) val {
	a := l.abs(x)
	p, e := l.prod2(a, a)
	w, f := l.sum2(l.num(1), p)
	q, low := l.sqrt2(w, l.add(e, f))
	u, g := l.sum2(q, a)
	far := l.log2x(a, u, l.add(g, low))
	return l.signed(l.sel(l.lt(a, l.num(0.5)), l.odd(a, l.cAsinh), far), x)
}

// log2x returns log(u + c), or log 2a where a is so large that u may have overflowed.
func (l lanes) log2x(a, u, c val) val {
	big := l.gt(a, l.num(math.Ldexp(1, int(l.bias)/2-1)))
	off := l.sel(big, l.offset(1-l.bias), l.offset(-l.bias))
	return l.logOf(l.sel(big, a, u), l.sel(big, l.num(0), c), off)
}

// sqrt2 returns the square root of w + low, and what it lacks.
func (l lanes) sqrt2(w, low val) (q, e val) {
	q = l.sqrt(w)
	return q, l.div(l.add(l.fma(l.neg(q), q, w), low), l.add(q, q))
}

// acosh is log(1 + t + √(t² + 2t)) with t = x-1.
func (l lanes) acosh(x val) val {
	one := l.num(1)
	t := l.sub(x, one)
	two := l.add(t, t)
	p, e := l.prod2(t, t)
	w, f := l.sum2(two, p)
	q, low := l.sqrt2(w, l.add(e, f))
	low = l.sel(l.gt(w, l.num(0)), low, l.num(0))
	s, g := l.sum2(t, q)
	u, h := l.sum2(one, s)
	// Next to 1 it is s itself that counts: u is 1 and h the rest.
	y := l.log2x(x, u, l.add(h, l.add(g, low)))
	return l.sel(l.ge(x, one), y, l.num(math.NaN()))
}

// atanh is log(1 + 2a/(1-a))/2.
func (l lanes) atanh(x val) val {
	a := l.abs(x)
	d := l.sub(l.num(1), a)
	two := l.add(a, a)
	t := l.div(two, d)
	low := l.div(l.fma(l.neg(t), d, two), d)
	far := l.mul(l.num(0.5), l.log1pOf(t, low))
	return l.signed(l.sel(l.lt(a, l.num(0.5)), l.odd(a, l.cAtanh), far), x)
}

func (l lanes) rsqrt(x val) val { return l.div(l.num(1), l.sqrt(x)) }

// cbrt finds y = a^(-1/3): first by a multiple of the bits, whose upper half is nearly
// a logarithm, then in steps that make its error e its fourth power and its cube. From
// that it has the root a·y², with one step more. Small numbers are scaled.
func (l lanes) cbrt(x val) val {
	third, one := l.num(1.0/3), l.num(1)
	up := (2*l.mant + int(l.mant)) / 3 * 3
	a := l.abs(x)
	small := l.lt(a, l.num(math.Ldexp(1, 2*l.mant+6-int(l.bias))))
	a = l.sel(small, l.mul(a, l.num(math.Ldexp(1, up))), a)

	drop := l.width - l.mant
	b := l.addSmall(l.shr(l.toBits(a), drop), l.offset(0))
	first := math.Ldexp(float64(l.bias)*4/3-0.0668, l.mant-drop)
	b = l.fma(b, l.num(-1.0/3), l.num(math.Ldexp(1, l.mant)+math.Round(first)))
	y := l.toFloat(l.shl(l.toBits(b), drop))

	e := l.fma(l.mul(a, y), l.neg(l.mul(y, y)), one)
	y = l.fma(l.mul(y, e), l.fma(e, l.fma(e, l.num(14.0/81), l.num(2.0/9)), third), y)
	e = l.fma(l.mul(a, y), l.neg(l.mul(y, y)), one)
	y = l.fma(l.mul(y, e), l.fma(e, l.num(2.0/9), third), y)
	y2 := l.mul(y, y)
	c := l.mul(a, y2)
	c2, low := l.prod2(c, c)
	rest := l.fma(l.neg(low), c, l.fma(l.neg(c2), c, a))
	c = l.fma(rest, l.mul(y2, third), c)
	c = l.sel(small, l.mul(c, l.num(math.Ldexp(1, -up/3))), c)
	return l.sel(l.isFinite(x), l.signed(c, x), x)
}
