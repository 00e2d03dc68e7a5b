package macro

import (
	"math"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// inDouble computes a function of float32 in float64.
func (l lanes) inDouble(f func(l lanes, x val) val, x val) val {
	return l.Convert(dtype.Float32, f(lanes{l.Builder, &double}, l.Convert(dtype.Float64, x)))
}

// lgamma is by polynomials with the zeros 1 and 2 split off, in the variables t from
// -¼ to ½ and from -½ to ½, and by Stirling's series from 8 on. What lies elsewhere is
// moved there: Γ(1+a) = a·Γ(a). Left of 0, Γ(x)·Γ(-x) = -π/(x·sin πx).
func (l lanes) lgamma(x val) val {
	if l.float == dtype.Float32 {
		return l.inDouble(lanes.lgamma, x)
	}
	one, inf := l.num(1), l.num(math.Inf(1))
	a := l.abs(x)
	y, p := a, one // Γ(a) = p·Γ(y), for a < 8
	for range 6 {
		more := l.ge(y, l.num(2.5))
		less := l.sub(y, one)
		p = l.sel(more, l.mul(p, less), p)
		y = l.sel(more, less, y)
	}
	low, big := l.lt(a, l.num(0.75)), l.ge(a, l.num(8))
	nearOne := l.or(l.lt(a, l.num(0.5)), l.and(l.lt(a, l.num(1.5)), l.not(low)))
	t := l.sel(l.lt(a, l.num(0.5)), a, l.sel(l.lt(a, l.num(1.5)), l.sub(a, one), l.sub(y, l.num(2))))
	g := l.mul(t, l.horner(t, l.choice(nearOne, l.nums(lgammaA), l.nums(lgammaB))))

	ln := l.log(l.sel(l.or(low, big), a, p))
	near := l.sel(low, l.sub(g, ln), l.add(g, ln))
	u := l.div(one, a)
	tail := l.fma(u, l.poly(l.mul(u, u), stirling), l.num(math.Log(2*math.Pi)/2-0.5))
	far := l.fma(l.sub(a, l.num(0.5)), l.sub(ln, one), tail)
	r := l.sel(big, far, near)

	flip := l.and(l.lt(x, l.num(-0x1p-70)), l.lt(a, inf))
	s, _ := l.sinCosPi(a)
	mirror := l.sub(l.log(l.div(l.num(math.Pi), l.mul(a, l.abs(s)))), r)
	r = l.rare(flip, l.sel(l.eq(s, l.num(0)), inf, mirror), r)
	return l.sel(l.lt(a, inf), r, l.mul(a, a))
}

// sinCosPi returns ± the sine and cosine of πa, whose product has the right sign.
func (l lanes) sinCosPi(a val) (s, c val) {
	f := l.sub(a, l.Emit(kir.RoundEven, a)) // exact
	g := l.abs(f)
	swap := l.gt(g, l.num(0.25))
	h := l.mul(l.sel(swap, l.sub(l.num(0.5), g), g), l.num(math.Pi))
	sin, cos := l.sinNear(h), l.cosNear(h)
	return l.signed(l.sel(swap, cos, sin), f), l.sel(swap, sin, cos)
}

// digamma is (x - root)·p(x-1) from 1 to 2, and an asymptotic series from 7 on. What
// lies between or below 1 is moved: ψ(x+1) = ψ(x) + 1/x. Left of 0,
// ψ(x) = ψ(1-x) - π/tan πx.
func (l lanes) digamma(x val) val {
	if l.float == dtype.Float32 {
		return l.inDouble(lanes.digamma, x)
	}
	one, zero := l.num(1), l.num(0)
	left, below := l.lt(x, l.num(-0.5)), l.lt(x, one)
	y := l.sel(left, l.sub(one, x), x)
	sum := zero
	v := y
	for range 5 {
		more := l.ge(v, l.num(2))
		less := l.sub(v, one)
		sum = l.sel(more, l.add(sum, l.div(one, less)), sum)
		v = l.sel(more, less, v)
	}
	// Between -½ and 0 it is moved twice.
	inside := l.and(below, l.not(left))
	minus := l.and(inside, l.lt(x, zero))
	next := l.add(x, one)
	sum = l.sel(inside, l.sub(l.sel(minus, l.div(l.num(-1), next), zero), l.div(one, x)), sum)
	t := l.sel(inside, l.sel(minus, next, x), l.sub(v, one))
	g := l.sub(l.sub(l.sub(t, l.num(digammaRoot[0]-1)), l.num(digammaRoot[1])), l.num(digammaRoot[2]))
	near := l.fma(g, l.poly(t, digammaRatio), sum)

	u := l.div(one, y)
	z := l.mul(u, u)
	far := l.fma(l.neg(z), l.poly(z, digammaTail), l.fma(u, l.num(-0.5), l.log(y)))
	r := l.sel(l.ge(y, l.num(7)), far, near)

	s, c := l.sinCosPi(x)
	mirror := l.sub(r, l.div(l.mul(l.num(math.Pi), c), s))
	r = l.rare(left, mirror, r)
	pole := l.and(l.le(x, zero), l.eq(s, zero))
	return l.sel(pole, l.num(math.NaN()), r)
}

// digammaRoot is where digamma is zero, as a sum of which the first two have few bits.
var digammaRoot = [3]float64{
	1569415565.0 / (1 << 30), 381566830.0 / (1 << 60), 0.9016312093258695918615325266959189453125e-19,
}
