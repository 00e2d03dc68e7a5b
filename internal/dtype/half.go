package dtype

import "math"

// The two 16-bit types are kept as their bit patterns. Both lie within float32, so
// widening is exact; narrowing rounds to nearest, ties to even, once.

// F16ToF32 widens a float16.
func F16ToF32(h uint16) float32 {
	// With its exponent field moved into place the magnitude is too small by 2^112;
	// the product sets that right, for subnormals too, and is exact.
	m := uint32(h&0x7fff) << 13
	b := math.Float32bits(math.Float32frombits(m) * 0x1p112)
	if m >= 0x1f<<23 { // Inf or NaN
		b |= 0xff << 23
		if m > 0x1f<<23 {
			b |= 1 << 22 // quiet, as the processor's conversion does
		}
	}
	return math.Float32frombits(b | uint32(h&0x8000)<<16)
}

// F32ToF16 narrows to float16. A NaN stays one, quiet, with the high bits of its
// payload; 65520 and above become Inf.
func F32ToF16(f float32) uint16 {
	b := math.Float32bits(f)
	sign := uint16(b>>16) & 0x8000
	b &= 0x7fffffff
	switch {
	case b > 0xff<<23:
		return sign | 0x7e00 | uint16(b>>13)&0x1ff
	case b >= (127+16)<<23:
		return sign | 0x7c00
	case b < (127-14)<<23:
		// A sum with 0.5 has an ulp of 2^-24, the least float16: the addition rounds.
		return sign | uint16(math.Float32bits(math.Float32frombits(b)+0.5)-math.Float32bits(0.5))
	}
	// Rebias, add just under a half ulp, or a half where the result would be odd;
	// a carry goes into the exponent, up to Inf.
	b -= (127 - 15) << 23
	return sign | uint16((b+0xfff+b>>13&1)>>13)
}

// BF16ToF32 widens a bfloat16.
func BF16ToF32(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }

// F32ToBF16 narrows to bfloat16. A NaN stays one, quiet, with the high bits of its
// payload.
func F32ToBF16(f float32) uint16 {
	b := math.Float32bits(f)
	if f != f {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}

// F64ToF16 narrows to float16 with one rounding.
func F64ToF16(f float64) uint16 { return F32ToF16(oddF32(f)) }

// F64ToBF16 narrows to bfloat16 with one rounding.
func F64ToBF16(f float64) uint16 { return F32ToBF16(oddF32(f)) }

// RoundF16 returns the float16 nearest to f.
func RoundF16(f float32) float32 { return F16ToF32(F32ToF16(f)) }

// RoundBF16 returns the bfloat16 nearest to f.
func RoundBF16(f float32) float32 { return BF16ToF32(F32ToBF16(f)) }

// oddF32 rounds to odd: of the two neighbours of an inexact value it returns the
// one whose last bit is set, which remembers on which side of every shorter tie the
// value lies. A second rounding, to a type with at least two bits less, is then as
// good as the only one.
func oddF32(f float64) float32 {
	y := float32(f)
	b := math.Float32bits(y)
	if float64(y) == f || f != f || b&1 == 1 {
		return y
	}
	if math.Abs(float64(y)) > math.Abs(f) {
		return math.Float32frombits(b - 1)
	}
	return math.Float32frombits(b + 1)
}
