package macro

import (
	"math"

	"gojax/internal/kir"
)

// quarters returns a = n·π/2 + r + low for a ≥ 0, where the low two bits of n count,
// |r| is π/4 or hardly more, and low is what r lacks.
func (l lanes) quarters(a val) (n, r, low val) {
	m := l.num(l.rounder(0))
	t := l.fma(a, l.num(2/math.Pi), m)
	k := l.sub(t, m)
	p := l.halfPi
	r1 := l.fma(k, l.num(-p[0]), a) // exact
	h, l1 := l.prod2(k, l.num(-p[1]))
	r, low = l.sum2(r1, h)
	low = l.fma(k, l.num(-p[2]), l.add(low, l1))
	r, low = l.quick2(r, low)
	far := l.ge(a, l.num(l.far))
	fn, fr, flow := l.quartersFar(a)
	return l.rare(far, fn, l.toBits(t)), l.rare(far, fr, r), l.rare(far, flow, low)
}

// quartersNear is quarters with no more than half a unit or two of r missing.
func (l lanes) quartersNear(a val) (n, r val) {
	m := l.num(l.rounder(0))
	t := l.fma(a, l.num(2/math.Pi), m)
	k := l.sub(t, m)
	r = a
	for _, p := range l.halfPi {
		r = l.fma(k, l.num(-p), r)
	}
	far := l.ge(a, l.num(l.far))
	fn, fr, _ := l.quartersFar(a)
	return l.rare(far, fn, l.toBits(t)), l.rare(far, fr, r)
}

// sinNear and cosNear are for |r| ≤ π/4.
func (l lanes) sinNear(r val) val { return l.odd(r, l.cSin) }

func (l lanes) cosNear(r val) val {
	z := l.mul(r, r)
	return l.fma(z, l.fma(z, l.poly(z, l.cCos), l.num(-0.5)), l.num(1))
}

func (l lanes) isEven(n val) val { return l.eq(l.and(n, l.word(1)), l.word(0)) }

// turned gives y the sign of x, and another one if the second bit of n is set.
func (l lanes) turned(y, n, x val) val {
	s := l.xor(l.shl(n, l.width-2), l.toBits(x))
	return l.toFloat(l.xor(l.toBits(y), l.and(s, l.signMask())))
}

func (l lanes) sin(x val) val {
	n, r := l.quartersNear(l.abs(x))
	return l.turned(l.sel(l.isEven(n), l.sinNear(r), l.cosNear(r)), n, x)
}

func (l lanes) cos(x val) val {
	n, r := l.quartersNear(l.abs(x))
	y := l.sel(l.isEven(n), l.cosNear(r), l.sinNear(r))
	return l.turned(y, l.add(n, l.word(1)), l.num(1))
}

// tan is t or -1/t.
func (l lanes) tan(x val) val {
	n, r, low := l.quarters(l.abs(x))
	z := l.mul(r, r)
	t := l.add(r, l.fma(l.mul(r, z), l.poly(z, l.cTan), l.fma(z, low, low)))
	even := l.isEven(n)
	y := l.div(l.sel(even, t, l.num(-1)), l.sel(even, l.num(1), t))
	return l.turned(y, l.word(0), x)
}

// quartersFar is quarters by as many bits of 2/π as matter (Payne and Hanek): with
// a = m·2^e and 1 ≤ m < 2, those that m·2^e makes multiples of 4 of are left out. NaN
// for what is not finite.
func (l lanes) quartersFar(a val) (n, r, low val) {
	b := l.toBits(a)
	e := l.sub(l.shr(b, l.mant), l.word(l.bias))
	m := l.toFloat(l.or(l.and(b, l.word(1<<l.mant-1)), l.word(l.pattern(1))))
	c := l.window(e)

	// m·2^e·2/π modulo 4, its parts from the highest on. The first product is up to
	// 2^(mant+3), and of it only what is left modulo 16.
	unit := math.Ldexp(1, l.mant+2)
	h0, l0 := l.prod2(m, l.mul(c[0], l.num(unit)))
	big := l.num(math.Ldexp(1.5, l.mant+4))
	h0 = l.sub(h0, l.sub(l.add(h0, big), big))
	h1, l1 := l.prod2(m, l.mul(c[1], l.num(4)))
	unit = math.Ldexp(4, -l.mant)
	h2, l2 := l.prod2(m, l.mul(c[2], l.num(unit)))
	h3 := l.mul(m, l.mul(c[3], l.num(math.Ldexp(unit, -l.mant))))

	s, e1 := l.sum2(h0, h1)
	s, e2 := l.sum2(s, l0)
	round := l.num(l.rounder(0))
	t := l.add(s, round)
	s = l.sub(s, l.sub(t, round)) // exact
	u, f1 := l.sum2(e1, e2)
	u, f2 := l.sum2(u, l1)
	u, f3 := l.sum2(u, h2)
	s, g := l.sum2(s, u)
	g = l.add(g, l.add(l.add(f1, f2), l.add(f3, l.add(l2, h3))))

	h, low := l.prod2(s, l.num(l.halfPi[0]))
	low = l.add(low, l.fma(s, l.num(l.halfPi[1]), l.mul(g, l.num(l.halfPi[0]))))
	r, low = l.quick2(h, low)
	return l.toBits(t), l.add(r, l.sub(a, a)), low
}

// window returns four numbers below 1, of as many bits as a fraction each: the bits
// of 2/π from e on, behind mant + 2 zeros.
func (l lanes) window(e val) [4]val {
	shift := 5
	if l.width == 64 {
		shift = 6
	}
	need := (4*l.mant+l.width-1)/l.width + 1
	choices := int(l.bias) >> shift // the highest
	words := l.table(need + choices)
	for step := (choices + 1) / 2; step > 0; step /= 2 {
		skip := l.ne(l.and(e, l.word(int64(step)<<shift)), l.word(0))
		for i := range len(words) - step {
			words[i] = l.sel(skip, words[i+step], words[i])
		}
		words = words[:len(words)-step]
	}
	left := l.and(e, l.word(int64(l.width-1)))
	right := l.sub(l.word(int64(l.width)), left)
	for i := range need - 1 {
		words[i] = l.or(l.Emit(kir.ShiftLeft, words[i], left), l.Emit(kir.ShiftRightLogical, words[i+1], right))
	}
	var c [4]val
	for k := range c {
		i, bit := k*l.mant/l.width, k*l.mant%l.width
		w := words[i]
		if bit > 0 {
			w = l.shl(w, bit)
		}
		if bit+l.mant > l.width {
			w = l.or(w, l.shr(words[i+1], l.width-bit))
		}
		one := l.toFloat(l.or(l.shr(w, l.width-l.mant), l.word(l.pattern(1))))
		c[k] = l.sub(one, l.num(1))
	}
	return c
}

// table returns n words of the bits of 2/π behind mant + 2 zeros.
func (l lanes) table(n int) []val {
	bit := func(i int) uint64 {
		if i -= l.mant + 2; i < 0 {
			return 0
		}
		return twoOverPi[i/64] >> (63 - i%64) & 1
	}
	words := make([]val, n)
	for i := range words {
		w := uint64(0)
		for j := range l.width {
			w = w<<1 | bit(i*l.width+j)
		}
		words[i] = l.word(int64(w))
	}
	return words
}
