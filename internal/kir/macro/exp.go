package macro

import (
	"math"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// power2 returns p·2^n, rounded once, for the bits of a number to which an integer
// was added that is n + 2·bias: in two steps, for 2^n may be no number.
func (l lanes) power2(p, t val) val {
	half := l.shr(t, 1)
	rest := l.sub(t, half)
	one := l.toFloat(l.shl(half, l.mant))
	two := l.toFloat(l.shl(rest, l.mant))
	return l.mul(l.mul(p, one), two)
}

// log2Steps returns x = n·log 2 + r with n in the low bits of t, plus low.
func (l lanes) log2Steps(x val, low int64) (t, r val) {
	t, _, r = l.steps(x, l.rounder(low))
	return l.toBits(t), r
}

// steps is log2Steps with m to round by, and n as a number.
func (l lanes) steps(x val, m float64) (t, n, r val) {
	t = l.fma(x, l.num(l.log2e[0]), l.num(m))
	n = l.sub(t, l.num(m))
	r = l.fma(n, l.num(-l.ln2[0]), x)
	return t, n, l.fma(n, l.num(-l.ln2[1]), r)
}

// rounder8 is rounder to eighths, of which it adds 8·low.
func (l lanes) rounder8(low int64) float64 { return math.Ldexp(1.5, l.mant-3) + float64(low) }

// eighth returns 2^(n/8) for the n + 8·127 in the low bits of t.
func (l lanes) eighth(t val) val {
	return l.toFloat(l.add(l.Emit(kir.Eighth, t), l.shl(t, l.mant-3)))
}

// entry is a number in a table.
func (l lanes) entry(table kir.Code, t val) val { return l.toFloat(l.Emit(table, t)) }

// exp is 2^n·exp r.
func (l lanes) exp(x val) val {
	x = l.clamp(l.expLow, x, l.expHigh)
	if l.float == dtype.Float32 {
		t, n, r := l.steps(x, l.rounder8(2*l.bias))
		q := l.fma(l.poly(r, expEighth), r, l.entry(kir.EighthNear, l.toBits(t)))
		return l.Emit(kir.Raise, q, n, t)
	}
	return l.expFine(x, 0)
}

// expFine is exp(x)·2^more, better by a quarter of a unit in the last place than exp of
// float32, for an x that is not far from where that is 0 or infinite.
func (l lanes) expFine(x val, more int64) val {
	if l.float == dtype.Float32 {
		t, n, r := l.steps(x, l.rounder8(2*l.bias+more))
		if more != 0 {
			n = l.add(n, l.num(float64(more)))
		}
		return l.Emit(kir.Raise, l.lessOne(l.toBits(t), r), n, t)
	}
	t, r := l.log2Steps(x, 2*l.bias+more)
	return l.power2(l.expNear(r), t)
}

// lessOne is exp r - 1 for |r| ≤ log(2)/16, with what 2^(n/8) lacks.
func (l lanes) lessOne(t, r val) val {
	return l.fma(l.mul(r, r), l.poly(r, expm1Eighth), l.add(r, l.entry(kir.EighthRest, t)))
}

// expModest is exp for |x| ≤ 80.
func (l lanes) expModest(x val) val {
	t, r := l.log2Steps(x, l.bias)
	return l.mul(l.expNear(r), l.toFloat(l.shl(t, l.mant)))
}

// expNear is exp r for |r| ≤ log(2)/2.
func (l lanes) expNear(r val) val {
	one := l.num(1)
	return l.fma(l.fma(l.poly(r, l.cExp), r, one), r, one)
}

func (l lanes) exp2(x val) val {
	low := float64(-l.bias - int64(l.mant) - 1)
	x = l.clamp(low, x, float64(l.bias+2))
	m := l.rounder(2 * l.bias)
	t := l.add(x, l.num(m))
	r := l.sub(x, l.sub(t, l.num(m)))
	p := l.fma(r, l.poly(r, l.cExp2), l.num(1))
	return l.power2(p, l.toBits(t))
}

// expm1 is twice its half. What is small is itself.
func (l lanes) expm1(x val) val {
	y := l.halfExpm1(l.clamp(-45, x, l.expHigh))
	return l.sel(l.lt(l.abs(x), l.tiny()), x, l.add(y, y))
}

// halfExpm1 is 2^(n-1)·(exp r - 1) + (2^(n-1) - ½). A power of two to an eighth is not
// exact, and what it lacks is much of what is left: so it counts with exp r.
func (l lanes) halfExpm1(x val) val {
	if l.float == dtype.Float32 {
		f, _, r := l.steps(x, l.rounder8(l.bias-1))
		t := l.toBits(f)
		q := l.lessOne(t, r)
		s := l.eighth(t)
		return l.fma(q, s, l.sub(s, l.num(0.5)))
	}
	t, r := l.log2Steps(x, l.bias-1)
	q := l.fma(l.mul(r, r), l.poly(r, l.cExpm1), r)
	s := l.toFloat(l.shl(t, l.mant))
	return l.fma(q, s, l.sub(s, l.num(0.5)))
}

// tiny is so small that 1 + tiny is 1.
func (l lanes) tiny() val { return l.num(1 / float64(int64(4)<<l.mant)) }

// logistic is e/(1+e) or 1/(1+e) with the exponential of what is negative. What 1+e
// lacks is put right to the first order, for which 1/(1+e) is at hand.
func (l lanes) logistic(x val) val {
	e := l.expFine(l.most(l.num(l.expLow), l.below(x)), 0)
	one := l.num(1)
	below := l.lt(x, l.num(0))
	d, low := l.quick2(one, e)
	y := l.div(l.sel(below, e, one), d)
	r := l.sel(below, l.sub(one, y), y)
	return l.fma(l.neg(l.mul(y, low)), r, y)
}

// tanh is 1 - 2/(exp 2|x| + 1), and an odd polynomial near zero. Of float32 it is made of
// pieces, two between any two powers of two that |x| + ¾ is between, up to where it is 1.
func (l lanes) tanh(x val) val {
	if l.float == dtype.Float32 {
		a := l.least(l.num(9.2), l.abs(x))
		t := l.shr(l.toBits(l.add(a, l.num(0.75))), l.mant-1)
		return l.signed(l.piece(kir.TanhPiece, kir.TanhDegree, t, a), x)
	}
	a := l.abs(x)
	e := l.expModest(l.least(l.num(40), l.add(a, a)))
	far := l.sub(l.num(1), l.div(l.num(2), l.add(e, l.num(1))))
	return l.signed(l.sel(l.lt(a, l.num(0.55)), l.odd(a, l.cTanh), far), x)
}

// odd returns x + x³·p(x²).
func (l lanes) odd(x val, p []float64) val {
	z := l.mul(x, x)
	return l.fma(l.mul(x, z), l.poly(z, p), x)
}

// expHalf is exp(a)/2 for a ≥ 0.
func (l lanes) expHalf(a val) val { return l.expFine(l.least(l.num(l.expHigh+1), a), -1) }

func (l lanes) sinh(x val) val {
	a := l.abs(x)
	h := l.expHalf(a)
	far := l.sub(h, l.div(l.num(0.25), h))
	return l.signed(l.sel(l.lt(a, l.num(1)), l.odd(a, l.cSinh), far), x)
}

func (l lanes) cosh(x val) val {
	h := l.expHalf(l.abs(x))
	return l.add(h, l.div(l.num(0.25), h))
}
