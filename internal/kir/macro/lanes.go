package macro

import (
	"math"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A format is a binary floating-point type, the integers that hold its bits, and its
// polynomials.
type format struct {
	float, bits dtype.Type
	width       int
	mant        int // bits of the fraction that are stored
	bias        int64

	expLow, expHigh  float64   // where exp is 0 and where it is infinite
	far              float64   // where angles are too large for three parts of π/2
	cExp, cExpm1     []float64 // cExpm1 of double
	cExp2, cLog      []float64
	cSin, cCos, cTan []float64
	cAsin, cAtan     []float64
	cSinh            []float64
	cTanh            []float64 // of double
	cAsinh, cAtanh   []float64
	cErf             []float64
	halfPi, ln2      []float64
	log2e, twoThirds []float64
}

var single = format{
	float: dtype.Float32, bits: dtype.Uint32, width: 32, mant: 23, bias: 127,
	expLow: -104, expHigh: 89, far: 0x1p16,
	cExp: exp32, cExp2: exp232, cLog: log32, cSin: sin32, cCos: cos32, cTan: tan32,
	cAsin: asin32, cAtan: atan32, cSinh: sinh32, cAsinh: asinh32, cAtanh: atanh32,
	cErf: erfSmall32, halfPi: halfPi32, ln2: ln232, log2e: log2e32, twoThirds: twoThirds32,
}

var double = format{
	float: dtype.Float64, bits: dtype.Uint64, width: 64, mant: 52, bias: 1023,
	expLow: -746, expHigh: 710, far: 0x1p28,
	cExp: exp64, cExpm1: expm164, cExp2: exp264, cLog: log64, cSin: sin64, cCos: cos64, cTan: tan64,
	cAsin: asin64, cAtan: atan64, cSinh: sinh64, cTanh: tanh64, cAsinh: asinh64, cAtanh: atanh64,
	cErf: erfSmall64, halfPi: halfPi64, ln2: ln264, log2e: log2e64, twoThirds: twoThirds64,
}

// The half types only as far as their bits are computed with.
var (
	halfFormat  = format{float: dtype.Float16, bits: dtype.Uint16, width: 16, mant: 10, bias: 15}
	brainFormat = format{float: dtype.BFloat16, bits: dtype.Uint16, width: 16, mant: 7, bias: 127}
)

// lanes emits instructions on numbers of a format.
type lanes struct {
	*kir.Builder
	*format
}

func (l lanes) num(x float64) val { return l.Number(l.float, complex(x, 0)) }

// word returns the bits of an integer, in an unsigned type: values of type i64 are
// indices to a Builder, which has its own ways with them.
func (l lanes) word(n int64) val { return l.Int(l.bits, n) }

func (l lanes) add(x, y val) val    { return l.Emit(kir.Add, x, y) }
func (l lanes) sub(x, y val) val    { return l.Emit(kir.Sub, x, y) }
func (l lanes) mul(x, y val) val    { return l.Emit(kir.Mul, x, y) }
func (l lanes) div(x, y val) val    { return l.Emit(kir.Div, x, y) }
func (l lanes) fma(x, y, z val) val { return l.Emit(kir.Fma, x, y, z) }
func (l lanes) floor(x val) val     { return l.Emit(kir.Floor, x) }
func (l lanes) sqrt(x val) val      { return l.Emit(kir.Sqrt, x) }
func (l lanes) abs(x val) val       { return l.Emit(kir.Abs, x) }
func (l lanes) neg(x val) val       { return l.Emit(kir.Neg, x) }

func (l lanes) lt(x, y val) val      { return l.Emit(kir.Lt, x, y) }
func (l lanes) le(x, y val) val      { return l.Emit(kir.Le, x, y) }
func (l lanes) gt(x, y val) val      { return l.Emit(kir.Gt, x, y) }
func (l lanes) ge(x, y val) val      { return l.Emit(kir.Ge, x, y) }
func (l lanes) eq(x, y val) val      { return l.Emit(kir.Eq, x, y) }
func (l lanes) ne(x, y val) val      { return l.Emit(kir.Ne, x, y) }
func (l lanes) and(x, y val) val     { return l.Emit(kir.And, x, y) }
func (l lanes) or(x, y val) val      { return l.Emit(kir.Or, x, y) }
func (l lanes) xor(x, y val) val     { return l.Emit(kir.Xor, x, y) }
func (l lanes) not(x val) val        { return l.Emit(kir.Not, x) }
func (l lanes) sel(p, x, y val) val  { return l.Emit(kir.Select, p, x, y) }
func (l lanes) rare(p, x, y val) val { return l.Emit(kir.Rarely, p, x, y) }

func (l lanes) shl(x val, n int) val { return l.Emit(kir.ShiftLeft, x, l.word(int64(n))) }
func (l lanes) shr(x val, n int) val { return l.Emit(kir.ShiftRightLogical, x, l.word(int64(n))) }

// toBits and toFloat are the two readings of the same bits.
func (l lanes) toBits(x val) val  { return l.Bitcast(l.bits, x) }
func (l lanes) toFloat(x val) val { return l.Bitcast(l.float, x) }

// pattern returns the bits of a number of the format.
func (l lanes) pattern(x float64) int64 { return int64(kir.Encode(l.float, complex(x, 0))[0]) }

func (l lanes) signMask() val { return l.word(-1 << (l.width - 1)) }

// least and most are x where that is lower or higher, and y otherwise, if either is
// NaN too: the one instruction that x86 has, which Min and Max are not.
func (l lanes) least(x, y val) val { return l.sel(l.lt(x, y), x, y) }
func (l lanes) most(x, y val) val  { return l.sel(l.gt(x, y), x, y) }

// clamp keeps x between numbers. NaN stays.
func (l lanes) clamp(lo float64, x val, hi float64) val {
	return l.most(l.num(lo), l.least(l.num(hi), x))
}

// poly returns the polynomial with the given coefficients, lowest first, at x.
func (l lanes) poly(x val, c []float64) val { return l.horner(x, l.nums(c)) }

func (l lanes) nums(c []float64) []val {
	v := make([]val, len(c))
	for i, x := range c {
		v[i] = l.num(x)
	}
	return v
}

func (l lanes) horner(x val, c []val) val {
	y := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		y = l.fma(y, x, c[i])
	}
	return y
}

