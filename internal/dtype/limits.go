package dtype

import "math"

// A FloatInfo has the limits of a real floating-point type.
type FloatInfo struct {
	Mantissa          int     // bits of the fraction, the leading one not counted
	Exponent          int     // bits of the exponent
	Max               float64 // the largest finite value
	SmallestNormal    float64 // the smallest positive value of full precision
	SmallestSubnormal float64 // the smallest positive value
	Eps               float64 // the distance from 1 to the next larger value
	EpsNeg            float64 // the distance from 1 to the next smaller value
}

var floatInfo = [Count]FloatInfo{
	Float16:  {10, 5, 65504, 0x1p-14, 0x1p-24, 0x1p-10, 0x1p-11},
	BFloat16: {7, 8, 0x1.fep127, 0x1p-126, 0x1p-133, 0x1p-7, 0x1p-8},
	Float32:  {23, 8, math.MaxFloat32, 0x1p-126, math.SmallestNonzeroFloat32, 0x1p-23, 0x1p-24},
	Float64:  {52, 11, math.MaxFloat64, 0x1p-1022, math.SmallestNonzeroFloat64, 0x1p-52, 0x1p-53},
}

// FInfo returns the limits of a floating-point type; those of a complex type are its
// parts'. Of other types it is zero.
func FInfo(t Type) FloatInfo { return floatInfo[t.Real()] }

// An IntInfo has the limits of an integer type.
type IntInfo struct {
	Min int64
	Max uint64
}

// IInfo returns the limits of an integer type, and 0 and 1 for bool. Of other types
// it is zero.
func IInfo(t Type) IntInfo {
	n := t.Bits()
	switch t.Kind() {
	case BoolKind, UintKind:
		return IntInfo{0, math.MaxUint64 >> (64 - n)}
	case IntKind:
		return IntInfo{math.MinInt64 >> (64 - n), math.MaxInt64 >> (64 - n)}
	}
	return IntInfo{}
}

// Fits reports whether v lies in the range of t. Floating-point types take every
// integer, rounded or as Inf.
func Fits(v int64, t Type) bool {
	if t.IsInexact() {
		return true
	}
	i := IInfo(t)
	return v >= i.Min && (v < 0 || uint64(v) <= i.Max)
}
