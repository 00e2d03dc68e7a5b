package macro

import "math"

// quotient divides as package tile does, step by step: what is no number, but is one in the
// limit, is seldom asked for.
func (p plane) quotient(x, y spot) spot {
	a, b, c, d := x.re, x.im, y.re, y.im
	first := p.le(p.abs(d), p.abs(c)) // c is not smaller than d
	m, n := p.sel(first, c, d), p.sel(first, d, c)
	r := p.div(n, m)
	m = p.add(m, p.mul(r, n))
	ar, br := p.mul(a, r), p.mul(b, r)
	over := p.div
	if p.narrow {
		m, over = p.div(p.num(1), m), p.mul
	}
	e := over(p.add(p.sel(first, a, b), p.sel(first, br, ar)), m)
	f := over(p.sub(p.sel(first, b, br), p.sel(first, ar, a)), m)
	bad := p.and(p.ne(e, e), p.ne(f, f))
	limit := p.inTheLimit(x, y, spot{e, f})
	return spot{p.rare(bad, limit.re, e), p.rare(bad, limit.im, f)}
}

// inTheLimit is the quotient of x and y where arithmetic has none, which none is.
func (p plane) inTheLimit(x, y, none spot) spot {
	a, b, c, d := x.re, x.im, y.re, y.im
	zero, one, inf := p.num(0), p.num(1), p.num(math.Inf(1))
	upper := p.and(p.or(p.infinite(a), p.infinite(b)), p.and(p.isFinite(c), p.isFinite(d)))
	lower := p.and(p.or(p.infinite(c), p.infinite(d)), p.and(p.isFinite(a), p.isFinite(b)))
	unit := func(x val) val { return p.signed(p.sel(p.infinite(x), one, zero), x) }
	u, v := p.sel(upper, unit(a), a), p.sel(upper, unit(b), b)
	w, z := p.sel(lower, unit(c), c), p.sel(lower, unit(d), d)
	k := p.sel(upper, inf, zero)
	limit := spot{
		p.mul(k, p.add(p.mul(u, w), p.mul(v, z))),
		p.mul(k, p.sub(p.mul(v, w), p.mul(u, z))),
	}
	limit = p.choose(p.or(upper, lower), limit, none)

	void := p.and(p.eq(c, zero), p.eq(d, zero))
	some := p.or(p.eq(a, a), p.eq(b, b))
	far := p.signed(inf, c)
	return p.choose(p.and(void, some), spot{p.mul(far, a), p.mul(far, b)}, limit)
}
