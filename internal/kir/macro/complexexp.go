package macro

import "math"

// exp is e to the power z.
func (p plane) exp(z spot) spot {
	return p.polar(lanes.exp, z.re, z.im, p.cos(z.im), p.sin(z.im))
}

// exp2 is 2 to the power z, whose angle is y·log 2 = a + b: a number and what it lacks.
func (p plane) exp2(z spot) spot {
	a, b := p.prod2(z.im, p.num(math.Ln2))
	b = p.fma(z.im, p.num(0x1.abc9e3b39803fp-56), b)
	b = p.sel(p.isFinite(a), b, p.num(0))
	s, c, t, d := p.sin(a), p.cos(a), p.sin(b), p.cos(b)
	cos := p.sub(p.mul(c, d), p.mul(s, t))
	sin := p.add(p.mul(s, d), p.mul(c, t))
	return p.polar(lanes.exp2, z.re, z.im, cos, sin)
}

// polar returns exp(x)·(cos + i sin) of an angle of which y says that it is zero, which stays
// what it is, or not finite: infinity has no other. Where exp(x) may overflow, though the
// result does not, it is done by halves.
func (p plane) polar(exp func(l lanes, x val) val, x, y, cos, sin val) spot {
	r := exp(p.lanes, x)
	re, im := p.mul(r, cos), p.mul(r, sin)
	if !p.narrow {
		big := p.ge(x, p.num(700))
		h := exp(p.lanes, p.mul(x, p.num(0.5)))
		re = p.sel(big, p.mul(p.mul(h, cos), h), re)
		im = p.sel(big, p.mul(p.mul(h, sin), h), im)
	}
	zero, inf, nan := p.num(0), p.num(math.Inf(1)), p.num(math.NaN())
	still := p.eq(y, zero)
	re, im = p.sel(still, r, re), p.sel(still, y, im)
	finite := p.lt(p.abs(y), inf)
	none := p.eq(x, p.num(math.Inf(-1)))
	re = p.sel(finite, re, p.sel(none, zero, p.sel(p.eq(x, inf), x, nan)))
	im = p.sel(finite, im, p.sel(none, p.signed(zero, y), nan))
	return spot{re, im}
}

// expm1 is exp(z) - 1, whose real part is (exp(x) - 1)·cos y - (1 - cos y).
func (p plane) expm1(z spot) spot {
	zero := p.num(0)
	h := p.sin(p.mul(z.im, p.num(0.5)))
	m := p.lanes.expm1(z.re)
	e := p.exp(z)
	re := p.sub(p.mul(m, p.cos(z.im)), p.mul(p.num(2), p.mul(h, h)))
	far, none := p.gt(z.re, p.num(40)), p.lt(z.re, p.num(-40))
	re = p.sel(far, e.re, p.sel(none, p.num(-1), re))
	im := p.sel(p.or(far, none), e.im, p.mul(p.lanes.exp(z.re), p.sin(z.im)))
	still := p.eq(z.im, zero)
	return spot{p.sel(still, m, re), p.sel(still, z.im, im)}
}

// sinh and cosh of z: for a large x by halves.
func (p plane) sinh(z spot) spot {
	s, c := p.sin(z.im), p.cos(z.im)
	sh, ch := p.lanes.sinh(z.re), p.lanes.cosh(z.re)
	re, im := p.mul(sh, c), p.mul(ch, s)
	zero, nan := p.num(0), p.num(math.NaN())
	if !p.narrow {
		big, h, half := p.byHalves(z.re)
		re = p.sel(big, p.mul(p.mul(p.signed(half, z.re), c), h), re)
		im = p.sel(big, p.mul(p.mul(half, s), h), im)
	}
	origin := p.eq(z.re, zero)
	finite := p.isFinite(z.im)
	keep := p.or(origin, p.infinite(z.re))
	re = p.sel(finite, p.sel(origin, p.mul(z.re, c), re), p.sel(keep, z.re, nan))
	im = p.sel(finite, p.sel(origin, s, im), nan)
	still := p.eq(z.im, zero)
	return spot{p.sel(still, sh, re), p.sel(still, z.im, im)}
}

