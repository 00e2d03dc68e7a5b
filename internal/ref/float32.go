package ref

import "math"

// The functions of this file follow the code that XLA makes for a CPU with FMA, step
// by step, so that random normals are JAX's to the bit. Products stand in FMA32 where
// XLA fuses, and are rounded by a conversion where it does not.

// FMA32 returns a·b + c, rounded once.
//
// The product is exact in float64. Their sum is rounded to odd: if it is inexact,
// of its two neighbours the one with the odd last bit is taken, which is no tie of
// float32 and lies on the same side of each as the sum. Rounding that to float32,
// which is shorter by more than two bits, is then right (Boldo and Melquiond,
// "Emulation of a FMA and correctly rounded sums", 2008).
func FMA32(a, b, c float32) float32 {
	s := sum2(float64(a)*float64(b), float64(c))
	if s.lo != 0 { // NaN where s.hi is infinite; that sum is exact
		if bits := math.Float64bits(s.hi); bits&1 == 0 && s.lo == s.lo {
			// The neighbour on the side of the error: away from zero if it has s.hi's sign.
			if (s.lo > 0) == (s.hi > 0) {
				bits++
			} else {
				bits--
			}
			return float32(math.Float64frombits(bits))
		}
	}
	return float32(s.hi)
}

// horner32 returns the polynomial with the given coefficients, highest first, at x.
func horner32(x float32, coef ...float32) float32 {
	y := coef[0]
	for _, c := range coef[1:] {
		y = FMA32(y, x, c)
	}
	return y
}

func bits32(b uint32) float32 { return math.Float32frombits(b) }

// Log32 is XLA's logarithm of float32, after Cephes. It takes subnormals for the
// smallest normal.
func Log32(x float32) float32 {
	switch {
	case x == 0:
		return float32(math.Inf(-1))
	case !(x > 0):
		return float32(math.NaN())
	case x > math.MaxFloat32:
		return x
	}
	b := math.Float32bits(max(x, 0x1p-126))
	e := float32(int32(b>>23) - 126)
	m := bits32(b&0x7fffff | 0x3f000000) // [1/2, 1)
	r := m - 1
	if m < bits32(0x3f3504f3) { // √½
		e--
		r += m
	}
	r2 := r * r
	r3 := float32(r2 * r)
	p := horner32(r, bits32(0x3d9021bb), bits32(0xbdebd1b8), bits32(0x3def251a))
	p = FMA32(p, r3, horner32(r, bits32(0xbdfe5d4f), bits32(0x3e11e9bf), bits32(0xbe2aae50)))
	p = FMA32(p, r3, horner32(r, bits32(0x3e4cceac), bits32(0xbe7ffffc), bits32(0x3eaaaaaa)))
	s := FMA32(p, r3, float32(e*bits32(0xb95e8083)))
	d := FMA32(r2, -0.5, r)
	return FMA32(e, bits32(0x3f318000), d+s)
}

// Log1p32 is XLA's log(1 + x) of float32.
func Log1p32(x float32) float32 {
	if !(float32(math.Abs(float64(x))) < bits32(0x3ed413cd)) { // √2 - 1
		return Log32(x + 1)
	}
	p := horner32(x, 4.5270000862445199635215e-5, bits32(0x3eff40c5), bits32(0x40d284fa),
		bits32(0x41ef4b9c), bits32(0x4273cc76), bits32(0x426473ad), bits32(0x41a05101))
	q := horner32(x, 1, bits32(0x417101ad), bits32(0x42a6185b), bits32(0x435dc32d),
		bits32(0x439a8ca3), bits32(0x43586d8a), bits32(0x42707982))
	x2 := float32(x * x)
	return x + FMA32(x2, -0.5, float32(float32(x*x2)*(p/q)))
}

// ErfInv32 is XLA's inverse error function of float32 (Giles).
func ErfInv32(x float32) float32 {
	if x == 1 || x == -1 {
		return x * float32(math.Inf(1))
	}
	w := -Log1p32(float32(x * -x))
	var p float32
	if w < 5 {
		p = horner32(w-2.5, 2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06,
			0.00021858087, -0.00125372503, -0.00417768164, 0.246640727, 1.50140941)
	} else {
		p = horner32(float32(math.Sqrt(float64(w)))-3, -0.000200214257, 0.000100950558,
			0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
			1.00167406, 2.83297682)
	}
	return float32(p * x)
}