// choice returns the coefficients c where p, else d. Those that one of them lacks
// are 0, which changes no bit of the sum.
func (l lanes) choice(p val, c, d []val) []val {
	n := max(len(c), len(d))
	both := make([]val, n)
	zero := l.num(0)
	for i := range both {
		x, y := zero, zero
		if i < len(c) {
			x = c[i]
		}
		if i < len(d) {
			y = d[i]
		}
		both[i] = l.sel(p, x, y)
	}
	return both
}

// sum2 returns x + y and its error; quick2 does if x is not smaller in magnitude, or
// zero; prod2 returns x·y and its error, if that is not below the least number.
func (l lanes) sum2(x, y val) (s, e val) {
	s = l.add(x, y)
	t := l.sub(s, x)
	return s, l.add(l.sub(x, l.sub(s, t)), l.sub(y, t))
}

func (l lanes) quick2(x, y val) (s, e val) {
	s = l.add(x, y)
	return s, l.sub(y, l.sub(s, x))
}

func (l lanes) prod2(x, y val) (p, e val) {
	p = l.mul(x, y)
	return p, l.fma(x, y, l.neg(p))
}

// signed gives x, which is not negative, the sign of s.
func (l lanes) signed(x, s val) val {
	return l.toFloat(l.or(l.toBits(x), l.and(l.toBits(s), l.signMask())))
}

// below is -|x|.
func (l lanes) below(x val) val { return l.toFloat(l.or(l.toBits(x), l.signMask())) }

// rounder is a number that, added to one that is small, rounds it to an integer, which
// then stands in the low bits; low is an integer that is added to it there.
func (l lanes) rounder(low int64) float64 {
	return math.Ldexp(1.5, l.mant) + float64(low)
}

// addSmall returns the number x + n where off is offset(n), for an integer x of no
// more bits than a fraction has.
func (l lanes) addSmall(x, off val) val {
	return l.add(l.toFloat(l.or(x, l.word(l.pattern(math.Ldexp(1, l.mant))))), off)
}

func (l lanes) offset(n int64) val { return l.num(float64(n) - math.Ldexp(1, l.mant)) }

func (l lanes) sign(x val) val {
	zero := l.num(0)
	return l.sel(l.gt(x, zero), l.num(1), l.sel(l.lt(x, zero), l.num(-1), x))
}

func (l lanes) isFinite(x val) val { return l.lt(l.abs(x), l.num(math.Inf(1))) }

// roundAway adds the half only where there is one, for x + ½ rounds.
func (l lanes) roundAway(x val) val {
	a := l.abs(x)
	f := l.floor(a)
	up := l.ge(l.sub(a, f), l.num(0.5))
	return l.signed(l.sel(up, l.add(f, l.num(1)), f), x)
}

// nextAfter steps from bits to bits, as the sign and the magnitude make them go.
func (l lanes) nextAfter(x, y val) val {
	bx, by := l.toBits(x), l.toBits(y)
	one := l.word(1)
	down := l.xor(l.lt(y, x), l.lt(x, l.num(0))) // towards zero
	step := l.sel(down, l.sub(bx, one), l.add(bx, one))
	least := l.or(l.and(by, l.signMask()), one)
	step = l.sel(l.eq(x, l.num(0)), least, step)
	step = l.sel(l.eq(x, y), by, step)
	nan := l.or(l.ne(x, x), l.ne(y, y))
	return l.sel(nan, l.sel(l.ne(x, x), x, y), l.toFloat(step))
}