func (p plane) cosh(z spot) spot {
	s, c := p.sin(z.im), p.cos(z.im)
	sh, ch := p.lanes.sinh(z.re), p.lanes.cosh(z.re)
	re, im := p.mul(ch, c), p.mul(sh, s)
	zero, one, inf, nan := p.num(0), p.num(1), p.num(math.Inf(1)), p.num(math.NaN())
	if !p.narrow {
		big, h, half := p.byHalves(z.re)
		re = p.sel(big, p.mul(p.mul(half, c), h), re)
		im = p.sel(big, p.mul(p.mul(p.signed(half, z.re), s), h), im)
	}
	finite := p.isFinite(z.im)
	origin := p.eq(z.re, zero)
	re = p.sel(finite, re, p.sel(p.infinite(z.re), inf, nan))
	im = p.sel(finite, im, p.sel(origin, zero, nan))
	still := p.eq(z.im, zero)
	return spot{p.sel(still, ch, re), p.sel(still, p.mul(p.signed(one, z.re), z.im), im)}
}

// byHalves returns whether |x| > 700, and exp(|x|/2) and its half.
func (p plane) byHalves(x val) (big, h, half val) {
	a := p.abs(x)
	h = p.lanes.exp(p.mul(a, p.num(0.5)))
	return p.gt(a, p.num(700)), h, p.mul(h, p.num(0.5))
}

// tanh is Kahan's.
func (p plane) tanh(z spot) spot {
	x, y := z.re, z.im
	zero, one, nan := p.num(0), p.num(1), p.num(math.NaN())
	a := p.abs(x)
	far := p.gt(a, p.num(22))
	h := p.lanes.exp(p.neg(a))
	sc := p.mul(p.mul(p.num(4), p.sin(y)), p.cos(y))

	t, s := p.tan(y), p.lanes.sinh(x)
	b := p.onePlus(t)
	d := p.add(one, p.mul(p.mul(b, s), s))
	re := p.sel(far, p.signed(one, x), p.div(p.mul(p.mul(b, p.lanes.cosh(x)), s), d))
	im := p.sel(far, p.mul(p.mul(sc, h), h), p.div(t, d))

	finite, origin, still := p.isFinite(y), p.eq(x, zero), p.eq(y, zero)
	re = p.sel(finite, re, p.sel(p.infinite(x), p.signed(one, x), p.sel(origin, x, nan)))
	im = p.sel(finite, im, p.sel(p.infinite(x), p.signed(zero, y), nan))
	none := p.ne(x, x)
	return spot{p.sel(none, nan, re), p.sel(none, p.sel(still, y, nan), im)}
}

// onePlus is 1 + x·x, rounded twice.
func (p plane) onePlus(x val) val { return p.add(p.num(1), p.mul(x, x)) }

// logistic is 1/(1 + exp(-z)): exp(z/2) / (2·cosh(z/2)), and where 1 + exp is one of
// the two, that.
func (p plane) logistic(z spot) spot {
	half := p.num(0.5)
	x, y := p.mul(z.re, half), p.mul(z.im, half)
	s, c := p.sin(y), p.cos(y)
	modest := p.clamp(-30, x, 30)
	up := p.lanes.exp(modest)
	// (c + is)·up by the conjugate of 2·cosh(z/2) = d, over |d|²
	two := p.num(2)
	d := spot{p.mul(p.mul(two, p.lanes.cosh(modest)), c), p.mul(p.mul(two, p.lanes.sinh(modest)), s)}
	n := spot{p.mul(up, c), p.mul(up, s)}
	m := p.add(p.mul(d.re, d.re), p.mul(d.im, d.im))
	near := spot{
		p.div(p.add(p.mul(n.re, d.re), p.mul(n.im, d.im)), m),
		p.div(p.mul(p.mul(two, s), c), m),
	}
	low := p.exp(spot{p.below(z.re), z.im}) // exp(-|x| + iy)
	one := p.num(1)
	high := spot{p.sel(p.ne(low.re, low.re), low.re, one), low.im}
	w := p.choose(p.gt(z.re, p.num(40)), high, p.choose(p.lt(z.re, p.num(-40)), low, near))
	still := p.eq(z.im, p.num(0))
	return spot{p.sel(still, p.lanes.logistic(z.re), w.re), p.sel(still, z.im, w.im)}
}
