package macro

import (
	"math"

	"gojax/internal/dtype"
)

// log is XLA's for float32, so that it is JAX's to the bit where that is right, and
// has subnormals besides. What is no normal number makes a detour.
func (l lanes) log(x val) val {
	if l.float == dtype.Float32 {
		far := l.logXLA(l.nearOne(l.mul(x, l.num(math.Ldexp(1, l.mant))), l.offset(-l.bias-int64(l.mant))))
		return l.rare(l.notNormal(x), l.logEnds(x, far), l.logXLA(l.nearOne(x, l.offset(-l.bias))))
	}
	low := math.Ldexp(1, int(1-l.bias))
	tiny := l.lt(x, l.num(low))
	y := l.sel(tiny, l.mul(x, l.num(math.Ldexp(1, l.mant))), x)
	m, e := l.nearOne(y, l.sel(tiny, l.offset(-l.bias-int64(l.mant)), l.offset(-l.bias)))
	return l.logEnds(x, l.logCore(l.sub(m, l.num(1)), e, l.num(0)))
}

// notNormal reports of a float32 whether it is not a positive normal number, by one
// comparison of its bits, as a signed integer.
func (l lanes) notNormal(x val) val {
	low, high := l.pattern(math.Ldexp(1, int(1-l.bias))), l.pattern(math.Inf(1))
	b := l.Bitcast(dtype.Int32, x)
	from := l.Int(dtype.Int32, math.MinInt32-low) // low becomes the least integer
	return l.ge(l.add(b, from), l.Int(dtype.Int32, math.MinInt32+high-low))
}

// logEnds gives y, a logarithm of x, where x is 0, negative, infinite or NaN.
func (l lanes) logEnds(x, y val) val {
	inf, zero := math.Inf(1), l.num(0)
	y = l.sel(l.lt(x, l.num(inf)), y, x)
	return l.sel(l.gt(x, zero), y, l.sel(l.eq(x, zero), l.num(-inf), l.num(math.NaN())))
}

// nearOne returns x as m·2^e with m in [√½, √2). off is offset(-bias), or has another
// integer to add to e.
func (l lanes) nearOne(x, off val) (m, e val) {
	root := l.pattern(math.Sqrt2 / 2)
	b := l.add(l.toBits(x), l.word(l.pattern(1)-root))
	e = l.addSmall(l.shr(b, l.mant), off)
	m = l.toFloat(l.add(l.and(b, l.word(1<<l.mant-1)), l.word(root)))
	return m, e
}

// logCore returns log(2^e·(1+f)) + c, for a c that is small beside it. With
// s = f/(2+f), log(1+f) is 2s + s·R(s²) = f - (f²/2 - s·(f²/2 + R)), as in fdlibm.
func (l lanes) logCore(f, e, c val) val {
	s := l.div(f, l.add(f, l.num(2)))
	z := l.mul(s, s)
	r := l.mul(z, l.poly(z, l.cLog))
	h := l.mul(l.mul(f, l.num(0.5)), f)
	low := l.fma(s, l.add(h, r), l.fma(e, l.num(l.ln2[1]), c))
	return l.fma(e, l.num(l.ln2[0]), l.sub(f, l.sub(h, low)))
}

// logXLA is the logarithm of m·2^e, m in [√½, √2), as XLA computes it on a CPU with FMA,
// after Cephes.
func (l lanes) logXLA(m, e val) val {
	r := l.sub(m, l.num(1))
	r2 := l.mul(r, r)
	r3 := l.mul(r2, r)
	p := l.horner32(r, 0x3d9021bb, 0xbdebd1b8, 0x3def251a)
	p = l.fma(p, r3, l.horner32(r, 0xbdfe5d4f, 0x3e11e9bf, 0xbe2aae50))
	p = l.fma(p, r3, l.horner32(r, 0x3e4cceac, 0xbe7ffffc, 0x3eaaaaaa))
	s := l.fma(p, r3, l.mul(e, l.num32(0xb95e8083)))
	d := l.fma(r2, l.num(-0.5), r)
	return l.fma(e, l.num32(0x3f318000), l.add(d, s))
}

// num32 is the float32 with the given bits; horner32 the polynomial with coefficients
// given in this way, highest first.
func (l lanes) num32(b uint32) val { return l.Bits(dtype.Float32, [2]uint64{uint64(b)}) }

func (l lanes) horner32(x val, coef ...uint32) val {
	y := l.num32(coef[0])
	for _, c := range coef[1:] {
		y = l.fma(y, x, l.num32(c))
	}
	return y
}

func (l lanes) log1p(x val) val { return l.log1pOf(x, l.num(0)) }

// log1pXLA is XLA's for float32, to the bit: up to 2.6 units off.
func (l lanes) log1pXLA(x val) val {
	u := l.add(x, l.num(1))
	far := l.logEnds(u, l.logXLA(l.nearOne(u, l.offset(-l.bias))))
	p := l.horner32(x, 0x383de04b, 0x3eff40c5, 0x40d284fa, 0x41ef4b9c, 0x4273cc76, 0x426473ad, 0x41a05101)
	q := l.horner32(x, 0x3f800000, 0x417101ad, 0x42a6185b, 0x435dc32d, 0x439a8ca3, 0x43586d8a, 0x42707982)
	x2 := l.mul(x, x)
	near := l.add(x, l.fma(x2, l.num(-0.5), l.mul(l.mul(x, x2), l.div(p, q))))
	return l.sel(l.lt(l.abs(x), l.num32(0x3ed413cd)), near, far) // √2 - 1
}

// log1pOf returns log(1 + x + c) for a c that is small beside x. What 1 + x loses is
// added to the logarithm of the rest.
func (l lanes) log1pOf(x, c val) val {
	u, low := l.sum2(l.num(1), x)
	y := l.logOf(u, l.add(low, c), l.offset(-l.bias))
	return l.sel(l.lt(l.abs(x), l.tiny()), x, y)
}

// logOf returns log(2^n·(u + c)) for a normal u and a c that is small beside it; off
// is offset(n - bias).
func (l lanes) logOf(u, c, off val) val {
	m, e := l.nearOne(u, off)
	return l.logEnds(u, l.logCore(l.sub(m, l.num(1)), e, l.div(c, u)))
}
