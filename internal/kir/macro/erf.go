package macro

import (
	"math"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// erf is x + x·p(x²) next to 0, and 1 - erfc elsewhere; of float32 it is made of pieces.
func (l lanes) erf(x val) val {
	a := l.abs(x)
	if l.float == dtype.Float32 { // up to where it is 1, in pieces of one length
		a = l.least(l.num(3.945), a)
		t := l.toBits(l.fma(a, l.num(1.9), l.num(l.rounder(0))))
		return l.signed(l.piece(kir.ErfPiece, kir.ErfDegree, t, a), x)
	}
	far := l.sub(l.num(1), l.erfcFar(l.least(l.num(6), a)))
	return l.signed(l.sel(l.lt(a, l.num(1)), l.erfNear(a), far), x)
}

// piece is an increasing function on what is not negative, by pieces, which the low bits of t
// are the number of: f(c) + d·p(d) with d = a - c for a number c in the middle, which is not
// less than where the piece ends by f(c). Next to 0, where c and f(c) are 0, it is a + a·p(a).
func (l lanes) piece(table kir.Code, degree int, t, a val) val {
	entry := func(n int) val { return l.entry(table+kir.Code(n), t) }
	d := l.sub(a, entry(0))
	p := entry(degree + 1)
	for n := degree; n > 1; n-- {
		p = l.fma(p, d, entry(n))
	}
	return l.fma(p, d, l.most(entry(1), d))
}

func (l lanes) erfNear(a val) val {
	return l.fma(a, l.poly(l.mul(a, a), l.cErf), a)
}

// erfc is 1 - erf x next to 0: from ½ to 0.9, 1-x is exact and erf x - x small.
func (l lanes) erfc(x val) val {
	a := l.abs(x)
	split := l.num(0.9)
	y := l.erfcFar(l.most(split, l.least(l.num(30), a)))
	y = l.sel(l.lt(x, l.num(0)), l.sub(l.num(2), y), y)
	near := l.fma(l.neg(x), l.poly(l.mul(x, x), l.cErf), l.sub(l.num(1), x))
	return l.sel(l.lt(a, split), near, y)
}

// erfcFar is exp(-a²)·q(t)/a with t = (a-k)/(a+k), for 0.9 ≤ a ≤ 30 (after Shepherd and
// Laframboise, 1981). What t, a·a, the exponential and the product lack is added to the
// first order. k is such that q(0) is all but representable.
func (l lanes) erfcFar(a val) val {
	c, k := erfc64, erfcMiddle64
	if l.float == dtype.Float32 {
		c, k = erfc32, erfcMiddle32
	}
	one := l.num(1)
	r := l.div(one, l.add(a, l.num(k)))
	t := l.fma(r, l.num(-2*k), one)
	left := l.fma(l.neg(a), t, l.fma(l.add(t, one), l.num(-k), a)) // (a-k) - t·(a+k)
	t = l.fma(left, r, t)
	q, ql := l.quick2(l.num(c[0]), l.mul(t, l.poly(t, c[1:])))
	ql = l.mul(ql, l.num(1/c[0])) // in the measure of q, nearly
	q = l.div(q, a)
	s, low := l.prod2(a, l.neg(a))
	n, r := l.log2Steps(l.most(l.num(l.expLow), s), 2*l.bias)
	e, rest := l.quick2(one, l.mul(r, l.fma(l.poly(r, l.cExp), r, one)))
	rest = l.fma(e, l.add(low, ql), rest)
	p, more := l.prod2(e, q)
	return l.power2(l.add(p, l.fma(q, rest, more)), n)
}

// erfInv is made like erfInvGiles, with other polynomials; of float32 by float64.
func (l lanes) erfInv(x val) val {
	if l.float == dtype.Float32 {
		return l.inDouble(lanes.erfInv, x)
	}
	// 1-x² is rounded once. An error of w matters less, the larger w is.
	m, e := l.nearOne(l.fma(l.neg(x), x, l.num(1)), l.offset(-l.bias))
	w := l.neg(l.logCore(l.sub(m, l.num(1)), e, l.num(0)))
	root := l.sqrt(w)
	low, mid := l.lt(w, l.num(6.25)), l.lt(w, l.num(16))
	far := l.sel(mid, l.sub(root, l.num(3.25)), l.sub(root, l.num(5)))
	t := l.sel(low, l.sub(w, l.num(3.125)), far)
	p := l.horner(t, l.choice(low, l.nums(erfInvA), l.choice(mid, l.nums(erfInvB), l.nums(erfInvC))))
	p = l.sel(l.lt(l.abs(x), l.num(1)), p, l.num(math.NaN()))
	return l.outward(x, p)
}

// erfInvGiles is XLA's for float32, to the bit (Giles, 2010).
func (l lanes) erfInvGiles(x val) val {
	if l.float != dtype.Float32 {
		return l.erfInv(x)
	}
	w := l.neg(l.log1pXLA(l.mul(x, l.neg(x))))
	low := l.lt(w, l.num(5))
	t := l.sel(low, l.sub(w, l.num(2.5)), l.sub(l.sqrt(w), l.num(3)))
	return l.outward(x, l.horner(t, l.choice(low, l.nums(gilesLow), l.nums(gilesHigh))))
}

// outward returns p·x, and ±∞ for ±1.
func (l lanes) outward(x, p val) val {
	return l.sel(l.eq(l.abs(x), l.num(1)), l.mul(x, l.num(math.Inf(1))), l.mul(p, x))
}

// The coefficients of XLA's erf_inv of float32, lowest first.
var (
	gilesLow = []float64{
		1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087,
		-4.39150654e-06, -3.5233877e-06, 3.43273939e-07, 2.81022636e-08,
	}
	gilesHigh = []float64{
		2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773,
		-0.00367342844, 0.00134934322, 0.000100950558, -0.000200214257,
	}
)
