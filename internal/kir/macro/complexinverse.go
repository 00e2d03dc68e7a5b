package macro

import "math"

// The inverse functions follow Kahan, "Branch Cuts for Complex Elementary Functions"
// (1987): sums of square roots in which nothing cancels.

// large is where z² ± 1 is z².
const large = 0x1p500

// roots returns √(1-z) and √(1+z), and whether z is too large for that to be of use.
func (p plane) roots(z spot) (a, b spot, far val) {
	one := p.num(1)
	a = p.sqrt(spot{p.sub(one, z.re), p.neg(z.im)})
	b = p.sqrt(spot{p.add(one, z.re), z.im})
	limit := p.num(large)
	return a, b, p.or(p.gt(p.abs(z.re), limit), p.gt(p.abs(z.im), limit))
}

// asinhOf returns asinh(a·b + c·d), where both products have the same sign.
func (p plane) asinhOf(a, b, c, d val) val {
	return p.lanes.asinh(p.add(p.mul(a, b), p.mul(c, d)))
}

// asin is cut along the real axis outside [-1, 1].
func (p plane) asin(z spot) spot {
	x, y := z.re, z.im
	a, b, far := p.roots(z)
	product := p.sub(p.mul(a.re, b.re), p.mul(a.im, b.im))
	re := p.atan2(x, p.sel(far, p.abs(y), product))
	im := p.sel(far, p.signed(p.farLog(z), y), p.asinhOf(a.re, b.im, p.neg(a.im), b.re))
	return p.ends(z, spot{re, im}, spot{x, p.num(math.NaN())}, y)
}

// acos is cut as asin is.
func (p plane) acos(z spot) spot {
	x, y := z.re, z.im
	a, b, far := p.roots(z)
	half := p.atan2(p.sel(far, p.abs(y), a.re), p.sel(far, x, b.re))
	re := p.sel(far, half, p.add(half, half))
	im := p.sel(far, p.signed(p.farLog(z), p.neg(y)), p.asinhOf(b.re, a.im, p.neg(b.im), a.re))
	return p.ends(z, spot{re, im}, spot{p.num(math.Pi / 2), p.num(math.NaN())}, p.neg(y))
}

// farLog is log |2z|.
func (p plane) farLog(z spot) val { return p.add(p.logAbs(z), p.num(math.Ln2)) }

// ends gives w where a part of z is NaN: zero is what there is of NaN above zero, and up the
// imaginary part of what is infinite in that direction.
func (p plane) ends(z, w, zero spot, up val) spot {
	a, b := p.ne(z.re, z.re), p.ne(z.im, z.im)
	nan := p.num(math.NaN())
	above := p.and(b, p.eq(z.re, p.num(0)))
	wide := p.and(b, p.infinite(z.re))
	high := p.and(a, p.infinite(z.im))
	re := p.sel(above, zero.re, nan)
	im := p.sel(wide, p.num(math.Inf(1)), p.sel(high, up, nan))
	return p.choose(p.or(a, b), spot{re, im}, w)
}

// atanh is cut along the real axis outside [-1, 1].
func (p plane) atanh(z spot) spot {
	zero, one, inf, nan := p.num(0), p.num(1), p.num(math.Inf(1)), p.num(math.NaN())
	quarter, half, right := p.num(0.25), p.num(0.5), p.num(math.Pi/2)
	a, b := p.abs(z.re), p.abs(z.im)
	d, bb := p.sub(one, a), p.mul(b, b)
	re := p.mul(quarter, p.lanes.log1p(p.div(p.mul(p.num(4), a), p.add(p.mul(d, d), bb))))
	im := p.mul(half, p.atan2(p.add(b, b), p.sub(p.mul(d, p.add(one, a)), bb)))
	if !p.narrow {
		tip := p.and(p.eq(a, one), p.lt(b, p.num(0x1p-500)))
		re = p.sel(tip, p.mul(half, p.sub(p.num(math.Ln2), p.lanes.log(b))), re)
		im = p.sel(tip, p.sel(p.eq(b, zero), zero, p.num(math.Pi/4)), im)
	}
	// Far out it is Re(1/z) = a/(a² + b²), whose squares would overflow.
	limit := p.num(large)
	far := p.or(p.gt(a, limit), p.gt(b, limit))
	m, n := p.most(a, b), p.least(a, b)
	q := p.div(n, m)
	top := p.sel(p.lt(a, b), q, one)
	r := p.div(p.mul(half, top), p.add(p.mul(half, m), p.mul(p.mul(half, q), n)))
	re, im = p.sel(far, r, re), p.sel(far, right, im)

	high, nonea, noneb := p.eq(b, inf), p.ne(a, a), p.ne(b, b)
	wide := p.eq(a, inf)
	edge := p.or(p.eq(a, zero), wide)
	re = p.sel(noneb, p.sel(edge, zero, nan), p.sel(nonea, nan, p.sel(wide, zero, re)))
	im = p.sel(p.or(nonea, noneb), nan, im)
	re, im = p.sel(high, zero, re), p.sel(high, right, im)
	return spot{p.signed(p.abs(re), z.re), p.signed(p.abs(im), z.im)}
}
