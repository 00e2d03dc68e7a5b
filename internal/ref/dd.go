package ref

import "math"

// A dd is the unevaluated sum of two float64 that do not overlap, some 106 bits.
type dd struct{ hi, lo float64 }

// sum2 returns a + b exactly.
func sum2(a, b float64) dd {
	s := a + b
	t := s - a
	return dd{s, (a - (s - t)) + (b - t)}
}

// quick2 returns a + b exactly if a is not smaller in magnitude, or zero.
func quick2(a, b float64) dd {
	s := a + b
	return dd{s, b - (s - a)}
}

// prod2 returns a · b exactly, but for underflow.
func prod2(a, b float64) dd {
	p := float64(a * b)
	return dd{p, math.FMA(a, b, -p)}
}

func (x dd) add(y dd) dd {
	s, t := sum2(x.hi, y.hi), sum2(x.lo, y.lo)
	s = quick2(s.hi, s.lo+t.hi)
	return quick2(s.hi, s.lo+t.lo)
}

func (x dd) mul(y dd) dd {
	p := prod2(x.hi, y.hi)
	return quick2(p.hi, p.lo+(float64(x.hi*y.lo)+float64(x.lo*y.hi)))
}

func (x dd) div(y dd) dd {
	q := x.hi / y.hi
	r := x.add(y.mul(dd{-q, 0}))
	return quick2(q, r.hi/y.hi)
}

// ln2hi has 21 trailing zero bits, so that its product with an exponent is exact.
const (
	ln2hi = 0x1.62e42fee00000p-1
	ln2lo = 0x1.a39ef35793c76p-33
)

// logDD returns the logarithm of a positive, finite, normal or subnormal x, with a
// relative error of about 2^-70.
func logDD(x float64) dd {
	m, k := math.Frexp(x) // 1/2 <= m < 1
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	// log m = 2 artanh s = 2(s + s³/3 + s⁵/5 + …), |s| < 0.172
	s := dd{m - 1, 0}.div(sum2(m, 1))
	z := s.mul(s)
	t := 0.0
	for n := 33.0; n >= 7; n -= 2 {
		t = float64(z.hi*t) + 1/n
	}
	fifth, third := dd{0.2, -0x1.999999999999ap-57}, dd{1. / 3, 0x1.5555555555555p-56}
	p := z.mul(fifth.add(dd{z.hi * t, 0})) // z/5 + z²/7 + …
	p = z.mul(third.add(p))                // z/3 + z²/5 + …
	l := s.add(s.mul(p))
	l.hi, l.lo = 2*l.hi, 2*l.lo
	e := float64(k)
	return sum2(float64(e*ln2hi), float64(e*ln2lo)).add(l)
}

// expDD returns exp(x), rounded but once: within 0.6 units in the last place.
func expDD(x dd) float64 {
	if x.hi != x.hi || x.hi > 710 || x.hi < -746 {
		return math.Exp(x.hi)
	}
	k := math.RoundToEven(x.hi / math.Ln2)
	r := sum2(x.hi-float64(k*ln2hi), -float64(k*ln2lo)) // the first difference is exact
	r = quick2(r.hi, r.lo+x.lo)
	t := 0.0
	for n := 15.0; n >= 2; n-- { // t = 1/2! + r/3! + …, by Horner from 1/15!
		t = float64(t*r.hi) + inverseFactorial[int(n)]
	}
	s := quick2(1, r.hi)
	y := s.hi + (s.lo + (r.lo + float64(r.hi*r.lo) + float64(r.hi*r.hi)*t))
	return math.Ldexp(y, int(k))
}

var inverseFactorial = [...]float64{
	1, 1, 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040, 1. / 40320, 1. / 362880,
	1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800, 1. / 87178291200,
	1. / 1307674368000,
}
