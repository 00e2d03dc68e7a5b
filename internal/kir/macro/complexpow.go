package macro

import (
	"math"

	"gojax/internal/dtype"
)

// pow is exp(w·log z), and a product where w is a small integer, which has no error that
// grows with the angle: seldom, it is hoped, for it is computed besides.
func (p plane) pow(z, w spot) spot {
	l := p.log(z)
	e := p.exp(spot{
		p.sub(p.mul(w.re, l.re), p.mul(w.im, l.im)),
		p.add(p.mul(w.im, l.re), p.mul(w.re, l.im)),
	})
	zero, one, nan := p.num(0), p.num(1), p.num(math.NaN())
	n := p.abs(w.re)
	whole := p.and(p.eq(w.im, zero), p.and(p.le(n, p.num(64)), p.eq(p.floor(n), n)))
	y := p.powInt(z, n, p.lt(w.re, zero))
	e.re, e.im = p.rare(whole, y.re, e.re), p.rare(whole, y.im, e.im)

	origin := p.and(p.eq(z.re, zero), p.eq(z.im, zero))
	limit := p.sel(p.gt(w.re, zero), zero, nan)
	e = p.choose(origin, spot{limit, limit}, e)
	unit := p.or(p.and(p.eq(w.re, zero), p.eq(w.im, zero)), p.and(p.eq(z.re, one), p.eq(z.im, zero)))
	return p.choose(unit, spot{one, zero}, e)
}

// powInt is z to the power of an integer n from 0 until 127, or 1 over it: the products of
// z^(2^k) for those bits of n that are set.
func (p plane) powInt(z spot, n, under val) spot {
	zero, one := p.num(0), p.num(1)
	y := spot{one, zero}
	begun := p.Bits(dtype.Bool, [2]uint64{})
	for k := range 7 {
		half := p.mul(n, p.num(0.5))
		next := p.floor(half)
		set := p.ne(half, next)
		y = p.choose(set, p.choose(begun, p.times(y, z), z), y)
		begun, n = p.or(begun, set), next
		if k < 6 {
			z = p.times(z, z)
		}
	}
	p.narrow = false
	return p.choose(under, p.quotient(spot{one, zero}, y), y)
}

// times multiplies.
func (p plane) times(x, y spot) spot {
	return spot{
		p.sub(p.mul(x.re, y.re), p.mul(x.im, y.im)),
		p.add(p.mul(x.re, y.im), p.mul(x.im, y.re)),
	}
}
