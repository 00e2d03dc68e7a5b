package dtype

import (
	"math"
	"testing"
)

// The limits of the 16-bit types are those of their patterns.
func TestFInfo(t *testing.T) {
	for _, f := range formats {
		i := FInfo(f.typ)
		inf := f.narrow(float32(math.Inf(1)))
		one := f.narrow(1)
		rows := []struct {
			name      string
			got, want float64
		}{
			{"Max", i.Max, decode(f.typ, inf-1)},
			{"SmallestNormal", i.SmallestNormal, decode(f.typ, 1<<i.Mantissa)},
			{"SmallestSubnormal", i.SmallestSubnormal, decode(f.typ, 1)},
			{"Eps", i.Eps, decode(f.typ, one+1) - 1},
			{"EpsNeg", i.EpsNeg, 1 - decode(f.typ, one-1)},
		}
		for _, r := range rows {
			if r.got != r.want {
				t.Errorf("%v: %s = %v, want %v", f.typ, r.name, r.got, r.want)
			}
		}
	}
	f := FInfo(Complex64)
	if f != FInfo(Float32) || FInfo(Complex128) != FInfo(Float64) || FInfo(Int32) != (FloatInfo{}) {
		t.Errorf("FInfo(c64) = %v", f)
	}
	if f.Eps != float64(math.Nextafter32(1, 2)-1) || 1-f.EpsNeg != float64(math.Nextafter32(1, 0)) {
		t.Errorf("f32: Eps = %v, EpsNeg = %v", f.Eps, f.EpsNeg)
	}
	d := FInfo(Float64)
	if d.Eps != math.Nextafter(1, 2)-1 || 1-d.EpsNeg != math.Nextafter(1, 0) {
		t.Errorf("f64: Eps = %v, EpsNeg = %v", d.Eps, d.EpsNeg)
	}
}

func TestIInfo(t *testing.T) {
	want := map[Type]IntInfo{
		Bool: {0, 1}, Float32: {},
		Int8: {math.MinInt8, math.MaxInt8}, Int16: {math.MinInt16, math.MaxInt16},
		Int32: {math.MinInt32, math.MaxInt32}, Int64: {math.MinInt64, math.MaxInt64},
		Uint8: {0, math.MaxUint8}, Uint16: {0, math.MaxUint16},
		Uint32: {0, math.MaxUint32}, Uint64: {0, math.MaxUint64},
	}
	for typ, w := range want {
		if g := IInfo(typ); g != w {
			t.Errorf("IInfo(%v) = %v, want %v", typ, g, w)
		}
	}
}

func TestFits(t *testing.T) {
	rows := []struct {
		v    int64
		typ  Type
		want bool
	}{
		{127, Int8, true}, {128, Int8, false}, {-128, Int8, true}, {-129, Int8, false},
		{255, Uint8, true}, {256, Uint8, false}, {-1, Uint8, false}, {-1, Uint64, false},
		{math.MaxInt64, Uint64, true}, {math.MinInt64, Int64, true}, {math.MaxInt64, Int64, true},
		{1 << 31, Int32, false}, {1 << 31, Uint32, true}, {1 << 32, Uint32, false},
		{1, Bool, true}, {2, Bool, false}, {1 << 40, Float16, true}, {-1, Complex64, true},
	}
	for _, r := range rows {
		if Fits(r.v, r.typ) != r.want {
			t.Errorf("Fits(%d, %v) = %v", r.v, r.typ, !r.want)
		}
	}
}
