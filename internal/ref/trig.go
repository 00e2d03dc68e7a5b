package ref

import (
	"math"
	"math/bits"
)

// reduce returns x - q·π/2, at most some π/4 in magnitude, and q modulo 4. It is
// accurate to nearly all bits of a dd for every finite x.
func reduce(x float64) (q int, r dd) {
	if math.Abs(x) >= 1<<24 {
		return reduceLarge(x)
	}
	const (
		p1 = 0x1.921fb54442d18p+0
		p2 = 0x1.1a62633145c07p-54
		p3 = -0x1.f1976b7ed8fbcp-110
	)
	k := math.RoundToEven(x * (2 / math.Pi))
	// x - k·p1 cancels; its high part is exact.
	a, b := prod2(k, p1), prod2(k, p2)
	r = sum2(x-a.hi, -a.lo).add(dd{-b.hi, -b.lo}).add(dd{-k * p3, 0})
	return int(int64(k) & 3), r
}

// twoOverPi has the bits of 2/π after the point, behind 64 zeros.
var twoOverPi = [...]uint64{
	0, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
	0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
	0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
	0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
	0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d,
}

// reduceLarge multiplies with as many bits of 2/π as matter (Payne and Hanek): those
// before them only add multiples of 4.
func reduceLarge(x float64) (q int, r dd) {
	b := math.Float64bits(x)
	e := int(b>>52&0x7ff) - 1075 // |x| = m·2^e
	m := b&(1<<52-1) | 1<<52
	// The window starts with the bit 2^-(e-1) of 2/π, which is worth 2m. Then
	// |x|·2/π mod 4 is the low 256 bits of m·window, divided by 2^254.
	from := 64 + e - 2
	var w [4]uint64 // most significant first
	for i := range w {
		j, s := from/64+i, uint(from%64)
		w[i] = twoOverPi[j]<<s | twoOverPi[j+1]>>(64-s)
	}
	carry := uint64(0)
	for i := 3; i >= 0; i-- {
		hi, lo := bits.Mul64(w[i], m)
		var c uint64
		w[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	q = int(w[0] >> 62)
	w[0] &= 1<<62 - 1
	sign := 1.0
	if w[0]>>61 == 1 { // half or more: count down from the next multiple
		q, sign = q+1, -1
		c := uint64(1)
		for i := 3; i >= 0; i-- {
			w[i], c = bits.Add64(^w[i], 0, c)
		}
		w[0] &= 1<<62 - 1
	}
	for i := 3; i >= 0; i-- { // from the least, in exact pieces of 32 bits
		unit := math.Ldexp(sign, -62-64*i)
		r = r.add(dd{float64(w[i]&(1<<32-1)) * unit, 0}).add(dd{float64(w[i]>>32<<32) * unit, 0})
	}
	r = r.mul(dd{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54})
	if x < 0 {
		q, r = -q, dd{-r.hi, -r.lo}
	}
	return q & 3, r
}

// sinKernel and cosKernel are fdlibm's, for |x| up to about π/4.
func sinKernel(x dd) float64 {
	z := x.hi * x.hi
	v := z * x.hi
	p := 8.33333333332248946124e-03 + z*(-1.98412698298579493134e-04+
		z*(2.75573137070700676789e-06+z*(-2.50507602534068634195e-08+z*1.58969099521155010221e-10)))
	return x.hi - ((z*(0.5*x.lo-v*p) - x.lo) + v*1.66666666666666324348e-01)
}

func cosKernel(x dd) float64 {
	z := x.hi * x.hi
	p := z * (4.16666666666666019037e-02 + z*(-1.38888888888741095749e-03+z*(2.48015872894767294178e-05+
		z*(-2.75573143513906633035e-07+z*(2.08757232129817482790e-09+z*-1.13596475577881948265e-11)))))
	h := 0.5 * z
	w := 1 - h
	return w + (((1 - w) - h) + (z*p - x.hi*x.lo))
}

// sinCos returns the sine and the cosine of x.
func sinCos(x dd) (sin, cos float64) {
	switch {
	case x.hi == 0:
		return x.hi, 1
	case !finite(x.hi):
		return nan, nan
	}
	if math.Abs(x.lo) > 0x1p-30 { // of a huge angle; it is more than a correction
		s, c := sinCos(dd{x.hi, 0})
		t, d := sinCos(dd{x.lo, 0})
		return s*d + c*t, c*d - s*t
	}
	q, r := reduce(x.hi)
	r = quick2(r.hi, r.lo+x.lo)
	s, c := sinKernel(r), cosKernel(r)
	switch q {
	case 0:
		return s, c
	case 1:
		return c, -s
	case 2:
		return -s, -c
	}
	return -c, s
}

// Sin returns the sine of x.
func Sin(x float64) float64 {
	s, _ := sinCos(dd{x, 0})
	return s
}

// Cos returns the cosine of x.
func Cos(x float64) float64 {
	_, c := sinCos(dd{x, 0})
	return c
}

// Tan returns the tangent of x.
func Tan(x float64) float64 {
	s, c := sinCos(dd{x, 0})
	return s / c
}
