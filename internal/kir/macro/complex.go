package macro

import (
	"math"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Functions of complex numbers are computed of their parts in float64, and those of complex64
// rounded in the end. They are what package ref has, whose sources they share, but for
// detours that complex64 needs none of: nothing there overflows in float64.

// A plane emits instructions on complex numbers.
type plane struct {
	lanes
	narrow bool // complex64
}

// A spot is a complex number, by its parts.
type spot struct{ re, im val }

// complexExpander returns the expander of an instruction on complex numbers, nil if it is
// left alone.
func complexExpander(c kir.Code, t dtype.Type) expander {
	if f := complexOrder(c); f != nil && t.IsComplex() {
		of := &single
		if t == dtype.Complex128 {
			of = &double
		}
		return func(b *kir.Builder, args []val) val {
			return f(plane{lanes{b, of}, t == dtype.Complex64}, args[0], args[1])
		}
	}
	if f := complexBinary(c); f != nil && t.IsComplex() {
		return func(b *kir.Builder, args []val) val {
			p := plane{lanes{b, &double}, t == dtype.Complex64}
			return p.rounded(f(p, p.widened(args[0]), p.widened(args[1])))
		}
	}
	f := complexFunction(c)
	if f == nil || !t.IsComplex() {
		return nil
	}
	return func(b *kir.Builder, args []val) val {
		p := plane{lanes{b, &double}, t == dtype.Complex64}
		return p.rounded(f(p, p.widened(args[0])))
	}
}

// widened returns the parts of a complex number in f64.
func (p plane) widened(z val) spot {
	w := p.parts(z)
	return spot{p.Convert(dtype.Float64, w.re), p.Convert(dtype.Float64, w.im)}
}

// rounded makes a complex number, rounded to c64 if the plane is narrow.
func (p plane) rounded(z spot) val {
	if p.narrow {
		z = spot{p.Convert(dtype.Float32, z.re), p.Convert(dtype.Float32, z.im)}
	}
	return p.Emit(kir.MakeComplex, z.re, z.im)
}

func complexBinary(c kir.Code) func(p plane, x, y spot) spot {
	switch c {
	case kir.Div:
		return plane.quotient
	case kir.Pow:
		return plane.pow
	}
	return nil
}

func complexFunction(c kir.Code) func(p plane, z spot) spot {
	switch c {
	case kir.Sign:
		return plane.sign
	case kir.Exp:
		return plane.exp
	case kir.Exp2:
		return plane.exp2
	case kir.Expm1:
		return plane.expm1
	case kir.Log:
		return plane.log
	case kir.Log1p:
		return plane.log1p
	case kir.Sqrt:
		return plane.sqrt
	case kir.Rsqrt:
		return plane.rsqrt
	case kir.Sinh:
		return plane.sinh
	case kir.Cosh:
		return plane.cosh
	case kir.Tanh:
		return plane.tanh
	case kir.Sin: // -i·sinh(iz), which holds for signs of zero and infinities too
		return func(p plane, z spot) spot { return p.fromI(p.sinh(p.timesI(z))) }
	case kir.Cos:
		return func(p plane, z spot) spot { return p.cosh(p.timesI(z)) }
	case kir.Tan:
		return func(p plane, z spot) spot { return p.fromI(p.tanh(p.timesI(z))) }
	case kir.Asin:
		return plane.asin
	case kir.Acos:
		return plane.acos
	case kir.Atanh:
		return plane.atanh
	case kir.Asinh:
		return func(p plane, z spot) spot { return p.fromI(p.asin(p.timesI(z))) }
	case kir.Acosh:
		return func(p plane, z spot) spot {
			w := p.acos(z)
			return spot{p.abs(w.im), p.signed(p.abs(w.re), z.im)}
		}
	case kir.Atan:
		return func(p plane, z spot) spot { return p.fromI(p.atanh(p.timesI(z))) }
	case kir.Logistic:
		return plane.logistic
	}
	return nil
}

// complexOrder returns what makes an instruction that takes numbers in JAX's order: by the
// real part, then by the imaginary part.
func complexOrder(c kir.Code) func(p plane, x, y val) val {
	switch c {
	case kir.Lt:
		return plane.before
	case kir.Gt:
		return func(p plane, x, y val) val { return p.before(y, x) }
	case kir.Le:
		return func(p plane, x, y val) val { return p.or(p.before(x, y), p.eq(x, y)) }
	case kir.Ge:
		return func(p plane, x, y val) val { return p.or(p.before(y, x), p.eq(x, y)) }
	case kir.Max:
		return func(p plane, x, y val) val { return p.extreme(x, y, p.before(y, x)) }
	case kir.Min:
		return func(p plane, x, y val) val { return p.extreme(x, y, p.before(x, y)) }
	}
	return nil
}

func (p plane) parts(z val) spot { return spot{p.Emit(kir.Real, z), p.Emit(kir.Imag, z)} }

func (p plane) before(x, y val) val {
	a, b := p.parts(x), p.parts(y)
	return p.or(p.lt(a.re, b.re), p.and(p.eq(a.re, b.re), p.lt(a.im, b.im)))
}

// extreme returns x if it is the one wanted or a NaN, else y.
func (p plane) extreme(x, y, first val) val { return p.sel(p.or(first, p.ne(x, x)), x, y) }

func (p plane) timesI(z spot) spot { return spot{p.neg(z.im), z.re} }
func (p plane) fromI(z spot) spot  { return spot{z.im, p.neg(z.re)} }

func (p plane) choose(which val, x, y spot) spot {
	return spot{p.sel(which, x.re, y.re), p.sel(which, x.im, y.im)}
}

func (p plane) infinite(x val) val { return p.eq(p.abs(x), p.num(math.Inf(1))) }

// hypot is |z| of numbers whose squares neither overflow nor vanish; infinite if a part is.
func (p plane) hypot(z spot) val {
	a, b := p.abs(z.re), p.abs(z.im)
	m, n := p.most(a, b), p.least(b, a)
	h := p.lanes.sqrt(p.fma(m, m, p.mul(n, n)))
	inf := p.num(math.Inf(1))
	return p.sel(p.or(p.eq(a, inf), p.eq(b, inf)), inf, h)
}

// modest returns z times a power of two s, such that squares are modest, and s itself: 1, or
// one of the two given, of what is small and large.
func (p plane) modest(z spot, small, large float64) (w spot, s val) {
	if p.narrow {
		return z, p.num(1)
	}
	m := p.most(p.abs(z.re), p.abs(z.im))
	s = p.sel(p.lt(m, p.num(0x1p-450)), p.num(small), p.sel(p.gt(m, p.num(0x1p500)), p.num(large), p.num(1)))
	return spot{p.mul(z.re, s), p.mul(z.im, s)}, s
}

// scales returns the entry for a scale out of modest.
func (p plane) scales(s val, small, one, large val) val {
	if p.narrow {
		return one
	}
	return p.sel(p.eq(s, p.num(1)), one, p.sel(p.gt(s, p.num(1)), small, large))
}

// sign is z/|z|; zero as it is. An infinite part leaves nothing of the other.
func (p plane) sign(z spot) spot {
	w, _ := p.modest(z, 0x1p600, 0x1p-600)
	var out spot
	if p.narrow {
		h := p.div(p.num(1), p.lanes.sqrt(p.fma(w.re, w.re, p.mul(w.im, w.im))))
		out = spot{p.mul(w.re, h), p.mul(w.im, h)}
	} else { // |z| as package ref has it, for the same bits
		c, d := p.abs(w.re), p.abs(w.im)
		m := p.most(c, d)
		r := p.div(p.least(d, c), m)
		h := p.mul(m, p.lanes.sqrt(p.onePlus(r)))
		out = spot{p.div(w.re, h), p.div(w.im, h)}
	}
	zero, one, nan := p.num(0), p.num(1), p.num(math.NaN())
	a, b := p.infinite(z.re), p.infinite(z.im)
	out.re = p.sel(a, p.sel(b, nan, p.signed(one, z.re)), p.sel(b, zero, out.re))
	out.im = p.sel(b, p.sel(a, nan, p.signed(one, z.im)), p.sel(a, zero, out.im))
	return p.choose(p.and(p.eq(z.re, zero), p.eq(z.im, zero)), z, out)
}

// logAbs is log |z|: half the logarithm of the sum of squares, with what that lacks.
func (p plane) logAbs(z spot) val {
	w, s := p.modest(z, 0x1p600, 0x1p-600)
	u, low := p.squares(w)
	off := func(n int64) val { return p.offset(n - p.bias) }
	y := p.logOf(u, low, p.scales(s, off(-1200), off(0), off(1200)))
	return p.sel(p.or(p.infinite(z.re), p.infinite(z.im)), p.num(math.Inf(1)), p.mul(p.num(0.5), y))
}

// squares returns |z|² and what it lacks.
func (p plane) squares(z spot) (u, low val) {
	a, b := p.abs(z.re), p.abs(z.im)
	u, e := p.prod2(p.most(a, b), p.most(a, b))
	v, f := p.prod2(p.least(b, a), p.least(b, a))
	u, low = p.quick2(u, v)
	return p.quick2(u, p.add(low, p.add(e, f)))
}

func (p plane) log(z spot) spot { return spot{p.logAbs(z), p.atan2(z.im, z.re)} }

// log1p is log(1 + z): near zero of |1+z|² - 1 = x² + y² + 2x.
func (p plane) log1p(z spot) spot {
	one := p.num(1)
	im := p.atan2(z.im, p.add(one, z.re))
	two := p.num(2)
	small := p.and(p.le(p.abs(z.re), two), p.le(p.abs(z.im), two))
	u, low := p.squares(z)
	t, f := p.sum2(p.add(z.re, z.re), u)
	t, low = p.quick2(t, p.add(f, low))
	near := p.mul(p.num(0.5), p.log1pOf(t, low))
	far := p.logAbs(spot{p.add(one, z.re), z.im})
	return spot{p.sel(p.and(small, p.gt(t, p.num(-0.75))), near, far), im}
}

// sqrt is in the right half plane, cut along the negative axis.
func (p plane) sqrt(z spot) spot {
	w, s := p.modest(z, 0x1p600, 0x1p-600)
	back := p.scales(s, p.num(0x1p-300), p.num(1), p.num(0x1p300))
	h := p.hypot(w)
	half := p.num(0.5)
	t := p.lanes.sqrt(p.mul(p.add(p.abs(w.re), h), half))
	u := p.div(w.im, p.add(t, t))
	zero, inf := p.num(0), p.num(math.Inf(1))
	right := p.ge(w.re, zero)
	re := p.mul(p.sel(right, t, p.abs(u)), back)
	im := p.mul(p.sel(right, u, p.signed(t, z.im)), back)

	none := p.sub(z.im, z.im) // 0 or NaN
	long := p.infinite(z.re)
	up := p.lt(z.re, zero)
	re = p.sel(long, p.sel(up, none, inf), re)
	im = p.sel(long, p.signed(p.sel(up, inf, p.abs(none)), z.im), im)
	high := p.infinite(z.im)
	origin := p.and(p.eq(z.re, zero), p.eq(z.im, zero))
	return spot{p.sel(high, inf, p.sel(origin, zero, re)), p.sel(p.or(high, origin), z.im, im)}
}

// rsqrt is 1/√z, which is the conjugate of √z over |z|: NaN at 0, and 0 at infinity.
func (p plane) rsqrt(z spot) spot {
	w, by := p.modest(z, 0x1p600, 0x1p-600)
	s := plane{p.lanes, true}.sqrt(w) // of what is modest already
	h := p.hypot(w)
	more := p.scales(by, p.num(0x1p300), p.num(1), p.num(0x1p-300))
	far := p.or(p.infinite(z.re), p.infinite(z.im))
	zero := p.num(0)
	return p.choose(far, spot{zero, p.neg(p.signed(zero, s.im))},
		spot{p.mul(p.div(s.re, h), more), p.mul(p.div(p.neg(s.im), h), more)})
}
